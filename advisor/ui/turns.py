"""A message and its answer as HTML: few elements, since each that Streamlit draws is paid for with every message."""

from markupsafe import Markup

from advisor.domain import Turn, TurnKind
from advisor.rulebook import Rulebook
from advisor.sharing import macro
from advisor.ui import cards, markdown

THINKING = Markup('<p class="thinking">Putting it into words…</p>')


def whole(turn: Turn, rulebook: Rulebook, to_copy: bool) -> str:
    """A message and its answer.

    Args:
        turn: The turn.
        rulebook: The rules.
        to_copy: Whether there is a way to copy the answer below it; the last one has its own.
    """
    return message(turn) + answered(turn, rulebook, to_copy)


def answered(turn: Turn, rulebook: Rulebook, to_copy: bool) -> Markup:
    """An answer: its cards, its words, and a way to copy it; empty where it has none of that."""
    inner = cards_of(turn, rulebook) + words_of(turn) + (copying(spoken(turn, rulebook)) if to_copy else Markup())
    return answer(inner) if inner else Markup()


def head(turn: Turn, rulebook: Rulebook) -> str:
    """A message and the cards of its answer, where it has any."""
    inner = cards_of(turn, rulebook)
    return message(turn) + (answer(inner) if inner else Markup())


def tail(turn: Turn, waits: bool) -> str:
    """The words of the last answer, below its cards where it has any; empty where there are none.

    Args:
        turn: The turn.
        waits: Whether a model's words may still take the place of the rules' own.
    """
    inner = THINKING if waits and not turn.by_model else words_of(turn)
    return answer(inner, has_cards(turn)) if inner else Markup()


def message(turn: Turn) -> Markup:
    """What the owner said."""
    return macro("turn.html", "owner", turn.said)


def answer(inner: Markup, goes_on: bool = False) -> Markup:
    """Something that the advisor says; whether it goes on below what it said before."""
    return macro("turn.html", "answer", inner, goes_on)


def has_cards(turn: Turn) -> bool:
    """Whether an answer gives verdicts."""
    return turn.kind is TurnKind.VERDICT and bool(turn.assessments)


def cards_of(turn: Turn, rulebook: Rulebook) -> Markup:
    """The cards of an answer, if any."""
    return cards.as_html(turn.assessments, rulebook) if has_cards(turn) else Markup()


def beside_cards(turn: Turn) -> str:
    """The words of an answer that stand beside its cards."""
    listed = not turn.by_model and turn.kind is TurnKind.VERDICT and len(turn.assessments) > 1
    return turn.reply if not listed else turn.reply.rpartition("\n\n")[2] if turn.asked not in (None, *turn.about) else ""


def words_of(turn: Turn) -> Markup:
    """The words of an answer, and what the owner should know of them."""
    text = beside_cards(turn)
    if not (text or turn.note):
        return Markup()
    return macro("turn.html", "words", markdown.as_html(text, not turn.by_model) if text else "", turn.note)


def copying(text: str) -> Markup:
    """A way to copy some text."""
    return macro("turn.html", "tools", text)


def spoken(turn: Turn, rulebook: Rulebook) -> str:
    """An answer as plain text: to be read out, or copied."""
    return cards.as_text(turn, beside_cards(turn), rulebook)
