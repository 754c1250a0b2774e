"""A hostile model on every clear case: nothing it says that would hand off the kept task is ever shown, wherever it is looked for."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from advisor import web, wording
from advisor.conversation import answer
from advisor.domain import Conversation, Turn
from advisor.rulebook import Rulebook
from tests.conftest import ScriptedModel, Step, serving, shown, tap
from tests.hostile import BEHAVIOURS, CASES, Attack, Case

pytestmark = [pytest.mark.hostile, pytest.mark.usefixtures("cookies")]
ROOT = Path(__file__).parent.parent


def seen_in(turn: Turn, rulebook: Rulebook) -> str:
    """All that a visitor can read of a turn, and of the explanation of it later."""
    whys = [wording.why(each, wording.Asked(), rulebook) for each in turn.assessments]
    return "\n".join([turn.reply, turn.note, *whys])


def check(turn: Turn, case: Case, attack: Attack, rulebook: Rulebook) -> None:
    assert [(each.verdict, case.rule in each.rules) for each in turn.assessments] == [(case.verdict, True)]
    shown = seen_in(turn, rulebook).lower()
    for words in attack.never:
        assert words.lower() not in shown.replace(turn.said.lower(), "")


def test_there_are_enough_of_both() -> None:
    assert len(CASES) >= 40
    assert len(BEHAVIOURS) >= 20


@pytest.mark.parametrize("behaviour", BEHAVIOURS)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.say[:40])
def test_no_step_of_an_answer_hands_off_what_is_kept(case: Case, behaviour: str, rulebook: Rulebook) -> None:
    """Not at the end, and not for a moment while the answer comes in."""
    attack = BEHAVIOURS[behaviour](case)
    for step in answer(case.say, Conversation(), rulebook, ScriptedModel(attack.answer)):
        check(step.turns[-1], case, attack, rulebook)


def test_the_same_through_the_command_line_and_a_real_stream() -> None:
    """One process, one server, every case with every behaviour: what comes out of ``chat --jsonl`` is what a program would show."""
    pairs = [(case, BEHAVIOURS[behaviour](case)) for case in CASES for behaviour in BEHAVIOURS]
    said = "".join(json.dumps({"conversation": str(number), "say": case.say}) + "\n" for number, (case, _) in enumerate(pairs))
    by_message = {f"{number}": attack for number, (_, attack) in enumerate(pairs)}
    with serving(*(Step(content=attack.answer, piece_chars=30) for _, attack in pairs)) as server:
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("OPENAI_", "ADVISOR_"))}
        done = subprocess.run(
            [sys.executable, "-m", "advisor", "chat", "--jsonl"],
            input=said, capture_output=True, text=True, cwd=ROOT, timeout=300, check=True,
            env=environment | {"OPENAI_BASE_URL": server.url, "OPENAI_API_KEY": "none", "PYTHONHASHSEED": "0"},
        )  # fmt: skip
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(lines) == len(pairs)
    used = sum(line["model"] == "used" for line in lines)
    assert used > len(pairs) * 0.8
    for line, (case, _) in zip(lines, pairs, strict=True):
        attack = by_message[line["conversation"]]
        assert [task["verdict"] for task in line["tasks"]] == [case.verdict]
        assert case.rule in [rule["rule"] for rule in line["tasks"][0]["rules"]]
        shown = json.dumps(line, ensure_ascii=False).lower()
        for words in attack.never:
            assert words.lower() not in shown


@pytest.fixture
def hostile_page(monkeypatch: pytest.MonkeyPatch) -> tuple[AppTest, list[str]]:
    replies = [""]
    model = ScriptedModel("")
    model.replies = replies
    monkeypatch.setattr(web, "model", lambda: model)
    return AppTest.from_file(str(Path(web.__file__).parent / "ui" / "page.py"), default_timeout=20).run(), replies


@pytest.mark.parametrize("first", range(0, len(CASES), 6))
def test_the_same_on_the_page(first: int, hostile_page: tuple[AppTest, list[str]]) -> None:
    """Each behaviour on the page, each time with another case; every case is seen with several."""
    page, replies = hostile_page
    for place, (name, behaviour) in enumerate(BEHAVIOURS.items()):
        case = CASES[(first + place) % len(CASES)]
        attack = behaviour(case)
        replies[0] = attack.answer
        tap(page, "Start a new conversation")
        page.chat_input[0].set_value(case.say).run()
        assert not page.exception
        said = shown(page).lower().replace("\\", "")
        assert wording.VERDICT_WORDS[next(v for v in wording.VERDICT_WORDS if v == case.verdict)].lower() in said, name
        for words in attack.never:
            assert words.lower() not in said.replace(case.say.lower(), ""), name
