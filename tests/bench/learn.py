"""Learns the weights in ``language/hunch.json`` and ``language/moves.json``; needs ``pip install -e '.[bench]'``.

The hunch (which rule a message's words suggest) learns from ``tests/cases/heard.jsonl``, ``lines.jsonl`` and the
tasks of the conversations; the moves (what a message does in a conversation) from ``tests/cases/conversations.jsonl`` and
``said.jsonl``. What is kept out of the learning, about a fifth, is measured in the two tables; then the weights are learnt
from everything and written.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import normalize

from advisor.conversation import respond
from advisor.domain import Certainty, Conversation, Facts, Move, Verdict
from advisor.hunch import CLASSES, Hunch
from advisor.judge import all_judged
from advisor.normal import words
from advisor.phrases import Message
from advisor.reading import read
from advisor.reading.heads import heads
from advisor.reading.tasks import tasks, with_labels
from advisor.reading.turns import shown
from advisor.rulebook import HERE, Rulebook, standard
from advisor.weights import Weights

CASES = Path(__file__).parent.parent / "cases"
LEAST_MET = {"hunch": 3, "moves": 5}
"""In how many messages a thing must be shown to count."""
LEAST_WEIGHT = {"hunch": 0.0, "moves": 0.5}
"""What a thing must weigh for some class to be kept."""
STRENGTH = {"hunch": 8.0, "moves": 30.0}
"""The inverse of the regularisation, as scikit-learn has it."""
FEWEST_WORDS = 5
"""How many words a turn of a conversation must have more than to tell of a rule by itself."""
NONE = "0"
"""The hunch's class for no rule."""


@dataclass(frozen=True)
class Row:
    """What one message shows, and what it is."""

    shows: tuple[str, ...]
    label: str
    source: str
    """The message or conversation, which is kept out as a whole."""

    @property
    def kept_out(self) -> bool:
        """Whether it is held back for the table."""
        return hashlib.sha256(self.source.encode()).digest()[0] % 5 == 0


def cases(name: str) -> list[dict[str, Any]]:
    """The labelled rows of a file."""
    return [json.loads(line) for line in (CASES / name).read_text(encoding="utf-8").splitlines()]


def learn(rows: Sequence[Row], classes: Sequence[str], what: str, against: str = "", weight: float = 1.0) -> Weights:
    """The weights that tell the classes apart; with ``against``, each in comparison with that one, which counts ``weight`` times."""
    met = Counter(each for row in rows for each in set(row.shows))
    vectors = DictVectorizer()
    table = normalize(vectors.fit_transform([{each: 1.0 for each in row.shows if met[each] >= LEAST_MET[what]} for row in rows]))
    labels = [str(row.label) for row in rows]
    model = LogisticRegression(C=STRENGTH[what], max_iter=5000).fit(table, labels, [weight if each == against else 1.0 for each in labels])
    place = {str(name): at for at, name in enumerate(model.classes_)}
    base = (model.coef_[place[against]], model.intercept_[place[against]]) if against else (0.0, 0.0)
    weights = np.array([model.coef_[place[name]] - base[0] for name in classes])
    leaning = tuple(round(float(model.intercept_[place[name]] - base[1]), 3) for name in classes)
    rows_of = {str(each): tuple(round(float(value), 2) for value in weights[:, at]) for each, at in sorted(vectors.vocabulary_.items())}
    return Weights(
        tuple(classes), leaning, {each: row for each, row in rows_of.items() if any(abs(value) > LEAST_WEIGHT[what] for value in row)}
    )


def write(weights: Weights, file: Path) -> None:
    """Write the weights, one thing shown a line."""
    lines = (f"{json.dumps(each)}: {json.dumps(row)}" for each, row in weights.rows.items())
    head = f'{{\n"classes": {json.dumps(weights.classes)},\n"leaning": {json.dumps(weights.leaning)},\n"weights": {{\n'
    file.write_text(head + ",\n".join(lines) + "\n}\n}\n", encoding="utf-8")
    print(f"{file.name}: {len(weights.rows):,} things shown, {file.stat().st_size / 1000:,.0f} kB")


# --- the hunch --------------------------------------------------------------------------------------------------------


def rule_rows(rulebook: Rulebook) -> Iterator[Row]:
    """The messages that bring exactly one kind of thing: one rule, or none."""
    for row in cases("heard.jsonl"):
        rules = {number for task in row["tasks"] for number in task["rules"]}
        if len(rules) < 2 and row["tasks"] and all(task["clear"] for task in row["tasks"]):
            yield Row(words_of(row["text"], rulebook), str(next(iter(rules), NONE)), row["text"])
    for row in cases("lines.jsonl"):
        if len(row["verdicts"]) == 1 and row["verdicts"] != [Verdict.ASK] and len(row["rules"]) < 2:
            yield Row(words_of(row["say"], rulebook), str(next(iter(row["rules"]), NONE)), row["say"])
    for conversation in cases("conversations.jsonl"):
        for turn, label in labelled(conversation):
            settled = turn.get("verdict") not in (None, Verdict.ASK) and not turn.get("tasks")
            if label is Move.NEW and settled and len(turn["say"].split()) > FEWEST_WORDS:
                yield Row(words_of(turn["say"], rulebook), str(next(iter(turn.get("rules", [])), NONE)), conversation["id"])


def words_of(text: str, rulebook: Rulebook) -> tuple[str, ...]:
    """The words of a message and the labels that they bear."""
    message = Message(words(text, rulebook.vocabulary), rulebook.lists)
    return tuple(each for word in with_labels(message, range(len(message.read))) for each in word)


def rates(texts: Iterable[tuple[str, bool]], rulebook: Rulebook) -> tuple[float, float, float]:
    """The share of messages under a rule that are waved through, and of harmless ones that are asked about, and claimed for a rule."""
    waved, asked, claimed = [], [], []
    for text, ruled in texts:
        reading = read(text, Conversation(), rulebook)
        found = all_judged(reading.tasks, Facts(reading.facts), rulebook)
        asks = any(each.verdict is Verdict.ASK for each in found)
        if ruled:
            waved.append(not asks and not any(each.findings for each in found))
        else:
            asked.append(asks)
            claimed.append(any(each.certainty is Certainty.CLEAR for each in found))
    return sum(waved) / len(waved), sum(asked) / len(asked), sum(claimed) / len(claimed)


def learn_hunch(rulebook: Rulebook) -> Weights:
    """Measure the hunch on what is kept out, and learn it from everything."""
    rows = list(rule_rows(rulebook))
    learnt = learn([row for row in rows if not row.kept_out], CLASSES, "hunch", NONE, 2.0)
    held = [(row.source, row.label != NONE) for row in rows if row.kept_out and " " in row.source]
    print(f"{'':24}{'waved through':>16}{'harmless asked':>16}{'claimed':>10}   {len(held)} messages kept out of {len(rows)}")
    for name, variant in (("rule files alone", Weights(CLASSES, learnt.leaning, {})), ("with the hunch", learnt)):
        waved, asked, claimed = rates(held, replace(rulebook, hunch=Hunch(variant)))
        print(f"{name:24}{waved:>15.1%} {asked:>15.1%} {claimed:>9.1%}")
    return learn(rows, CLASSES, "hunch", NONE, 2.0)


# --- the moves --------------------------------------------------------------------------------------------------------


class Told:
    """Weights that say what a message is labelled as, so that a conversation can be replayed as it was meant."""

    def __init__(self, label: Move) -> None:
        self.label = label

    def scores(self, shown: Sequence[str]) -> dict[str, float]:  # noqa: ARG002 (as Weights has it)
        """The label's class before all others."""
        return {each.value: float(each is self.label) for each in Move}


def labelled(conversation: dict[str, Any]) -> Iterator[tuple[dict[str, Any], Move | None]]:
    """Each turn with what it does; ``None`` for one that leaves open which task it speaks of.

    A verdict turn brings something new where its task wasn't spoken of before; else it answers where that task was open,
    and tells a fact where it wasn't.
    """
    spoken: set[str] = set()
    before: dict[str, Any] = {}
    for turn in conversation["turns"]:
        about = {each["about"] for each in turn.get("tasks", [turn]) if each.get("about")}
        if turn["kind"] == "clarify":
            yield turn, None
        elif turn["kind"] != "verdict":
            yield turn, Move(turn["kind"])
        elif about - spoken or not about:
            yield turn, Move.NEW
        else:
            yield turn, Move.ANSWER if before.get("verdict") == Verdict.ASK else Move.FACT
        spoken |= about
        before = turn


def move_rows(rulebook: Rulebook) -> Iterator[Row]:
    """The turns of the conversations, and single messages as if said where such a turn was."""
    states: dict[Move, list[Conversation]] = {}
    for case in cases("conversations.jsonl"):
        conversation = Conversation()
        for turn, label in labelled(case):
            if label:
                yield Row(shown_by(turn["say"], conversation, rulebook), label, case["id"])
                if conversation.standing:
                    states.setdefault(label, []).append(conversation)
            conversation = respond(turn["say"], conversation, replace(rulebook, moves=Told(label)) if label else rulebook)
    for case in cases("said.jsonl"):
        label = Move(case["move"])
        pool = states[Move.FACT if label is Move.CORRECTION else label]
        at = int.from_bytes(hashlib.sha256(case["say"].encode()).digest()[:4], "big") % len(pool)
        yield Row(shown_by(case["say"], pool[at], rulebook), label, case["say"])


def shown_by(text: str, conversation: Conversation, rulebook: Rulebook) -> tuple[str, ...]:
    """What a message shows of what it does."""
    message = Message(words(text, rulebook.vocabulary), rulebook.lists)
    matches = rulebook.grammar.find(message)
    brought = tasks(message, matches, heads(message, matches, rulebook), rulebook)
    return tuple(shown(message, matches, brought, conversation))


def learn_moves(rulebook: Rulebook) -> Weights:
    """Measure the moves on what is kept out, and learn them from everything."""
    rows = list(move_rows(rulebook))
    learnt = learn([row for row in rows if not row.kept_out], tuple(Move), "moves")
    held = [row for row in rows if row.kept_out and " " not in row.source and "standing 0" not in row.shows]
    right = Counter({"move": 0, "kind": 0})
    for row in held:
        scores = learnt.scores(row.shows)
        best = max(Move, key=lambda each: scores[each])
        right += Counter(move=best == row.label, kind=best.kind is Move(row.label).kind)
    print(f"moves: {right['move'] / len(held):.1%} right, their kind {right['kind'] / len(held):.1%}   {len(held)} turns kept out")
    return learn(rows, tuple(Move), "moves")


def main() -> None:
    """Measure, learn and write both."""
    rulebook = standard()
    write(hunch := learn_hunch(rulebook), HERE / "language" / "hunch.json")
    write(learn_moves(replace(rulebook, hunch=Hunch(hunch))), HERE / "language" / "moves.json")


if __name__ == "__main__":
    main()
