"""The worked cases: the specification, as data."""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from advisor.domain import Certainty
from advisor.rulebook import Rulebook
from tests.conftest import assess

CASES = {
    f"{file.stem}: {name}": case
    for file in sorted((Path(__file__).parent / "cases").glob("verdicts*.toml"))
    for name, case in tomllib.loads(file.read_text(encoding="utf-8")).items()
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_case(case: dict[str, Any], rulebook: Rulebook) -> None:
    """A task's ``rules`` are those that clearly apply; ``near``, those whose line it stands next to."""
    found = assess(case["say"], rulebook)
    told = [(each.verdict, each.task.quote.words) for each in found]
    assert [each.verdict for each in found] == [task["verdict"] for task in case["tasks"]], told
    for each, task in zip(found, case["tasks"], strict=True):
        clear = {int(finding.rule) for finding in each.findings if finding.certainty is Certainty.CLEAR}
        assert clear == set(task.get("rules", [])), told
        assert set(task.get("near", [])) <= {int(number) for number in each.rules}, told
        assert task["task"].lower() in each.task.quote.words.lower(), told
        for finding in each.findings:
            assert all(case["say"][quote.start : quote.end] == quote.words for quote in finding.evidence)


LINES = [json.loads(line) for line in (Path(__file__).parent / "cases" / "lines.jsonl").read_text(encoding="utf-8").splitlines()]
"""Messages either side of each line that the specification draws, and what owners type first."""


@pytest.mark.parametrize("case", LINES, ids=[f"{place} {case['line']}" for place, case in enumerate(LINES, 1)])
def test_line(case: dict[str, Any], rulebook: Rulebook) -> None:
    found = assess(case["say"], rulebook)
    told = [(each.verdict, each.task.quote.words, [(finding.rule, finding.sign) for finding in each.findings]) for each in found]
    assert [each.verdict for each in found] == case["verdicts"], told
    clear = {int(finding.rule) for each in found for finding in each.findings if finding.certainty is Certainty.CLEAR}
    assert clear == set(case["rules"]), told
    assert set(case.get("near", [])) <= {int(number) for each in found for number in each.rules}, told
