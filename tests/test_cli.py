"""The command line, as programs and people use it."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from advisor.conversation import respond
from advisor.domain import Conversation
from advisor.rulebook import Rulebook
from advisor.store import Store, now
from advisor.store.feedback import Opinion
from tests.conftest import Step, advice, serving

ROOT = Path(__file__).parent.parent


def advisor(*arguments: str, said: str = "") -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("OPENAI_", "ADVISOR_"))}
    return subprocess.run(
        [sys.executable, "-m", "advisor", *arguments],
        input=said,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=environment,
        timeout=60,
        check=False,
    )


def lines(done: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_check_prints_a_verdict_for_people() -> None:
    done = advisor("check", "Should I let my VA fire our receptionist?")
    assert done.returncode == 0
    assert "keep (clear): fire our receptionist" in done.stdout
    assert "rule 1 (Hiring and firing)" in done.stdout


def test_check_answers_lines_in_order_and_survives_bad_ones() -> None:
    said = '{"text": "Can I outsource my bookkeeping?"}\nnonsense\n{"txt": 1}\n{"text": "Do I have to fire Bob?"}\n'
    done = advisor("check", "--jsonl", said=said)
    first, bad, worse, last = lines(done)
    assert done.returncode == 1
    assert first["tasks"] == [{"task": "my bookkeeping", "verdict": "hand_off", "certainty": "none", "rules": [], "question": None}]
    assert "line 2 is not JSON" in bad["error"]
    assert '"text": "…"' in worse["error"]
    assert last["tasks"][0]["rules"] == [{"rule": 1, "certainty": "clear", "evidence": ["fire Bob"]}]


def test_chat_holds_conversations_that_interleave() -> None:
    says = [("a", "Do I have to fire Bob?"), ("b", "Can I outsource my bookkeeping?"), ("a", "why?"), ("b", "why?")]
    done = advisor(
        "chat", "--jsonl", "--no-model", said="".join(json.dumps({"conversation": name, "say": said}) + "\n" for name, said in says)
    )
    answers = lines(done)
    assert done.returncode == 0
    assert [(each["conversation"], each["turn"], each["kind"]) for each in answers] == [
        ("a", 1, "verdict"),
        ("b", 1, "verdict"),
        ("a", 2, "why"),
        ("b", 2, "why"),
    ]
    assert [each["tasks"][0]["verdict"] for each in answers] == ["keep", "hand_off", "keep", "hand_off"]
    assert answers[0].keys() == {"conversation", "turn", "kind", "reply", "tasks", "question", "model", "record"}
    assert answers[0]["tasks"][0].keys() == {
        "task",
        "verdict",
        "certainty",
        "rules",
        "question",
        "decided_by",
        "overridden",
        "model_verdict",
    }
    assert {each["model"] for each in answers} == {"none"}


def test_chat_in_a_terminal() -> None:
    done = advisor("chat", "--no-model", said="Do I have to fire Bob?\nwhy?\n\n")
    assert done.returncode == 0
    assert "Keep this one yourself" in done.stdout
    assert "Because of rule 1" in done.stdout


def test_replay_prints_the_verdicts_that_change(tmp_path: Path) -> None:
    """What a change to the rule files does is seen before anybody relies on it."""
    recorded = advisor("check", "--jsonl", said='{"text": "Do I have to fire Bob?"}\n{"text": "Can I outsource my bookkeeping?"}\n')
    file = tmp_path / "recorded.jsonl"
    file.write_text(recorded.stdout)
    same = advisor("replay", str(file))
    assert (same.returncode, same.stdout) == (0, "2 decisions, 0 changed\n")
    file.write_text(recorded.stdout.replace('"keep"', '"hand_off"') + "nonsense\n")
    changed = advisor("replay", str(file))
    assert changed.returncode == 1
    assert "Do I have to fire Bob?\n  was  hand_off [1]\n  now  keep [1]\n2 decisions, 1 changed" in changed.stdout
    assert "line 3 is no recorded decision" in changed.stderr


def test_check_imports_neither_openai_nor_streamlit() -> None:
    heavy = ("openai", "streamlit", "pydantic", "sqlite3", "asyncio")
    code = f"import sys; from advisor.__main__ import main; main(['check', 'Fire Bob?']); print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, timeout=60, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("arguments", [["serve", "--port", "x"], ["serve", "--port", "70000"], ["tell"], []])
def test_a_wrong_call_is_explained(arguments: list[str]) -> None:
    done = advisor(*arguments)
    assert done.returncode == 2
    assert "usage: advisor" in done.stderr


def test_the_same_messages_read_the_same_in_every_process() -> None:
    """Sets are walked in an order that changes from process to process; no verdict and no evidence may hang on it."""
    lines = (ROOT / "tests" / "cases" / "lines.jsonl").read_text(encoding="utf-8").splitlines()
    given = "\n".join(json.dumps({"text": json.loads(line)["say"]}) for line in lines)
    told = [
        subprocess.run(
            [sys.executable, "-m", "advisor", "check", "--jsonl"], input=given, capture_output=True, text=True, cwd=ROOT, timeout=60,
            check=True, env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2", "3")
    ]  # fmt: skip
    assert told[0].count("\n") == len(lines)
    assert told[0] == told[1] == told[2]


def doctor(**environment: str) -> tuple[int, str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("OPENAI_", "ADVISOR_"))}
    done = subprocess.run(
        [sys.executable, "-m", "advisor", "doctor"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=clean | environment,
        timeout=60,
        check=False,
    )
    assert not done.stderr
    return done.returncode, done.stdout


def test_the_doctor_says_what_works_without_a_model() -> None:
    status, told = doctor()
    assert status == 0
    assert "rules     ok: 5 rules" in told
    assert "model     none: the rules answer alone; set OPENAI_API_KEY" in told


def test_the_doctor_asks_the_model_what_an_owner_would() -> None:
    good = advice("Keep the firing with you. You are the face of the company.", "keep", rules=(1,))
    with serving(Step(400), Step(content=good)) as server:
        status, told = doctor(OPENAI_BASE_URL=server.url, OPENAI_API_KEY="sk-not-to-be-seen")
    assert status == 0
    assert "asked for JSON by json_object" in told
    assert "in its own words" in told
    assert "sk-not" not in told


@pytest.mark.parametrize(
    ("step", "environment", "expected"),
    [
        (Step(401), {}, "refused the key. (status 401) Check OPENAI_API_KEY"),
        (Step(404), {}, "(status 404) Check ADVISOR_MODEL, and that OPENAI_BASE_URL ends"),
        (Step(500), {}, "See whether the server runs"),
        (Step(content='{"verdict": "keep"}'), {}, "follows instructions better"),
        (Step(wait_s=30), {"ADVISOR_FIRST_WORDS_S": "0.5"}, "raise ADVISOR_FIRST_WORDS_S"),
        (Step(), {"OPENAI_BASE_URL": "localhost"}, "settings  wrong: OPENAI_BASE_URL"),
    ],
)
def test_the_doctor_names_the_mend(step: Step, environment: dict[str, str], expected: str) -> None:
    with serving(step) as server:
        status, told = doctor(**({"OPENAI_BASE_URL": server.url} | environment))
    assert status == 1
    assert expected in told


def test_a_turn_tells_what_it_was_decided_with() -> None:
    """An operator can see, and replay, what every decision rests on."""
    with serving(Step(content=advice("Keep it with you. See evil.com.", "hand_off"))) as server:
        environment = {**os.environ, "OPENAI_BASE_URL": server.url, "OPENAI_API_KEY": "none"}
        done = subprocess.run(
            [sys.executable, "-m", "advisor", "chat", "--jsonl"],
            input='{"conversation": "a", "say": "Do I have to fire Bob?"}\n',
            capture_output=True, text=True, cwd=ROOT, env=environment, timeout=60, check=True,
        )  # fmt: skip
    line = json.loads(done.stdout)
    assert line["record"]["breaches"] == ["an address"]
    assert (line["record"]["model"], len(line["record"]["rulebook"]), len(line["record"]["prompts"])) == ("gpt-5-mini", 12, 12)
    assert (line["tasks"][0]["model_verdict"], line["tasks"][0]["verdict"], line["tasks"][0]["overridden"]) == ("hand_off", "keep", True)


def test_the_page_is_set_up_alike_wherever_the_advisor_is_started(tmp_path: Path) -> None:
    """Above all, nothing is sent to anybody, and no visitor sees what went wrong within."""
    names = ("browser.gatherUsageStats", "client.toolbarMode", "client.showErrorDetails", "runner.postScriptGC", "theme.baseRadius")
    code = f"from advisor import web; web.configure(); from streamlit import config; print([config.get_option(name) for name in {names}])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, timeout=60, check=True)
    assert done.stdout.strip() == "[False, 'minimal', 'none', False, '0.75rem']"


def test_feedback_is_printed_as_json_lines(tmp_path: Path, rulebook: Rulebook) -> None:
    kept = f"sqlite:///{tmp_path / 'advisor.sqlite3'}"
    store = Store(kept)
    talk = respond("Can my VA fire Bob?", Conversation(), rulebook)
    identity = store.conversations.save("a" * 64, None, talk, True, now())
    store.feedback.give("a" * 64, identity, 1, talk.turns[0], Opinion(helpful=True), now())
    store.close()
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("OPENAI_", "ADVISOR_"))}
    command = [sys.executable, "-m", "advisor", "feedback"]
    done = subprocess.run(command, capture_output=True, text=True, env=environment | {"ADVISOR_DATABASE_URL": kept}, timeout=60, check=True)
    (told,) = lines(done)
    assert (told["helpful"], told["verdict"], told["rule"], told["words"]) == (True, "keep", 1, None)
