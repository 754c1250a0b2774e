"""What a real browser makes of hostile words and of the policy: nothing runs, nothing is fetched, all of ours works."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import answers, ask, visiting
from tests.serving import served
from tests.test_attacks import FETCHING, SCRIPTS

pytestmark = pytest.mark.browser
RUNNING = [evil for evil in SCRIPTS if "alert" in evil or "evil" in evil]
AT_ONCE = 12
"""How many are tried in one message, so that the suite stays short."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with served() as url:
        yield url


def watched(page: Page) -> list[str]:
    """What the page must not do: run what was typed, open a dialog, break its own policy."""
    seen: list[str] = []
    page.on("dialog", lambda dialog: (seen.append(f"dialog {dialog.message}"), dialog.dismiss()))
    page.on("console", lambda message: seen.append(message.text) if "Content Security Policy" in message.text else None)
    page.add_init_script("window.alert = (text) => { window.ran = text; }")
    page.evaluate("window.alert = (text) => { window.ran = text; }")
    return seen


def groups(evils: list[str]) -> list[list[str]]:
    return [evils[at : at + AT_ONCE] for at in range(0, len(evils), AT_ONCE)]


def test_nothing_that_is_typed_runs_or_fetches(browser: Browser, address: str) -> None:
    with visiting(browser, address) as page:
        seen = watched(page)
        for number, some in enumerate(groups(RUNNING) + groups(list(FETCHING)), 1):
            ask(page, f"Should my VA fire Bob {' '.join(some)}"[:3900])
            expect(page.get_by_label("Chat message from assistant")).to_have_count(number)
            page.wait_for_timeout(300)
        for evil in ("<img src=x onerror=alert(1)>", "<svg onload=alert(1)>"):
            page.get_by_role("button", name="Start a new conversation").click()
            expect(page.get_by_role("heading", name="What may someone else do for you?")).to_be_visible()
            ask(page, f"Should my VA fire {evil} our cook? Should my VA hire Ann?")
            ask(page, "why?")
            expect(page.locator(".chips").get_by_text(evil[:10])).to_be_visible()
            expect(page.locator(".side").get_by_text(evil[:10]).first).to_be_visible()
        assert page.evaluate("window.ran") is None
        assert page.locator(":is(.foot, .side) :is(script, img, iframe, svg, a, style)").count() == 0
        assert answers(page).locator("script, img, iframe, object, embed, video, form, a, svg, style").count() == 0
        assert seen == []


def test_a_list_and_its_shared_page_run_nothing(browser: Browser, address: str) -> None:
    lines = [" ".join(evil.split()) for evil in RUNNING]
    with visiting(browser, address) as page:
        seen = watched(page)
        page.goto(f"{address}/list")
        page.get_by_label("Your list").fill("\n".join(f"Interview {line} - 1h" for line in lines))
        page.get_by_role("button", name="Sort it").click()
        expect(page.get_by_role("heading", name="Your list, sorted")).to_be_visible()
        page.get_by_role("button", name="Share this list").click()
        page.get_by_role("button", name="Make the link").click()
        link = page.get_by_role("link", name="Open it").get_attribute("href")
        assert link is not None
        expect(page.frame_locator("iframe").get_by_text("Interview").first).to_be_visible()
        assert page.evaluate("window.ran") is None
        page.goto(link)
        expect(page.get_by_text("Interview").first).to_be_visible()
        assert page.evaluate("window.ran") is None
        assert page.locator("script, img, iframe, object, embed, form").count() == 0
        assert seen == []


def test_the_policy_keeps_an_inline_script_from_running(browser: Browser, address: str) -> None:
    """The control: a script that somehow got into the page is stopped by the browser, which says so."""
    context = browser.new_context()
    page, told = context.new_page(), list[str]()
    page.on("console", lambda message: told.append(message.text))
    page.goto(address)
    page.get_by_test_id("stChatInputTextArea").wait_for()
    page.evaluate("""() => {
        const script = document.createElement("script");
        script.textContent = "window.ran = 'inline'";
        document.body.append(script);
        const image = new Image();
        image.src = "https://evil.example/p.png";
        document.body.append(image);
    }""")
    page.wait_for_timeout(300)
    assert page.evaluate("window.ran") is None
    assert sum("Content Security Policy" in each for each in told) >= 2
    context.close()
