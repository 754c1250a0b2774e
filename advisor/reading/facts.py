"""What an owner says about the business: who heads which function, now.

What softens a rule is heard strictly: a plain statement of the owner's, about the present, in one of few shapes. What only
mentions a head, asks, supposes, quotes, jokes, plans or denies tells of none.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from advisor.domain import DepartmentHead, Facts, Quote, RuleNumber
from advisor.normal import Break
from advisor.phrases import Match, Message
from advisor.rulebook import Entry, Role, Rulebook

NEAR = 25
"""How many words from a head the function may be named."""
ASKING = frozenset("may can could should shall".split())
"""What is asked about isn't told: "run this. May my coach …" names no head."""

HEAD_WORDS = frozenset(
    (
        "head heads chief lead leader foreman forewoman manager director supervisor captain boss gaffer coordinator "
        "superintendent principal"
    ).split()
)
PEOPLE = ("<staff>", "<role>", "<people_noun>", "<department>")
GROUPS = frozenset(
    "team crew lot side floor shift section squad gang shop place group lads girls boys guys everyone everybody staff".split()
)
OPENERS = frozenset(
    "well oh ok okay yes yeah no but and so actually sorry btw hm right then hello hi now also look listen ah aye nah sure".split()
)
NOT_TOLD = frozenset(
    (
        "whether would could can should may might will shall if assuming suppose supposing imagine pretend wish hope dream dreams "
        "plan planning planned want wants intend once whenever unless until till theory hypothetically says said thinks thought "
        "reckons claims maybe perhaps probably soon someday eventually gonna refuses refused almost nearly ex former previous "
        "late dead job ad advert position vacancy vacancies opening interim thanks"
    ).split()
)
"""With one of these in it a clause doesn't say plainly how things are."""
QUESTIONS = frozenset(
    (
        "what why how who which when where whether do does did is are am was were can could would should may might shall will if "
        "let assuming suppose imagine pretend once thanks"
    ).split()
)
"""With one of these a sentence asks or supposes, whatever stands at its end."""
SHORTEST_DENIAL = 2
NOT_MEANT = frozenset("kidding joking joke jk pretend ignore disregard".split())
"""With one of these in it a whole message is taken at its word in nothing that softens."""
DENIED = frozenset("not never no nobody none neither nor without hardly barely nowhere".split())
PAST = frozenset("was were had used left quit gone resigned retired sacked fired lost dismissed died".split())
ELSEWHERE = frozenset(
    "another elsewhere competitor competitors rival rivals friend friends neighbour neighbor other others their theirs town door".split()
)
BEASTS = frozenset("cat dog horse robot machine software app system computer ai bot program chatbot parrot".split())
HERE = frozenset("our my the this us here all night weekends present home".split())
"""What may follow "at" in a clause about a head of ours."""
THEM = "(?:PEOPLE|GROUP|they|all|them|everything)"
HIM = "(?:him|her|NAME)"
LEADS = "(?:runs?|running|leads?|leading|heads?|heading|manages?|supervises?|oversees?|commands?|bosses|captains|led)"
SHAPES = tuple(
    re.compile(pattern)
    for pattern in (
        r"\b(?:i|we|there) (?:\w+ ){0,2}?(?:have|has|got|is|are) (?:\w+ ){0,4}?HEAD\b",
        r"\b(?P<who>\w+) (?:\w+ )?(?:is|are|been) (?:\w+ ){0,4}?HEAD\b",
        r"\bNAME (?:our |my |the |a )?HEAD\b",
        rf"\b(?P<who>\w+) (?:\w+ ){{0,2}}?{LEADS}(?: up)? (?:\w+ ){{0,3}}?{THEM}\b",
        rf"\b(?P<who>\w+) (?:\w+ ){{0,3}}?(?:over|above|in ?charge of|responsible for) (?:\w+ ){{0,3}}?(?:{THEM}|both|it|that)\b",
        rf"\b{THEM} (?:\w+ ){{0,5}}?(?:answer|report|work)(?:s|ing)? (?:\w+ )?(?:to|under|into) {HIM}\b",
        rf"\b(?:every|all) (?:\w+ ){{1,5}}?(?:answer|report|go|goe)s? (?:\w+ )?to {HIM}\b",
        rf"\b{THEM} (?:\w+ ){{0,4}}?under {HIM}\b",
        rf"\b(?:it|{THEM}) (?:is|are) (?:\w+ ){{0,2}}?(?:run|led|headed|managed|supervised) by {HIM}\b",
        r"\b(?:i|we) (?:\w+ ){0,3}?(?:made|named|appointed|promoted|put) (?:\w+ ){0,3}?(?:HEAD|over|in charge)\b",
        r"\b(?:they|it) (?:is|are) all (?:his|hers)\b",
    )
)
"""How an owner states that somebody heads something, with heads, names, people and groups marked as such."""
OWNER = frozenset("i we you me us nobody anybody anyone somebody someone".split())
LOST = re.compile(
    r"\b(?:quit|quits|left|leaves|leaving|gone|resigned|retired|sacked|fired|dead|died|walked|notice|stepped down|moved|maternity|leave|"
    r"pension|poached|chucked|packed it|jacked|no longer|any ?more|used to|was|were|had|nobody|none|no one|not|never|without|no head|"
    r"passing|passed|emigrated|let go|burn out)\b"
)
"""Words by which a head is lost, where they speak of one."""
SUPPOSED = re.compile(r"\b(?:if|suppose|supposing|imagine|would|were to|say|should i|should we|hypothetically|unless|once)\b")


def quote(message: Message, start: int, end: int) -> Quote:
    """The owner's exact words for a run of words."""
    read = message.read
    first, last = read.starts[start], read.ends[end - 1]
    return Quote(read.message[first:last], first, last)


def functions_in(message: Message, start: int, end: int, rulebook: Rulebook) -> list[str]:
    """The functions of the business that a run of words speaks of, in order."""
    return [
        rulebook.functions[label]
        for place in range(start, min(end, len(message.chart)))
        for label in message.chart[place]
        if label.startswith("<function_")
    ]


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


def stated(message: Message, rulebook: Rulebook) -> tuple[DepartmentHead, ...]:
    """The department heads that a message plainly says there are; what one clause says is said of one."""
    told: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for start, end in pieces(message):
        if is_plain(message, start, end) and says_who(message, start, end):
            told.setdefault(clause(message, start), []).append((start, end))
    return tuple(
        DepartmentHead(function_of(message, here[0][0], here[-1][1], rulebook), True, quote(message, here[0][0], here[-1][1]))
        for here in told.values()
    )


def lost(message: Message, before: Facts) -> tuple[DepartmentHead, ...]:
    """The department heads told of before who are none any more, by what a message says of them, in whatever words."""
    found: list[DepartmentHead] = []
    for start, end in pieces(message):
        text = " ".join(marked(message, start, end))
        if asked(message, end) or SUPPOSED.search(text) or not LOST.search(text):
            continue
        gone = of_whom(message, start, end, (*before.heads, *found))
        found += [DepartmentHead(gone.function, False, quote(message, start, end), ends=gone.quote)] if gone else []
    return tuple(found)


def pieces(message: Message) -> Iterator[tuple[int, int]]:
    """The pieces of a message that commas and joining words part, each once."""
    for start, end in dict.fromkeys(message.runs(Break.COMMA)):
        cuts = [place for place in range(start + 1, end - 1) if message.read.forms[place] in ("and", "but", "n")]
        yield from zip([start, *(place + 1 for place in cuts)], [*cuts, end], strict=True)


def asked(message: Message, end: int) -> bool:
    """Whether the sentence that a piece ends in is a question."""
    _, last = message.runs(Break.SENTENCE)[end - 1]
    return last < len(message.read.asked) and message.read.asked[last]


def is_plain(message: Message, start: int, end: int) -> bool:
    """Whether a piece says how things are: not asked, quoted, supposed, planned, denied, past, or said of another place."""
    read = message.read
    forms = read.forms[start:end]
    unsaid = NOT_TOLD | DENIED | PAST | ELSEWHERE | BEASTS
    if not in_earnest(message, start, end) or not unsaid.isdisjoint(forms):
        return False
    return all(after in HERE for at, after in pairwise(forms) if at == "at")


def plainly_ours(message: Message, words: Quote) -> bool:
    """Whether some words stand in a piece that says plainly how things are here, not at a place with a name."""
    read = message.read
    for start, end in pieces(message):
        if read.starts[start] < words.end and words.start < read.ends[end - 1]:
            text = " ".join(marked(message, start, end))
            return is_plain(message, start, end) and not re.search(r"\bNAME (?:has|have)\b", text)
    return False


def in_earnest(message: Message, start: int, end: int) -> bool:
    """Whether the sentence of a piece is the owner's own and says something: no question, no quotation, not taken back at once."""
    read = message.read
    first, last = message.runs(Break.SENTENCE)[start]
    around = read.message[max(read.starts[first] - 1, 0) : read.ends[last - 1] + 1]
    opening = [form for form in read.forms[first:last] if form not in OPENERS][:2]
    asks = bool(opening) and opening[0] in QUESTIONS and opening != ["should", "have"]
    after = read.forms[end : end + 3] if end < last else []
    taken_back = after[:1] in (["not"], ["no"]) and len(read.forms[end:last]) <= SHORTEST_DENIAL
    elsewhere = end < last and not ELSEWHERE.isdisjoint(after)
    quoted = any(mark in around for mark in '"“”«»')
    return not (asks or quoted or taken_back or elsewhere or asked(message, end)) and NOT_MEANT.isdisjoint(read.forms)


def marked(message: Message, start: int, end: int) -> list[str]:
    """A clause with its heads, people, groups and names marked as such."""
    chart, forms = message.chart, message.read.forms
    words: list[str] = []
    place = start
    while place < end:
        here = chart[place]
        title = max((last for last in here.get("<head_title>", ()) if last <= end), default=0)
        if title:
            words.append("HEAD")
            place = title
            continue
        form = forms[place]
        if form in HEAD_WORDS and not (form in ("head", "heads", "lead") and words[-1:] in (["my"], ["your"], ["to"])):
            after = forms[place + 1] if place + 1 < end else ""
            words.append(form if form in ("heads", "lead") and after not in ("of", "for", "") else "HEAD")
        elif any(label in here for label in PEOPLE):
            words.append("PEOPLE")
        elif form in GROUPS:
            words.append("GROUP")
        else:
            words.append("NAME" if is_name(message, place) else form)
        place += 1
    return words


def says_who(message: Message, start: int, end: int) -> bool:
    """Whether a clause says of somebody but the owner that they head something."""
    text = " ".join(marked(message, start, end))
    found = (shape.search(text) for shape in SHAPES)
    return any(match and match.groupdict().get("who") not in OWNER for match in found)


def of_whom(message: Message, start: int, end: int, heads: Sequence[DepartmentHead]) -> DepartmentHead | None:
    """Which head told of before a clause speaks of: one that it names, else the last one, where it speaks of a head at all."""
    present = [head for head in reversed(Facts(tuple(heads)).lasting) if head.present]
    words = set(message.read.forms[start:end])
    named = [head for head in present if words & names_in(head)]
    spoken = "HEAD" in marked(message, start, end) or words & {"he", "she", "they", "him", "her", "nobody", "one", "none"}
    return next(reversed(named or (present if spoken else [])), None)


def names_in(head: DepartmentHead) -> set[str]:
    """The names in the words that told of a head."""
    return {word.strip(".,!'").lower() for word in head.quote.words.split() if word[:1].isupper()} - OPENERS - OWNER


def function_of(message: Message, start: int, end: int, rulebook: Rulebook) -> str | None:
    """The function of the business that a clause speaks of: a known one, or its own words; ``None`` where it names none."""
    forms = message.read.forms
    end = next((place for place in range(start + 1, end) if forms[place] == "not"), end)
    if known := functions_in(message, start, end, rulebook):
        return known[0]
    for place in range(start, end):
        if forms[place] in HEAD_WORDS and forms[place + 1 : place + 2] in (["of"], ["for"], ["over"]):
            named = [form for form in forms[place + 2 : min(place + 6, end)] if form not in ("the", "our", "my", "all", "whole")]
            return " ".join(named[:2]) or None
    return None


def is_name(message: Message, place: int) -> bool:
    """Whether a word is, or is written like, somebody's name."""
    read = message.read
    return "<name>" in message.chart[place] or (
        read.message[read.starts[place]].isupper() and len(read.forms[place]) > 1 and not read.breaks[place]
    )


def trains(match: Match[Entry]) -> bool:
    """Whether a sign is one of training: a new head within it is its object, as in "onboard my new office manager"."""
    return match.owner.role is Role.SIGN and match.owner.rule is RuleNumber.TRAINING


def same_clause(message: Message, one: Match[Entry], other: Match[Entry]) -> bool:
    """Whether two matches begin in the same clause."""
    return clause(message, one.start) == clause(message, other.start)


def clause(message: Message, place: int, least: Break = Break.CLAUSE) -> tuple[int, int]:
    """The run of words around a place that no break of at least that strength parts."""
    return message.runs(least)[place]
