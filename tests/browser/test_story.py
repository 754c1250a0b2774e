"""A conversation as an owner has it: three tasks at once, a why, a head who comes and goes, a correction, a recap."""

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import answers, ask, shot, visiting

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", [1280, 390], ids=["wide", "narrow"])
def test_an_owner_goes_on_talking(width: int, browser: Browser, address: str) -> None:
    with visiting(browser, address, width) as page:
        ask(page, "Three things for my VA: answer customer emails, fire our cook, and train the new waiters. OK?")
        expect(page.get_by_role("heading", name="Keep it")).to_have_count(2)
        expect(page.get_by_role("heading", name="Hand it off")).to_have_count(1)
        shot(page, f"story-three-{width}")
        ask(page, "why the second one?")
        expect(answers(page).get_by_text("You wrote “fire our cook”")).to_be_visible()
        shot(page, f"story-why-{width}")
        ask(page, "Mia is our head waiter, she runs the whole floor")
        expect(page.get_by_role("heading", name="Share it, stay involved")).to_be_visible()
        expect(answers(page).get_by_text("that changes “train the new waiters”")).to_be_visible()
        expect(page.get_by_role("button", name="Head of floor")).to_be_visible()
        shot(page, f"story-head-{width}")
        ask(page, "Mia quit yesterday")
        expect(answers(page).get_by_text("You said “Mia quit yesterday”")).to_be_visible()
        expect(answers(page).get_by_text("Until now it was: share it, stay involved.")).to_be_visible()
        shot(page, f"story-gone-{width}")
        ask(page, "Can someone else do the onboarding for us?")
        expect(page.get_by_role("button", name="People who work for me")).to_be_visible()
        shot(page, f"story-question-{width}")
        ask(page, "no, I meant the onboarding of customers")
        expect(page.get_by_role("heading", name="Hand it off")).to_have_count(2)
        shot(page, f"story-correction-{width}")
        ask(page, "recap please")
        expect(answers(page).get_by_text("So far:")).to_be_visible()
        shot(page, f"story-recap-{width}")
        ask(page, "write me a brief")
        expect(answers(page).get_by_text("Done looks like")).to_be_visible()
        shot(page, f"story-brief-{width}")


def test_a_fact_is_corrected_and_taken_back(browser: Browser, address: str) -> None:
    with visiting(browser, address) as page:
        ask(page, "Could someone else train the new cooks?")
        expect(page.get_by_role("button", name="Why?")).to_be_visible()
        ask(page, "We have a head chef, Anna.")
        expect(page.get_by_role("heading", name="Share it, stay involved")).to_be_visible()
        page.get_by_role("button", name="Head of kitchen").click()
        expect(page.get_by_label("Your words")).to_be_visible()
        shot(page, "fact-open")
        page.get_by_role("button", name="Forget it").click()
        expect(answers(page).get_by_text("You took back")).to_be_visible()
        expect(page.get_by_role("heading", name="Keep it")).to_have_count(2)
        shot(page, "fact-forgotten")


def test_which_one_is_asked_and_answered_by_a_tap(browser: Browser, address: str) -> None:
    with visiting(browser, address) as page:
        ask(page, "Can my VA pick our new supplier and fire our cook?")
        expect(page.get_by_role("button", name="Why?")).to_be_visible()
        ask(page, "why?")
        expect(answers(page).get_by_text("Which one do you mean")).to_be_visible()
        shot(page, "which")
        page.get_by_test_id("stMainBlockContainer").get_by_role("button", name="fire our cook").click()
        expect(answers(page).get_by_text("You wrote “fire our cook”")).to_be_visible()
