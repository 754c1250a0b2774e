"""The verdict card: what to do with a task, at a glance, and why."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from advisor import wording
from advisor.domain import Assessment, Certainty, DecidedBy, Quote, Turn, TurnKind, Verdict
from advisor.rulebook import Rulebook
from advisor.sharing import macro

ICONS = {
    Verdict.KEEP: "lock",
    Verdict.STAY_INVOLVED: "handshake",
    Verdict.LEARN_FIRST: "school",
    Verdict.ASK: "help",
    Verdict.HAND_OFF: "check_circle",
}
"""Names in the font of icons that comes with Streamlit."""
MODEL_JUDGED = "The rules left this open; the model judged it within them."
OVERRULED = "The model wanted otherwise. The rule overruled it."


@dataclass(frozen=True, slots=True)
class Card:
    """One task as its card shows it; all of it plain text, which the template makes safe."""

    verdict: Verdict
    icon: str
    words: str
    task: tuple[tuple[str, bool], ...]
    """The owner's words in pieces, and whether each shows a rule."""
    rule: str
    also: str
    why: str
    question: str
    notes: tuple[tuple[str, str], ...]
    """Who had part in the decision: an icon, and what it was."""
    stays: tuple[str, ...]
    goes: tuple[str, ...]


def card(assessment: Assessment, rulebook: Rulebook) -> Card:
    """One task's card."""
    verdict = assessment.verdict
    rule = wording.ruling(assessment, rulebook)
    free = verdict is Verdict.HAND_OFF
    others = [rulebook.rules[number] for number in assessment.rules if rule and number != rule.number]
    split = wording.carrying(assessment, rulebook) if not free else None
    notes = []
    if assessment.task.translation and assessment.certainty is Certainty.CLEAR:
        notes.append(("translate", f"A model reads it as “{assessment.task.translation}”."))
    if told := wording.heard(assessment):
        notes.append(("hearing", told))
    if assessment.overridden:
        notes.append(("gavel", OVERRULED))
    elif assessment.decided_by is DecidedBy.MODEL:
        notes.append(("forum", MODEL_JUDGED))
    return Card(
        verdict,
        ICONS[verdict],
        wording.VERDICT_WORDS[verdict],
        pieces(assessment.task.quote.words, [quote for finding in assessment.findings for quote in finding.evidence]),
        f"{'Next to rule' if free else 'Rule'} {rule.number}: {rule.title}" if rule else "",
        "".join(f"; also rule {each.number}: {each.title}" for each in others),
        (wording.boundary(assessment, rule) if free else rule.reason) if rule else wording.without_rule(assessment),
        assessment.question or "",
        tuple(notes),
        split.stays if split else (),
        split.goes if split else (),
    )


def pieces(message: str, evidence: Sequence[Quote]) -> tuple[tuple[str, bool], ...]:
    """A message in pieces, those that showed a rule apart.

    Args:
        message: The owner's message, or the part of it that names the task.
        evidence: Quotes whose words stand in it; those that don't are passed over.
    """
    spans = sorted({(at, at + len(each.words)) for each in evidence if (at := message.find(each.words)) >= 0})
    parted: list[tuple[str, bool]] = []
    done = 0
    for start, end in spans:
        if end > done:
            start = max(start, done)
            parted += [(message[done:start], False), (message[start:end], True)]
            done = end
    return tuple((words, shows) for words, shows in [*parted, (message[done:], False)] if words)


def as_html(assessments: Sequence[Assessment], rulebook: Rulebook) -> Markup:
    """Cards as HTML, whose outside words the template escapes."""
    return macro("cards.html", "drawn", [card(each, rulebook) for each in assessments])


def as_text(turn: Turn, words: str, rulebook: Rulebook) -> str:
    """An answer as it is copied: its cards in a line or two each, then its words.

    Args:
        turn: The turn.
        words: Its words as they are shown beside the cards.
        rulebook: The rules.
    """
    cards = [card(each, rulebook) for each in turn.assessments] if turn.kind is TurnKind.VERDICT else []
    told = (
        f"{each.words}: “{''.join(piece for piece, _ in each.task)}”\n{each.rule + '. ' if each.rule else ''}{each.why}" for each in cards
    )
    return "\n\n".join(filter(None, (*told, words.replace("**", ""))))
