"""README's commands, tables and examples, run so that they can't go stale."""

import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

from advisor.conversation import respond
from advisor.domain import Conversation, TurnKind
from advisor.rulebook import HERE, Rulebook
from advisor.settings import Settings

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", README, re.DOTALL)


def test_the_check_command_runs() -> None:
    command = next(text for kind, text in BLOCKS if kind == "sh" and "advisor check" in text)
    arguments = shlex.split(command)[1:]
    done = subprocess.run([sys.executable, "-m", "advisor", *arguments], capture_output=True, text=True, cwd=ROOT, timeout=60, check=True)
    assert "keep (clear)" in done.stdout


def test_the_two_commands_install_what_they_start() -> None:
    commands = [text.strip() for kind, text in BLOCKS if kind == "sh" and "python3 -m venv" in text]
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]
    started = [[step.split()[0] for step in command.split("&&")[2:]] for command in commands]
    assert started == [[".venv/bin/advisor"], [".venv/bin/pytest", ".venv/bin/pytest"]]
    assert "advisor" in scripts
    assert all("pip install -e" in command for command in commands)


def test_the_variables_are_those_of_the_settings() -> None:
    named = set(re.findall(r"^\| `([A-Z_]+)` \|", README, re.MULTILINE))
    known = {str(field.validation_alias or f"ADVISOR_{name.upper()}") for name, field in Settings.model_fields.items()}
    assert named == known


def test_the_rule_file_examples_are_entries_of_the_rule_files() -> None:
    rule = tomllib.loads((HERE / "rules" / "1-hiring.toml").read_text(encoding="utf-8"))
    shown = [tomllib.loads(text) for kind, text in BLOCKS if kind == "toml"]
    assert shown
    for snippet in shown:
        for role, entries in snippet.items():
            for name, entry in entries.items():
                assert entry.keys() <= rule[role][name].keys()
                for key, value in entry.items():
                    there = rule[role][name][key]
                    assert set(value) <= set(there) if isinstance(value, list) else value == there


def test_every_picture_is_there() -> None:
    pictures = re.findall(r"!\[[^\]]*\]\(([^)]+)\)", README)
    assert pictures
    assert all((ROOT / picture).is_file() for picture in pictures)


def test_every_file_named_is_there() -> None:
    named = set(re.findall(r"`((?:advisor|tests|prompts)/[\w/.-]+)`", README))
    assert named
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []


def test_the_conversation_is_followed_as_the_table_says(rulebook: Rulebook) -> None:
    """Each example of what an owner can say gets that kind of answer."""
    table = README.split("## A conversation")[1].split("\n\n")[2]
    said = [quoted for line in table.splitlines() for quoted in re.findall(r'"([^"]+)"', line)]
    kinds = {
        TurnKind.WHY: ("says who?", "like I'm five"),
        TurnKind.COUNTERFACTUAL: ("and if my foreman did it?",),
        TurnKind.PARTS: ("what's left for her then?",),
        TurnKind.BRIEF: ("what do I tell him?",),
        TurnKind.LEARN: ("where do I start?",),
        TurnKind.COMPARE: ("why the one and not the other?",),
        TurnKind.RECAP: ("where are we?",),
        TurnKind.PUSHBACK: ("but I have no time",),
        TurnKind.VERDICT: ("we do have a head chef", "he quit yesterday", "I did the course, I can tell now", "no, I meant the customers"),
    }
    pointing = ["the second one", "both", "back to the logo"]
    assert sorted(said) == sorted([each for several in kinds.values() for each in several] + pointing)
    start = Conversation()
    for first in ("Can my sister design the logo?", "Could someone else train the new cooks?"):
        start = respond(first, start, rulebook)
    for kind, several in kinds.items():
        for each in several:
            assert respond(each, start, rulebook).turns[-1].kind is kind, each
