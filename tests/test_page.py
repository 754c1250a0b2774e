"""The page as a visitor uses it, without a browser."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from advisor import web
from advisor.model import Model, ModelUnavailable
from advisor.ui import markdown
from tests.conftest import ScriptedModel, advice, labels, messages, send, shown, tap

pytestmark = pytest.mark.usefixtures("cookies")
PAGE = Path(web.__file__).parent / "ui" / "page.py"
FIRE = "Should I let my VA fire our receptionist?"


@pytest.fixture
def visit(monkeypatch: pytest.MonkeyPatch) -> AppTest:
    connect(monkeypatch, None)
    return AppTest.from_file(str(PAGE), default_timeout=20).run()


def connect(monkeypatch: pytest.MonkeyPatch, model: Model | None) -> None:
    monkeypatch.setattr(web, "model", lambda: model)


def say(page: AppTest, message: str) -> str:
    return shown(send(page, message))


def press(page: AppTest, label: str) -> str:
    return shown(tap(page, label))


def test_a_verdict_card_says_it_at_a_glance(visit: AppTest) -> None:
    text = say(visit, FIRE)
    for expected in (
        "Keep it",
        "<strong>Rule 1: Hiring and firing</strong>",
        "<mark>fire our receptionist</mark>",
        "Stays with you",
        "Can go",
    ):
        assert expected in text


def test_hiring_help_for_a_task_names_no_rule(visit: AppTest) -> None:
    text = say(visit, "Should I hire someone to run my ads?")
    assert "Hand it off" in text
    assert "None of the five rules applies." in text


def test_follow_up_chips_work(visit: AppTest) -> None:
    say(visit, FIRE)
    assert "You wrote “fire our receptionist”" in press(visit, "Why?")
    assert "unchanged" in press(visit, "What would change this?")
    assert "this stays with you" in press(visit, "What can I hand off?")


def test_one_tap_tries_it(visit: AppTest) -> None:
    assert "Hand it off" in press(visit, "Can I outsource my bookkeeping?")


def test_a_new_conversation_forgets_the_old(visit: AppTest) -> None:
    say(visit, FIRE)
    assert messages(visit) == 2
    press(visit, "Start a new conversation")
    assert messages(visit) == 0


def test_a_hostile_model_is_overruled_on_the_page(visit: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    connect(monkeypatch, ScriptedModel(advice("Yes! Hand it off to the VA.", "hand_off", reason="hand off")))
    text = say(visit, FIRE)
    assert "The rule overruled it" in text
    assert "Hand it off to the VA" not in text
    assert not visit.info


def test_a_dead_model_leaves_a_full_answer_and_a_note(visit: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    connect(monkeypatch, ScriptedModel(ModelUnavailable("The model can't be reached.")))
    assert "Keep this one yourself" in say(visit, FIRE)
    assert "can't be reached" in shown(visit)


@pytest.mark.parametrize(
    "evil", ["![x](https://evil.example/p.png)", "<img src=x>", "[click](javascript:alert(1))", "$x^2$", ":red[x]", "`code`"]
)
def test_outside_words_stay_words(evil: str, visit: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the owner's words nor a model's reach the page as they came."""
    connect(monkeypatch, ScriptedModel(advice(f"Keep this one yourself. {evil}", "keep", rules=(1,))))
    say(visit, f"Should my VA fire {evil} Bob?")
    assert all(evil not in each.value for each in visit.markdown)
    written = "".join(each.proto.body for each in visit.get("html"))
    assert "<img" not in written
    assert "<a " not in written


def test_the_advisors_own_words_keep_their_lists() -> None:
    own = markdown.as_html("**Outcome** a\n- one <b> & *two*\n\nthree", own=True)
    assert own == "<p><strong>Outcome</strong> a</p>\n<ul>\n<li>one &lt;b&gt; &amp; *two*</li>\n</ul>\n<p>three</p>\n"
    assert markdown.as_html("- one **two** <b>", own=False) == '<p class="prose" dir="auto">- one **two** &lt;b&gt;</p>'


def test_a_fact_is_corrected_where_it_stands(visit: AppTest) -> None:
    """In a form, so that what is typed last is what is saved."""
    say(visit, "Could someone else train the new cooks?")
    assert "Share it, stay involved" in say(visit, "We have a head chef, Anna.")
    visit.text_input[0].set_value("We have a head of sales.")
    text = press(visit, "Save")
    assert "You took back “We have a head chef, Anna”" in text
    assert [each.label for each in visit.text_input] == ["Your words"]
    assert visit.text_input[0].value == "We have a head of sales"


def test_saving_the_same_words_says_nothing(visit: AppTest) -> None:
    say(visit, "Could someone else train the new cooks?")
    say(visit, "We have a head chef, Anna.")
    before = messages(visit)
    press(visit, "Save")
    assert messages(visit) == before


def test_which_task_is_meant_is_asked_with_buttons(visit: AppTest) -> None:
    say(visit, "Can my VA pick our new supplier and fire our cook?")
    say(visit, "why?")
    assert "You wrote “fire our cook”" in press(visit, "fire our cook")


def test_one_question_is_put_at_a_time(visit: AppTest) -> None:
    """The second waits until the first is answered."""
    say(visit, "Can my VA frobnicate the widgets? Could a freelancer hold the training sessions for the new till?")
    assert "People who work for me" not in labels(visit)
    press(visit, "None of these")
    assert "People who work for me" in labels(visit)
