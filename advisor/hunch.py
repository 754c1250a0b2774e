"""What the company of words suggests where no phrase of a rule file is met: it asks and, where it is all but certain, decides."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from advisor.domain import RuleNumber
from advisor.weights import Weights

SUSPECTS = 0.7
"""From which probability that some rule applies a task is asked about. Chosen on messages kept out of the learning."""
SURE = 0.85
"""From which probability of one rule its verdict stands without asking. On messages kept out of the learning, fewer than
one in fifty harmless ones reach it, fewer than the phrases claim wrongly."""
LEAST_KNOWN = 4
"""How many known words it takes to suggest anything."""
MOST_SHOWN = 3
CLASSES = tuple(str(int(number)) for number in RuleNumber)
"""The rules, each against "no rule"."""
SMALL = frozenset(
    (
        "a an the i we you he she it they me us my our your his its their this that these those and or but so if to of in on at for "
        "with from by as is are be was were am do does did have has had can could would should will may might not no yes ok okay any "
        "some all just who what which how why when where va assistant agency freelancer manager someone somebody there then than "
        "one two three four five six first second get gets got getting go going say says said more out up about into"
    ).split()
)
"""Words that tell an owner nothing when they are shown as a reason."""


@dataclass(frozen=True, slots=True)
class Guess:
    """A rule that a message's words suggest."""

    rule: RuleNumber
    places: tuple[int, ...]
    """The words that speak for it most, by their place among those asked about; never empty."""
    sure: bool
    """Whether it leaves no doubt worth a question."""


@dataclass(frozen=True, slots=True)
class Hunch:
    """The rules weighed by a message's words."""

    weights: Weights

    def guess(self, words: Sequence[Sequence[str]]) -> Guess | None:
        """The rule that the words suggest most, where some rule is likely enough; ``None`` otherwise.

        Args:
            words: Each word, and behind it the labels of the lists that it begins a member of.
        """
        rows = self.weights.rows
        known = self.weights.known(each for word in words for each in word)
        if len({word[0] for word in words} & rows.keys()) < LEAST_KNOWN:
            return None
        scores = self.weights.scores(known)
        odds = sum(math.exp(min(score, 50)) for score in scores.values())
        if odds / (1 + odds) < SUSPECTS:
            return None
        best = CLASSES.index(max(scores, key=lambda each: scores[each]))
        worth = {place: sum(rows[each][best] for each in word if each in rows) for place, word in enumerate(words) if word[0] not in SMALL}
        once = {words[place][0]: place for place in reversed(worth)}
        telling = sorted((place for place in once.values() if worth[place] > 0), key=lambda place: -worth[place])
        places = tuple(sorted(telling[:MOST_SHOWN]))
        sure = math.exp(min(scores[CLASSES[best]], 50)) / (1 + odds) >= SURE
        return Guess(RuleNumber(best + 1), places, sure) if places else None
