"""What the company of words suggests where no phrase of a rule file is met: learnt weights, which ask and never decide."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from advisor.domain import RuleNumber

SUSPECTS = 0.6
"""From which probability that some rule applies a task is asked about. Chosen on messages kept out of the learning."""
LEAST_KNOWN = 4
"""How many known words it takes to suggest anything."""
MOST_SHOWN = 3
SMALL = frozenset(
    (
        "a an the i we you he she it they me us my our your his its their this that these those and or but so if to of in on at for "
        "with from by as is are be was were am do does did have has had can could would should will may might not no yes ok okay any "
        "some all just who what which how why when where va assistant agency freelancer manager someone somebody there then than "
        "one two three four five six first second get gets got getting go going say says said more out up about into"
    ).split()
)
"""Words that tell an owner nothing when they are shown as a reason."""


class HunchError(Exception):
    """The weights can't be used; the text names the file and the mend."""


@dataclass(frozen=True, slots=True)
class Guess:
    """A rule that a message's words suggest."""

    rule: RuleNumber
    places: tuple[int, ...]
    """The words that speak for it most, by their place among those asked about; never empty."""


@dataclass(frozen=True, slots=True)
class Hunch:
    """A logistic regression over the words of a message: one class for each rule, against "no rule"."""

    weights: Mapping[str, tuple[float, ...]]
    """By word: what it adds for rules 1 to 5."""
    leaning: tuple[float, ...]
    """What each rule starts with."""

    def guess(self, words: Sequence[str]) -> Guess | None:
        """The rule that the words suggest most, where some rule is likely enough; ``None`` otherwise."""
        known = [word for word in dict.fromkeys(words) if word in self.weights]
        if len(known) < LEAST_KNOWN:
            return None
        scale = 1 / math.sqrt(len(known))
        scores = [lean + scale * sum(self.weights[word][place] for word in known) for place, lean in enumerate(self.leaning)]
        odds = sum(math.exp(min(score, 50)) for score in scores)
        if odds / (1 + odds) < SUSPECTS:
            return None
        best = max(range(len(scores)), key=scores.__getitem__)
        telling = sorted(
            (word for word in known if self.weights[word][best] > 0 and word not in SMALL), key=lambda word: -self.weights[word][best]
        )
        places = tuple(sorted(words.index(word) for word in telling[:MOST_SHOWN]))
        return Guess(RuleNumber(best + 1), places) if places else None


def load(file: Path) -> Hunch:
    """Read the weights.

    Raises:
        HunchError: The file is missing or isn't what the learning writes.
    """
    rules = len(RuleNumber)
    try:
        stored = json.loads(file.read_text(encoding="utf-8"))
        weights = {str(word): tuple(float(each) for each in row) for word, row in stored["weights"].items()}
        leaning = tuple(float(each) for each in stored["leaning"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as problem:
        raise HunchError(f"{file.name}: {problem!r}: restore the file, or learn it anew with python -m tests.bench.learn") from problem
    if any(len(row) != rules or not all(map(math.isfinite, row)) for row in (leaning, *weights.values())):
        raise HunchError(f"{file.name}: every row needs {rules} numbers, one a rule: learn it anew with python -m tests.bench.learn")
    return Hunch(weights, leaning)
