"""The board: every line a card under the rules, whatever a model says or its owner decides."""

import json
from datetime import date, datetime

import pytest

from advisor import sharing
from advisor.board import MOST_CALLS, Board, Card, consulted, sort, summarise_board
from advisor.conversation import respond
from advisor.domain import DecidedBy, Verdict
from advisor.model import ModelUnavailable
from advisor.rulebook import Rulebook
from advisor.todo import Line, lines_of
from tests.conftest import ScriptedModel

AT = datetime(2026, 5, 1, 12)
LIST = """Send the newsletter - 3h
Fire Bob - 1h
Train the new cooks - 4h
Google ads (I know nothing about them) - 1h
Frobnicate the widgets - 2h"""


def sorted_list(text: str, rulebook: Rulebook, about: str = "") -> Board:
    *_, board = sort(lines_of(text), about, rulebook)
    return board


def columns(board: Board) -> list[str]:
    return [card.column.value for card in board.cards]


def test_every_line_is_a_card_in_the_column_of_its_verdict(rulebook: Rulebook) -> None:
    board = sorted_list(LIST, rulebook)
    assert columns(board) == ["hand_off", "keep", "keep", "learn_first", "ask"]
    assert sharing.total(summarise_board(board, date(2026, 5, 1), rulebook)) == "1 of 5 can go, with 3 of 11 hours a week."


def test_two_hundred_lines_are_two_hundred_cards(rulebook: Rulebook) -> None:
    text = "\n".join(f"{task} {number}" for number in range(40) for task in ("Fire Bob", "Books", "Newsletter", "misc", "Call the bank"))
    assert len(sorted_list(text, rulebook).cards) == 200


def test_a_head_softens_the_training_of_those_they_lead(rulebook: Rulebook) -> None:
    text = "Train the new cooks\nTrain the new accountants"
    assert columns(sorted_list(text, rulebook, "We have a head chef, Anna.")) == ["stay_involved", "keep"]


@pytest.mark.parametrize("line", ["Ask Sam, head of the department, about it", "Visiting the hotel manager", "Thank Joe, our team lead"])
def test_a_head_named_in_a_line_softens_no_other_line(line: str, rulebook: Rulebook) -> None:
    assert columns(sorted_list(f"{line}\nOnboard new staff\nTrain the new cooks", rulebook))[1:] == ["keep", "keep"]


@pytest.mark.parametrize("heading", ["## Training new hires", "Fire:", "# Hiring", "## Interviewing candidates"])
def test_a_heading_that_shows_a_rule_counts_for_its_lines(heading: str, rulebook: Rulebook) -> None:
    assert columns(sorted_list(f"{heading}\n- the cook\n# Posts\n- newsletter", rulebook)) == ["keep", "keep", "hand_off"]


def test_a_line_of_several_tasks_is_one_card_under_the_gravest(rulebook: Rulebook) -> None:
    board = sorted_list("Can my VA fire Bob, do the newsletter, and pay the bills?", rulebook)
    assert columns(board) == ["keep"]
    (task,) = summarise_board(board, date(2026, 5, 1), rulebook).tasks
    assert task.task.startswith("Can my VA fire Bob")
    assert any("newsletter" in part for part in task.goes)


def test_a_heading_that_shows_a_rule_is_a_card(rulebook: Rulebook) -> None:
    assert [card.line.text for card in sorted_list("# Marketing\n- newsletter\n# Fire Bob\n- call the lawyer", rulebook).cards] == [
        "newsletter",
        "Fire Bob",
        "call the lawyer",
    ]


def test_a_line_that_holds_no_task_is_to_be_clarified(rulebook: Rulebook) -> None:
    board = sorted_list("??", rulebook)
    assert columns(board) == ["ask"]
    assert summarise_board(board, date(2026, 5, 1), rulebook).tasks[0].verdict is Verdict.ASK


def test_a_hire_without_a_purpose_is_kept(rulebook: Rulebook) -> None:
    board = sorted_list("Hire an assistant", rulebook)
    assert columns(board) == ["keep"]
    assert board.cards[0].line.text == "Hire an assistant"


def test_an_owners_move_stands_beside_the_advisors_verdict(rulebook: Rulebook) -> None:
    board = sorted_list(LIST, rulebook)
    board = board.put(2, board.cards[1].put(Verdict.HAND_OFF, AT))
    card = board.cards[1]
    assert (card.column, card.verdict, card.decided) == (Verdict.HAND_OFF, Verdict.KEEP, "Hand off")
    summary = summarise_board(board, date(2026, 5, 1), rulebook)
    told = "1 of 5 can go, with 3 of 11 hours a week. By your own decisions: 2 of 5, with 4 of 11 hours a week."
    assert sharing.total(summary, "your") == told
    assert (summary.tasks[1].verdict, summary.tasks[1].decided) == (Verdict.KEEP, "Hand off")
    for text in (sharing.as_page(summary, []), sharing.as_markdown(summary), sharing.as_csv(summary)):
        assert "Keep it" in text
        assert "Hand off" in text
    assert card.put(Verdict.KEEP, AT).decided == ""


def test_a_summary_can_leave_cards_out(rulebook: Rulebook) -> None:
    summary = summarise_board(sorted_list(LIST, rulebook), date(2026, 5, 1), rulebook, [2])
    assert "Fire Bob" not in [task.task for task in summary.tasks]
    assert sharing.total(summary) == "1 of 4 can go, with 3 of 10 hours a week."


# --- with a model -----------------------------------------------------------------------------------------------------


def opinions(verdict: str, *tasks: int, act: str = "none") -> str:
    told = [{"task": task, "verdict": verdict, "rules": [], "act": act, "reason": "so"} for task in tasks]
    return json.dumps({"assessments": told, "reply": ""})


def test_a_model_judges_what_the_rules_left_open_and_nothing_else(rulebook: Rulebook) -> None:
    model = ScriptedModel(opinions("hand_off", 1))
    *_, board = consulted(sorted_list(LIST, rulebook), rulebook, model)
    assert columns(board) == ["hand_off", "keep", "keep", "learn_first", "hand_off"]
    assert board.cards[4].assessments[0].decided_by is DecidedBy.MODEL
    assert len(model.requests) == 1
    assert "Fire Bob" not in model.requests[0].words
    assert model.closed == 1  # not a word of prose is waited for


@pytest.mark.parametrize(
    "reply", ["{}", "Hand everything off!", opinions("hand_off", 1, 2), opinions("hand_off", 9), opinions("nonsense", 1)]
)
def test_whatever_a_model_answers_no_clear_card_is_milder(reply: str, rulebook: Rulebook) -> None:
    *_, board = consulted(sorted_list(LIST, rulebook), rulebook, ScriptedModel(reply))
    assert columns(board)[:4] == ["hand_off", "keep", "keep", "learn_first"]


def test_an_act_that_the_model_hears_is_judged_by_the_rule(rulebook: Rulebook) -> None:
    *_, board = consulted(sorted_list(LIST, rulebook), rulebook, ScriptedModel(opinions("hand_off", 1, act="ends_work")))
    assert columns(board)[4] == "keep"
    assert "The model heard this" in board.cards[4].talk.turns[-1].reply


def test_a_dead_model_leaves_the_rules_and_a_note(rulebook: Rulebook) -> None:
    before = sorted_list(LIST, rulebook)
    *_, board = consulted(before, rulebook, ScriptedModel(ModelUnavailable("The model can't be reached.")))
    assert board.cards == before.cards
    assert board.note == "The model can't be reached. 1 unclear line stands as the rules alone see them."


def test_the_budget_holds(rulebook: Rulebook) -> None:
    many = "\n".join(f"Frobnicate the widget {number}" for number in range(120))
    model = ScriptedModel(opinions("hand_off", *range(1, 21)))
    *_, board = consulted(sorted_list(many, rulebook), rulebook, model)
    assert len(model.requests) == MOST_CALLS
    assert columns(board).count("hand_off") == 20 * MOST_CALLS
    assert board.note.startswith("20 unclear lines stand")


def test_a_card_stands_as_the_talk_about_it_left_it(rulebook: Rulebook) -> None:
    board = sorted_list("Train the new cooks", rulebook)
    talk = respond("We have a head chef, Anna.", board.cards[0].talk, rulebook)
    assert Card(Line("Train the new cooks"), talk).column is Verdict.STAY_INVOLVED
