"""Decides what of a model's prose may be shown, sentence by sentence. Pure.

Prose must be vouched for: every word of a sentence lies in a phrase of ``language/prose.toml``, which lets nobody else do
a kept task in any company. A sentence that doesn't fit is passed over, so a way to soften a verdict that nobody has
thought of isn't shown either. What strays in so many words is a breach, and the whole prose falls with it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass

from advisor.domain import Assessment, Certainty, Conversation, DecidedBy, DepartmentHead, Verdict
from advisor.normal import fold, words
from advisor.phrases import JOINING, Match, Message
from advisor.reading import read
from advisor.reading.unread import unread
from advisor.rulebook import Licence, Rulebook

MOST_WORDS = 130
"""How long prose may be, with room above what the prompt asks for."""
LONGEST_WORD = 30


def any_of(*alternatives: str) -> re.Pattern[str]:
    """A pattern that finds any of these, in letters of either case."""
    return re.compile("|".join(alternatives), re.IGNORECASE)


def word(*alternatives: str) -> str:
    """A part of a pattern: one of these as a whole word."""
    return rf"\b(?:{'|'.join(alternatives)})\b"


NUMBER_WORD = "two three four five six seven eight nine ten eleven twelve twenty dozen hundred".split()
MARKUP = any_of(
    *("https?:", r"www\.", r"\]\(", r"!\[", "<[a-z/!]", "&#", "data:", "```", r"\|\s*-", r":\w+\[", r"\$\$", r"\]\["),
    *(r"^\s*#", r"^\s*[>|]", r"\*\*", "__"),
)
ADDRESS = any_of(r"\b[\w-]+\.(?:com|net|org|io|co|ai|app|dev|info|biz|me|uk|de|eu)\b", r"\w@\w", "javascript:")
OPINION = any_of(
    word("(?:il)?legal(?:ly)?", "law ?suits?", "attorney", "sue[ds]?", "thie(?:f|ves)", "crook", "liar", "lazy", "stupid", "passwords?"),
    word("incompetent", "unfair dismissal", "wrongful(?:ly)?", r"discriminat\w+", "severance", "notice period", "at.will", "by law"),
    word(
        "(?:un)?lawful(?:ly)?",
        "deserves? (?:to (?:be fired|go)|it)",
        "grounds for",
        "court",
        "tribunal",
        "liable",
        "liability",
        "labou?r law",
    ),
)
SIXTH_RULE = any_of(
    r"\brules?\s+(?:zero|[ivx]{1,4})\b",
    r"\brules?\s*(?:number|no\.?|#)?\s*(?:[06-9]|\d\d+|six|seven|eight|nine|ten)\b",
    word("(?:sixth|seventh|6th|7th|new|extra|hidden|secret|another|other|further|unwritten) rule", "(?:six|seven) rules"),
)
HUMAN = any_of(
    word("as (?:a|an|your|one) (?:human|person|fellow|lawyer|attorney|former|real|business ?(?:wo)?man)"),
    r"\bi(?:'m| am|'ve| have| was| used to)\b.{0,30}"
    + word("human", "person", "real", "lawyer", "attorney", "coach", "hr", "years", "career"),
    word("my (?:wife|husband|kids|team|staff|own (?:business|company|staff|shop)|(?:business|company|shop)|years (?:as|in|of))"),
    word("i(?:'m| am) an? (?!program|machine)", "i (?:kept|met|ran|owned|hired|fired|trained|worked|once|used to|remember)"),
)
LEAK = any_of(
    *("system prompt", "my (?:instructions|prompt)", "<owner", "json schema", "developer message", "you are the voice", "the prompt\\b"),
    *("marked (?:decided|open)", r"\bdecided:", "hand_off", "stay_involved", "learn_first", r"\b(?:assistant|system|user):"),
)
FIGURE = any_of(
    word("your (?:" + "|".join(NUMBER_WORD) + ")"),
    r"[$€£¥]\s?\d",
    r"\d[\d.,]*\s?(?:%|percent|per cent|k\b|euros?|dollars?|pounds?|employees|people|staff|customers|clients|years|hours|days|months)",
    r"\b\d{2,}\b",
)
BY_PATTERN = {
    "markup": MARKUP,
    "an address": ADDRESS,
    "an opinion about a person": OPINION,
    "a sixth rule": SIXTH_RULE,
    "a claim to be human": HUMAN,
    "the prompt": LEAK,
}
OWNERS_OWN = frozenset("i me my mine we us our ours you your yours owner boss not no never nobody".split())
"""Words of a message that name nobody else."""
TURNING = frozenset({"but", "while", "so", "because", "since"})
ORDERS = frozenset(
    (
        "keep hold hang do make take handle lead have give set run deliver negotiate manage attend host choose decide settle answer write "
        "meet tell call train teach onboard coach mentor show instruct thank welcome greet visit talk speak go own be turn let stay "
        "prepare note block pick start suggest try offer share look drop sit join learn read follow ask get wait spend agree say check "
        "hand leave pass see still without not never together side alongside"
    ).split()
)
"""With these an order begins."""
WITHIN = frozenset("of in on at for from to".split())
"""What may stand between the words of a task."""
VOUCHED_LETTERS = re.compile(r"[A-Za-z0-9 .,;:!'’–—-]+")
POINTING = frozenset("it this that them these those".split())


class Speech:
    """A model's prose about one turn, as far as it may be shown.

    Args:
        assessments: The settled verdicts that it must not contradict.
        conversation: What was said before; where a task was kept there, "it" names nothing that may go.
        message: The owner's message.
        heads: The department heads of the business, as the owner spoke of them.
        rulebook: The rules, and what may be said beside a verdict.
    """

    def __init__(
        self,
        assessments: Sequence[Assessment],
        conversation: Conversation,
        message: str,
        heads: Sequence[DepartmentHead],
        rulebook: Rulebook,
    ) -> None:
        self._assessments, self._message, self._rulebook = assessments, message, rulebook
        self._kept = [each for each in assessments if each.verdict is not Verdict.HAND_OFF]
        self._verdicts = {each.verdict for each in assessments}
        self._rules = {number for each in self._kept or assessments for number in each.rules}
        self._pointing = not self._kept and all(each.verdict is Verdict.HAND_OFF for each in conversation.standing)
        self._silent = any(asks_about_owner(each, message) for each in self._kept)
        of_kept = [content(each.task.quote.words) for each in self._kept]
        of_ruled = [content(each.task.quote.words) for each in assessments if each.verdict is not Verdict.HAND_OFF or each.rules]
        self._words = {
            "task": [Wanted(words, words[:1]) for words in of_kept],
            "task_word": [Wanted(words, []) for words in of_ruled],
            "free": [Wanted(words, words[whole:], words) for words, whole in self._free(of_kept)],
            "free_deed": [Wanted(words, words, words) for words, _ in self._free(of_kept)],
            "owner_word": [Wanted(list(self._owners(of_kept)), [])],
            "head_word": [Wanted(content(head.quote.words), []) for head in heads if head.present],
        }
        """By name, the words that may bear it."""
        self.vouched: tuple[str, ...] = ()
        """The sentences that may be shown, in order."""
        self.passed_over = 0
        """How many sentences could not be vouched for."""
        self.breaches: tuple[str, ...] = ()
        """How it strayed, by name; where it did, none of it may be shown."""
        self._states = False
        self._length = 0

    def _free(self, of_kept: Sequence[Sequence[str]]) -> Iterator[tuple[list[str], int]]:
        """The words of each task that the rules hand off, and how many of the first may be left out: the deed, where no rule is near.

        None of a task that shares a word with one that is kept.
        """
        taken = {word for words in of_kept for word in words}
        for each in self._assessments:
            words = content(each.task.quote.words)
            if each.verdict is Verdict.HAND_OFF and each.decided_by is DecidedBy.RULES and words and taken.isdisjoint(words):
                yield words, int(not each.rules and len(words) > 1)

    def _owners(self, of_kept: Sequence[Sequence[str]]) -> set[str]:
        """The other words of the owner's message."""
        taken = {word for words in of_kept for word in words}
        return {stem(form) for form in words(self._message).forms if form not in OWNERS_OWN} - taken

    @property
    def suffices(self) -> bool:
        """Whether what was vouched for can stand for an answer: it strays nowhere, and says the verdict."""
        return bool(self.vouched) and self._states and not self.breaches

    def hear(self, sentence: str) -> None:
        """Take the next sentence."""
        self._length += len(sentence.split())
        self.breaches = tuple(self.strays(sentence))
        if self.breaches:
            return
        kinds = self.vouching(sentence)
        if kinds:
            self.vouched = (*self.vouched, sentence)
            self._states = self._states or "states" in kinds
        else:
            self.passed_over += 1

    def strays(self, sentence: str) -> Iterator[str]:
        """Each way in which a sentence strays in so many words."""
        plain = fold(sentence)[0]
        yield from (name for name, pattern in BY_PATTERN.items() if pattern.search(plain) or pattern.search(sentence))
        if not is_plain_english(sentence) or unread(sentence, self._rulebook.vocabulary):
            yield "more than plain English"
        if self._length > MOST_WORDS:
            yield "too much"
        if any(figure.group() not in self._message for figure in FIGURE.finditer(plain)):
            yield "an invented figure"
        if not self._rules and speaks_of_a_kept_task(sentence, self._rulebook):
            yield "a kept task"
        cited = {int(number) for number in re.findall(r"\brules? (?:number )?([1-5])\b", plain)}
        if not cited <= {int(number) for each in self._assessments for number in each.rules}:
            yield "a rule that doesn't apply"

    def vouching(self, sentence: str) -> set[str]:
        """What a sentence does: ``states`` the verdict, ``says`` something; nothing where a word of it isn't vouched for."""
        message = Message(words(sentence), self._rulebook.prose.lists)
        if not len(message.read) or not VOUCHED_LETTERS.fullmatch(sentence):
            return set()
        if self._silent:
            return set()
        for name, wanted in self._words.items():
            self._name(message, name, (span for each in wanted for span in each.spans(message)))
        if self._pointing:
            pointing = ((place, place + 1) for place, form in enumerate(message.read.forms) if form in POINTING)
            self._name(message, "free", pointing)
        for grammar in self._rulebook.prose.names:
            for match in grammar.find(message):
                self._name(message, match.owner, [(match.start, match.end)])
        return vouched(message, [match for match in self._rulebook.prose.licences.find(message) if self._allows(match)])

    def _allows(self, match: Match[Licence]) -> bool:
        """Whether a phrase may be said of these verdicts and rules, where it stands."""
        licence = match.owner
        of_verdict = licence.verdict is None or self._verdicts in ({licence.verdict}, {licence.verdict, Verdict.HAND_OFF})
        of_rules = licence.rules is None or (bool(licence.rules & self._rules) if licence.rules else not self._rules)
        return of_verdict and of_rules and (not licence.opens or match.start == 0)

    def _name(self, message: Message, name: str, spans: Iterable[tuple[int, int]]) -> None:
        """Let words of a sentence bear a name, and those of the lists that include it."""
        labels = [f"<{each}>" for each in self._rulebook.prose.lists.parents[name]]
        for first, end in spans:
            message.present.update(labels)
            for start in with_articles(message, first):
                for label in labels:
                    ends = message.chart[start].setdefault(label, [])
                    if end not in ends:
                        ends.append(end)
                        ends.sort(reverse=True)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Words that bear a name where they stand together, small ones between."""

    stems: Sequence[str]
    needed: Sequence[str]
    """Those that must be among them."""
    order: Sequence[str] | None = None
    """The order that they must stand in; ``None`` for any."""

    def spans(self, message: Message) -> Iterator[tuple[int, int]]:
        """Where they stand in a sentence."""
        forms, chart, breaks = message.read.forms, message.chart, message.read.breaks
        for start, form in enumerate(forms):
            if stem(form) not in self.stems:
                continue
            end, met = start, list[str]()
            while end < len(forms) and (end == start or not breaks[end]):
                here = stem(forms[end])
                if here in self.stems:
                    met.append(here)
                elif "<light>" not in chart[end] and forms[end] not in WITHIN:
                    break
                end += 1
                in_order = self.order is None or met == [each for each in self.order if each in met]
                if here in self.stems and in_order and set(met) >= set(self.needed):
                    yield start, end


OWNER_BEFORE = re.compile(r"\b(?:i|we|me|us)(?: (?:have|need|want|ought|got))?(?: to| still| just| really)?\W*$", re.IGNORECASE)
OWNER_FIRST = re.compile(r"(?:(?:should|shall|do|can|could|may|must) )?(?:i|we)\b ?", re.IGNORECASE)
PASSING_ON = re.compile(
    r"(?:let(?!.{0,40}\bgo\b)|have|ask|get|allow|leave|pay|trust|send|give|hand|outsource|delegate|find|hire some(?:one|body))\b",
    re.IGNORECASE,
)


def asks_about_owner(assessment: Assessment, message: str) -> bool:
    """Whether the owner asks about doing a task, rather than who does it: "should I fire her?" is answered by no model."""
    quote = assessment.task.quote
    first = OWNER_FIRST.match(quote.words)
    about = first or OWNER_BEFORE.search(message[: quote.start])
    passed_on = PASSING_ON.match(message, quote.start + (first.end() if first else 0))
    return assessment.verdict is Verdict.KEEP and bool(about) and not passed_on


def with_articles(message: Message, place: int) -> Iterator[int]:
    """A place, and those of the small words directly before it: "that session" is named from "that" on, too."""
    yield place
    while place > 0 and not message.read.breaks[place] and "<light>" in message.chart[place - 1]:
        place -= 1
        yield place


def vouched(message: Message, found: Sequence[Match[Licence]]) -> set[str]:
    """What the phrases found in a sentence make of it; nothing where they leave a word open, or stand where they may not."""
    stated = any(match.owner.states for match in found)
    others = [match.end for match in found if match.owner.others]
    carrying = {match.end for match in found if match.owner.carries_on}
    kept: list[Match[Licence]] = []
    for match in found:
        licence = match.owner
        if licence.follows and match.start not in carrying:
            continue
        if licence.after and not any(other.owner.name == licence.after and other.end <= match.start for other in found):
            continue
        if (licence.beside and not stated) or (is_order(message, match) and any(end <= match.start for end in others)):
            continue
        if licence.follows:
            carrying.add(match.end)
        kept.append(match)
    covered = {place for match in kept for place in range(match.start, match.end)}
    open_words = [place for place in range(len(message.read)) if place not in covered and "<light>" not in message.chart[place]]
    if open_words or not ends_well(message, kept, carrying):
        return set()
    return {kind for kind in ("states", "says") if any(getattr(match.owner, kind) for match in kept)}


def is_order(message: Message, match: Match[Licence]) -> bool:
    """Whether a phrase tells the owner to do something without saying "you": behind somebody else it would tell that one."""
    owner = match.owner
    return owner.orders or (message.read.forms[match.start] in ORDERS and not (owner.carries_on or owner.follows))


def ends_well(message: Message, kept: Sequence[Match[Licence]], carrying: Set[int]) -> bool:
    """Whether what comes behind work that may go begins with somebody of its own: nothing is carried on to it in silence."""
    firm = [match for match in kept if match.owner.states or match.owner.says or match.owner.follows]
    for end in carrying:
        if any(match.start < end < match.end for match in kept):
            continue
        after = end
        while after < len(message.read) and (message.read.forms[after] in JOINING or message.read.forms[after] in TURNING):
            after += 1
        if after < len(message.read) and not any(match.start in (end, after) for match in firm):
            return False
    return True


def content(text: str) -> list[str]:
    """The stems of the words of a text that carry meaning, each once, in order."""
    return list(dict.fromkeys(stem(form) for form in words(text).forms if len(form) > 2 and form not in SMALL))


SMALL = frozenset(
    (
        "the and for with our your his her their this that any all new who what when how can may should would could she him they them you "
        "from into about are was has have had not let get out off one some"
    ).split()
)


def stem(word: str) -> str:
    """A word without its commonest endings."""
    for ending in ("ing", "ers", "er", "es", "ed", "s", "e"):
        if word.endswith(ending) and len(word) - len(ending) > 2:
            word = word[: -len(ending)]
            break
    return word[:-1] if len(word) > 3 and word[-1] == word[-2] else word


def quotable(text: str) -> bool:
    """Whether a model's translation may be read: plain, short, and straying nowhere by name."""
    plain = fold(text)[0]
    strays = any(pattern.search(plain) or pattern.search(text) for pattern in BY_PATTERN.values())
    return len(text.split()) <= MOST_WORDS and is_plain_english(text) and not strays


def speaks_of_a_kept_task(prose: str, rulebook: Rulebook) -> bool:
    """Whether prose names something that a rule clearly keeps, read as an owner's words would be."""
    return any(task.certainty is Certainty.CLEAR for task in read(prose, Conversation(), rulebook).tasks)


def is_plain_english(prose: str) -> bool:
    """Whether prose is made of ordinary words: no other script, no encoded text, no invisible letters."""
    odd = any(ord(letter) > 0x2FF and letter not in "’‘“”–—…•\u2009\u202f" for letter in prose)
    return not odd and all(len(word) <= LONGEST_WORD for word in prose.split())
