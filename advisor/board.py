"""A list, sorted: every line a card with its own recorded decision, in the column of its verdict or where its owner put it. Pure."""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from advisor import wording
from advisor.consult import MOST_TASKS
from advisor.conversation import judged_together, respond
from advisor.domain import Answer, Assessment, Certainty, Conversation, DepartmentHead, Facts, Verdict
from advisor.model import Model, ModelUnavailable
from advisor.rulebook import Rulebook
from advisor.summary import NEXT, Summary, TaskSummary, one
from advisor.todo import Line

MOST_CALLS = 5
"""How often a model is asked about one list."""
ASKED = "May someone else {words}?"
NO_TASK = "I see no task in this line. Say in the chat what has to be done."


@dataclass(frozen=True, slots=True)
class Card:
    """One line of a list, and what was decided about it."""

    line: Line
    talk: Conversation
    """What was said of it, with the line as the first message: the record that a "why?" is answered from."""
    moved: Verdict | None = None
    """The column that the owner put it in; ``None`` where they left it."""
    moved_at: datetime | None = None
    """When, in UTC."""

    @property
    def assessments(self) -> tuple[Assessment, ...]:
        """The line's tasks as they stand, without others that the talk came to; none where it holds none."""
        first = set(self.talk.turns[0].about)
        parted = {fact.brought for place in first for fact in self.talk.facts.of(place) if isinstance(fact, Answer)}
        return tuple(self.talk.standing[place] for place in sorted(self.talk.current) if place in first | parted)

    @property
    def gravest(self) -> Assessment | None:
        """The task that decides about the line."""
        return max(self.assessments, key=lambda each: each.verdict.gravity, default=None)

    @property
    def verdict(self) -> Verdict:
        """The advisor's."""
        return self.gravest.verdict if self.gravest else Verdict.ASK

    @property
    def column(self) -> Verdict:
        """Where it is shown."""
        return self.moved or self.verdict

    @property
    def decided(self) -> str:
        """What the owner decided against the advisor, in a column's words; empty where they didn't."""
        return wording.COLUMN_WORDS[self.moved] if self.moved and self.moved is not self.verdict else ""

    def put(self, column: Verdict, at: datetime) -> "Card":
        """The card where its owner put it."""
        return replace(self, moved=column, moved_at=at)

    def timed(self, hours: float | None) -> "Card":
        """The card with its hours a week, or none."""
        return replace(self, line=replace(self.line, hours=hours))


@dataclass(frozen=True, slots=True)
class Board:
    """A sorted list."""

    cards: tuple[Card, ...]
    about: str = ""
    """What the owner told of the business, for all lines."""
    heads: tuple[DepartmentHead, ...] = ()
    """The department heads that were heard of there."""
    note: str = ""
    """What the owner should know of how it was sorted."""

    def put(self, number: int, card: Card) -> "Board":
        """The list with another card in a place, counted from 1."""
        return replace(self, cards=(*self.cards[: number - 1], card, *self.cards[number:]))


def sort(lines: Sequence[Line], about: str, rulebook: Rulebook) -> Iterator[Board]:
    """Sort a list by the rules alone, line by line.

    Args:
        lines: The lines; a heading becomes a card only where it shows a rule, and then its lines are read with it, too.
        about: What the owner tells of the business: who heads what. A head told of in a line softens no other line.
        rulebook: The rules and their language.

    Yields:
        The list as far as it is sorted.
    """
    heads = respond(about, Conversation(), rulebook).facts.heads if about.strip() else ()
    heads = tuple(replace(head, told_of=frozenset()) for head in heads)  # as if told before any task
    cards: list[Card] = []
    ruling = ""
    for line in lines:
        talk = asked_about(line.text, heads, rulebook)
        if line.heading:
            ruling = line.text if any(each.findings for each in talk.standing) else ""
        elif ruling and line.section == ruling:
            talk = max(talk, asked_about(line.label, heads, rulebook), key=gravity)
        card = Card(line, talk)
        if not line.heading or ruling:
            cards.append(card)
            yield Board(tuple(cards), about, heads)


def asked_about(words: str, heads: tuple[DepartmentHead, ...], rulebook: Rulebook) -> Conversation:
    """What is said of a line; one in which no task is heard, like "Hire an assistant", is taken as "may someone else …?"."""
    start = Conversation(facts=Facts(heads))
    talk = respond(words, start, rulebook)
    return talk if talk.standing else max(respond(ASKED.format(words=words[:1].lower() + words[1:]), start, rulebook), talk, key=has_task)


def has_task(talk: Conversation) -> bool:
    """Whether a task was heard."""
    return bool(talk.standing)


def gravity(talk: Conversation) -> int:
    """How grave the gravest verdict of a talk is."""
    return max((each.verdict.gravity for each in talk.standing), default=Verdict.ASK.gravity)


def is_open(card: Card) -> bool:
    """Whether a model may say more of a card: the rules saw no more than a sign in it, or nothing that they know."""
    unclear = [each for each in card.assessments if each.certainty in (Certainty.POSSIBLE, Certainty.UNKNOWN)]
    readable = not any(each.task.unread for each in card.assessments)
    return (
        readable and len(card.talk.standing) <= MOST_TASKS and any(not any(finding.around for finding in each.findings) for each in unclear)
    )


def consulted(board: Board, rulebook: Rulebook, model: Model) -> Generator[Board, None, None]:
    """Let a model judge what the rules left open, several lines in a call and so many calls at the most.

    Yields:
        The list, again and again as time goes by and more is settled; the last has a note where some lines were not asked about.
    """
    left = [number for number, card in enumerate(board.cards, 1) if is_open(card)]
    for _ in range(MOST_CALLS):
        if not (batch := first_batch(board, left)):
            break
        try:
            for settled in judged_together([board.cards[number - 1].talk for number in batch], rulebook, model):
                for number, talk in zip(batch, settled or (), strict=False):
                    board = board.put(number, replace(board.cards[number - 1], talk=talk))
                yield board
        except ModelUnavailable as problem:
            yield replace(board, note=f"{problem} {lines_are(len(left))} as the rules alone see them.")
            return
        left = [number for number in left if number not in batch]
    yield replace(
        board, note=f"{lines_are(len(left))} as the rules alone see them: the model isn't asked about more at once." if left else ""
    )


def lines_are(count: int) -> str:
    """How many unclear lines stand somehow."""
    return f"{count} unclear line{'s stand' if count > 1 else ' stands'}"


def first_batch(board: Board, numbers: Sequence[int]) -> list[int]:
    """The first lines whose tasks fit into one call."""
    batch: list[int] = []
    tasks = 0
    for number in numbers:
        tasks += len(board.cards[number - 1].talk.standing)
        if tasks > MOST_TASKS:
            break
        batch.append(number)
    return batch


def summarise_board(board: Board, made: date, rulebook: Rulebook, without: Sequence[int] = ()) -> Summary:
    """Sum up a list: every card, with what its owner decided beside what the advisor says.

    Args:
        board: The list.
        made: The day of the summary.
        rulebook: The rules and their wording.
        without: The numbers of cards to leave out, from 1.
    """
    cards = [card for number, card in enumerate(board.cards, 1) if number not in set(without)]
    told = tuple(dict.fromkeys(wording.in_words(head) for head in Facts(board.heads).lasting))
    return Summary(made, tuple(of_card(card, rulebook) for card in cards), told)


def of_card(card: Card, rulebook: Rulebook) -> TaskSummary:
    """One card, summed up: what is gravest decides, and what else the line holds is told."""
    gravest = card.gravest
    hours, decided = card.line.hours, card.decided
    if gravest is None:
        return TaskSummary(card.line.label, Verdict.ASK, "", NO_TASK, (), (), "Say what has to be done.", hours=hours, decided=decided)
    others = tuple(
        f"{wording.short(each)} ({wording.VERDICT_WORDS[each.verdict].lower()})" for each in card.assessments if each is not gravest
    )
    summed = one(gravest, rulebook)
    graver = card.column.gravity > card.verdict.gravity
    next_step = NEXT[card.column] if graver else summed.next_step
    stays = (*summed.stays, *(other for other, each in zip(others, rest(card), strict=True) if each.verdict is not Verdict.HAND_OFF))
    goes = (*summed.goes, *(other for other, each in zip(others, rest(card), strict=True) if each.verdict is Verdict.HAND_OFF))
    return replace(summed, task=card.line.label, stays=stays, goes=goes, next_step=next_step, hours=hours, decided=decided)


def rest(card: Card) -> tuple[Assessment, ...]:
    """A line's tasks but the one that decides."""
    return tuple(each for each in card.assessments if each is not card.gravest)
