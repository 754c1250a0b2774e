"""Ways of saying something whole: regular expressions over the plain words of a piece of a message, made of named parts."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import count

PART = re.compile(r"\{([a-z_]+)([?*]?)\}")
GROUP = re.compile(r"\(\?P<(\w+)>")
DEEPEST = 20
"""How many parts may stand within each other."""
SPACE = re.compile(" ")
LONGEST_OPENING = 8
"""How many words one way of leading in has at the most."""
FORMS = {"": "(?:{ways})", "?": "(?:(?:{ways}) )?", "*": "(?:(?:{ways}) )*"}
"""What a part stands for: any of its ways, one with a space after it or none, any number of them."""


class StatementError(Exception):
    """A statement can't be used; the text names the entry and the mend."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing that is said, in any of its shapes, and examples of what says it and what doesn't."""

    name: str
    written: tuple[str, ...]
    """Its shapes, with their parts put in."""
    shows: tuple[str, ...] = ()
    look_alikes: tuple[str, ...] = ()

    @property
    def shapes(self) -> tuple[re.Pattern[str], ...]:
        """Its shapes, compiled when they are first asked for: most messages need few.

        Raises:
            StatementError: One is no regular expression.
        """
        return compiled(self.name, self.written)


@dataclass(frozen=True, slots=True)
class Statements:
    """What an owner can say whole, by name."""

    known: Mapping[str, Statement]
    opening: str
    """What leads in, as it is written: one way of it."""

    def ways(self, name: str, text: str) -> Iterator[re.Match[str]]:
        """Each way in which a text is that statement, after no more than what leads in; none where it isn't.

        Args:
            name: The statement's.
            text: Words with one space between any two.
        """
        starts = after_openings(self.opening, text)
        return (
            match for shape in self.known[name].shapes if (match := next(filter(None, (shape.fullmatch(text, at) for at in starts)), None))
        )

    def compile(self) -> None:
        """Make all of it ready, rather than each when it is first asked for.

        Raises:
            StatementError: A shape is no regular expression.
        """
        compiled("opening", (self.opening,))
        for statement in self.known.values():
            compiled(statement.name, statement.written)

    def says(self, name: str, text: str) -> bool:
        """Whether a text is that statement."""
        return any(True for _ in self.ways(name, text))


def after_openings(opening: str, text: str) -> tuple[int, ...]:
    """Where a text may begin in earnest: after as much as leads in, after less of it, and at its very beginning.

    Found step by step rather than by one expression that repeats: what leads in can be cut up in very many ways.

    Args:
        opening: One way of leading in.
        text: Words with one space between any two.
    """
    (one,) = compiled("opening", (opening,))
    ends = [place.start() for place in SPACE.finditer(text)]
    reached = {0}
    for number, start in enumerate([0, *(end + 1 for end in ends)]):
        if start in reached:
            reached.update(end + 1 for end in ends[number : number + LONGEST_OPENING] if one.fullmatch(text, start, end))
    return tuple(sorted(reached, reverse=True))


@cache
def compiled(name: str, written: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    """The shapes of a statement as regular expressions."""
    try:
        return tuple(re.compile(each) for each in written)
    except re.error as problem:
        raise StatementError(f"{name}: {problem}: correct the regular expression") from problem


def composed(entries: Mapping[str, tuple[Sequence[str], Sequence[str], Sequence[str]]], parts: Mapping[str, Sequence[str]]) -> Statements:
    """Statements from their shapes.

    Args:
        entries: By name: the shapes, what shows the statement, and what is none.
        parts: By name: the ways that a part in braces stands for. The part "opening" is what any statement may begin with.

    Raises:
        StatementError: A shape names a part that there isn't, or that stands within itself.
    """
    known = {
        name: Statement(name, tuple(spelt(name, f"(?:{shape})", parts) for shape in shapes), tuple(shows), tuple(look_alikes))
        for name, (shapes, shows, look_alikes) in entries.items()
    }
    return Statements(known, spelt("opening", "{opening}", parts))


def spelt(name: str, shape: str, parts: Mapping[str, Sequence[str]]) -> str:
    """A shape with its parts put in; the groups of one name get a number each: "who0", "who1"."""

    def whole(found: re.Match[str]) -> str:
        if found[1] not in parts:
            raise StatementError(f"{name}: there is no part {{{found[1]}}}: correct the name, or add it under [parts]")
        return FORMS[found[2]].format(ways="|".join(parts[found[1]]))

    for _ in range(DEEPEST):
        if not PART.search(shape):
            break
        shape = PART.sub(whole, shape)
    else:
        raise StatementError(f"{name}: a part stands within itself: take it out of its own ways")
    number = count()
    return GROUP.sub(lambda group: f"(?P<{group[1]}{next(number)}>", shape)


def groups(match: re.Match[str], *names: str) -> list[tuple[int, int]]:
    """Where in the text the groups of these names stand, in the order of the names."""
    found = [(name.rstrip("0123456789"), match.span(name)) for name, said in match.groupdict().items() if said]
    return [span for name in names for group, span in found if group == name]
