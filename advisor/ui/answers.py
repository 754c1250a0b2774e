"""The answers that an owner can tap under an open question."""

from advisor.domain import Finding, RuleNumber

ANSWERS: dict[RuleNumber | None, tuple[str, ...]] = {
    RuleNumber.HIRING: ("Only the legwork", "They would decide, too"),
    RuleNumber.VISION: ("They would only prepare it", "They would decide it"),
    RuleNumber.TRAINING: ("People who work for me", "Customers", "Both"),
    RuleNumber.RELATIONSHIPS: ("They would only arrange things", "They would do the talking"),
    RuleNumber.UNDERSTANDING: ("Yes, I could tell", "No, it is all new to me"),
    None: ("My people", "Our direction", "A business relationship", "I know nothing about it", "None of these"),
}
"""By the rule whose question is open; ``None`` for a task that no rule was seen in."""
NOTHING = "Nothing of the kind"


def offered(asking: Finding | None) -> tuple[str, ...]:
    """The answers to the question that a finding asks; to one that was only guessed, a way out as well."""
    answers = ANSWERS[asking.rule if asking else None]
    guessed = asking is not None and asking.guessed and asking.rule is not RuleNumber.UNDERSTANDING
    return (*answers, NOTHING) if guessed else answers
