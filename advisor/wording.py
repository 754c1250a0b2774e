"""The advisor's own words for every verdict and follow-up: the whole answer where there is no model. Pure."""

import textwrap
from collections.abc import Sequence
from itertools import chain

from advisor.domain import Assessment, Certainty, Conversation, DecidedBy, DepartmentHead, Finding, RuleNumber, TurnKind, Verdict
from advisor.judge import UNREAD_QUESTION
from advisor.rulebook import Rule, Rulebook

VERDICT_WORDS = {
    Verdict.KEEP: "Keep it",
    Verdict.STAY_INVOLVED: "Share it, stay involved",
    Verdict.LEARN_FIRST: "Learn first",
    Verdict.ASK: "One question first",
    Verdict.HAND_OFF: "Hand it off",
}
REDIRECTS = {
    "greeting": "Hello! Tell me about a task you would like off your plate, and I'll tell you whether someone else may do it.",
    "thanks": "You're welcome. If another task is on your mind, just type it.",
    "about": (
        "I'm a program with five rules about what an owner should never outsource: hiring and firing, the vision, training staff, "
        "business relationships, and whatever you don't understand. Describe a task and I'll say what the rules say, and why."
    ),
    "order": "My five rules aren't up for change, by anybody. Tell me about a task, and I'll tell you where it stands.",
    "skip": "Nothing is waiting for an answer just now. Tell me about a task you would like to hand over.",
    "": "I didn't hear a task in that. Which piece of work are you thinking of handing over, and to whom?",
}
TOO_LONG = "That is {length:,} characters long, and I read up to {most:,}. Send me the part about the task, or one task at a time."
EMPTY = "That was empty. Type a task you would like to hand over, such as “answer customer e-mails”."


def short(assessment: Assessment, limit: int = 70) -> str:
    """The task in the owner's words, cut to a length that fits in a sentence."""
    words = " ".join(assessment.task.quote.words.split())
    return words if len(words) <= limit else words[:limit].rsplit(" ", 1)[0] + " …"


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
    return " and ".join(f"“{' '.join(each.split())}”" for each in words)


def guessed(assessment: Assessment) -> bool:
    """Whether nothing but the company of words speaks for a rule."""
    return bool(assessment.findings) and all(each.guessed for each in assessment.findings)


def verdict(assessments: Sequence[Assessment], rulebook: Rulebook) -> str:
    """The answer to tasks just described: a sentence or two each."""
    if len(assessments) == 1:
        return one_verdict(assessments[0], rulebook)
    lines = [f"That's {len(assessments)} tasks, so here is one at a time."]
    lines += [f"{place}. “{short(each)}”: {one_verdict(each, rulebook)}" for place, each in enumerate(assessments, 1)]
    return "\n\n".join(lines)


def one_verdict(assessment: Assessment, rulebook: Rulebook) -> str:
    """The answer for one task."""
    rule = ruling(assessment, rulebook)
    changed = f"You said “{' '.join(assessment.changed_by.words.split())}”, and that changes it. " if assessment.changed_by else ""
    if assessment.question == UNREAD_QUESTION:
        return changed + f"{unread(assessment)} {assessment.question}"
    if assessment.question:
        meanwhile = (
            f" If you'd rather not say, treat it as: {VERDICT_WORDS[assessment.provisional].lower()}." if assessment.provisional else ""
        )
        lead = f"This stands next to {named(rule)}. " if rule else "I don't know this kind of work well enough to wave it through. "
        if rule and guessed(assessment):
            lead = f"I'm not sure that I follow, and {evidence(assessment)} sound like {named(rule)}. "
        return changed + lead + assessment.question + meanwhile
    if rule is None or (guessed(assessment) and assessment.verdict is Verdict.ASK):
        if assessment.verdict is Verdict.ASK:
            return changed + "Without an answer I can't give a verdict. Check it against the five rules: if none of them fits, it may go."
        return (
            changed + f"Yes, someone else may do this. None of the five rules touches {assessment.task.work or 'it'}. "
            "Say what done looks like and when you check in."
        )
    provisional = "For now, since the question is open: " if assessment.provisional and assessment.verdict is assessment.provisional else ""
    text = {
        Verdict.KEEP: f"Keep this one yourself. {rule.point} That's {named(rule)}. The work around it can go: {rule.goes[0]}, for one.",
        Verdict.STAY_INVOLVED: f"Share it with your department head, and stay involved yourself. {rule.point} That's {named(rule)}.",
        Verdict.LEARN_FIRST: f"Not yet. {rule.point} That's {named(rule)}; a few hours of learning are enough, and I can suggest how.",
        Verdict.HAND_OFF: f"Yes, this may go. It stands next to {named(rule)}, so mind the line: {boundary(assessment, rule)}",
        Verdict.ASK: rule.question,
    }[assessment.verdict]
    return " ".join(filter(None, [changed + provisional + text, heard(assessment)]))


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


def why(assessment: Assessment, rulebook: Rulebook) -> str:
    """The recorded decision, explained: rule, words, reason, softener, source."""
    task = f"“{short(assessment)}”"
    rule = ruling(assessment, rulebook)
    if rule is None:
        if assessment.verdict is Verdict.ASK:
            if assessment.task.unread:
                return f"{unread(assessment)} What I can't read may touch a rule, so I don't wave it through."
            return (
                f"I asked about {task} because I found no sign of the five rules in it, but it isn't a kind of work I know "
                "either, and silence is no leave."
            )
        if assessment.changed_by:
            said = " ".join(assessment.changed_by.words.split())
            return f"{task} may go because you said “{said}”. With that, none of the five rules touches it."
        known = assessment.decided_by is DecidedBy.RULES
        ground = f"I know it as {assessment.task.work}" if known else "the model judged so"
        return f"{task} may go because nothing in your words touches any of the five rules, and {ground}."
    parts = [f"Because of {named(rule)}. You wrote {evidence(assessment)}.", rule.reason]
    if assessment.verdict in (Verdict.HAND_OFF, Verdict.ASK):
        parts[0] = f"{task} stands next to {named(rule)}. You wrote {evidence(assessment)}."
        if guessed(assessment):
            parts[0] = f"I found no plain sign of a rule in {task}, but {evidence(assessment)} together sound like {named(rule)}."
        parts.append(boundary(assessment, rule) if assessment.verdict is Verdict.HAND_OFF else f"That is why I asked: {rule.question}")
    if assessment.task.translation and assessment.certainty is Certainty.CLEAR:
        parts.append(f"A model read it as “{assessment.task.translation}”, and the rules read that.")
    parts += filter(None, [heard(assessment)])
    others = [rulebook.rules[number] for number in assessment.rules if number != rule.number]
    if others:
        parts.append("It also touches " + " and ".join(named(each) for each in others) + ".")
    parts.append(rule.softens)
    if assessment.changed_by:
        parts.append(f"What you added, “{assessment.changed_by.words}”, counted too.")
    if assessment.overridden and assessment.model_verdict:
        parts.append(f"The model said “{VERDICT_WORDS[assessment.model_verdict].lower()}”; the rule overruled it.")
    source = rule.source
    parts.append(f"The rule comes from “{source.title}” ({source.publisher}, {source.year}).")
    return " ".join(parts)


def counterfactual(assessment: Assessment, rulebook: Rulebook) -> str:
    """What would change the verdict, and that nothing has changed yet."""
    rule = ruling(assessment, rulebook)
    task = f"“{short(assessment)}”"
    if assessment.verdict is Verdict.STAY_INVOLVED:
        return (
            f"Without that department head {task} would be yours alone. Nothing lifts staying involved; that is as far as this rule bends."
        )
    if rule is None or assessment.verdict is Verdict.HAND_OFF:
        return (
            f"I'd say no to handing off {task} if it grew into deciding who comes or goes, where the company is heading, "
            "training your people or speaking for you to partners, or if you knew nothing about it (rule 5). As you describe it, it may go."
        )
    return f"{rule.changes} As things stand, the answer for {task} is unchanged: {VERDICT_WORDS[assessment.verdict].lower()}."


def parts(assessment: Assessment, rulebook: Rulebook) -> str:
    """What stays with the owner and what someone else can take."""
    rule = ruling(assessment, rulebook)
    if rule is None:
        return f"All of “{short(assessment)}” may go. You keep the say on what done looks like, and the check at the end."
    if assessment.verdict is Verdict.HAND_OFF:
        return f"“{short(assessment)}” itself may go. {boundary(assessment, rule)}"
    stays, goes = ("\n".join(f"- {each}" for each in part) for part in (rule.stays, rule.goes))
    return f"For “{short(assessment)}”, this stays with you:\n\n{stays}\n\nAround it, someone else can take:\n\n{goes}"


def brief(assessment: Assessment, rulebook: Rulebook) -> str:
    """A hand-off brief for the task, or for the parts of a kept one that may go."""
    rule = ruling(assessment, rulebook)
    whole = assessment.verdict is Verdict.HAND_OFF
    if assessment.verdict is Verdict.LEARN_FIRST:
        return f"A brief for “{short(assessment)}” can wait until you could check it. Ask me how to learn enough."
    outcome = f"“{short(assessment)}”, done to your standard" if whole or rule is None else "; ".join(rule.goes)
    decides = "you, on money, exceptions and anything new" if rule is None or whole else f"you, on {'; '.join(rule.stays)}"
    lead = "Here is a brief to hand over." if whole else "The task itself stays with you; here is a brief for the work around it."
    limits = (
        boundary(assessment, rule) if rule else "stay within the budget and the tools you name; ask before promising anything to anybody."
    )
    return (
        f"{lead}\n\n- **Outcome:** {outcome}\n- **Done looks like:** one example that you approved, and a short note of what was done\n"
        f"- **Limits:** {limits}\n- **Who decides:** {decides}\n"
        "- **Check in:** after the first piece, then weekly until two weeks pass without a correction"
    )


def learn(assessment: Assessment, rulebook: Rulebook) -> str:
    """At most five steps to know enough, what to ask a provider, how to check the work: of the field where it is known."""
    task = short(assessment, 50)
    lead = (
        ""
        if assessment.verdict in (Verdict.LEARN_FIRST, Verdict.ASK)
        else f"You don't have to learn “{task}” to follow the rules, but knowing a little never hurts. "
    )
    plan = rulebook.fields.plan(assessment.task.translation or assessment.task.quote.words)
    steps = "\n".join(f"{number}. {step}" for number, step in enumerate(plan.steps, 1))
    return (
        f"{lead}Enough to judge is all you need for “{task}”, not mastery:\n\n{steps}\n\n"
        f"**Ask a provider:** {' '.join(plan.ask)}\n\n**Check the work:** {' '.join(plan.check)}"
    )


def pushback(assessment: Assessment, rulebook: Rulebook) -> str:
    """That the verdict stands, with understanding for why the owner wishes it didn't."""
    rule = ruling(assessment, rulebook)
    if assessment.question:
        return f"I hear you. I can't say more about “{short(assessment)}” without knowing this: {assessment.question}"
    if rule is None or assessment.verdict is Verdict.HAND_OFF:
        return f"Fair enough; it's your business. As far as the five rules go, “{short(assessment)}” may still go."
    gone = (
        f" What can lighten it: {rule.goes[0]}."
        if assessment.verdict is not Verdict.LEARN_FIRST
        else " A couple of hours of learning would open the way."
    )
    stands = f"{VERDICT_WORDS[assessment.verdict].lower()}, by {named(rule)}"
    return f"I hear you, and it doesn't change the answer for “{short(assessment)}”: {stands}. {rule.softens}{gone}"


def recap(assessments: Sequence[Assessment], rulebook: Rulebook) -> str:
    """Every task so far, one line each."""
    lines = [
        f"{place}. “{short(each)}”: {VERDICT_WORDS[each.verdict].lower()}{by(each, rulebook)}." for place, each in enumerate(assessments, 1)
    ]
    return "So far:\n\n" + "\n".join(lines)


def by(assessment: Assessment, rulebook: Rulebook) -> str:
    """The rule behind a verdict, for a list."""
    rule = ruling(assessment, rulebook)
    if rule is None:
        return ""
    return f" (next to {named(rule)})" if assessment.verdict is Verdict.HAND_OFF else f" ({named(rule)})"


def compare(assessments: Sequence[Assessment], rulebook: Rulebook) -> str:
    """What sets tasks apart."""
    lines = [f"“{short(each)}”: {VERDICT_WORDS[each.verdict].lower()}{by(each, rulebook)}." for each in assessments]
    return "\n\n".join([*lines, "What sets them apart is the rule, not the effort: a task without one may go, however hard it is."])


def noted(heads: Sequence[DepartmentHead]) -> str:
    """That a fact was heard which no task so far depends on."""
    head = heads[-1] if heads else None
    if head is None:
        return REDIRECTS[""]
    what = f"there is a head of {head.function}" if head.function else "there is a department head"
    return f"Noted: {what if head.present else what.replace('is a', 'is no')}. It will count when you ask about training for that function."


def clarify(conversation: Conversation, places: Sequence[int]) -> str:
    """Which task is meant, asked."""
    if not conversation.standing:
        return "We haven't spoken of a task yet. Which one do you mean? Tell me about it in your own words."
    names = [f"“{short(conversation.standing[place], 50)}”" for place in places]
    return f"Which one do you mean: {' or '.join([', '.join(names[:-1]), names[-1]] if len(names) > 1 else names)}?"


def reply(kind: TurnKind, assessments: Sequence[Assessment], rulebook: Rulebook) -> str:
    """The rules' own answer to a turn about these tasks."""
    if kind is TurnKind.VERDICT:
        return verdict(assessments, rulebook)
    if kind is TurnKind.RECAP:
        return recap(assessments, rulebook)
    if kind is TurnKind.COMPARE:
        return compare(assessments, rulebook)
    each = {
        TurnKind.WHY: why,
        TurnKind.COUNTERFACTUAL: counterfactual,
        TurnKind.PARTS: parts,
        TurnKind.BRIEF: brief,
        TurnKind.LEARN: learn,
        TurnKind.PUSHBACK: pushback,
    }[kind]
    return "\n\n".join(chain(each(assessment, rulebook) for assessment in assessments))
