"""Learnt weights: a logistic regression over what a message shows, with its classes by name."""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


class WeightsError(Exception):
    """The weights can't be used; the text names the file and the mend."""


@dataclass(frozen=True, slots=True)
class Weights:
    """What each thing shown adds to each class."""

    classes: tuple[str, ...]
    leaning: tuple[float, ...]
    """What each class starts with."""
    rows: Mapping[str, tuple[float, ...]]
    """By what is shown: what it adds, class by class."""

    def known(self, shown: Iterable[str]) -> list[str]:
        """What of that has a weight, each once."""
        return [each for each in dict.fromkeys(shown) if each in self.rows]

    def scores(self, shown: Sequence[str]) -> dict[str, float]:
        """By class, the log-odds that the things shown give it; they count the less the more of them are known."""
        known = self.known(shown)
        scale = 1 / math.sqrt(len(known) or 1)
        sums = [lean + scale * sum(self.rows[each][place] for each in known) for place, lean in enumerate(self.leaning)]
        return dict(zip(self.classes, sums, strict=True))


def load(file: Path, classes: Sequence[str]) -> Weights:
    """Read the weights of these classes.

    Raises:
        WeightsError: The file is missing or isn't what the learning writes.
    """
    again = "learn it anew with python -m tests.bench.learn"
    try:
        stored = json.loads(file.read_text(encoding="utf-8"))
        named = tuple(str(each) for each in stored["classes"])
        leaning = tuple(float(each) for each in stored["leaning"])
        rows = {str(shown): tuple(float(each) for each in row) for shown, row in stored["weights"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as problem:
        raise WeightsError(f"{file.name}: {problem!r}: restore the file, or {again}") from problem
    if named != tuple(classes):
        raise WeightsError(f"{file.name}: its classes are {', '.join(named)}, not {', '.join(classes)}: {again}")
    if any(len(row) != len(named) or not all(map(math.isfinite, row)) for row in (leaning, *rows.values())):
        raise WeightsError(f"{file.name}: every row needs {len(named)} numbers, one a class: {again}")
    return Weights(named, leaning, rows)
