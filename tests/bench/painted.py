"""Times Enter to painted answer in Chromium, beside a bare Streamlit chat that echoes: ``python -m tests.bench.painted``.

Both are real servers on loopback, asked in turn by two tabs of one browser, without a model. What is timed: from the key's
press until the browser has painted the answer to this very message, which for the advisor is the verdict card.
"""

import statistics
import tempfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from advisor.conversation import respond
from advisor.domain import Conversation
from advisor.rulebook import standard
from advisor.store import Store, now
from advisor.visitor import COOKIE, visitor_of
from tests.browser.conftest import FLAGS, chromium
from tests.serving import served

ROUNDS = 20
EARLIER = (0, 300)
ALLOWED = 1.3
SECRET = "b" * 43
ECHO = """
import streamlit as st

messages = st.session_state.setdefault("messages", [(who, "earlier") for _ in range(EARLIER) for who in ("user", "assistant")])
st.title("Echo")
for who, text in messages:
    with st.chat_message(who):
        st.markdown(text)
if said := st.chat_input("Say something"):
    for who in ("user", "assistant"):
        with st.chat_message(who):
            st.markdown(said)
        messages.append((who, said))
"""
PAINTED = """
([token, wanted]) => new Promise((painted, failed) => {
  const box = document.querySelector("[data-testid=stChatInputTextArea]");
  let began = 0;
  const limit = setTimeout(() => failed(new Error("no answer to " + token)), 20000);
  box.addEventListener("keydown", () => { began = began || performance.now(); look(); }, { once: true, capture: true });
  const there = () => {
    const last = [...document.querySelectorAll('[aria-label="Chat message from assistant"]')].at(-1);
    return last && last.textContent.includes(token) && last.textContent.includes(wanted);
  };
  const look = () => requestAnimationFrame(() => {
    if (!there()) return look();
    requestAnimationFrame(() => { clearTimeout(limit); painted(performance.now() - began); });
  });
})
"""


def painted_ms(page: Page, said: str, token: str, wanted: str) -> float:
    """Milliseconds from Enter until the last message on the page shows the token and the wanted words."""
    box = page.get_by_test_id("stChatInputTextArea")
    box.fill(said)
    page.evaluate(f"() => {{ window.painted = ({PAINTED})({[token, wanted]!r}); }}")
    box.press("Enter")
    took = float(page.evaluate("window.painted"))
    page.wait_for_function("!document.querySelector('[data-testid=stStatusWidget]')")
    page.wait_for_timeout(150)
    return took


def conversation(turns: int) -> Conversation:
    """A conversation of so many turns about a handful of tasks."""
    talk = Conversation()
    for number in range(turns):
        said = f"Can I outsource the bookkeeping of shop {number}?" if number % 30 == 0 else ("Why?", "What can I hand off?")[number % 2]
        talk = respond(said, talk, standard())
    return talk


def advisor_page(browser: Browser, url: str, kept: str) -> Page:
    """The advisor's page with a conversation open."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.add_cookies([{"name": COOKIE, "value": SECRET, "url": url}])
    return opened(context.new_page(), f"{url}/?c={kept}" if kept else url)


def opened(page: Page, url: str) -> Page:
    """A page once one can type there."""
    page.goto(url)
    page.get_by_test_id("stChatInputTextArea").wait_for()
    page.wait_for_timeout(1500)
    return page


def compared(browser: Browser, earlier: int) -> tuple[list[float], list[float]]:
    """Milliseconds of the echo's answers and of the advisor's, asked in turn."""
    with tempfile.TemporaryDirectory() as folder:
        database = f"sqlite:///{folder}/advisor.sqlite3"
        store = Store(database)
        visitor = visitor_of(f"{COOKIE}={SECRET}")
        assert visitor is not None
        kept = store.conversations.save(visitor, None, conversation(earlier), True, now()) if earlier else ""
        store.close()
        script = Path(folder) / "echo.py"
        script.write_text(ECHO.replace("EARLIER", str(earlier)), encoding="utf-8")
        bare = ("streamlit", "run", str(script), "--server.headless=true", "--browser.gatherUsageStats=false", "--server.port")
        with served(bare) as echo_url, served(ADVISOR_DATABASE_URL=database) as url:
            echo = opened(browser.new_page(viewport={"width": 1280, "height": 900}), echo_url)
            advisor = advisor_page(browser, url, kept)
            echoes, cards = [], []
            for number in range(ROUNDS + 2):
                if not earlier:  # each message is a first one
                    echo, advisor = again(echo, echo_url), again(advisor, url)
                token = f"Bob{number}"
                said = f"Should I let my VA fire {token}?"
                echoes.append(painted_ms(echo, said, token, "fire"))
                cards.append(painted_ms(advisor, said, token, "Keep it"))
            return echoes[2:], cards[2:]


def again(page: Page, url: str) -> Page:
    """The same page, anew."""
    page.goto("about:blank")
    return opened(page, url)


def main(tell: Callable[[str], None] = print) -> None:
    """Print the table."""
    tell(f"{'earlier turns':>14} {'echo':>10} {'advisor':>10} {'ratio':>6}  {ALLOWED} allowed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        for earlier in EARLIER:
            echoes, cards = compared(browser, earlier)
            echo, card = statistics.median(echoes), statistics.median(cards)
            tell(f"{earlier:>14} {echo:7.1f} ms {card:7.1f} ms {card / echo:6.2f}  {'within' if card <= ALLOWED * echo else 'over'}")
        browser.close()


if __name__ == "__main__":
    main()
