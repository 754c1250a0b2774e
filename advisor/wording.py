"""The advisor's own words for every verdict and follow-up: the whole answer where there is no model. Pure."""

import re
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from advisor.domain import (
    Answer,
    Assessment,
    Certainty,
    Conversation,
    DecidedBy,
    DepartmentHead,
    Fact,
    Finding,
    Grasp,
    Quote,
    Reading,
    RuleNumber,
    Turn,
    TurnKind,
    Verdict,
)
from advisor.judge import UNREAD_QUESTION
from advisor.reading import TAKEN_BACK
from advisor.rulebook import Parts, Plan, Rule, Rulebook

VERDICT_WORDS = {
    Verdict.KEEP: "Keep it",
    Verdict.STAY_INVOLVED: "Share it, stay involved",
    Verdict.LEARN_FIRST: "Learn first",
    Verdict.ASK: "One question first",
    Verdict.HAND_OFF: "Hand it off",
}
COLUMN_WORDS = {
    Verdict.KEEP: "Keep",
    Verdict.STAY_INVOLVED: "Stay involved",
    Verdict.LEARN_FIRST: "Learn first",
    Verdict.HAND_OFF: "Hand off",
    Verdict.ASK: "To clarify",
}
"""The columns of a sorted list, in their order."""
TOO_LONG = "That is {length:,} characters long, and I read up to {most:,}. Send me the part about the task, or one task at a time."
EMPTY = "That was empty. Type a task you would like to hand over, such as “answer customer e-mails”."
MOST_EXPLAINED = 3
"""How many tasks of one message are each explained; of a longer list the verdicts are given, and the rest on asking."""


FILLERS = re.compile(
    r"^(?:(?:and|but|so|ok|okay|also|then|oh|well|hm+|yes|no|great|right|plus|or|now|what about|how about|what if|is it ok if|should|shall|"
    r"can|could|may|might|i want|i wish|i need|i would like|i'd like|i mean|meant)\b[\s,.:;!]+)+(?=\S+\s+\S)",
    re.IGNORECASE,
)
"""Words at the beginning of a task that name nothing of it."""


def one_of(wordings: Sequence[str], nth: int) -> str:
    """One of several wordings: the next one each time."""
    return wordings[nth % len(wordings)]


def quoted(words: str) -> str:
    """Some words in quotation marks, on one line."""
    return f"“{' '.join(words.split())}”"


def short(assessment: Assessment, limit: int = 70) -> str:
    """The task in the owner's words, cut to a length that fits in a sentence."""
    words = FILLERS.sub("", " ".join(assessment.task.quote.words.split()))
    words = words if len(words) <= limit else words[:limit].rsplit(" ", 1)[0] + " …"
    return f"{words} ({assessment.task.part})" if assessment.task.part else words


def clear(assessment: Assessment) -> list[Finding]:
    """The findings that a verdict rests on."""
    return [each for each in assessment.findings if each.certainty is Certainty.CLEAR] or list(assessment.findings)


def ruling(assessment: Assessment, rulebook: Rulebook) -> Rule | None:
    """The rule that carries the verdict, gravest first; ``None`` where none applies."""
    order = sorted(clear(assessment), key=lambda each: each.rule is RuleNumber.UNDERSTANDING)
    return rulebook.rules[order[0].rule] if order else None


def named(rule: Rule) -> str:
    """A rule by number and name."""
    return f"rule {rule.number}, {rule.title.lower()}"


def evidence(assessment: Assessment) -> str:
    """The owner's words that showed the rules, in quotation marks."""
    words = dict.fromkeys(quote.words for finding in clear(assessment) for quote in finding.evidence)
    return " and ".join(map(quoted, words))


def guessed(assessment: Assessment) -> bool:
    """Whether nothing but the company of words speaks for a rule."""
    return bool(assessment.findings) and all(each.guessed for each in assessment.findings)


def carrying(assessment: Assessment, rulebook: Rulebook) -> Parts | None:
    """What stays and what goes of a task, under all the rules that carry its verdict; ``None`` where none applies."""
    rule = ruling(assessment, rulebook)
    if rule is None:
        return None
    numbers = dict.fromkeys([rule.number, *(finding.rule for finding in clear(assessment) if finding.rule is not RuleNumber.UNDERSTANDING)])
    found = [rulebook.parts(number, assessment) for number in numbers]
    stays, goes = (tuple(dict.fromkeys(each for part in found for each in getattr(part, side))) for side in ("stays", "goes"))
    return Parts(found[0].of, found[0].signs, stays, goes)


# --- verdicts ---------------------------------------------------------------------------------------------------------


def verdict(turn: Turn, rulebook: Rulebook, conversation: Conversation) -> str:
    """The answer to tasks just described, or to a fact that touches them: a sentence or two each, and one question at the most."""
    if len(turn.assessments) == 1:
        said = one_verdict(turn.assessments[0], rulebook, conversation.turns)
    else:
        explained = len(turn.assessments) <= MOST_EXPLAINED
        each = zip(turn.about, turn.assessments, strict=True)
        lines = (listed(assessment, place == turn.asked, explained, rulebook) for place, assessment in each)
        said = "\n\n".join(
            [f"That's {len(turn.assessments)} tasks, so one at a time.", *(f"{place}. {line}" for place, line in enumerate(lines, 1))]
        )
    if turn.asked is not None and turn.asked not in turn.about:
        waiting = conversation.standing[turn.asked]
        said += f"\n\nNow to “{short(waiting)}”: {waiting.question}"
    return said


def listed(assessment: Assessment, asked: bool, explained: bool, rulebook: Rulebook) -> str:
    """One of several verdicts."""
    said = f"“{short(assessment, 50)}”: {VERDICT_WORDS[assessment.verdict].lower()}"
    rule = ruling(assessment, rulebook)
    if assessment.question:
        return f"{said}. {assessment.question}" if asked else f"{said}, after that one."
    if assessment.changed_by and assessment.changed_from:
        said += f" (it was: {VERDICT_WORDS[assessment.changed_from].lower()}), since you said {quoted(assessment.changed_by.words)}"
    if rule is None:
        return f"{said}. None of the five rules touches it." if assessment.verdict is Verdict.HAND_OFF else f"{said}."
    if assessment.verdict is Verdict.HAND_OFF:
        return f"{said}, next to {named(rule)}. {boundary(assessment, rule)}"
    return f"{said}, by {named(rule)}." + (f" {rule.point}" if explained else "")


def one_verdict(assessment: Assessment, rulebook: Rulebook, earlier: Sequence[Turn]) -> str:
    """The answer for one task."""
    rule = ruling(assessment, rulebook)
    changed = change(assessment)
    if assessment.question == UNREAD_QUESTION:
        return changed + f"{unread(assessment)} {assessment.question}"
    if assessment.question:
        meanwhile = (
            f" If you'd rather not say, treat it as: {VERDICT_WORDS[assessment.provisional].lower()}." if assessment.provisional else ""
        )
        lead = f"This stands next to {named(rule)}. " if rule else f"I don't know enough of “{short(assessment)}” to wave it through. "
        if rule and guessed(assessment):
            lead = f"I'm not sure that I follow, and {evidence(assessment)} sound like {named(rule)}. "
        return changed + lead + assessment.question + meanwhile
    if rule is None or (guessed(assessment) and assessment.verdict is Verdict.ASK):
        if assessment.verdict is Verdict.ASK:
            return changed + "Without an answer I can't give a verdict. Check it against the five rules: if none of them fits, it may go."
        wordings = rulebook.replies["verdict.hand_off"]
        return changed + one_of(wordings, given_before(assessment, earlier)).format(done=" ".join(plan_of(assessment, rulebook).done))
    provisional = "For now, since the question is open: " if assessment.provisional and assessment.verdict is assessment.provisional else ""
    point = one_of((rule.point, rule.simply, rule.reason, rule.example), given_before(assessment, earlier))
    parts = carrying(assessment, rulebook)
    assert parts is not None
    text = {
        Verdict.KEEP: f"Keep this one yourself. {point} That's {named(rule)}. Around it, for instance, this can go: {parts.goes[0]}.",
        Verdict.STAY_INVOLVED: f"Share it with your department head, and stay involved yourself. {point} That's {named(rule)}.",
        Verdict.LEARN_FIRST: f"Not yet. {point} That's {named(rule)}; a few hours of learning are enough, and I can suggest how.",
        Verdict.HAND_OFF: f"Yes, this may go. It stands next to {named(rule)}, so mind the line: {boundary(assessment, rule)}",
        Verdict.ASK: rule.question,
    }[assessment.verdict]
    return " ".join(filter(None, [changed + provisional + text, heard(assessment)]))


def change(assessment: Assessment) -> str:
    """What the owner's words changed of a task, and from what; empty where they changed nothing."""
    if assessment.changed_by is None:
        return ""
    if assessment.changed_from is Verdict.ASK:
        return f"{told_so(assessment.changed_by)}, and that settles “{short(assessment)}”. "
    was = f" Until now it was: {VERDICT_WORDS[assessment.changed_from].lower()}." if assessment.changed_from else ""
    return f"{told_so(assessment.changed_by)}, and that changes “{short(assessment)}”.{was} "


def told_so(words: Quote) -> str:
    """That the owner said something, or took it back."""
    before, after = TAKEN_BACK.split("{words}")
    if words.words.startswith(before):
        return f"You took back {before[-1]}{words.words.removeprefix(before).rpartition(after)[0]}{after}"
    return f"You said {quoted(words.words)}"


def given_before(assessment: Assessment, earlier: Sequence[Turn]) -> int:
    """How many verdicts of the same kind by the same rules were given before."""
    given = (each for turn in earlier if turn.kind is TurnKind.VERDICT for each in turn.assessments)
    return sum((each.verdict, each.rules) == (assessment.verdict, assessment.rules) for each in given)


def plan_of(assessment: Assessment, rulebook: Rulebook) -> Plan:
    """What is good to know of the field that a task is in."""
    return rulebook.fields.plan(assessment.task.translation or assessment.task.quote.words)


def heard(assessment: Assessment) -> str:
    """That a model heard what the rule layer didn't, and that the rule decided all the same; empty where it wasn't so."""
    told = "; ".join(dict.fromkeys(finding.heard for finding in assessment.findings if finding.heard)).replace("the owner's", "your")
    return f"The model heard this in your words: it {told}. What follows from that, the rule decided." if told else ""


def unread(assessment: Assessment) -> str:
    """That some words can't be read, kindly, and what a model says that they mean."""
    task = assessment.task
    assert task.unread is not None
    words = textwrap.shorten(" ".join(task.unread.words.split()), 60, placeholder=" …") or "some of it"
    if task.translation:
        return f"I read English, and “{words}” only through a model. What a model reads there is no leave by itself."
    return f"Sorry, I read English only, and “{words}” I can't read."


def boundary(assessment: Assessment, rule: Rule) -> str:
    """Where the line runs for work next to a rule."""
    return next((each.boundary for each in assessment.findings if each.boundary), rule.boundary)


def without_rule(assessment: Assessment) -> str:
    """What is said of a task in which no rule was seen."""
    if assessment.task.unread and not assessment.task.translation:
        return "I read English only, so I can't tell whether a rule applies."
    return "None of the five rules applies." if assessment.task.work else "No sign of a rule, and not a kind of work I know."


# --- follow-ups ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Asked:
    """How a follow-up asks."""

    aspect: str = ""
    """The side that it asks about."""
    nth: int = 0
    """How often the same was asked of the task before."""


def why(assessment: Assessment, asked: Asked, rulebook: Rulebook) -> str:
    """The recorded decision, explained: rule, words, reason, softener, what would change it, the model's part, source."""
    rule = ruling(assessment, rulebook)
    if rule is None:
        return why_without_rule(assessment, asked.nth, rulebook)
    task = f"“{short(assessment)}”"
    if asked.aspect == "shorter":
        return f"{VERDICT_WORDS[assessment.verdict]}: {task}, by {named(rule)}. {rule.point}"
    decided = assessment.verdict not in (Verdict.HAND_OFF, Verdict.ASK)
    lead = f"Because of {named(rule)}." if decided else f"{task} stands next to {named(rule)}."
    lead += f" You wrote {evidence(assessment)}."
    if guessed(assessment):
        lead = f"I found no plain sign of a rule in {task}, but {evidence(assessment)} together sound like {named(rule)}."
    where = f"The rule comes from “{rule.source.title}” ({rule.source.publisher}, {rule.source.year})."
    reasons = {"simply": (rule.simply, rule.example), "source": (rule.reason,)}.get(asked.aspect, (rule.reason, rule.simply, rule.example))
    told = [lead, one_of(reasons, asked.nth)]
    if asked.aspect == "source":
        told = [where, "I'm a program that keeps to it; nobody decides case by case.", lead, rule.reason]
    if not decided:
        told.append(boundary(assessment, rule) if assessment.verdict is Verdict.HAND_OFF else f"That is why I asked: {rule.question}")
    if assessment.task.translation and assessment.certainty is Certainty.CLEAR:
        told.append(f"A model read it as “{assessment.task.translation}”, and the rules read that.")
    told.append(heard(assessment))
    if others := [rulebook.rules[number] for number in assessment.rules if number != rule.number]:
        told.append("It also touches " + " and ".join(named(each) for each in others) + ".")
    if assessment.changed_by:
        told.append(f"{told_so(assessment.changed_by)}; that counted, too.")
    if assessment.overridden and assessment.opinion:
        told.append(f"The model said “{VERDICT_WORDS[assessment.opinion.verdict].lower()}”; the rule overruled it.")
    if asked.aspect != "simply":
        told.append(rule.softens)
    if asked.nth % 2 == 0 and asked.aspect != "source":
        told.append(where)
    else:
        told.append(changes(assessment, rule))
    return " ".join(filter(None, told))


def why_without_rule(assessment: Assessment, nth: int, rulebook: Rulebook) -> str:
    """Why a task may go, or is asked about, that no rule touches."""
    task = f"“{short(assessment)}”"
    if assessment.verdict is Verdict.ASK:
        if assessment.task.unread:
            return f"{unread(assessment)} What I can't read may touch a rule, so I don't wave it through."
        return (
            f"I asked about {task} because I found no sign of the five rules in it, but it isn't a kind of work I know "
            "either, and silence is no leave."
        )
    if assessment.changed_by:
        return f"{task} may go because you said {quoted(assessment.changed_by.words)}. With that, none of the five rules touches it."
    known = assessment.decided_by is DecidedBy.RULES
    ground = f"I know it as {assessment.task.work}" if known else "the model judged so"
    return one_of(rulebook.replies["why.hand_off"], nth).format(task=task, ground=ground)


def changes(assessment: Assessment, rule: Rule) -> str:
    """What would change a verdict by a rule."""
    if assessment.verdict is Verdict.STAY_INVOLVED:
        return "Without that department head it would be yours alone; nothing lifts staying involved."
    return rule.changes


def counterfactual(assessment: Assessment, asked: Asked, rulebook: Rulebook) -> str:
    """What would change the verdict, and that nothing has changed yet."""
    rule = ruling(assessment, rulebook)
    task = f"“{short(assessment)}”"
    if assessment.question:
        return f"One thing decides about {task}, and I don't know it yet: {assessment.question}"
    if rule is None or assessment.verdict is Verdict.HAND_OFF:
        return one_of(rulebook.replies["counterfactual.hand_off"], asked.nth).format(task=task)
    said = VERDICT_WORDS[assessment.verdict].lower()
    lead = one_of(("", "The short of it: ", "Once more: "), asked.nth)
    return f"{lead}{changes(assessment, rule)} As things stand, the answer for {task} is unchanged: {said}."


def parts(assessment: Assessment, asked: Asked, rulebook: Rulebook) -> str:
    """What stays with the owner and what someone else can take of this very task."""
    rule, split = ruling(assessment, rulebook), carrying(assessment, rulebook)
    task = f"“{short(assessment)}”"
    if rule is None or split is None:
        if assessment.question:
            return f"That depends on one thing about {task}: {assessment.question}"
        return one_of(rulebook.replies["parts.hand_off"], asked.nth).format(task=task)
    if assessment.verdict is Verdict.HAND_OFF:
        return f"{task} itself may go. {boundary(assessment, rule)}"
    stays, goes = ("\n".join(f"- {each}" for each in side) for side in (split.stays, split.goes))
    kind = f" ({split.of})" if split.of else ""
    if assessment.verdict is Verdict.STAY_INVOLVED:
        shared = "Your department head can take the teaching of the daily work. "
        return f"{shared}For {task}{kind}, you still show up for this:\n\n{stays}\n\nAnybody can take what is around it:\n\n{goes}"
    lead = one_of(("this stays with you", "these are yours", "keep these"), asked.nth)
    return f"For {task}{kind}, {lead}:\n\n{stays}\n\nAround it, someone else can take:\n\n{goes}"


def brief(assessment: Assessment, asked: Asked, rulebook: Rulebook) -> str:
    """A hand-off brief for the task, or for the parts of a kept one that may go; never with a part that is kept."""
    rule, split = ruling(assessment, rulebook), carrying(assessment, rulebook)
    task = f"“{short(assessment)}”"
    if assessment.question:
        return f"Before a brief I need one answer about {task}: {assessment.question}"
    if assessment.verdict is Verdict.LEARN_FIRST:
        return f"A brief for {task} can wait until you could check it. Ask me how to learn enough."
    whole = assessment.verdict is Verdict.HAND_OFF
    if rule is not None and split is not None and not whole:
        lead, outcome = f"{task} itself stays with you; here is a brief for the work around it.", "; ".join(split.goes)
        done, limits = "each of these on paper and in your hands, in time for you to decide", boundary(assessment, rule)
        decides = f"you, on {'; '.join(split.stays)}"
    else:
        plan = plan_of(assessment, rulebook)
        lead, outcome = "Here is a brief to hand over.", f"{task}, done to your standard"
        done, limits = " ".join(plan.done), " ".join([boundary(assessment, rule)] if rule else plan.limits)
        decides = "you, on money, exceptions and anything new; they, on how and in which order"
    return (
        f"{lead}\n\n- **Outcome:** {outcome}\n- **Done looks like:** {done}\n- **Limits:** {limits}\n- **Who decides:** {decides}\n"
        f"- **Check in:** {one_of(rulebook.replies['brief.check_in'], asked.nth)}"
    )


def learn(assessment: Assessment, asked: Asked, rulebook: Rulebook) -> str:
    """At most five steps to know enough, what to ask a provider, how to check the work: of the field where it is known."""
    task = short(assessment, 50)
    plan = plan_of(assessment, rulebook)
    split = carrying(assessment, rulebook) if assessment.verdict in (Verdict.KEEP, Verdict.STAY_INVOLVED) else None
    if split and asked.aspect != "ask_provider":
        ready, then = "\n".join(f"- {each}" for each in split.goes), "\n".join(f"- {each}" for each in split.stays)
        lead = f"“{task}” is yours, and preparation makes it easier. Have this done for you first:"
        return f"{lead}\n\n{ready}\n\nThen it is your turn:\n\n{then}"
    ask, check = f"**Ask a provider:** {' '.join(plan.ask)}", f"**Check the work:** {' '.join(plan.check)}"
    if asked.aspect == "ask_provider":
        return f"For “{task}”:\n\n{ask}\n\nIf an answer is vague, ask again; that tells you something, too.\n\n{check}"
    if asked.aspect == "check_work":
        return f"For “{task}”:\n\n{check}\n\n{ask}"
    lead = (
        ""
        if assessment.verdict in (Verdict.LEARN_FIRST, Verdict.ASK)
        else f"You don't have to learn “{task}” to follow the rules, but knowing a little never hurts. "
    )
    steps = "\n".join(f"{number}. {step}" for number, step in enumerate(plan.steps, 1))
    return f"{lead}Enough to judge is all you need for “{task}”, not mastery:\n\n{steps}\n\n{ask}\n\n{check}"


def pushback(assessment: Assessment, asked: Asked, rulebook: Rulebook) -> str:
    """That the verdict stands, with understanding for why the owner wishes it didn't."""
    rule = ruling(assessment, rulebook)
    task = f"“{short(assessment)}”"
    meets = one_of(rulebook.replies.get(f"pushback.{asked.aspect}", rulebook.replies["pushback.none"]), asked.nth)
    if assessment.question:
        return f"{meets} I can't say more about {task} without knowing this: {assessment.question}"
    if rule is None or assessment.verdict is Verdict.HAND_OFF:
        return f"{meets} {one_of(rulebook.replies['pushback.may_go'], asked.nth).format(task=task)}"
    said = VERDICT_WORDS[assessment.verdict].lower()
    stands = one_of(rulebook.replies["pushback.stands"], asked.nth).format(task=task, verdict=said, rule=named(rule))
    split = carrying(assessment, rulebook)
    assert split is not None
    lighter = (
        "A couple of hours of learning would open the way."
        if assessment.verdict is Verdict.LEARN_FIRST
        else f"What can lighten it: {one_of(split.goes, asked.nth)}."
    )
    return f"{meets} {stands} {one_of((rule.point, rule.example, rule.simply, rule.softens), asked.nth)} {lighter}"


# --- several tasks ------------------------------------------------------------------------------------------------------


def recap(assessments: Sequence[Assessment], withdrawn: Sequence[Assessment], facts: Sequence[Fact], rulebook: Rulebook) -> str:
    """Every task so far, one line each, what the owner told, and what they took back, which is no milder for that."""
    if not assessments:
        return "Nothing so far: tell me about a first task."
    lines = [
        f"{place}. “{short(each)}”: {VERDICT_WORDS[each.verdict].lower()}{by(each, rulebook)}." for place, each in enumerate(assessments, 1)
    ]
    told = "; ".join(dict.fromkeys(in_words(fact) for fact in facts if not isinstance(fact, Answer)))
    back = "; ".join(f"“{short(each)}” (it would be: {VERDICT_WORDS[each.verdict].lower()})" for each in withdrawn)
    after = (f"\n\nWhat you told me counts: {told}." if told else "") + (f"\n\nYou took back: {back}." if back else "")
    return "So far:\n\n" + "\n".join(lines) + after


def by(assessment: Assessment, rulebook: Rulebook) -> str:
    """The rule behind a verdict, for a list."""
    rule = ruling(assessment, rulebook)
    if rule is None:
        return ""
    return f" (next to {named(rule)})" if assessment.verdict is Verdict.HAND_OFF else f" ({named(rule)})"


def compare(assessments: Sequence[Assessment], rulebook: Rulebook) -> str:
    """What sets tasks apart, the gravest first."""
    ordered = sorted(assessments, key=lambda each: -each.verdict.gravity)
    lines = [f"“{short(each)}”: {VERDICT_WORDS[each.verdict].lower()}{by(each, rulebook)}. {apart(each, rulebook)}" for each in ordered]
    return "\n\n".join([*lines, "What sets them apart is the rule, not the effort: a task without one may go, however hard it is."])


def apart(assessment: Assessment, rulebook: Rulebook) -> str:
    """What about a task decides."""
    rule = ruling(assessment, rulebook)
    if assessment.question:
        return assessment.question
    if rule is None:
        return "No rule touches it."
    return boundary(assessment, rule) if assessment.verdict is Verdict.HAND_OFF else rule.point


# --- without a verdict --------------------------------------------------------------------------------------------------


def noted(reading: Reading, assessments: Sequence[Assessment], rulebook: Rulebook, nth: int = 0) -> str:
    """That something told counts from now on, or no more, where it changes no verdict; ``nth`` varies the words."""
    told = "; ".join(dict.fromkeys(in_words(fact) for fact in reading.facts))
    forgotten = "; ".join(dict.fromkeys(in_words(fact) for fact in reading.forgets))
    said = f"Noted: {told}." if told else f"Forgotten: {forgotten}." if forgotten else one_of(rulebook.replies["noted.unclear"], nth)
    if not assessments:
        return f"{said} It will count when you ask about training for that function." if told else said
    unmoved = (f"“{short(each)}” stays as it was: {VERDICT_WORDS[each.verdict].lower()}{by(each, rulebook)}." for each in assessments)
    return f"{said} {' '.join(unmoved)}"


def the_rules(rulebook: Rulebook) -> str:
    """The five rules, a line each, and where they come from."""
    lines = "\n".join(f"{rule.number}. {rule.title}. {rule.point}" for rule in rulebook.rules.values())
    source = next(iter(rulebook.rules.values())).source
    return f"Never outsource:\n\n{lines}\n\nThey come from “{source.title}” ({source.publisher}, {source.year})."


def in_words(fact: Fact) -> str:
    """What the owner told, as the advisor took it."""
    match fact:
        case DepartmentHead():
            what = f"head of {fact.function}" if fact.function else "department head"
            return f"there is a {what}" if fact.present else f"there is no {what}"
        case Grasp():
            return {True: "you can judge the work", False: "you can't judge the work yet", None: "the work is new to you"}[fact.enough]
        case Answer():
            return f"you answered {quoted(fact.quote.words)}"


def chip(fact: Fact, conversation: Conversation) -> str:
    """What the owner told, in a few words."""
    match fact:
        case DepartmentHead():
            whose = f"Head of {fact.function}" if fact.function else "Department head"
            return whose if fact.present else f"No {whose[0].lower()}{whose[1:]}"
        case Grasp():
            what = {True: "Can judge", False: "Can't judge", None: "New to you"}[fact.enough]
            return f"{what}: {short(conversation.standing[fact.place], 30)}"
        case Answer():
            said = "Left open" if "skip" in fact.names else fact.quote.words
            return textwrap.shorten(f"{said}: {short(conversation.standing[fact.place], 30)}", 50, placeholder=" …")


def clarify(conversation: Conversation, places: Sequence[int]) -> str:
    """Which task is meant, asked."""
    if not conversation.current:
        return "We haven't spoken of a task yet. Which one do you mean? Tell me about it in your own words."
    names = [f"“{short(conversation.standing[place], 50)}”" for place in places]
    return f"Which one do you mean: {' or '.join([', '.join(names[:-1]), names[-1]] if len(names) > 1 else names)}?"


def left_open(assessment: Assessment) -> bool:
    """Whether a task has no verdict, and no question is put any more: the owner skipped the one that would have decided."""
    return assessment.verdict is Verdict.ASK and not assessment.question


def no_verdict(assessment: Assessment, rulebook: Rulebook) -> str:
    """That nothing was decided about a task, and the five rules to check it against."""
    lines = "\n".join(f"{rule.number}. {rule.title}" for rule in rulebook.rules.values())
    return f"I gave no verdict on “{short(assessment)}”: without an answer I can't. If none of these touches it, it may go:\n\n{lines}"


FOLLOW_UPS: dict[TurnKind, Callable[[Assessment, Asked, Rulebook], str]] = {
    TurnKind.WHY: why,
    TurnKind.COUNTERFACTUAL: counterfactual,
    TurnKind.PARTS: parts,
    TurnKind.BRIEF: brief,
    TurnKind.LEARN: learn,
    TurnKind.PUSHBACK: pushback,
}


def reply(turn: Turn, conversation: Conversation, rulebook: Rulebook) -> str:
    """The rules' own answer to a turn.

    Args:
        turn: The turn, with its kind and what stands for its tasks.
        conversation: What stands after it, and the turns before it, so that nothing is said twice in the same words.
        rulebook: The rules.
    """
    earlier = conversation.turns
    match turn.kind:
        case TurnKind.CLARIFY:
            return clarify(conversation, turn.about)
        case TurnKind.VERDICT:
            return verdict(turn, rulebook, conversation)
        case TurnKind.RECAP:
            return recap(
                turn.assessments,
                [conversation.standing[place] for place in sorted(conversation.withdrawn)],
                conversation.facts.counting,
                rulebook,
            )
        case TurnKind.COMPARE:
            return compare(turn.assessments, rulebook)
        case TurnKind.REDIRECT if turn.aspect == "rules":
            return the_rules(rulebook)
        case TurnKind.REDIRECT:
            wordings = rulebook.replies.get(f"redirect.{turn.aspect}", rulebook.replies["redirect.none"])
            return one_of(wordings, sum(each.kind is turn.kind and each.aspect == turn.aspect for each in earlier))
    nth = sum(each.kind is turn.kind and not set(each.about).isdisjoint(turn.about) for each in earlier)
    if all(left_open(each) for each in turn.assessments):
        return "\n\n".join(no_verdict(each, rulebook) for each in turn.assessments)
    return "\n\n".join(FOLLOW_UPS[turn.kind](each, Asked(turn.aspect, nth), rulebook) for each in turn.assessments)
