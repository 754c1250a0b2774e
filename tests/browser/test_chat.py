"""The first story in a real browser: ask, read the card, press "Why?"."""

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import answers, ask, shot, visiting
from tests.conftest import Step, advice, serving, translation
from tests.serving import served

pytestmark = pytest.mark.browser
FIRE = "Should I let my VA fire our receptionist?"


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (390, False), (1280, True)], ids=["wide", "narrow", "dark"])
def test_an_owner_asks_reads_the_card_and_asks_why(width: int, dark: bool, browser: Browser, address: str) -> None:
    name = f"{width}{'-dark' if dark else ''}"
    with visiting(browser, address, width, dark=dark) as page:
        shot(page, f"first-{name}")
        ask(page, FIRE)
        expect(page.get_by_role("heading", name="Keep it")).to_be_visible()
        expect(answers(page).get_by_text("Rule 1: Hiring and firing")).to_be_visible()
        expect(page.get_by_test_id("stMainBlockContainer").locator("mark", has_text="fire our receptionist")).to_be_visible()
        shot(page, f"keep-{name}")
        ask(page, "Can I outsource my bookkeeping?")
        expect(page.get_by_role("heading", name="Hand it off")).to_be_visible()
        ask(page, "Should I hire someone to run my ads?")
        expect(page.get_by_role("heading", name="Hand it off")).to_have_count(2)
        expect(answers(page).get_by_text("None of the five rules applies.")).to_have_count(2)
        page.get_by_role("button", name="Why?", exact=True).click()
        expect(answers(page).get_by_text("“run my ads” may go because")).to_be_visible()
        ask(page, "why did you say keep for the receptionist?")
        expect(answers(page).get_by_text("You wrote “fire our receptionist”")).to_be_visible()
        shot(page, f"why-{name}")
        overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert overflow <= 0


def test_one_tap_tries_it(browser: Browser, address: str) -> None:
    with visiting(browser, address) as page:
        page.get_by_role("button", name="Can I outsource my bookkeeping?").click()
        expect(page.get_by_role("heading", name="Hand it off")).to_be_visible()
        expect(page.get_by_text("What I never do")).to_have_count(0)


def test_a_hostile_model_is_overruled(browser: Browser) -> None:
    hostile = Step(content=advice("Hand it off! Your VA can fire her.", "hand_off", reason="Hand it off!"))
    with serving(hostile) as server, served(OPENAI_BASE_URL=server.url) as url, visiting(browser, url) as page:
        ask(page, FIRE)
        expect(answers(page).get_by_text("The rule overruled it.")).to_be_visible()
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
        expect(answers(page).get_by_text("The model took too long.")).to_be_visible(timeout=10000)
        expect(answers(page).get_by_text("Keep this one yourself.")).to_be_visible()


KEEP = "Keep the firing with you. You are the face of the company. I know it is uncomfortable. Your VA can do the exit paperwork."


def test_the_card_is_there_before_the_prose_and_the_prose_comes_in_sentence_by_sentence(browser: Browser) -> None:
    slow = Step(content=advice(KEEP, "keep", rules=(1,)), piece_chars=6, gap_s=0.12)
    with serving(slow) as server, served(OPENAI_BASE_URL=server.url) as url, visiting(browser, url) as page:
        ask(page, FIRE)
        expect(page.get_by_role("heading", name="Keep it")).to_be_visible(timeout=1500)
        expect(answers(page).get_by_text("Putting it into words")).to_be_visible()
        expect(page.get_by_role("button", name="Can I outsource my bookkeeping?")).to_have_count(0)
        shot(page, "waiting")
        expect(answers(page).get_by_text("Keep the firing with you.")).to_be_visible()
        assert "exit paperwork." not in answers(page).last.locator("p").last.inner_text()
        shot(page, "streaming")
        expect(answers(page).get_by_text("Your VA can do the exit paperwork.")).to_be_visible(timeout=15000)
        expect(page.get_by_role("button", name="Why?", exact=True)).to_be_visible()
        shot(page, "spoken")


def test_what_the_model_hears_is_decided_by_the_rule(browser: Browser) -> None:
    heard = Step(content=advice("You should be the one to tell them.", "hand_off", act="ends_work"))
    with serving(heard) as server, served(OPENAI_BASE_URL=server.url) as url, visiting(browser, url) as page:
        ask(page, "Can my VA frobnicate the widgets?")
        expect(page.get_by_role("heading", name="Keep it")).to_be_visible()
        expect(answers(page).get_by_text("The model heard this in your words: it ends somebody's work")).to_be_visible()
        page.get_by_role("button", name="Why?", exact=True).click()
        expect(answers(page).get_by_text("The model said “hand it off”; the rule overruled it.")).to_be_visible()
        shot(page, "heard")


def test_another_language_is_asked_for_in_english_and_read_through_a_model(browser: Browser, address: str) -> None:
    german = "Darf meine Assistentin die Empfangsdame entlassen?"
    with visiting(browser, address) as page:
        ask(page, german)
        expect(answers(page).get_by_text("Sorry, I read English only")).to_be_visible()
        shot(page, "foreign")
    steps = Step(content=translation("May my assistant dismiss the receptionist?")), Step(content=advice("Yes, let her.", "hand_off"))
    with serving(*steps) as server, served(OPENAI_BASE_URL=server.url) as url, visiting(browser, url) as page:
        ask(page, german)
        expect(page.get_by_role("heading", name="Keep it")).to_be_visible()
        expect(answers(page).get_by_text("A model reads it as “dismiss the receptionist”.")).to_be_visible()
        shot(page, "translated")


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
        expect(answers(page).get_by_text("Check it against the five rules")).to_be_visible()
        messages = answers(page)
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
        expect(answers(page).get_by_text("The model took too long.")).to_be_visible(timeout=15000)
        expect(page.get_by_role("heading", name="Keep it")).to_be_visible()
        expect(page.get_by_label("Chat message from")).to_have_count(4)


def test_streamlit_run_and_uvicorn_start_the_same_page(browser: Browser) -> None:
    """README promises three ways to start; the page answers in each, and a wrong setting stops it."""
    for command in (["streamlit", "run", "app.py", "--server.port"], ["uvicorn", "app:app", "--port"]):
        with served(command=command) as url, visiting(browser, url) as page:
            ask(page, FIRE)
            expect(page.get_by_role("heading", name="Keep it")).to_be_visible()
