"""What differs between machines, read once from the environment."""

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict


class SettingsError(Exception):
    """A setting that can't be used; its text names the variable and the mend."""


class Settings(BaseSettings):
    """The advisor's settings; every one has a default that works."""

    model_config = SettingsConfigDict(env_prefix="ADVISOR_", frozen=True, populate_by_name=True)

    api_key: SecretStr | None = Field(None, validation_alias="OPENAI_API_KEY")
    base_url: str | None = Field(None, validation_alias="OPENAI_BASE_URL", pattern=r"^https?://")
    model: str = Field("gpt-5-mini", min_length=1)
    deadline_s: float = Field(20.0, gt=0, le=120)
    """How long a model may take in all, retries included, before the rules answer alone."""

    @property
    def has_model(self) -> bool:
        """Whether a model is configured: a key, or a server that may not want one."""
        return bool(self.api_key and self.api_key.get_secret_value()) or self.base_url is not None


def load() -> Settings:
    """Read the settings.

    Raises:
        SettingsError: A variable has a value that can't be used.
    """
    try:
        return Settings()
    except ValidationError as problem:
        lines = [f"{name(each['loc'][0])}: {each['msg'].lower()} (it is {each['input']!r})" for each in problem.errors()]
        raise SettingsError("; ".join(lines)) from problem


def name(field: object) -> str:
    """The environment variable of a field."""
    text = str(field)
    return text if text.isupper() else f"ADVISOR_{text.upper()}"
