"""Learns the hunch's weights from the labelled messages in ``tests/cases/heard.jsonl``; needs ``pip install -e '.[bench]'``.

What is kept out of the learning is every fifth message; the table shows, on those alone, what the rule files by themselves
wave through and ask about, and what the hunch adds.
"""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import normalize

from advisor import hunch
from advisor.domain import Conversation, Facts, RuleNumber, Verdict
from advisor.judge import all_judged
from advisor.normal import words
from advisor.reading import read
from advisor.rulebook import HERE, Rulebook, standard

MESSAGES = Path(__file__).parent.parent / "cases" / "heard.jsonl"
WEIGHTS = HERE / "language" / "hunch.json"
LEAST_MET = 3
"""In how many messages a word must be met to count."""
STRENGTH = 6.0
"""The inverse of the regularisation, as scikit-learn has it."""


def messages() -> list[dict[str, Any]]:
    """The labelled messages that bring exactly one kind of thing: one rule, or none."""
    rows = [json.loads(line) for line in MESSAGES.read_text(encoding="utf-8").splitlines()]
    return [row for row in rows if len(label(row)) < 2 and row["tasks"] and all(task["clear"] for task in row["tasks"])]


def label(row: dict[str, Any]) -> set[int]:
    """The rules that a message falls under."""
    return {number for task in row["tasks"] for number in task["rules"]}


def kept_out(row: dict[str, Any]) -> bool:
    """Whether a message is held back for the table."""
    return hashlib.sha256(row["text"].encode()).digest()[0] % 5 == 0


def learn(rows: Sequence[dict[str, Any]], rulebook: Rulebook) -> hunch.Hunch:
    """The weights that tell these messages apart."""
    met: dict[str, int] = {}
    features = [dict.fromkeys(words(row["text"], rulebook.vocabulary).forms, 1.0) for row in rows]
    for each in features:
        for word in each:
            met[word] = met.get(word, 0) + 1
    kept = [{word: value for word, value in each.items() if met[word] >= LEAST_MET} for each in features]
    vectors = DictVectorizer()
    table = normalize(vectors.fit_transform(kept))
    wanted = np.array([next(iter(label(row)), 0) for row in rows])
    model = LogisticRegression(C=STRENGTH, max_iter=5000, class_weight={0: 2.0, **dict.fromkeys(RuleNumber, 1.0)}).fit(table, wanted)
    against = model.coef_[1:] - model.coef_[0]
    leaning = model.intercept_[1:] - model.intercept_[0]
    weights = {str(word): tuple(round(float(each), 2) for each in against[:, place]) for word, place in sorted(vectors.vocabulary_.items())}
    return hunch.Hunch(weights, tuple(round(float(each), 3) for each in leaning))


def rates(rows: Sequence[dict[str, Any]], rulebook: Rulebook) -> tuple[float, float]:
    """The share of messages under a rule that are waved through, and of harmless ones that are asked about."""
    waved, asked = [], []
    for row in rows:
        reading = read(row["text"], Conversation(), rulebook)
        found = all_judged(reading.tasks, Facts(reading.heads), rulebook)
        asks = any(each.verdict is Verdict.ASK for each in found)
        if label(row):
            waved.append(not asks and not any(each.findings for each in found))
        else:
            asked.append(asks)
    return sum(waved) / len(waved), sum(asked) / len(asked)


def main() -> None:
    """Measure on what is kept out, then learn from everything and write the weights."""
    rulebook = standard()
    rows = messages()
    held = [row for row in rows if kept_out(row)]
    learnt = learn([row for row in rows if not kept_out(row)], rulebook)
    print(f"{'':24}{'waved through':>16}{'harmless asked':>16}   {len(held)} messages kept out of {len(rows)}")
    for name, variant in (("rule files alone", hunch.Hunch({}, learnt.leaning)), ("with the hunch", learnt)):
        waved, asked = rates(held, rulebook.hunching(variant))
        print(f"{name:24}{waved:>15.1%} {asked:>15.1%}")
    everything = learn(rows, rulebook)
    WEIGHTS.write_text(
        json.dumps(
            {
                "learnt from": hashlib.sha256(MESSAGES.read_bytes()).hexdigest(),
                "leaning": everything.leaning,
                "weights": everything.weights,
            },
            indent=0,
        )
        + "\n",
        encoding="utf-8",
    )
    print(f"{WEIGHTS.name}: {len(everything.weights):,} words, {WEIGHTS.stat().st_size / 1000:,.0f} kB")


if __name__ == "__main__":
    main()
