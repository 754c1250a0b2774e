"""A real Chromium on a real server."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, sync_playwright

from tests.serving import served

SHOTS = Path(__file__).parent / "shots"
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync"
).split()


def chromium() -> str | None:
    """Where a Chromium is, if this machine has one."""
    return next((path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = chromium()
    if path is None and not os.environ.get("CI"):
        pytest.skip("there is no Chromium on this machine")
    assert path is not None, "CI must install Chromium"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield started
        started.close()


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """The application without a model."""
    with served() as url:
        yield url


@contextmanager
def visiting(browser: Browser, url: str, width: int = 1280, height: int = 900, dark: bool = False) -> Iterator[Page]:
    """A page of a fresh visitor; any error in the browser's console fails the test."""
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light")
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on(
        "request",
        lambda request: (
            problems.append(request.url) if not request.url.startswith((url, url.replace("http", "ws"), "data:", "blob:")) else None
        ),
    )
    page.goto(url)
    page.get_by_test_id("stChatInputTextArea").wait_for()
    yield page
    context.close()
    assert problems == []


SEEN = """([before, begins]) => {
    const said = [...document.querySelectorAll("[aria-label='Chat message from user']")];
    return said.length > before && said.at(-1).textContent.includes(begins);
}"""


def ask(page: Page, said: str) -> None:
    """Type a message, send it, and see it there, as a person does before writing on."""
    box, before = page.get_by_test_id("stChatInputTextArea"), page.get_by_label("Chat message from user").count()
    box.fill(said)
    box.press("Enter")
    page.wait_for_function(SEEN, arg=[before, said.strip()[:20]])


def answers(page: Page) -> Locator:
    """The messages: not what is told to screen readers beside them."""
    return page.locator(".message")


ALL_RULES_BUT = {"rules": {"presentation-role-conflict": {"enabled": False}}}
"""No rule of WCAG but advice, against which Streamlit's own file uploader offends."""


def sound(page: Page) -> None:
    """Nothing in the page that the accessibility rules object to."""
    found = Axe().run(page, options=ALL_RULES_BUT).response["violations"]
    assert [(each["id"], each["nodes"][0]["html"]) for each in found] == []


def shot(page: Page, name: str) -> None:
    """Keep a picture for people to look at."""
    SHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SHOTS / f"{name}.png")
