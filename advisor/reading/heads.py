"""Who heads which function of the business, now, as the owner says it.

What softens a rule is heard strictly: a piece of the message must say it whole, in one of few shapes, and nothing else that
is said may take it back. What only mentions a head, asks, supposes, quotes, reports, jokes, plans or denies tells of none.
That a head is gone is heard in any words that speak of it, since it makes nothing milder.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from advisor.domain import DepartmentHead, Facts, RuleNumber
from advisor.normal import Break
from advisor.phrases import Match, Message
from advisor.reading.facts import OPENERS, asked, clause, doubted, functions_in, in_earnest, is_name, pieces, quote
from advisor.rulebook import Entry, Role, Rulebook
from advisor.statements import Statements, groups

NEAR = 25
"""How many words from a head the function may be named."""
ASKING = frozenset("may can could should shall".split())
"""What is asked about isn't told: "run this. May my coach …" names no head."""
SHORT = 3
"""How many words need not say of whom they speak: "but left"."""
LONGEST = 24
"""How many words a plain statement may have."""
HEAD_WORDS = frozenset(
    (
        "head heads chief lead leader foreman forewoman manager director supervisor captain boss gaffer coordinator "
        "superintendent principal"
    ).split()
)
PEOPLE = ("<staff>", "<role>", "<people_noun>", "<department>")
GROUPS = frozenset(
    (
        "team crew lot side floor shift section squad gang shop place group lads girls boys guys everyone everybody staff department dept"
    ).split()
)
PLURAL_PEOPLE = frozenset("people staff team teams guys folks workers crews departments dept".split())
OWNER = frozenset("i we you me us".split())
NOT_A_PERSON = OWNER | frozenset(
    (
        "nobody anybody anyone somebody someone noone none who that this it there here what which whoever if when while until till "
        "once because since as although though unless whether say says maybe perhaps probably hopefully god luck weather government "
        "an a not no never all every each any some most many both either neither and or but for of in on at by "
        "with from during come next starting gas coffee tea fear chaos electricity money love habit passion routine "
        "software today today's yesterday everyone everybody "
        "ex late toddler temp trainee recruiter customers"
    ).split()
)
"""What can't be the one who heads something, said by a single word."""
CUES = frozenset(
    (
        "HEAD under over charge incharge responsible his hers answer answers answering report reports reporting listen listens go goes "
        "work works run runs running ran lead leads leading led head heads heading headed manage manages managing managed supervise "
        "supervises supervising supervised oversee oversees overseeing command commands captain captains boss bosses bossing look looks "
        "looking took taken him her GROUP patch domain baby"
    ).split()
)
"""One of these stands in any statement about a head."""
OUTSIDERS = frozenset(
    (
        "agency freelancer va assistant consultant contractor supplier vendor client clients customer competitor rival neighbour "
        "neighbor friend caterer outsourcer franchise franchisee partner company firm software app system bot robot ai chatbot machine "
        "chatgpt gpt siri alexa claude gemini copilot franchisor "
        "deliveroo uber sodexo aramark computer program parrot dog cat horse landlord bank"
    ).split()
)
"""Who is none of the owner's people, or nobody at all."""
AFTER_TITLES = frozenset({*"of for over here now is was has can could may will would for since who quit left".split(), ""})
BEFORE_TITLES = frozenset("a an our my the is one two three as been new".split())
SPEAKS_OF_ONE = frozenset("he she they him her nobody position post role".split())
"""With one of these a message speaks of the head told of last."""
OURS = frozenset("our my mi me the this their yer".split())
"""What stands before those who belong to the owner."""
LATER = frozenset("while until till once after when before if unless because instead without for as ex former future next".split())


def heads(message: Message, matches: Sequence[Match[Entry]], rulebook: Rulebook) -> tuple[DepartmentHead, ...]:
    """The department heads that a message mentions, in the order of its words; whether it tells of them is for the caller to say."""
    found: list[DepartmentHead] = []
    told = [match for match in matches if match.owner.role is Role.HEAD]
    absent = {place: match for match in told if match.owner.name == "absent" for place in range(match.start - 1, match.end + 1)}
    trained = {place for match in matches if trains(match) for place in range(match.start + 1, match.end)}
    for match in told:
        present = match.owner.name == "present"
        before = message.read.forms[match.start - 1] if match.start else ""
        if present and (before in ("to", "i", "we") or not ASKING.isdisjoint(message.read.forms[match.start : match.end])):
            continue
        ends_in_verb = message.read.forms[match.end - 1] in ("lead", "head") and message.read.forms[match.end : match.end + 1] in (
            ["a"],
            ["an"],
            ["to"],
        )
        if present and ends_in_verb:
            continue
        if present and match.start in trained and before == "new":
            continue
        denied = (absent[place] for place in range(match.start - 1, match.end + 1) if place in absent)
        if present and any(same_clause(message, other, match) for other in denied):
            continue
        start, end = clause(message, match.start)
        near = max(start, match.start - NEAR), min(end, match.end + NEAR)
        named = functions_in(message, match.start, match.end, rulebook) or functions_in(message, *near, rulebook)
        called = match.end < end and "<name>" not in message.chart[match.start] and is_name(message, match.end)
        said = quote(message, match.start, match.end + called)
        found.append(DepartmentHead(named[-1] if named else None, present, said))
    return tuple(found)


def is_ours(head: DepartmentHead, message: Message) -> bool:
    """Whether a head that is mentioned where somebody may do some training is spoken of as one of the owner's own people."""
    read = message.read
    places = [place for place in range(len(read)) if head.quote.start <= read.starts[place] < head.quote.end]
    first, last = places[0], places[-1]
    start, _ = clause(message, first, Break.COMMA)
    before = read.forms[start:first]
    after = read.message[read.ends[last] : read.ends[last] + 2].replace("’", "'")
    if after == "'s" or head.quote.words.endswith(("'s", "’s")) or read.forms[last + 1 : last + 2] in (["from"], ["at"]):
        return False
    named = is_name(message, last) or (first > 0 and is_name(message, first - 1))
    ours = any(form in OURS and "a" not in before[-3:][at:] for at, form in enumerate(before[-3:]))
    return (named or ours) and LATER.isdisjoint(before)


def stated(message: Message, rulebook: Rulebook) -> tuple[DepartmentHead, ...]:
    """The department heads that a message plainly says there are, and doesn't take back; what is said of "her" goes with who was named."""
    statements = rulebook.statements
    told: list[DepartmentHead] = []
    before: Marked | None = None
    begins, somebody = 0, False
    for start, end in pieces(message):
        piece = marked(message, start, end)
        somebody = somebody or bool({"NAME", "PROPER", "HEAD", "he", "she"} & set(piece.words))
        if told and any(statements.says(name, piece.text) for name in ("denied", "owner", "elsewhere")):
            return ()
        if told and len(piece.words) <= SHORT and statements.says("lost", piece.text):
            return ()
        found = None
        if len(piece.words) <= LONGEST and not CUES.isdisjoint(piece.words) and in_earnest(message, start, end):
            introduced = before is not None and message.read.breaks[start] >= Break.COMMA and introduces(before, statements)
            found = says_who(piece, message, ["head", *["theirs"][:somebody], *["titled"][:introduced]], statements)
        if found:
            goes_on = bool(told) and {"NAME", "PROPER", "HEAD"}.isdisjoint(piece.words)
            begins = begins if goes_on else start
            said = quote(message, begins, named_until(message, end))
            told = [replace(head, quote=said) if goes_on and head.quote.start == said.start else head for head in told]
            named = [function for function in functions_of(found, piece, message, rulebook) if function or not goes_on]
            told += (DepartmentHead(function, True, said) for function in named)
        before = piece
    if not told or doubted(message, statements):
        return ()
    losses = lost(message, Facts(tuple(told)), statements)
    gone = {loss.ends for loss in losses if loss.ends and loss.ends.start < loss.quote.start}
    return tuple(dict.fromkeys(head for head in told if head.quote not in gone))


NO_TALENT = re.compile(r"\bi (?:just |really |simply )?(?:have|have got|had|got) no head for\b")
"""That one is bad at something, which denies no head of it: "I have no head for figures"."""


def lost(message: Message, before: Facts, statements: Statements, just_said: str = "") -> tuple[DepartmentHead, ...]:
    """The department heads told of before who are none any more, by what a message says of them, in whatever words.

    One told of in the message just before is taken back by a bare "no, we don't", too.
    """
    found: list[DepartmentHead] = []
    last = next((head for head in reversed(before.heads) if head.present and head.quote.is_from(just_said)), None)
    for start, end in pieces(message):
        text, raw = marked(message, start, end).text, " ".join(message.read.forms[start:end])
        if asked(message, end) or NO_TALENT.search(raw):
            continue
        if last and any(statements.says(name, text) for name in ("denied", "taken_back")):
            return (DepartmentHead(last.function, False, quote(message, start, end), ends=last.quote),)
        if (statements.says("lost", text) or statements.says("lost", raw)) and not statements.says("supposed", text):
            gone = of_whom(message, start, end, (*before.heads, *found)[-MOST:])
            found += [DepartmentHead(gone.function, False, quote(message, start, end), ends=gone.quote)] if gone else []
    return tuple(found)


MOST = 50
"""Among how many heads, the last ones told of, one who is none any more is looked for."""


@dataclass(frozen=True, slots=True)
class Marked:
    """A piece of a message with its heads, people, groups and names marked as such."""

    words: list[str]
    places: list[tuple[int, int]]
    """The words of the message that each of these stands for."""

    @property
    def text(self) -> str:
        """The marked words with a space between any two."""
        return " ".join(self.words)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The words of the message that a run of letters of the text stands for."""
        first = self.text[:start].count(" ")
        last = first + self.text[start:end].strip().count(" ")
        return self.places[first][0], self.places[last][1]


def marked(message: Message, start: int, end: int) -> Marked:
    """A piece with its heads, people, groups and names marked as such."""
    words: list[str] = []
    places: list[tuple[int, int]] = []
    place = start
    while place < end:
        title = max((last for last in message.chart[place].get("<head_title>", ()) if last <= end), default=0)
        title = title or (place + 2 if is_own_title(message, place, end, words[-1] if words else "") else 0)
        words.append("HEAD" if title else mark(message, place, end, words[-1] if words else ""))
        after = title or (name_of_people(message, place, end) if words[-1] == "PEOPLE" else place + 1)
        places.append((place, after))
        place = after
    return Marked(words, places)


def name_of_people(message: Message, place: int, end: int) -> int:
    """Where the name of a function that holds small words of its own ends: "front of house"."""
    ends = [last for label in PEOPLE for last in message.chart[place].get(label, ()) if last <= end]
    return max((last for last in ends if not OF.isdisjoint(message.read.forms[place:last])), default=place + 1)


OF = frozenset({"of", "in"})


def is_own_title(message: Message, place: int, end: int, before: str) -> bool:
    """Whether two words make a title that no list has: "a head milker"."""
    forms = message.read.forms
    people = place + 1 < end and any(label in message.chart[place + 1] for label in PEOPLE)
    return forms[place] in ("head", "lead", "chief") and people and before in BEFORE_TITLES


def mark(message: Message, place: int, end: int, before: str) -> str:
    """What a word stands for in a statement about a head, or the word itself."""
    here, form = message.chart[place], message.read.forms[place]
    after = message.read.forms[place + 1] if place + 1 < end else ""
    leading = form in ("heads", "leads", "lead", "head") and after not in AFTER_TITLES
    if (
        leading
        or form in ("his", "hers")
        or (form in ("head", "heads", "lead") and before in ("my", "your", "to") and after not in ("of", "for"))
    ):
        return form
    if form in HEAD_WORDS:
        return "HEAD"
    if any(label in here for label in PEOPLE):
        return "PEOPLE"
    if form in GROUPS:
        return "GROUP"
    return "NAME" if "<name>" in here else "PROPER" if is_name(message, place) else form


def named_until(message: Message, end: int) -> int:
    """Where the words about a head end, with the name that may follow: "we have a head chef, Anna"."""
    if end < len(message.read) and message.read.breaks[end] is Break.COMMA:
        _, after = message.runs(Break.COMMA)[end]
        if not set(marked(message, end, after).words) - {"NAME", "PROPER"}:
            return after
    return end


def introduces(piece: Marked, statements: Statements) -> bool:
    """Whether a piece ends by naming somebody of whom the next one may give the title."""
    return statements.says("introduces", piece.text) or (piece.text.isalpha() and piece.text not in NOT_A_PERSON | OPENERS)


def says_who(piece: Marked, message: Message, names: Sequence[str], statements: Statements) -> re.Match[str] | None:
    """How a piece says of one of the owner's people that they head something; ``None`` where it doesn't, or says more than that."""
    ways = (match for name in names for match in statements.ways(name, piece.text))
    return next((match for match in ways if names_somebody(match, piece, message)), None)


def names_somebody(match: re.Match[str], piece: Marked, message: Message) -> bool:
    """Whether the one said to head something may be one of the owner's people."""
    who = [piece.span(*span) for span in groups(match, "who")]
    forms = [[form for form in message.read.forms[first:last] if form not in OURS] for first, last in who]
    return all(each and OUTSIDERS.isdisjoint(each) and each[0] not in NOT_A_PERSON for each in forms)


def functions_of(match: re.Match[str], piece: Marked, message: Message, rulebook: Rulebook) -> list[str | None]:
    """The functions that a statement says somebody heads: known ones, else its own words for one; ``None`` where it names none.

    What somebody is "head of" says more than their title, and that more than what stands before it.
    """
    titles = [places for word, places in zip(piece.words, piece.places, strict=True) if word == "HEAD"]
    of_titles = (functions_in(message, *places, rulebook)[:1] or own_function(message, *places) for places in titles)
    told = (named_by(*piece.span(*span), message, rulebook) for span in groups(match, "fn"))
    rest = (named_by(*piece.span(*span), message, rulebook) for span in groups(match, "kind", "team"))
    return next((list(each) for each in (*told, *of_titles, *rest) if each), [None])


def own_function(message: Message, start: int, end: int) -> list[str]:
    """What a title of the owner's own says that somebody heads: "head milker"."""
    forms = message.read.forms[start:end]
    return forms[1:] if forms[0] in ("head", "lead", "chief") else []


def named_by(start: int, end: int, message: Message, rulebook: Rulebook) -> list[str]:
    """The functions that some words of a statement name."""
    own = [form for form in message.read.forms[start:end] if form not in GROUPS | UNSAID]
    known = [
        rulebook.functions[label]
        for place in range(start, end)
        for label, ends in message.chart[place].items()
        if label.startswith("<function_") and any(last >= end or message.read.forms[last] in FUNCTION_ENDS for last in ends)
    ]
    return list(dict.fromkeys(known)) or ([" ".join(own)] if own else [])


FUNCTION_ENDS = GROUPS | PLURAL_PEOPLE | frozenset("and n".split())
"""What may follow a function's name without making it another thing: "the kitchen staff", not "the kitchen supplies"."""
UNSAID = frozenset("the our my all of that this those these whole them they it every everyone lot di and".split())
"""Words that name no function."""


def of_whom(message: Message, start: int, end: int, heads: Sequence[DepartmentHead]) -> DepartmentHead | None:
    """Which head told of before a clause speaks of: one that it names, else the last one, where it speaks of a head at all."""
    present = [head for head in reversed(Facts(tuple(heads)).lasting) if head.present]
    words = set(message.read.forms[start:end])
    named = [head for head in present if words & names_in(head)]
    spoken = "HEAD" in marked(message, start, end).words or words & SPEAKS_OF_ONE
    return next(reversed(named or (present if spoken else [])), None)


def names_in(head: DepartmentHead) -> set[str]:
    """The names in the words that told of a head."""
    said = head.quote.words.replace("’", "'").split()
    named = said if head.quote.words != head.quote.words.lower() else said[:1]
    names = {word.strip(".,!'").removesuffix("'s").lower() for word in named if word[:1].isupper() or named != said}
    return names - OPENERS - OWNER - HEAD_WORDS


def trains(match: Match[Entry]) -> bool:
    """Whether a sign is one of training: a new head within it is its object, as in "onboard my new office manager"."""
    return match.owner.role is Role.SIGN and match.owner.rule is RuleNumber.TRAINING


def same_clause(message: Message, one: Match[Entry], other: Match[Entry]) -> bool:
    """Whether two matches begin in the same clause."""
    return clause(message, one.start) == clause(message, other.start)
