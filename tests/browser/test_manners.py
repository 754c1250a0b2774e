"""The page's manners: the keyboard, a screen reader, stopping, a closed tab, copying, and every state by the accessibility rules."""

import time

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import answers, ask, shot, sound, visiting
from tests.conftest import Step, advice, serving
from tests.serving import served

pytestmark = pytest.mark.browser
FIRE = "Should I let my VA fire our receptionist?"
KEEP = "Keep the firing with you. You are the face of the company. I know it is uncomfortable."


def reach(page: Page, name: str, most: int = 60) -> None:
    """Move the focus by the keyboard alone until a control of that name has it."""
    for _ in range(most):
        page.keyboard.press("Tab")
        focused = page.evaluate(
            """() => { let at = document.activeElement;
            while (at && at.shadowRoot && at.shadowRoot.activeElement) at = at.shadowRoot.activeElement;
            const named = at && ["BUTTON", "A", "INPUT", "TEXTAREA"].includes(at.tagName);
            return named ? (at.getAttribute("aria-label") || at.innerText || "") : ""; }"""
        )
        if any(line.startswith(name) for line in focused.splitlines()):  # an icon's name may stand before it
            return
    raise AssertionError(f"the keyboard doesn't reach {name}")


def test_the_whole_story_by_keyboard_alone(browser: Browser, address: str) -> None:
    """Ask, why, share, revoke, without a click."""
    with visiting(browser, address) as page:
        reach(page, "A task you'd like off your plate")
        page.keyboard.type(FIRE)
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Keep it")).to_be_visible()
        expect(page.get_by_role("button", name="Why?")).to_be_visible()
        expect(page.get_by_test_id("stChatInputTextArea")).to_be_focused()
        reach(page, "Why?")
        page.keyboard.press("Enter")
        expect(answers(page).get_by_text("You wrote “fire our receptionist”")).to_be_visible()
        page.wait_for_timeout(500)
        assert page.evaluate("document.activeElement !== document.body")  # on the chip, where it is still there, or in the box
        reach(page, "Share a summary")
        page.keyboard.press("Enter")
        expect(page.get_by_role("dialog").get_by_text("This is what the recipient gets")).to_be_visible()
        reach(page, "Make the link")
        page.keyboard.press("Enter")
        expect(page.get_by_text("Copy it now")).to_be_visible()
        link = page.get_by_test_id("stCode").inner_text().strip().split()[0]
        reach(page, "End it")
        page.keyboard.press("Enter")
        expect(page.get_by_role("dialog").get_by_role("button", name="End it")).to_have_count(0)
        assert page.request.get(link).status == 404
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)


def test_the_keyboard_stays_where_it_was_and_a_double_click_says_it_once(browser: Browser, address: str) -> None:
    with visiting(browser, address) as page:
        ask(page, FIRE)
        thumb = page.get_by_role("button", name="Thumbs down")
        thumb.focus()
        page.keyboard.press("Space")
        expect(page.get_by_text("That was wrong because …")).to_be_visible()
        expect(thumb).to_have_attribute("aria-pressed", "true")
        expect(thumb).to_be_focused()
        page.keyboard.press("Space")
        expect(thumb).to_have_attribute("aria-pressed", "false")
        expect(thumb).to_be_focused()
        page.get_by_role("button", name="Why?").dblclick()
        expect(answers(page).get_by_text("You wrote “fire our receptionist”")).to_be_visible()
        page.wait_for_timeout(700)
        expect(page.get_by_label("Chat message from user")).to_have_count(2)
        for _ in range(2):
            page.get_by_role("button", name="Start a new conversation").click()
            expect(page.get_by_role("heading", name="What may someone else do for you?")).to_be_visible()
            ask(page, "Can I outsource my bookkeeping?")
            expect(page.get_by_role("button", name="Write me a brief")).to_be_visible()
        page.get_by_label("Search").press_sequentially("receptionist")
        expect(page.locator(".side li")).to_have_count(1)
        page.get_by_label("Search").fill("")
        expect(page.locator(".side li")).to_have_count(3)
        page.locator(".side li button").last.focus()
        page.keyboard.press("Enter")
        expect(page.get_by_label("Chat message from user")).to_have_count(2)
        expect(page.locator(".side [aria-current]")).to_be_focused()


def test_a_finished_answer_is_announced_once(browser: Browser, address: str) -> None:
    with visiting(browser, address) as page:
        page.locator("[role=status][aria-live=polite]").wait_for(state="attached")
        page.evaluate(
            """() => { window.heard = []; const region = document.querySelector("[role=status][aria-live=polite]");
            new MutationObserver(() => { if (region.textContent) window.heard.push(region.textContent); })
              .observe(region, { childList: true, characterData: true, subtree: true }); }"""
        )
        ask(page, FIRE)
        expect(page.get_by_role("button", name="Why?")).to_be_visible()
        page.get_by_role("button", name="Edit my message").click()
        page.get_by_role("button", name="Leave it").click()
        expect(page.get_by_role("button", name="Edit my message")).to_be_visible()
        heard = page.evaluate("window.heard")
        assert len(heard) == 1
        assert heard[0].startswith("Keep it: “fire our receptionist”")


def test_stop_works_at_once_while_the_model_is_silent(browser: Browser) -> None:
    with serving(Step(wait_s=60)) as server, served(OPENAI_BASE_URL=server.url) as url, visiting(browser, url) as page:
        ask(page, FIRE)
        expect(page.get_by_text("Putting it into words")).to_be_visible()
        expect(page.get_by_role("button", name="Stop")).to_be_visible()
        page.wait_for_timeout(500)  # until it is drawn in its last colours
        sound(page)
        began = time.monotonic()
        page.get_by_role("button", name="Stop").click()
        expect(page.get_by_text("This answer was stopped")).to_be_visible()
        assert time.monotonic() - began < 1.5
        expect(answers(page).get_by_text("Keep this one yourself.")).to_be_visible()
        sound(page)
        shot(page, "stopped")


def test_an_answer_survives_a_closed_tab(browser: Browser) -> None:
    slow = Step(content=advice(KEEP, "keep", rules=(1,)), piece_chars=6, gap_s=0.08)
    with serving(slow) as server, served(OPENAI_BASE_URL=server.url) as url, visiting(browser, url) as page:
        ask(page, FIRE)
        expect(page.get_by_text("Putting it into words")).to_be_visible()
        page.wait_for_url("**/?c=*")
        address = page.url
        other = page.context.new_page()
        page.close()
        other.goto(address)
        expect(answers(other).get_by_text("I know it is uncomfortable.")).to_be_visible(timeout=15_000)
        expect(other.get_by_role("button", name="Why?")).to_be_visible()
        expect(other.get_by_text("was stopped")).to_have_count(0)


def test_another_tab_follows_an_answer_in_the_making_and_can_stop_it(browser: Browser) -> None:
    with serving(Step(wait_s=60)) as server, served(OPENAI_BASE_URL=server.url) as url, visiting(browser, url) as page:
        ask(page, FIRE)
        expect(page.get_by_text("Putting it into words")).to_be_visible()
        page.wait_for_url("**/?c=*")
        other = page.context.new_page()
        other.goto(page.url)
        other.get_by_role("button", name="Stop").click()
        for each in (other, page):
            expect(each.get_by_text("This answer was stopped")).to_be_visible()


def test_an_answer_is_copied(browser: Browser, address: str) -> None:
    with visiting(browser, address) as page:
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        ask(page, FIRE)
        page.get_by_role("button", name="Copy", exact=True).click()
        expect(page.get_by_role("button", name="Copied")).to_be_visible()
        copied = page.evaluate("navigator.clipboard.readText()")
        assert copied.startswith("Keep it: “fire our receptionist”\nRule 1: Hiring and firing.")
        assert "Keep this one yourself." in copied


def test_a_message_is_changed_and_an_answer_said_differently_and_rated(browser: Browser, address: str) -> None:
    with visiting(browser, address) as page:
        ask(page, "Should I let my VA fier our receptionist?")
        page.get_by_role("button", name="Edit my message").click()
        sound(page)
        shot(page, "editing")
        page.get_by_label("Change your message").fill(FIRE)
        page.get_by_role("button", name="Send again").click()
        expect(page.get_by_label("Chat message from user")).to_contain_text("fire our receptionist")
        expect(page.get_by_role("heading", name="Keep it")).to_be_visible()
        expect(page.get_by_role("button", name="Edit my message")).to_be_visible()
        before = answers(page).last.inner_text()
        page.get_by_role("button", name="Say it differently").click()
        expect(answers(page).last).not_to_have_text(before)
        page.get_by_role("button", name="Thumbs down").click()
        expect(page.get_by_text("That was wrong because …")).to_be_visible()
        sound(page)
        shot(page, "wrong")
        page.get_by_text("it is too strict").click()
        page.get_by_role("button", name="Send", exact=True).click()
        expect(page.get_by_text("Thank you.")).to_be_visible()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_every_state_is_sound(width: int, dark: bool, browser: Browser, address: str) -> None:
    name = f"{width}{'-dark' if dark else ''}"
    with visiting(browser, address, width, dark=dark) as page:
        page.wait_for_timeout(500)
        expect(page.get_by_role("heading", name="What may someone else do for you?")).to_be_in_viewport()
        sound(page)
        shot(page, f"empty-{name}")
        ask(page, "Can my VA fire Sandra and do the newsletter? I know nothing about SEO; may an agency do that?")
        expect(page.get_by_role("button", name="Why?")).to_be_visible()
        ask(page, "Can my VA frobnicate the widgets?")
        expect(page.get_by_role("button", name="Skip")).to_be_visible()
        sound(page)
        shot(page, f"answer-{name}")
        page.goto(f"{address}/rules")
        expect(page.get_by_role("heading", name="5. Tasks you do not understand")).to_be_visible()
        expect(page.get_by_text("Payton B Virtual Solutions, 2022")).to_be_visible()
        sound(page)
        shot(page, f"rules-{name}")
        page.goto(f"{address}/list")
        expect(page.get_by_role("heading", name="Sort a to-do list")).to_be_visible()
        sound(page)
        shot(page, f"list-{name}")


def test_an_error_is_sound_and_takes_no_answer_away(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The database goes away under a running server."""
    folder = tmp_path_factory.mktemp("gone")
    with served(ADVISOR_DATABASE_URL=f"sqlite:///{folder}/kept.sqlite3") as url, visiting(browser, url) as page:
        import sqlite3

        with sqlite3.connect(folder / "kept.sqlite3") as database:
            database.execute("DROP TABLE turns")
        ask(page, FIRE)
        expect(page.get_by_role("heading", name="Keep it")).to_be_visible()
        expect(page.get_by_text("isn't kept yet").first).to_be_visible()
        sound(page)
        shot(page, "unkept")


def test_the_operators_page_is_sound(browser: Browser) -> None:
    token = "a-token-that-nobody-guesses"
    with served(ADVISOR_OPERATOR_TOKEN=token) as url, visiting(browser, url) as page:
        ask(page, FIRE)
        expect(page.get_by_role("button", name="Why?")).to_be_visible()
        context = browser.new_context(http_credentials={"username": "me", "password": token}, java_script_enabled=True)
        operator = context.new_page()
        operator.goto(f"{url}/operator")
        expect(operator.get_by_role("heading", name="By rule")).to_be_visible()
        sound(operator)
        shot(operator, "operator")
        context.close()


def test_long_words_and_right_to_left_text_fit_at_320(browser: Browser, address: str) -> None:
    with visiting(browser, address, 320) as page:
        for number, said in enumerate((f"Can my VA fire {'Donaudampfschiff' * 20}?", "هل يمكن لمساعدتي طرد موظفة الاستقبال؟"), 1):
            ask(page, said)
            expect(page.get_by_label("Chat message from")).to_have_count(2 * number)
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
        assert answers(page).first.evaluate("each => each.scrollWidth - each.clientWidth") <= 0
        sound(page)
        shot(page, "narrow-320")
