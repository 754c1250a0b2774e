"""What an owner says of their own grasp of a task: that they can judge the work now, or that they can't.

That they can is heard strictly, like a department head: a piece of the message must say it whole, of the work itself, and
nothing else that is said may take it back. To have understood the advice is not to understand the work.
"""

from collections.abc import Sequence, Set

from advisor.domain import RuleNumber, Task
from advisor.normal import Break
from advisor.phrases import Match, Message
from advisor.reading.facts import asked, clause, doubted, in_earnest, pieces
from advisor.reading.reference import rules_of, telling
from advisor.rulebook import Entry, Role
from advisor.statements import Statements, groups

SUPPOSING = frozenset("if once when whenever will might unless until till after before suppose imagine wish pretend assuming given".split())
PLANNED = frozenset(
    "will gonna going plan planning booked enrolled starts starting begins beginning next tomorrow soon hope hoping intend could would "
    "should might nearly almost half not never nothing none no nobody hardly barely if unless until till before".split()
)
"""With one of these in it a piece tells of no learning that is done."""
BARE = frozenset(
    "free online evening weekend proper full whole short two three day basic beginners beginner little quick official good first".split()
)
GENERIC = frozenset(
    "work works job jobs stuff things thing ones one results result quality it them drafts draft reports report numbers figures".split()
)
"""What names the work without saying of what."""
LONGEST = 30
"""How many words a plain statement may have."""


def grasp(message: Message, matches: Sequence[Match[Entry]], tasks: Sequence[Task], named: Set[str], statements: Statements) -> bool | None:
    """Whether an owner says now that they can judge a task, or that they can't; suppositions and other people's grasp are nothing.

    Args:
        message: The message.
        matches: All that the rule files recognise in it.
        tasks: The tasks that it would bring.
        named: The stems of the words by which the task can be told.
        statements: What must be said whole.
    """
    told = (match for match in matches if match.owner.role is Role.TURN and match.owner.name == "not_understood")
    denied = any(is_told(message, match.start, statements) for match in told)
    lacking = (task for task in tasks if RuleNumber.UNDERSTANDING in rules_of(task))
    if denied or any(not any(message.read.asked) or is_stated(message, task) for task in lacking):
        return False
    return True if can_judge(message, named, statements) else None


def is_stated(message: Message, task: Task) -> bool:
    """Whether what the owner lacks is stated, and only what follows it asks: "I know nothing about tax, does that matter?"."""
    starts = [quote.start for finding in task.findings if finding.rule is RuleNumber.UNDERSTANDING for quote in finding.evidence]
    runs = dict.fromkeys(message.runs(Break.COMMA))
    return any(
        message.read.starts[start] <= at < message.read.ends[end - 1] and not asked(message, end) for start, end in runs for at in starts
    )


def is_told(message: Message, place: int, statements: Statements) -> bool:
    """Whether words are said as a fact of now: not asked, supposed or planned."""
    start, end = clause(message, place)
    before = message.read.forms[start:place]
    return in_earnest(message, place, end) and SUPPOSING.isdisjoint(before) and not doubted(message, statements)


def can_judge(message: Message, named: Set[str], statements: Statements) -> bool:
    """Whether a message says plainly that the owner can judge the work by now: outright, or that they learnt it and follow it."""
    said = [" ".join(message.read.forms[start:end]) for start, end in said_in_earnest(message, statements)]
    if statements.says("failed", " ".join(message.read.forms)):
        return False
    lessons = [took_lessons(text, named, len(said), statements) for text in said]
    learnt = any(statements.says("learnt", text) and PLANNED.isdisjoint(text.split()) for text in said) and False not in lessons
    judges = any(is_said(text, "judging", named, statements, learnt) for text in said)
    return judges or True in lessons or any(is_said(text, "follows", named, statements, learnt, by_name=True) for text in said)


def said_in_earnest(message: Message, statements: Statements) -> list[tuple[int, int]]:
    """The pieces of a message, and the runs of them that only commas part, that are said in earnest."""
    if doubted(message, statements):
        return []
    runs = dict.fromkeys((*message.runs(Break.COMMA), *pieces(message)))
    return [run for run in runs if run[1] - run[0] <= LONGEST and in_earnest(message, *run)]


def is_said(text: str, name: str, named: Set[str], statements: Statements, learnt: bool, by_name: bool = False) -> bool:
    """Whether a text is a statement about the work in hand: it must name the task, or no more than "the work".

    Args:
        text: The words.
        name: The statement's.
        named: The stems of the words by which the task can be told.
        statements: All statements.
        learnt: Whether the owner tells how they learnt it; then the work may be named in any words.
        by_name: Whether "the work" isn't enough.
    """
    for match in statements.ways(name, text):
        words = [word for start, end in groups(match, "n") for word in text[start:end].split() if word not in GENERIC]
        if learnt or telling(words) & named or not (words or by_name):
            return True
    return False


def took_lessons(text: str, named: Set[str], pieces: int, statements: Statements) -> bool | None:
    """Whether a text says that the owner took lessons in the task, or in nothing else and that is all they say; ``None`` for no lessons."""
    match = next(statements.ways("lessons", text), None)
    if match is None:
        return None
    about = telling(word for start, end in groups(match, "lessons", "about") for word in text[start:end].split() if word not in BARE)
    if not about and "training" in text.split():
        return None
    return bool(about & named) or (not about and (" the " in f" {text} " or " that " in f" {text} " or pieces <= FEW))


FEW = 2
"""In how many pieces a message says no more than that lessons were taken."""
