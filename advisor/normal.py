"""A message as plain lower-case words, each with its place in the original.

Disguises are undone here (look-alike letters, invisible characters, digits for letters, letters spaced apart), so
that every later step reads the same words whatever they were dressed in, and can still quote the owner exactly.
"""

import html
import re
import unicodedata
from collections.abc import Sequence, Set
from dataclasses import dataclass
from enum import IntEnum

from advisor.vocabulary import Vocabulary


class Break(IntEnum):
    """How strongly a word is set apart from the one before it."""

    NONE = 0
    COMMA = 1
    CLAUSE = 2
    SENTENCE = 3
    ITEM = 4


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a message, in parallel lists: word ``i`` is ``forms[i]`` at ``message[starts[i]:ends[i]]``."""

    message: str
    forms: list[str]
    starts: list[int]
    ends: list[int]
    breaks: list[Break]
    """What stands before each word; one longer than the words, the last entry being the message's end."""
    asked: list[bool]
    """Whether a question mark stands directly before each word; as long as ``breaks``."""

    def __len__(self) -> int:
        return len(self.forms)


LOOK_ALIKES = str.maketrans(
    "аеорсухіјѕԁһԛԝгпткмвньзҮүӏԍʟ" + "αορνικτεμυχηγβρωζ" + "ıłøđħŧƒɑɡɩʀ" + "’‘‛ʼ´`＇“”„«»–—―‐‑‒−…",
    "aeopcyxijsdhqwrntkmbhb3YyigL" + "aopvikteuuxnybpwz" + "ilodhtfagir" + "'''''''\"\"\"\"\"-------.",
)

WORD = re.compile(
    r"(?P<tag>(?:(?<=\n)|(?<=[?!.:] )|^)\[hiring\](?=\s*\w))"
    r"|(?P<spaced>(?<![a-z0-9])(?:[a-z0-9@$][ .*_-](?=[a-z0-9@$](?![a-z0-9]))){2,}[a-z0-9@$])"
    r"|(?P<word>[a-z0-9@$€£]+(?:['.!|*#][a-z0-9]+|(?<=\d),\d{3})*)"
    r"|(?P<mark>\n|[^\sa-z0-9@$€£])"
)
BULLET = re.compile(r"\n[^\S\n]*(?:[-*•·–>]|\(?\d{1,2}[.)]|[a-d]\))\s+")
INLINE_ITEM = re.compile(r"(?<=[\s:,;.])\(?(?:\d{1,2}|[a-e])\)\s+(?=[a-z])")
NUMBERED = re.compile(r"(?:^|(?<=[\s:,;.]))(\d{1,2})\.\s+(?=[a-z])")
"""What may begin an item within a line, where the numbers count up from one: "1. the floors 2. the windows"."""

CONTRACTIONS: dict[str, tuple[str, ...]] = {
    **{
        stem + t: (base, "not")
        for stem, base in {
            "don": "do", "doesn": "does", "didn": "did", "isn": "is", "aren": "are", "wasn": "was", "weren": "were",
            "can": "can", "couldn": "could", "won": "will", "wouldn": "would", "shouldn": "should", "haven": "have",
            "hasn": "has", "hadn": "had", "mustn": "must", "needn": "need", "ain": "is",
        }.items()
        for t in ("'t", "t")
        if stem + t not in ("wont",)
    },
    "idk": ("i", "do", "not", "know"), "abt": ("about",), "thru": ("through",),
    "cannot": ("can", "not"), "im": ("i", "am"), "ill": ("i", "will"), "em": ("them",), "'em": ("them",),
     "ive": ("i", "have"), "youre": ("you", "are"), "theyre": ("they", "are"),
    "hes": ("he", "is"), "shes": ("she", "is"), "thats": ("that", "is"), "whats": ("what", "is"), "whos": ("who", "is"),
    "theres": ("there", "is"), "weve": ("we", "have"), "theyve": ("they", "have"), "youve": ("you", "have"), "lets": ("let", "us"),
    "let's": ("let", "us"), "dunno": ("do", "not", "know"), "gonna": ("going", "to"), "wanna": ("want", "to"),
    "gotta": ("got", "to"), "gimme": ("give", "me"), "lemme": ("let", "me"), "wont": ("will", "not"), "innit": ("is", "it", "not"),
    "wat": ("what",), "wot": ("what",), "wud": ("would",), "cud": ("could",), "shud": ("should",), "enuf": ("enough",),
    "lern": ("learn",), "rite": ("right",), "rong": ("wrong",), "els": ("else",), "coz": ("because",), "bcoz": ("because",),
    "hv": ("have",), "tho": ("though",),
    "u": ("you",), "ur": ("your",), "pls": ("please",), "plz": ("please",), "sb": ("somebody",), "smb": ("somebody",),
    "mgr": ("manager",), "dept": ("department",), "biz": ("business",), "asst": ("assistant",), "ppl": ("people",),
}  # fmt: skip
DRESSED = re.compile(r"</?[a-zA-Z][^<>\n]{0,80}>|&#?\w{1,10};|[\x00-\x08\x0b-\x1f\x7f]")
"""Tags, character references and control characters: markup around or within words."""
FILLERS = frozenset("\u3164\u115f\u1160\u2800\u00ad")
ASIDES = frozenset("well sadly honestly frankly please tbh basically obviously maybe perhaps naturally ideally regrettably alas".split())
ABBREVIATIONS = frozenset("mr mrs ms dr st prof rev no vs etc approx inc ltd co jr sr fr sgt capt".split())
"""Words whose full stop ends no sentence."""
ENDINGS = {"'ll": ("will",), "'re": ("are",), "'ve": ("have",), "'m": ("am",), "'d": ("would",)}
ARE_WORDS_WITH_IS = frozenset("he she it that what who there here where how when this everything everyone somebody someone".split())


def words(message: str, vocabulary: Vocabulary | None = None) -> Words:
    """Read a message as words.

    Args:
        message: Any text at all.
        vocabulary: The words that the rule files speak of; a slip or a disguise is undone where that yields one.

    Returns:
        Its words in lower case and without disguise. Takes time linear in the length of the message.
    """
    plain, places = fold(message)
    forms: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    breaks: list[Break] = []
    asked: list[bool] = []
    gap, question = Break.ITEM, False
    shouted = message.isupper()
    items = {match.end() for match in BULLET.finditer("\n" + plain)}
    inline = [*INLINE_ITEM.finditer(plain), *numbered(plain)]
    items = {at - 1 for at in items} | {match.end() for match in inline}
    marks = [(match.start() - 1, match.end() - 1) for match in BULLET.finditer("\n" + plain)]
    marks += [match.span() for match in inline]
    skipped = {at for start, end in marks for at in range(start, end)}
    soft = softened(message, plain, places, items)
    for match in WORD.finditer(plain):
        at, found = match.start(), match.group()
        if at in skipped and found != "\n":
            continue
        if at in items:
            gap = Break.ITEM
        if at in soft:
            continue
        if match.lastgroup != "mark":
            if match.lastgroup == "tag":
                gap = max(gap, Break.SENTENCE)
            elif match.lastgroup == "spaced":
                found = "".join(letter for letter in found if letter not in " .*_-")
            start, end = places[at], places[match.end() - 1] + 1
            written = message[start:end]
            for form in ("i.t",) if written == "IT" and not shouted else expand(vocabulary.meant(found) if vocabulary else found):
                forms.append(form)
                starts.append(start)
                ends.append(end)
                breaks.append(gap)
                asked.append(question)
                gap, question = Break.NONE, False
            continue
        if found in "&+" and forms and match.end() < len(plain):
            forms.append("and")
            starts.append(places[at])
            ends.append(places[at] + 1)
            breaks.append(gap)
            asked.append(question)
            gap, question = Break.NONE, False
            continue
        if found == "." and forms and (forms[-1] in ABBREVIATIONS or "." in forms[-1]) and match.end() < len(plain):
            continue
        gap = max(gap, punctuation(found, plain, match.end()))
        question = question or found == "?"
    breaks.append(max(gap, Break.SENTENCE))
    asked.append(question)
    return Words(message, forms, starts, ends, breaks, asked)


LINE_END = re.compile(r"(?<![a-z',])([a-z',]{1,40})[^\S\n]{0,40}\n[^\S\n]{0,40}(?=([a-z(]{1,40}))")
FUNCTION_WORDS = frozenset(
    (
        "a an the my our your his her their its this that these those and or but of to for in on at by with from about into "
        "who which as if is are was were be been have has had do does did will would can could should may might must not new "
        "someone somebody me us i we he she they it him them just also so then"
    ).split()
)
SHORT_ASIDE = re.compile(r"[(\[]\s{0,40}\w{1,40}(?: \w{1,40}){0,3}\s{0,40}[)\]]")
ELLIPSIS = re.compile(r"(?<!\.)(?:\.{2,40}|\. \. \.)(?=\s{0,40}[a-z])")
SET_OFF = re.compile(rf",\s*(?:{'|'.join(sorted(ASIDES))})\s*,")


def softened(message: str, plain: str, places: Sequence[int], items: Set[int]) -> set[int]:
    """The places of marks that part nothing: a line's end within a phrase, a short aside's brackets or commas, dots of hesitation."""
    found: set[int] = set()
    for match in LINE_END.finditer(plain):
        last, first = match.group(1).rstrip(","), match.group(2)
        if {last, first} & FUNCTION_WORDS and not message[places[match.end()]].isupper():
            found |= {place for place in range(*match.span()) if plain[place] == "\n"}
    for match in SHORT_ASIDE.finditer(plain):
        found |= {match.start(), match.end() - 1}
    for match in SET_OFF.finditer(plain):
        found |= {match.start(), match.end() - 1}
    found |= {place for match in ELLIPSIS.finditer(plain) for place in range(*match.span())}
    return found - items


def numbered(plain: str) -> list[re.Match[str]]:
    """The numbers that begin the items of a list within a line; none where they don't count up from one."""
    found = list(NUMBERED.finditer(plain))
    return found if len(found) > 1 and [int(match[1]) for match in found] == list(range(1, len(found) + 1)) else []


def fold(message: str) -> tuple[str, range | list[int]]:
    """Lower-case Latin letters for a message, and the place in it that each came from."""
    if message.isascii() and not DRESSED.search(message):
        return message.lower(), range(len(message))
    undressed = {place for match in DRESSED.finditer(message) for place in range(match.start() + 1, match.end())}
    letter_for = {match.start(): undress(match.group()) for match in DRESSED.finditer(message)}
    letters: list[str] = []
    places: list[int] = []
    for place, character in enumerate(message):
        if place in undressed:
            continue
        character = letter_for.get(place, character)
        if not character:
            continue
        if character < "\x80":
            letters.append(character.lower())
            places.append(place)
            continue
        if 0xE0020 <= ord(character) <= 0xE007E:
            character = chr(ord(character) - 0xE0000)
        if 0x1F150 <= ord(character) <= 0x1F189:
            character = chr(ord("a") + (ord(character) - 0x1F150) % 0x20)
        for part in unicodedata.normalize("NFKD", character.lower().translate(LOOK_ALIKES)):
            if part in FILLERS or unicodedata.category(part) in ("Mn", "Cf", "Me", "Cc"):
                continue
            for letter in part.lower().translate(LOOK_ALIKES):
                letters.append(letter)
                places.append(place)
    return "".join(letters), places


def undress(found: str) -> str:
    """The letter that a character reference stands for; nothing for a tag or a control character."""
    letter = html.unescape(found) if found.startswith("&") else ""
    return letter if len(letter) == 1 else ""


def punctuation(mark: str, plain: str, after: int) -> Break:
    """How strongly a mark sets apart what follows it."""
    if mark == "\n":
        return Break.ITEM
    if mark in ".?!":
        return Break.SENTENCE if after >= len(plain) or not plain[after].isalnum() else Break.NONE
    if mark in ";:()[]{}" or ord(mark) > 0x2000:
        return Break.CLAUSE
    if mark == "-":
        spaced = after < len(plain) and plain[after] in " -" and plain[after - 2 : after - 1] in (" ", "-", "")
        return Break.CLAUSE if spaced else Break.NONE
    if mark == "/" and plain[after - 2 : after - 1].isdigit():
        return Break.NONE
    return Break.COMMA if mark in ",/" else Break.NONE


def expand(token: str) -> tuple[str, ...]:
    """The words that one written token stands for: "don't" is two, "mum's" is one."""
    if token in CONTRACTIONS:
        return CONTRACTIONS[token]
    if "'" not in token:
        return (token,)
    stem, _, ending = token.rpartition("'")
    if ending == "s":
        return (stem, "is") if stem in ARE_WORDS_WITH_IS else (stem,)
    if "'" + ending in ENDINGS:
        return (stem, *ENDINGS["'" + ending])
    return (stem, ending) if ending == "t" else (token.replace("'", ""),)


def stem(word: str) -> str:
    """A word without its commonest endings."""
    for ending in ("ing", "es", "ed", "s"):
        if word.endswith(ending) and len(word) - len(ending) > 2:
            return word[: -len(ending)]
    return word
