"""What the owner says: a message into tasks, findings, facts, and the kind of turn it is. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from advisor.domain import (
    Answer,
    Certainty,
    Conversation,
    DepartmentHead,
    Fact,
    Finding,
    Grasp,
    Move,
    Quote,
    Reading,
    RuleNumber,
    Task,
    TurnKind,
)
from advisor.normal import words
from advisor.phrases import Match, Message
from advisor.reading import turns
from advisor.reading.answers import ADDS, ANSWERS, answers, corrects
from advisor.reading.drafts import POINTERS
from advisor.reading.elliptic import (
    ALSO,
    MEANT,
    asked_besides,
    done_too,
    in_passing,
    listed,
    passed_on,
    same_deed,
    span_of,
    spoken_of_again,
    trained_too,
)
from advisor.reading.facts import pieces
from advisor.reading.grasp import grasp
from advisor.reading.heads import HEAD_WORDS, NO_TALENT, heads, is_ours, lost, names_in, stated
from advisor.reading.reference import by_name, by_number, is_training, named_in, pointed_at, points_beyond, rules_of, telling
from advisor.reading.signs import MODALS
from advisor.reading.tasks import sentence_around, tasks, unheard, with_guess, with_unread
from advisor.reading.unread import unread
from advisor.rulebook import Entry, Rulebook

__all__ = ["TAKEN_BACK", "read", "read_translation", "taken_back", "unread_words"]

TAKEN_BACK = "Forget “{words}”"
"""How the page says that a fact is taken back; what follows stands in its place."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A message as far as it is the same in any conversation, and the conversation that it is said in."""

    seen: Message
    matches: tuple[Match[Entry], ...]
    brought: tuple[Task, ...]
    """The tasks that it would bring."""
    heads: tuple[DepartmentHead, ...]
    """The department heads that it plainly tells of, denies, or speaks of as doing the training that it brings."""
    conversation: Conversation
    rulebook: Rulebook

    @property
    def message(self) -> str:
        """The words as they were typed."""
        return self.seen.read.message

    @property
    def shown(self) -> set[str]:
        """The names of the turn entries that it shows."""
        return turns.topics(self.matches)

    @property
    def tasks(self) -> tuple[Task, ...]:
        """The tasks that it brings, with the rule that their words suggest where none was seen."""
        return tuple(with_guess(self.seen, self.matches, task, self.brought, self.rulebook) for task in self.brought)

    def bringing(self, brought: tuple[Task, ...]) -> "Heard":
        """The same with other tasks."""
        return replace(self, brought=brought)

    def verdict(self, facts: tuple[Fact, ...] = (), about: tuple[int, ...] = (), withdraws: tuple[int, ...] = ()) -> Reading:
        """The message as one that brings its tasks, or opens those that it is about."""
        return Reading(self.message, TurnKind.VERDICT, tasks=() if about else self.tasks, facts=facts, about=about, withdraws=withdraws)


def read(message: str, conversation: Conversation, rulebook: Rulebook) -> Reading:
    """Read one message of a conversation.

    Args:
        message: What the owner typed; any text at all.
        conversation: What was said before; an empty one for a first message.
        rulebook: The rules and their language.

    Returns:
        The tasks it brings, the facts it tells, and what kind of answer it calls for. A message either brings tasks or
        speaks of earlier ones. A task under a clear rule that isn't one of these is brought whatever else the message
        does. One that can't be read to the end answers nothing, and softens nothing.
    """
    heard = hear(message, conversation, rulebook)
    if passages := unread(message, rulebook.vocabulary):
        heard = heard.bringing(with_unread(heard.seen, heard.brought, passages))
        spans = [sentence_around(heard.seen, passage) for passage in passages]
        sure = tuple(each for each in heard.heads if not any(start < each.quote.end and each.quote.start < end for start, end in spans))
        return heard.verdict(sure)
    if not len(heard.seen.read):
        return Reading(message, TurnKind.REDIRECT)
    move = turns.move(heard.seen, heard.matches, heard.brought, conversation, rulebook)
    return later(move, heard) if conversation.current else first(move, heard)


def hear(message: str, conversation: Conversation, rulebook: Rulebook) -> Heard:
    """A message as far as it is the same in any conversation."""
    seen = Message(words(message, rulebook.vocabulary), rulebook.lists)
    matches = tuple(rulebook.grammar.find(seen))
    spoken_of = heads(seen, matches, rulebook)
    brought = asked_besides(seen, listed(seen, tasks(seen, matches, spoken_of, rulebook), rulebook), rulebook)
    training = [task for task in brought if is_training(task)]
    mentioned = (
        head for head in spoken_of if (names_head(head) if not head.present else training and beside_training(head, training, seen))
    )
    told = stated(seen, rulebook)
    if NO_TALENT.search(" ".join(seen.read.forms)):
        mentioned = (head for head in spoken_of if head.present and training and beside_training(head, training, seen))
    spoken = (
        head for head in mentioned if not any(head.quote.start < each.quote.end and each.quote.start < head.quote.end for each in told)
    )
    return Heard(seen, matches, brought, tuple(sorted((*told, *spoken), key=where)), conversation, rulebook)


def where(head: DepartmentHead) -> int:
    """Where in a message the words about a head begin."""
    return head.quote.start


def names_head(head: DepartmentHead) -> bool:
    """Whether words that deny a head speak of one."""
    return not HEAD_WORDS.isdisjoint(head.quote.words.lower().split()) or "department" in head.quote.words.lower()


def beside_training(head: DepartmentHead, training: Sequence[Task], seen: Message) -> bool:
    """Whether a head of the owner's is spoken of in the sentence of some training, as the one who would do it."""
    begins, ends = sentence_around(seen, head.quote)
    beside = any(task.quote.start < ends and begins < task.quote.end for task in training)
    return beside and not any(mark in seen.read.message[begins:ends] for mark in '"“') and is_ours(head, seen)


def first(move: Move, heard: Heard) -> Reading:
    """A message before which no task was spoken of: it brings one, tells of the business, or asks about none that there is."""
    brought = heard.brought
    told: tuple[Fact, ...] = heard.heads
    if not brought and any(isinstance(fact, DepartmentHead) and fact.present for fact in told):
        return heard.verdict(told)
    found = brought or unheard(heard.seen, heard.matches, heard.rulebook)
    unclear = all(task.certainty is Certainty.UNKNOWN for task in brought)
    handed = turns.hands_over(heard.matches)
    asks = handed or any(heard.seen.read.asked)
    if not asks and not heard.shown.isdisjoint(FEELINGS) and not any(task.findings for task in found):
        return Reading(heard.message, TurnKind.REDIRECT, "feeling")
    few = len(heard.seen.read) <= turns.LONGEST_FIRST_FOLLOW_UP
    follows = few and move.follows and not handed
    asking = (
        few
        and move is not Move.REDIRECT
        and not heard.seen.has("<helper>", 0, len(heard.seen.read))
        and any(match.owner.kind in FOLLOWING and match.start <= 1 for match in heard.matches)
    )
    asks_of_it = asking and not any(task.findings for task in brought) and not POINTERS.isdisjoint(heard.seen.read.forms)
    if asks_of_it or (unclear and (follows or points_at_nothing(heard.seen))):
        return Reading(heard.message, TurnKind.CLARIFY, move.kind if move.follows else "")
    if found:
        return heard.bringing(found).verdict(told)
    aspect = turns.aspect(move.kind, heard.matches) or ("skip" if "skip" in heard.shown else "")
    return Reading(heard.message, TurnKind.REDIRECT, aspect)


FOLLOWING = frozenset(move.kind for move in Move if move.follows) - {TurnKind.PUSHBACK}
FEELINGS = frozenset({"grief", "feeling"})
"""Entries of what weighs on an owner, and asks for no verdict."""


def points_at_nothing(seen: Message) -> bool:
    """Whether a message only asks whether somebody may do "it", and nothing was said before that "it" could be."""
    forms = seen.read.forms
    helping = {at for place in range(len(forms)) for label in ("<else>", "<helper>") for at in span_of(seen, place, label)}
    told = telling(form for place, form in enumerate(forms) if place not in helping)
    asks = bool(helping) or (not {"he", "she", "they"}.isdisjoint(forms) and not MODALS.isdisjoint(forms))
    return asks and not POINTERS.isdisjoint(forms) and not told


def later(move: Move, heard: Heard) -> Reading:
    """A message in a conversation: a new task, a fact, an answer, a correction, or a word about what was decided."""
    seen, matches, conversation = heard.seen, heard.matches, heard.conversation
    if heard.brought and all(turns.only_grasp(task, matches, conversation) for task in heard.brought) and move.opens:
        move = Move.FACT
    about = pointed_at(seen, move.kind, conversation)
    if plainly := answered_plainly(heard):
        return plainly
    losses: tuple[Fact, ...] = (
        () if move is Move.COUNTERFACTUAL else lost(seen, conversation.facts, heard.rulebook.statements, conversation.turns[-1].said)
    )
    if any(uncovered(task, about, move, heard) and not only_asked(task, move, heard) for task in heard.brought):
        return heard.verdict((*losses, *heard.heads), withdraws=taken_for(about, heard) if move is Move.CORRECTION else ())
    if losses:
        return heard.verdict(losses, training_of(about, conversation))
    if points_beyond(seen, conversation):
        return Reading(heard.message, TurnKind.CLARIFY, move.kind if move.follows else "")
    if conversation.pending is None and (others := done_too(seen, conversation, heard.rulebook)):
        return heard.bringing(others).verdict()
    if waiting := turns.waiting(seen, conversation):
        return Reading(heard.message, waiting[0], about=waiting[1])
    if answered := answers_of(move, heard, about):
        return answered
    if facts := told(move, heard, about):
        return heard.verdict(facts, places_of(facts) or training_of(about, conversation))
    if back := taken_back_now(heard):
        return replace(heard.verdict((), places_of(back)), forgets=back)
    if move.opens and speaks_of_a_head(heard):
        return heard.verdict((), training_of(about, conversation))
    if brings_work(heard) and not move.opens:
        move = Move.NEW
    return opened(move, heard, about) if move.opens else spoken(move, heard, about)


def uncovered(task: Task, about: Sequence[int], move: Move, heard: Heard) -> bool:
    """Whether a task is under a clear rule and none of those spoken of: it is brought whatever else a message does."""
    if task.certainty is not Certainty.CLEAR or turns.only_grasp(task, heard.matches, heard.conversation) or tells_of_a_head(task, heard):
        return False
    if move is Move.COMPARE:
        evidence = (quote for finding in task.findings for quote in finding.evidence)
        known = {stem for standing in heard.conversation.standing for stem in named_in(standing.task.quote.words)}
        if all(named_in(quote.words) <= known for quote in evidence):
            return False
    asked = move.follows and any(match.owner.kind is move.kind and match.start <= 1 for match in heard.matches)
    return not any(turns.covered(task, heard.conversation.standing[place], by_evidence=asked) for place in about)


def speaks_of_a_head(heard: Heard) -> bool:
    """Whether a message only speaks of a head, who is none yet or of nothing here, where some training was spoken of."""
    training = any(is_training(heard.conversation.standing[place].task) for place in heard.conversation.current)
    titled = any("<head_title>" in here for here in heard.seen.chart) or ("head", "of") in pairwise(heard.seen.read.forms)
    return training and titled and not turns.hands_over(heard.matches) and not any(task.findings for task in heard.brought)


def only_asked(task: Task, move: Move, heard: Heard) -> bool:
    """Whether what looks like a kept deed are words of the question itself: "which bit can Karim take", "how do I get up to speed"."""
    if move not in (Move.PARTS, Move.LEARN):
        return False
    asked = {heard.seen.read.starts[match.start] for match in heard.matches if match.owner.kind is move.kind}
    return {quote.start for finding in task.findings for quote in finding.evidence} <= asked


def tells_of_a_head(task: Task, heard: Heard) -> bool:
    """Whether what looks like a hire or a firing only tells of a head of those trained: "Luis is foreman now", "Anna was sacked"."""
    training = any(is_training(heard.conversation.standing[place].task) for place in heard.conversation.current)
    if turns.hands_over(heard.matches) or any(heard.seen.read.asked) or not training or rules_of(task) != {RuleNumber.HIRING}:
        return False
    facts = (*stated(heard.seen, heard.rulebook), *lost(heard.seen, heard.conversation.facts, heard.rulebook.statements))
    return any(fact.quote.start < task.quote.end and task.quote.start < fact.quote.end for fact in facts)


def answered_plainly(heard: Heard) -> Reading | None:
    """A message that is nothing but an answer to the question that is open, whatever work its words would name elsewhere."""
    pending = heard.conversation.pending
    if pending is None:
        return None
    given = answers(heard.seen, heard.matches, heard.conversation.standing[pending], heard.rulebook.statements)
    return heard.verdict((Answer(pending, given, whole(heard.message)),), (pending,)) if given == ("legwork",) else None


def answers_of(move: Move, heard: Heard, about: tuple[int, ...]) -> Reading | None:
    """A message as an answer to the question that is open, or as another answer to one already answered."""
    conversation, seen = heard.conversation, heard.seen
    pending = conversation.pending
    if pending is None:
        return answered_anew(move, heard, about)
    if (by_number(seen, conversation) or by_name(seen, conversation, best=True) or (pending,)) != (pending,) and not turns.is_short(seen):
        return None
    if not (move.opens or (turns.is_short(seen) and move in (Move.REDIRECT, Move.PUSHBACK))):
        return None
    if given := answers(seen, heard.matches, conversation.standing[pending], heard.rulebook.statements):
        if move is Move.NEW and any(task.certainty is not Certainty.UNKNOWN for task in heard.brought):
            return None
        return heard.verdict((Answer(pending, given, whole(heard.message)),), (pending,))
    return heard.verdict((), (pending,)) if turns.is_short(seen) and not heard.shown.isdisjoint(ANSWERS) else None


def taken_back_now(heard: Heard) -> tuple[Fact, ...]:
    """What a message takes back of what the owner told in the one before, or ever told of being able to judge the work."""
    statements, conversation, read = heard.rulebook.statements, heard.conversation, heard.seen.read
    if any(read.asked) or conversation.pending is not None or any(task.work for task in heard.brought):
        return ()
    said = [" ".join(read.forms[start:end]) for start, end in pieces(heard.seen)]
    told = [fact for fact in conversation.facts.told if not isinstance(fact, DepartmentHead)]
    just = [fact for fact in told if fact.quote.is_from(conversation.turns[-1].said)]
    denies = any(statements.says("denied", text) for text in said if len(text.split()) <= FEWEST_DENYING)
    if just and (denies or any(statements.says(name, text) for text in said for name in ("taken_back", "ungrasped"))):
        return tuple(just[-1:])
    able = [fact for fact in told if isinstance(fact, Grasp) and fact.enough]
    return tuple(able[-1:]) if any(statements.says("ungrasped", text) for text in said) else ()


FEWEST_DENYING = 4
"""How many words deny no more than what was said before: "no, I don't"."""


ANSWERING = (Move.CORRECTION, Move.FACT, Move.ANSWER, Move.NEW, Move.PUSHBACK, Move.REDIRECT)
"""What a message must do to be another answer to a question already answered."""


def answered_anew(move: Move, heard: Heard, about: tuple[int, ...]) -> Reading | None:
    """A message as a correction of an answer given before: "no, I meant customers"."""
    before = [fact for place in about[:1] for fact in heard.conversation.facts.of(place) if isinstance(fact, Answer)]
    if not before or any(task.findings for task in heard.brought) or move not in ANSWERING:
        return None
    corrected = corrects(heard.seen) and not heard.brought
    given = answers(heard.seen, heard.matches, heard.conversation.first[about[0]], heard.rulebook.statements, after_correction=corrected)
    last = before[-1]
    open_still = "skip" in last.names or ANSWERS.index(given[0]) < ANSWERS.index(last.names[0]) if given else False
    graver = open_still and last.quote.is_from(heard.conversation.turns[-1].said)
    if not given or {"yes", "no", "skip"} & set(given) or not (corrected or graver):
        return None
    return replace(heard.verdict((Answer(about[0], given, whole(heard.message)),), about[:1]), forgets=(before[-1],))


def told(move: Move, heard: Heard, about: tuple[int, ...]) -> tuple[Fact, ...]:
    """The facts that a message tells for good."""
    training = any(is_training(heard.conversation.standing[place].task) for place in heard.conversation.current)
    present = stated(heard.seen, heard.rulebook) if training else ()
    return (*moved_on(present, heard), *present, *grasped(move, heard, about))


def moved_on(present: Sequence[DepartmentHead], heard: Heard) -> Iterator[DepartmentHead]:
    """The heads told of before who are said to head something else now."""
    adds = not ADDS.isdisjoint(heard.seen.read.forms)
    before = [head for head in heard.conversation.facts.lasting if head.present and not adds]
    for now in present:
        for head in before:
            if names_in(head) & names_in(now) and now.function and head.function and now.function != head.function:
                yield DepartmentHead(head.function, False, now.quote, ends=head.quote)


def grasped(move: Move, heard: Heard, about: tuple[int, ...]) -> tuple[Grasp, ...]:
    """What an owner says of their own grasp of the tasks spoken of; of the one under rule 5, where they have learnt enough."""
    conversation, seen = heard.conversation, heard.seen
    if move is Move.COUNTERFACTUAL or move is Move.NEW:
        return ()
    under = [place for place in conversation.current if RuleNumber.UNDERSTANDING in conversation.standing[place].rules]
    known_by = {stem for place in under for stem in named_in(conversation.standing[place].task.quote.words)}
    enough = grasp(seen, heard.matches, heard.brought, known_by, heard.rulebook.statements)
    quote = whole(heard.message)
    if enough:
        named = by_number(seen, conversation) or by_name(seen, conversation, best=True)
        meant = tuple(place for place in (named or about) if place in under) or (tuple(under) if len(under) == 1 and not named else ())
        return tuple(Grasp(place, True, quote) for place in meant)
    if enough is False:
        meant = by_name(seen, conversation, best=True) or about
        only_asks = any(seen.read.asked) and move not in (Move.WHY, Move.PUSHBACK)
        new = (place for place in meant if RuleNumber.UNDERSTANDING not in conversation.standing[place].rules or not any(seen.read.asked))
        return () if only_asks else tuple(Grasp(place, False, quote) for place in new)
    unsure = any(finding.rule is RuleNumber.UNDERSTANDING for task in heard.brought for finding in task.findings)
    if not (unsure and move.opens) or turns.hands_over(heard.matches):
        return ()
    known = (place for place in about if RuleNumber.UNDERSTANDING not in rules_of(conversation.standing[place].task))
    return tuple(Grasp(place, None, quote) for place in known)


def places_of(facts: Sequence[Fact]) -> tuple[int, ...]:
    """The tasks that some facts are told of."""
    return tuple(fact.place for fact in facts if not isinstance(fact, DepartmentHead))


def training_of(about: tuple[int, ...], conversation: Conversation) -> tuple[int, ...]:
    """The training that is spoken of, or else the last one."""
    training = tuple(place for place in conversation.current if is_training(conversation.standing[place].task))
    return tuple(place for place in about if place in training) or training[-1:] or about


def brings_work(heard: Heard) -> bool:
    """Whether a message asks outright about handing over work that no earlier task is about, whatever else it seems to do."""
    plain = turns.hands_over(heard.matches) and any(heard.seen.read.asked) and turns.ABOUT_ADVICE.isdisjoint(heard.shown)
    named = any(heard.seen.has(label, 0, len(heard.seen.read)) for label in ("<helper>", "<else>"))
    new = (task for task in heard.brought if named or task.certainty is not Certainty.UNKNOWN)
    return (
        plain
        and any(turns.names_new_work(task, heard.conversation) for task in new)
        and not spoken_of_again(heard.seen, heard.brought, heard.conversation)
    )


def opened(move: Move, heard: Heard, about: tuple[int, ...]) -> Reading:
    """A message that opens a decision, though it answers nothing and tells no fact: a task, or nothing that moves a rule."""
    conversation = heard.conversation
    if move is Move.CORRECTION or (move.opens and corrects(heard.seen)):
        meant = meant_instead(about, heard)
        heard = heard.bringing(meant or heard.brought)
        known = any(task.certainty is not Certainty.UNKNOWN for task in heard.brought)
        if known:
            return heard.verdict(withdraws=taken_for(about, heard))
    if again := spoken_of_again(heard.seen, heard.brought, conversation) or passed_on(heard.shown, heard.seen, conversation):
        return heard.verdict((), again)
    if move is Move.NEW and all(task.certainty is Certainty.UNKNOWN for task in heard.brought):
        others = trained_too(heard.seen, conversation, heard.rulebook) or in_passing(ALSO, heard.message, heard.rulebook)
        heard = heard.bringing(others or heard.brought or unheard(heard.seen, heard.matches, heard.rulebook, expected=True))
    fresh = any(task.certainty not in (Certainty.UNKNOWN, Certainty.CLEAR) for task in heard.brought)
    if heard.brought and (fresh or move is Move.NEW):
        return heard.verdict()
    pending = conversation.pending
    return heard.verdict((), (pending,) if move is Move.ANSWER and pending is not None else about)


def meant_instead(about: tuple[int, ...], heard: Heard) -> tuple[Task, ...]:
    """What a correction says was meant; a kept deed on something else is still that deed: "I meant just one cook"."""
    if len(about) == 1 and corrects(heard.seen):
        before = heard.conversation.standing[about[0]].task
        if same := same_deed(MEANT, before, heard.message, heard.rulebook) if rules_of(before) else ():
            return same
    return in_passing(MEANT, heard.message, heard.rulebook) if corrects(heard.seen) or not heard.brought else ()


def taken_for(about: tuple[int, ...], heard: Heard) -> tuple[int, ...]:
    """The task that a message takes back, as one that the owner never meant; none where it may be an answer that they correct."""
    answered = any(isinstance(fact, Answer) for place in about for fact in heard.conversation.facts.of(place))
    answers_again = answered and not heard.shown.isdisjoint(ANSWERS)
    unlearnt = any(RuleNumber.UNDERSTANDING in rules_of(heard.conversation.standing[place].task) for place in about)
    return about if len(about) == 1 and corrects(heard.seen) and not (answers_again or unlearnt) else ()


def spoken(move: Move, heard: Heard, about: tuple[int, ...]) -> Reading:
    """A message that asks about what was decided, argues, or only talks."""
    aspect = turns.aspect(move.kind, heard.matches)
    return Reading(heard.message, move.kind, aspect, about=() if move is Move.REDIRECT else about)


def whole(message: str) -> Quote:
    """All that an owner said, without the space around it."""
    said = message.strip()
    return Quote(said, message.find(said), message.find(said) + len(said))


def taken_back(message: str, conversation: Conversation) -> tuple[Fact, ...]:
    """The facts whose words a message begins by taking back, in the form that the page gives to it."""
    return tuple(fact for fact in conversation.facts.told if message.startswith(TAKEN_BACK.format(words=fact.quote.words)))


def unread_words(task: Task, message: str) -> str:
    """The owner's words that a translator needs to see of a task that can't be read."""
    assert task.unread is not None
    return message[min(task.quote.start, task.unread.start) : max(task.quote.end, task.unread.end)]


def read_translation(task: Task, english: str, rulebook: Rulebook) -> tuple[Task, ...]:
    """What a task that couldn't be read comes down to, read in a model's translation as if the owner had written that.

    Args:
        task: The task, with what couldn't be read.
        english: What a model says that its words mean.
        rulebook: The rules and their language.

    Returns:
        A task for each that the translation brings, with the owner's own words for evidence; the task as it was where
        the translation is empty or can't be read either.
    """
    brought = read(english, Conversation(), rulebook).tasks or (Task(Quote(english, 0, len(english))),)
    if not english.strip() or any(each.unread for each in brought):
        return (task,)
    return tuple(
        replace(
            task,
            findings=(*task.findings, *(in_own_words(finding, task) for finding in each.findings)),
            work=each.work,
            field=each.field or task.field,
            translation=as_read(each),
        )
        for each in brought
    )


def as_read(task: Task) -> str:
    """What of a translation may be shown again: the words in which a rule was plainly seen; its own words where none was."""
    clear = [quote.words for finding in task.findings if finding.certainty is Certainty.CLEAR for quote in finding.evidence]
    return ", ".join(dict.fromkeys(clear)) or task.quote.words


def in_own_words(finding: Finding, task: Task) -> Finding:
    """A finding of a translation, with the words that were translated for evidence."""
    return replace(finding, evidence=(task.unread or task.quote,))
