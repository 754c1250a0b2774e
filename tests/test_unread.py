"""What can't be read is no leave: another language or an encoding is told from English, and never waved through."""

import json
from pathlib import Path
from typing import Any

import pytest

from advisor.conversation import respond
from advisor.domain import Conversation, ModelUse, Verdict
from advisor.model import ModelUnavailable
from advisor.reading.unread import unread
from advisor.rulebook import Rulebook
from advisor.wording import Asked, why
from tests.conftest import ScriptedModel, advice, translation

MESSAGES = [json.loads(line) for line in (Path(__file__).parent / "cases" / "unread.jsonl").read_text(encoding="utf-8").splitlines()]
FOREIGN = "Darf meine Assistentin die Empfangsdame entlassen?"
HARMLESS = "Kann meine Assistentin die Rechnungen verschicken?"


def test_the_table_is_large_enough_to_mean_something() -> None:
    assert sum(each["unread"] for each in MESSAGES) >= 140
    assert sum(not each["unread"] for each in MESSAGES) >= 140


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: f"{message['kind']}: {message['text'][:30]}")
def test_english_is_told_from_what_is_not(message: dict[str, Any], rulebook: Rulebook) -> None:
    found = unread(message["text"], rulebook.vocabulary)
    assert bool(found) is message["unread"]
    assert all(message["text"][quote.start : quote.end] == quote.words for quote in found)


@pytest.mark.parametrize("message", [each["text"] for each in MESSAGES if each["unread"]], ids=lambda text: text[:40])
def test_without_a_model_it_is_asked_for_in_english(message: str, rulebook: Rulebook) -> None:
    """Also where the rest of the message is harmless; only what the rule layer read for itself may be handed off."""
    turn = respond(message, Conversation(), rulebook).turns[-1]
    unclear = [each for each in turn.assessments if each.task.unread]
    assert unclear
    for each in unclear:
        assert each.verdict is not Verdict.HAND_OFF
        assert each.verdict is not Verdict.ASK or "in English" in turn.reply
    again = respond("skip", respond(message, Conversation(), rulebook), rulebook)
    assert all(each.verdict is not Verdict.HAND_OFF for each in again.standing if each.task.unread)


def test_with_a_model_the_rules_read_its_translation(rulebook: Rulebook) -> None:
    """As a call of its own, before anything is judged; and a model that then says hand it off is overruled."""
    model = ScriptedModel(translation("May my assistant dismiss the receptionist?"), advice("Yes, hand it off.", "hand_off"))
    turn = respond(FOREIGN, Conversation(), rulebook, model).turns[-1]
    assert len(model.requests) == 2
    assert FOREIGN.rstrip("?") in model.requests[0].words
    assert [(each.verdict, each.rules) for each in turn.assessments] == [(Verdict.KEEP, (1,))]
    assert turn.assessments[0].overridden
    assert turn.assessments[0].findings[0].evidence[0].words in FOREIGN
    assert "read it as “dismiss the receptionist”" in why(turn.assessments[0], Asked(), rulebook)


def test_handing_off_needs_the_translation_and_the_models_word(rulebook: Rulebook) -> None:
    english = translation("Can my assistant send the invoices?")
    verdicts = {}
    for opinion in ("hand_off", "ask"):
        model = ScriptedModel(english, advice("Yes, this may go.", opinion))
        verdicts[opinion] = respond(HARMLESS, Conversation(), rulebook, model).turns[-1].assessments[0].verdict
    assert verdicts == {"hand_off": Verdict.HAND_OFF, "ask": Verdict.ASK}


@pytest.mark.parametrize(
    "english",
    ["Can my assistant frobnicate the widgets?", "", FOREIGN, "Hello there", "x"],
    ids=["unknown", "empty", "echoed", "chat", "letter"],
)
def test_a_translation_that_the_rules_dont_know_frees_nothing(english: str, rulebook: Rulebook) -> None:
    model = ScriptedModel(translation(english), advice("Yes, hand it off.", "hand_off"))
    turn = respond(HARMLESS, Conversation(), rulebook, model).turns[-1]
    assert all(each.verdict is Verdict.ASK for each in turn.assessments)
    assert turn.assessments


@pytest.mark.parametrize(
    "reply", ["no JSON", '{"english": []}', '{"english": ["a", "b"]}', '{"english": "a"}', "x" * 50_000, ModelUnavailable("It is down.")]
)
def test_without_a_usable_translation_the_task_is_asked_for_in_english(reply: str | ModelUnavailable, rulebook: Rulebook) -> None:
    turn = respond(FOREIGN, Conversation(), rulebook, ScriptedModel(reply)).turns[-1]
    assert (turn.model, turn.assessments[0].verdict) == (ModelUse.FAILED, Verdict.ASK)
    assert "in English" in turn.reply


def test_several_tasks_of_a_translation_get_a_verdict_each(rulebook: Rulebook) -> None:
    model = ScriptedModel(translation("Can my VA answer the customer emails and fire our cook?"), advice("Yes.", "hand_off", "hand_off"))
    turn = respond("Kann meine Assistentin Kundenmails beantworten und unseren Koch entlassen?", Conversation(), rulebook, model).turns[-1]
    assert [each.verdict for each in turn.assessments] == [Verdict.HAND_OFF, Verdict.KEEP]


@pytest.mark.parametrize(
    "said",
    [
        "no, das hat meine Schwester immer gemacht",
        "yes, ich kann das gut beurteilen",
        "We have a head chef, aber ohne ihn geht es auch nicht",
        "none of these, das macht meine Schwester schon lange",
    ],
)
def test_what_cant_be_read_answers_and_softens_nothing(said: str, rulebook: Rulebook) -> None:
    for before in ("Could someone else train the new cooks?", "Can my VA frobnicate the widgets?"):
        conversation = respond(before, Conversation(), rulebook)
        after = respond(said, conversation, rulebook)
        assert after.standing[0].verdict is conversation.standing[0].verdict


def test_a_clear_task_beside_it_stays_clear(rulebook: Rulebook) -> None:
    turn = respond("Can my VA fire our receptionist? Und bitte auch die Blumen gießen.", Conversation(), rulebook).turns[-1]
    assert [each.verdict for each in turn.assessments] == [Verdict.KEEP, Verdict.ASK]


def test_an_english_answer_to_the_question_about_a_translated_task_counts(rulebook: Rulebook) -> None:
    model = ScriptedModel(translation("Can my assistant frobnicate the widgets?"), advice("Hm.", "ask"))
    asked = respond("Kann meine Assistentin die Dingsbumse frobnizieren?", Conversation(), rulebook, model)
    assert asked.standing[0].verdict is Verdict.ASK
    assert respond("none of these", asked, rulebook).standing[0].verdict is Verdict.HAND_OFF


@pytest.mark.parametrize("number", ["DE89 3704 0044 0532 0130 00", "9fceb02d0ae598e95dc970b74767f19372d61af8", "RE-2024-0117"])
def test_a_number_is_no_code(number: str, rulebook: Rulebook) -> None:
    assert unread(f"Can my VA look up {number} for me?", rulebook.vocabulary) == ()


@pytest.mark.parametrize(("verdict", "rule", "act"), [("learn_first", 5, "cannot_judge"), ("stay_involved", 3, "teaches_staff")])
@pytest.mark.parametrize("english", ["", "My assistant types the menu"])
def test_a_lighter_rule_settles_nothing_that_cant_be_read(verdict: str, rule: int, act: str, english: str, rulebook: Rulebook) -> None:
    """Only what keeps the task may be taken from a model's word alone; everything else waits for English."""
    conversation = respond("We have a department head.", Conversation(), rulebook)
    model = ScriptedModel(translation(english), advice("Not yet.", verdict, rules=(rule,), act=act))
    turn = respond("Kann meine Assistentin unseren Koch entlassen?", conversation, rulebook, model).turns[-1]
    assert all(each.verdict is Verdict.ASK for each in turn.assessments)
