"""The answers that an owner can tap under an open question."""

from advisor.domain import RuleNumber

ANSWERS: dict[RuleNumber | None, tuple[str, ...]] = {
    RuleNumber.HIRING: ("Only the legwork", "They would decide, too"),
    RuleNumber.VISION: ("They would only prepare it", "They would decide it"),
    RuleNumber.TRAINING: ("People who work for me", "Customers", "Both"),
    RuleNumber.RELATIONSHIPS: ("They would only arrange things", "They would do the talking"),
    RuleNumber.UNDERSTANDING: ("Yes, I could tell", "No, it is all new to me"),
    None: ("My people", "Our direction", "A business relationship", "I know nothing about it", "None of these"),
}
"""By the rule whose question is open; ``None`` for a task that no rule was seen in."""
