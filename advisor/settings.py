"""What differs between machines, read once from the environment."""

import os
import re
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from pydantic_settings import SettingsError as UnreadableSecret


class SettingsError(Exception):
    """A setting that can't be used; its text names the variable and the mend."""


SHORTEST_TOKEN = 16
HOST = re.compile(r"\*|(?:\*\.)?[a-z0-9_-]+(?:\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\]")
"""A host's name or address, without its port."""
SECRETS = Path("/run/secrets")
"""Where Docker and Kubernetes put secrets: a file each, named like the variable."""


class Settings(BaseSettings):
    """The advisor's settings; every one has a default that works."""

    model_config = SettingsConfigDict(env_prefix="ADVISOR_", frozen=True)

    api_key: SecretStr | None = Field(None, validation_alias="OPENAI_API_KEY")
    base_url: str | None = Field(None, validation_alias="OPENAI_BASE_URL")
    model: str = Field("gpt-5-mini", pattern=r"\S", max_length=200)
    deadline_s: float = Field(20.0, gt=0, le=120)
    """How long a model may take in all, retries included, before the rules answer alone."""
    first_words_s: float = Field(8.0, gt=0, le=120)
    """How long it may take until the page shows the first words of it."""
    database_url: SecretStr | None = None
    """Where conversations are kept; ``None`` for SQLite's file with the user's data."""
    retention_days: int = Field(180, ge=1, le=3650)
    """After how many days a conversation that nobody touches is forgotten."""
    operator_token: SecretStr | None = None
    """What opens the operator's page and the metrics; ``None`` where there are none."""
    allowed_hosts: Annotated[tuple[str, ...], NoDecode] = ("localhost", "127.0.0.1", "[::1]")
    """The names under which visitors may ask for the page; ``*.example.com`` for all below one, ``*`` for any."""
    model_calls_per_hour: int = Field(60, ge=0)
    """How often one visitor may have the model asked."""
    model_calls_per_day: int = Field(5000, ge=0)
    """How often all visitors together may."""
    model_calls_at_once: int = Field(100, ge=1, le=1000)
    """How many answers of the model one process waits for at a time."""
    shares_per_day: int = Field(30, ge=0)
    """How many links one visitor may make."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @field_validator("allowed_hosts", mode="before")
    @classmethod
    def _listed(cls, hosts: object) -> object:
        """Names in a row, with commas between them."""
        named = tuple(name.strip().lower() for name in hosts.split(",") if name.strip()) if isinstance(hosts, str) else hosts
        if isinstance(named, tuple) and not all(HOST.fullmatch(name) for name in named):
            raise PydanticCustomError("hosts", "holds more than names: write advisor.example,www.advisor.example")
        return named or cls.model_fields["allowed_hosts"].default

    @field_validator("api_key")
    @classmethod
    def _one_word(cls, key: SecretStr | None) -> SecretStr | None:
        """A key that can stand in a header: an error about it must never show it."""
        if key is not None and not re.fullmatch(r"[!-~]*", key.get_secret_value()):
            raise PydanticCustomError("key", "has a space, a line break or a letter that no key has: copy the key again, alone")
        return key

    @field_validator("operator_token")
    @classmethod
    def _long_enough(cls, token: SecretStr | None) -> SecretStr | None:
        """A token that nobody guesses; none where it is empty."""
        if token is None or not token.get_secret_value():
            return None
        if len(token.get_secret_value()) < SHORTEST_TOKEN:
            raise PydanticCustomError(
                "token", f"is too short: give at least {SHORTEST_TOKEN} characters, such as openssl rand -hex 16 makes"
            )
        return token

    @field_validator("base_url")
    @classmethod
    def _server(cls, url: str | None) -> str | None:
        """The address of a server, up to its version: what the client adds to it must lead somewhere."""
        if url is None or not url.strip():
            return None
        try:
            parts = urlsplit(url.strip())
            named = parts.scheme in ("http", "https") and parts.hostname and (parts.port is None or parts.port > 0)
        except ValueError:
            named = False
        if not named:
            raise PydanticCustomError("server", "is no address of a server: write it as https://host/v1")
        if parts.username or parts.password or parts.query or parts.fragment:
            raise PydanticCustomError("server", "holds a key or a query: write the address alone, and the key in OPENAI_API_KEY")
        if parts.path.rstrip("/").endswith(("/completions", "/responses", "/models")):
            raise PydanticCustomError("server", "goes too far: leave out what follows /v1")
        return url.strip().rstrip("/")

    @property
    def has_model(self) -> bool:
        """Whether a model is configured: a key, or a server that may not want one."""
        return bool(self.api_key and self.api_key.get_secret_value()) or self.base_url is not None


def load() -> Settings:
    """Read the settings: of each the environment's variable or, where there is none, the secret file of its name.

    The files lie where systemd says that a service's credentials are, or where containers have their secrets.

    Raises:
        SettingsError: A variable has a value that can't be used; a key or an address is never repeated in the text.
    """
    folder = Path(os.environ.get("CREDENTIALS_DIRECTORY", SECRETS))
    try:
        return Settings(_secrets_dir=folder if folder.is_dir() else None)
    except (OSError, ValueError, UnreadableSecret) as problem:
        if not isinstance(problem, ValidationError):
            raise SettingsError(f"a secret in {folder} can't be read: let the advisor's user read it, as UTF-8 text") from None
        raise SettingsError("; ".join(told(name(each["loc"][0]), each["msg"], each["input"]) for each in problem.errors())) from None


def told(variable: str, problem: str, given: object) -> str:
    """What is wrong with a variable."""
    shown = "" if variable.startswith("OPENAI_") or variable.endswith(("_URL", "_TOKEN")) else f" (it is {given!r})"
    return f"{variable}: {problem[:1].lower()}{problem[1:]}{shown}"


def name(field: object) -> str:
    """The environment variable of a field."""
    text = str(field)
    return text if text.isupper() else f"ADVISOR_{text.upper()}"
