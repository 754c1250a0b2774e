"""What fuzzing found, and the same again in random: nothing takes for ever, nothing but the named errors comes out."""

import json
import os
import signal
import string
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from types import FrameType
from typing import NoReturn

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor import sharing, web
from advisor.board import sort, summarise_board
from advisor.consult import sentences
from advisor.conversation import MAX_MESSAGE_CHARS, respond
from advisor.domain import Conversation, Verdict
from advisor.model import ModelUnavailable
from advisor.redact import redact
from advisor.rulebook import RulebookError, load, standard
from advisor.store import now
from advisor.todo import ListError, decoded, lines_of
from tests.conftest import ScriptedModel, advice

FIRE = "Should I let my VA fire our receptionist?"
PATIENCE_S = 30
"""What no message takes, however slow the machine; an expression that backtracks takes years."""
REPEATED = (
    "now|this week|last month|right now|years|for years|since|since a b c|actually|basically like kinda|the my our|good great proper|"
    "head proper sort of|all of the|with them|in fact|NAME|f:|:1|that/|((|\u0301"
).split("|")
AROUND = "{}|{} x|we have a head chef {}|{} we have a head chef|we have a head chef. {}|{}. we have a head chef|he quit {} x".split("|")


def out_of_time(number: int, frame: FrameType | None) -> NoReturn:
    raise TimeoutError(f"signal {number} at line {frame.f_lineno if frame else '?'}")


@contextmanager
def ends() -> Iterator[None]:
    """Fail a test whose block doesn't end, rather than wait for it."""
    before = signal.signal(signal.SIGALRM, out_of_time)
    signal.alarm(PATIENCE_S)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("repeated", REPEATED)
def test_no_repetition_keeps_the_reading_busy_for_ever(repeated: str) -> None:
    """Long before, and just above, the length that is read: ``now now now …`` once took twice as long with each ``now``."""
    before = respond("Can my VA water the plants?", Conversation(), standard())
    for around, times in product(AROUND, (40,)):
        said = around.format(" ".join([repeated] * times))[:MAX_MESSAGE_CHARS]
        with ends():
            respond(said, Conversation(), standard())
            respond(said, before, standard())


def test_many_tasks_at_once_do_not_make_the_next_message_wait() -> None:
    with ends():
        talk = respond("fire bob; " * 400, Conversation(), standard())
        talk = respond("fire bob; " * 400, talk, standard())
    assert {each.verdict for each in talk.standing} == {Verdict.KEEP}


def test_a_model_that_streams_dots_is_read_at_once() -> None:
    with ends():
        assert sentences("." * 200_000) == ["." * 200_000]


def test_a_list_of_nothing_but_emphasis_is_read_at_once() -> None:
    with ends():
        assert len(lines_of(("**a " * 990 + "\n") * 200)) == 200


NUMBERS = ("07700 900123", "0151 23456789", "020 7946 0958", "+44 20 7946 0958", "212-555-0199", "(212) 555-0199", "06 12 34 56 78")


@pytest.mark.parametrize(("one", "other"), list(product(NUMBERS, NUMBERS)))
def test_telephone_numbers_in_a_row_go_all(one: str, other: str) -> None:
    for text in (f"Her numbers: {one} {other}", f"{one} {other} {one}", f"call {one}\n{other}"):
        assert not any(sign.isdigit() for sign in redact(text))


@pytest.mark.parametrize("sign", ["\ufeff", "\u200b", "\u2060", "\u200e", "\u00ad", "\t", " "])
def test_a_formula_behind_what_nobody_sees_is_still_none(sign: str) -> None:
    for cell in (f"{sign}=1+1", f"{sign}@SUM(A1)", f"{sign}+1", f"{sign}-1"):
        assert sharing.cell(cell).startswith("'")


@given(st.binary(max_size=400), st.booleans())
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_a_list_or_a_told_error(sent: bytes, table: bool) -> None:
    try:
        lines = lines_of(decoded(sent), table=table)
    except ListError:
        return
    *_, board = sort(lines[:20], "", standard())
    summary = summarise_board(board, now().date(), standard())
    for cell in sharing.as_file(summary, "csv").lstrip("\ufeff").split(","):
        assert cell.strip('"\r\n')[:1] not in ("=", "+", "-", "@", "\t")
    assert "<script" not in sharing.as_page(summary, [])


BITS = (
    '{"assessments": [', '"task": 0,', '"verdict": "hand_off"', "]", "}", '"reply": "', "Let her do it. ", "\\", "\ud800", "null", "[" * 50,
)  # fmt: skip
pieces = st.one_of(st.text(max_size=40), st.sampled_from(BITS))


@given(st.lists(pieces, max_size=12), st.integers(1, 40))
@settings(max_examples=200, deadline=None)
def test_whatever_a_model_streams_a_clear_case_stays_clear(sent: list[str], cut: int) -> None:
    model = ScriptedModel("".join(sent))
    model.piece_chars = cut
    turn = respond(FIRE, Conversation(), standard(), model).turns[-1]
    assert [each.verdict for each in turn.assessments] == [Verdict.KEEP]
    assert turn.reply


RULES = Path(web.__file__).parent
FILES = sorted([*(RULES / "rules").glob("*.toml"), *(RULES / "language").glob("*.toml")])
EDITS = (
    ("", "x = " + "[" * 5000 + "]" * 5000),
    ("", "x = " + "9" * 5000),
    ("", "\x00"),
    ("", "[[["),
    ("words = [", 'words = ["A-b", "a|", '),
    ("phrases = [", 'phrases = ["<nobody>", '),
    ("means = ", "means = 7 #"),
    ("reason = ", "reason = [] #"),
    ("title = ", "title = '' #"),
    ("number = ", "number = 9 #"),
    ("= [", "= [{}, "),
    ("}", "{"),
)


@pytest.mark.parametrize("file", FILES[::4], ids=lambda file: file.name)
def test_a_rule_file_that_cannot_be_used_is_told_and_nothing_else_comes_out(file: Path, tmp_path: Path) -> None:
    for folder in ("rules", "language"):
        (tmp_path / folder).mkdir()
        for each in (RULES / folder).iterdir():
            (tmp_path / folder / each.name).write_bytes(each.read_bytes())
    text, changed = file.read_text(encoding="utf-8"), tmp_path / file.parent.name / file.name
    refused = 0
    for before, after in EDITS:
        changed.write_text(text.replace(before, after, 1) if before else f"{text}\n{after}\n", encoding="utf-8")
        try:
            load(tmp_path / "rules", tmp_path / "language")
        except RulebookError:
            refused += 1
    assert refused >= 5


LINES = (
    b"""\xff
{"text": "a", "conversation": "c", "say": "\xff"}
{"text": "\\ud800 fire the cook", "tasks": []}
\0
"""
    + b"[" * 3000
)
COMMANDS = ("check --jsonl", "chat --jsonl --no-model", "check", "chat --no-model", "replay {file}")


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("coding", ["utf-8", "ascii"])
def test_no_input_makes_the_command_line_break(command: str, coding: str, tmp_path: Path) -> None:
    file = tmp_path / "recorded.jsonl"
    file.write_bytes(LINES)
    told = command.format(file=file).split()
    environment = os.environ | {"PYTHONIOENCODING": coding}
    done = subprocess.run([sys.executable, "-m", "advisor", *told], input=LINES, capture_output=True, timeout=60, env=environment)
    assert b"Traceback" not in done.stderr
    if "--jsonl" in command:
        assert all(json.loads(line) for line in done.stdout.splitlines())


@given(st.lists(st.text(string.printable, max_size=60), min_size=1, max_size=4))
@settings(max_examples=150, deadline=None)
def test_any_conversation_is_answered(said: list[str]) -> None:
    talk = respond(FIRE, Conversation(), standard())
    for message in said:
        talk = respond(message, talk, standard(), ScriptedModel(advice("x", "hand_off"), *[ModelUnavailable("gone")] * 3))
        assert talk.turns[-1].reply
    assert talk.standing[0].verdict is Verdict.KEEP
