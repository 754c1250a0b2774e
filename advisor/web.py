"""The ASGI application around the page, and what it is made of."""

import asyncio
import importlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from advisor.model import Model, OpenAIModel
from advisor.rulebook import standard
from advisor.settings import Settings, load

if TYPE_CHECKING:
    import streamlit as st

PAGE = Path(__file__).parent / "ui" / "page.py"


def model_from(settings: Settings) -> Model | None:
    """The model that the settings name, or ``None`` where they name none."""
    if not settings.has_model:
        return None
    key = settings.api_key.get_secret_value() if settings.api_key else "none"
    return OpenAIModel(settings.model, key, settings.base_url, settings.deadline_s, settings.first_words_s)


@cache
def model() -> Model | None:
    """The process's one model, connected on first use."""
    return model_from(load())


def warm() -> None:
    """Do what would otherwise keep the first visitor waiting."""
    standard()
    if model() is not None:
        importlib.import_module("openai")


@asynccontextmanager
async def lifespan(_: Any) -> AsyncIterator[dict[str, Any]]:
    """Warm up before the first visitor, and hang up after the last; a wrong setting or rule file stops the start."""
    await asyncio.to_thread(warm)
    yield {}
    connected = model()
    if isinstance(connected, OpenAIModel):
        await asyncio.to_thread(connected.close)


def checked(page: Path) -> Path:
    """The page, once the settings are known to be usable.

    Raises:
        SettingsError: A setting can't be used.
    """
    load()
    return page


def application() -> "st.App":
    """The ASGI application for whoever has no ``app.py`` at hand.

    Raises:
        SettingsError: A setting can't be used.
    """
    import streamlit as st

    return st.App(checked(PAGE), lifespan=lifespan)
