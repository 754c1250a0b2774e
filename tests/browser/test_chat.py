"""The first story in a real browser: ask, read the card, press "Why?"."""

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import ask, served, shot, visiting
from tests.conftest import Step, advice, serving

pytestmark = pytest.mark.browser
FIRE = "Should I let my VA fire our receptionist?"


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (390, False), (1280, True)], ids=["wide", "narrow", "dark"])
def test_an_owner_asks_reads_the_card_and_asks_why(width: int, dark: bool, browser: Browser, address: str) -> None:
    name = f"{width}{'-dark' if dark else ''}"
    with visiting(browser, address, width, dark=dark) as page:
        shot(page, f"first-{name}")
        ask(page, FIRE)
        expect(page.get_by_role("heading", name="Keep it")).to_be_visible()
        expect(page.get_by_text("Rule 1: Hiring and firing")).to_be_visible()
        expect(page.locator("strong", has_text="fire our receptionist")).to_be_visible()
        shot(page, f"keep-{name}")
        ask(page, "Can I outsource my bookkeeping?")
        expect(page.get_by_role("heading", name="Hand it off")).to_be_visible()
        ask(page, "Should I hire someone to run my ads?")
        expect(page.get_by_role("heading", name="Hand it off")).to_have_count(2)
        expect(page.get_by_text("None of the five rules applies.")).to_have_count(2)
        page.get_by_role("button", name="Why?", exact=True).click()
        expect(page.get_by_text("“run my ads” may go because")).to_be_visible()
        ask(page, "why did you say keep for the receptionist?")
        expect(page.get_by_text("You wrote “fire our receptionist”")).to_be_visible()
        shot(page, f"why-{name}")
        overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert overflow <= 0


def test_a_starter_fills_the_box_for_the_owner_to_send(browser: Browser, address: str) -> None:
    with visiting(browser, address) as page:
        page.get_by_role("button", name=FIRE).click()
        box = page.get_by_test_id("stChatInputTextArea")
        expect(box).to_have_value(FIRE)
        expect(page.get_by_test_id("stChatMessage")).to_have_count(0)
        box.press("Enter")
        expect(page.get_by_role("heading", name="Keep it")).to_be_visible()


def test_a_hostile_model_is_overruled(browser: Browser) -> None:
    hostile = Step(content=advice("Hand it off! Your VA can fire her.", "hand_off", reason="Hand it off!"))
    with serving(hostile) as server, served(OPENAI_BASE_URL=server.url) as url, visiting(browser, url) as page:
        ask(page, FIRE)
        expect(page.get_by_text("The rule overruled it.")).to_be_visible()
        expect(page.get_by_role("heading", name="Keep it")).to_be_visible()
        assert "Your VA can fire her" not in page.content()
        shot(page, "overruled")


def test_a_silent_model_costs_no_more_than_the_deadline(browser: Browser) -> None:
    """The card is there at once; the note comes when the time is up."""
    with (
        serving(Step(wait_s=60)) as server,
        served(OPENAI_BASE_URL=server.url, ADVISOR_DEADLINE_S="3") as url,
        visiting(browser, url) as page,
    ):
        ask(page, FIRE)
        expect(page.get_by_role("heading", name="Keep it")).to_be_visible(timeout=2500)
        expect(page.get_by_text("The model took too long.")).to_be_visible(timeout=10000)
        expect(page.get_by_text("Keep this one yourself.")).to_be_visible()


OUTSIDE = (
    "https://evil.example/x www.evil.example a@evil.example ![a](https://evil.example/i.png) <img src=x> "
    ":streamlit: [b](//c) -> :material/lock:"
)


def test_outside_words_become_no_link_and_no_picture(browser: Browser, address: str) -> None:
    """What the owner typed is shown as typed, in the message, the card and the explanation."""
    with visiting(browser, address) as page:
        ask(page, f"Should my VA fire Bob {OUTSIDE} ?")
        expect(page.get_by_role("heading", name="Keep it")).to_be_visible()
        ask(page, f"Can my VA frobnicate {OUTSIDE} ?")
        expect(page.get_by_role("heading", name="One question first")).to_be_visible()
        page.get_by_role("button", name="Skip", exact=True).click()
        expect(page.get_by_text("Check it against the five rules")).to_be_visible()
        messages = page.get_by_test_id("stChatMessage")
        assert messages.locator("a[href*=evil], a[href^=mailto], img").count() == 0
        assert "https://evil.example/x" in messages.first.inner_text().replace("\u2060", "")


def test_nothing_is_lost_when_the_owner_writes_on_while_the_model_thinks(browser: Browser) -> None:
    with (
        serving(Step(wait_s=60)) as server,
        served(OPENAI_BASE_URL=server.url, ADVISOR_DEADLINE_S="4") as url,
        visiting(browser, url) as page,
    ):
        ask(page, FIRE)
        expect(page.get_by_role("heading", name="Keep it")).to_be_visible()
        ask(page, "Can I outsource my bookkeeping?")
        expect(page.get_by_role("heading", name="Hand it off")).to_be_visible()
        expect(page.get_by_text("The model took too long.")).to_be_visible(timeout=15000)
        expect(page.get_by_role("heading", name="Keep it")).to_be_visible()
        expect(page.get_by_test_id("stChatMessage")).to_have_count(4)
