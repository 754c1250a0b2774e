"""Findings and facts into a verdict, and the last word over a model. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from advisor.domain import (
    SEVERAL,
    Advice,
    Answer,
    Assessment,
    Certainty,
    DecidedBy,
    DepartmentHead,
    Facts,
    Finding,
    Grasp,
    Opinion,
    Quote,
    RuleNumber,
    Task,
    Verdict,
)
from advisor.reading.reference import named_in
from advisor.rulebook import Rulebook

UNKNOWN_QUESTION = (
    "Does it touch people who work for you, where the company is going, a business relationship, "
    "something you know nothing about, or none of these?"
)
UNREAD_QUESTION = "What is the task, in English?"
OR_NEITHER = "Or nothing of the kind?"
"""What is added to a rule's question where only a guess led to it."""


def judge(task: Task, facts: Facts, rulebook: Rulebook, place: int | None = None) -> Assessment:
    """What the rules alone say about one task.

    Args:
        task: The task with the rule layer's findings.
        facts: What is known about the business: who heads which function.
        rulebook: For the questions that the rules ask.
        place: The task's in the conversation; ``None`` where the facts were told with it.

    Returns:
        The gravest verdict that a finding calls for. Where one fact would decide it is ``ask``, with one question and
        the verdict that stands if it is skipped; with nothing recognised, a rule only guessed, or words that couldn't
        be read, ``ask`` with no provisional verdict. A translation alone frees nothing.
    """
    clear = [finding for finding in task.findings if finding.certainty is Certainty.CLEAR]
    if clear:
        by_number = {finding.rule: finding for finding in clear}
        verdict = max((by_rule(finding, task, facts, place) for finding in by_number.values()), key=gravity)
        return Assessment(task, verdict, Certainty.CLEAR, task.findings)
    if task.unread and (not task.translation or judge(replace(task, unread=None), facts, rulebook, place).verdict is Verdict.HAND_OFF):
        return Assessment(task, Verdict.ASK, task.certainty, task.findings, UNREAD_QUESTION)
    asking = next((finding for finding in task.findings if finding.asks), None)
    if asking:
        question = rulebook.rules[asking.rule].question
        if asking.guessed:
            return Assessment(task, Verdict.ASK, Certainty.POSSIBLE, task.findings, f"{question} {OR_NEITHER}")
        return Assessment(task, Verdict.ASK, Certainty.POSSIBLE, task.findings, question, by_rule(asking, task, facts, place))
    if task.findings:
        return Assessment(task, Verdict.HAND_OFF, Certainty.POSSIBLE, task.findings)
    if task.work:
        return Assessment(task, Verdict.HAND_OFF, Certainty.NONE)
    return Assessment(task, Verdict.ASK, Certainty.UNKNOWN, question=UNKNOWN_QUESTION)


def by_rule(finding: Finding, task: Task, facts: Facts, place: int | None) -> Verdict:
    """The verdict that one rule calls for, were it clear."""
    if finding.rule is RuleNumber.UNDERSTANDING:
        return Verdict.LEARN_FIRST
    if finding.rule is RuleNumber.TRAINING and head_of(task, facts, place):
        return Verdict.STAY_INVOLVED
    return Verdict.KEEP


def head_of(task: Task, facts: Facts, place: int | None) -> DepartmentHead | None:
    """The present head of the function that a training task is about, if there is one.

    The newest statement about a function counts.
    """
    return next((head if head.present else None for head in facts.lasting if leads(head, task, place)), None)


CREWS = frozenset({"kitchen", "floor", "crew", "production", "warehouse", "salon", "clinic", "teaching", "farm", "front desk"})
"""Functions whose head is taken for the head of "the new staff", where nothing is said of what these do."""


def leads(head: DepartmentHead, task: Task, place: int | None) -> bool:
    """Whether a head's function is the one that a training task is about.

    By name, or by a word in common. Where those trained aren't said to do anything, a head told of together with them is
    taken for theirs, if it leads those who do the work rather than an office beside them. So is one whose function the
    words don't tell; told before any task, it is the head of whoever isn't said to do anything.
    """
    if task.field and SEVERAL in task.field:
        return False
    together = place is None or place in head.told_of
    if head.function is None:
        return together or not head.present or (not head.told_of and task.field is None)
    if head.function == task.field:
        return True
    if together and task.field is None and head.function in CREWS:
        return True
    spoken = task.quote.words if task.field else task.sentence.replace(head.quote.words, " ")
    return any(alike(one, other) for one in named_in(head.function) for other in named_in(spoken))


LEAST_ALIKE = 4
"""How many letters of a word must be those of another for the two to speak of the same work."""


def alike(one: str, other: str) -> bool:
    """Whether two stems speak of the same work: "colour" and "colourist" do."""
    return one == other or (min(len(one), len(other)) >= LEAST_ALIKE and (one.startswith(other) or other.startswith(one)))


def all_judged(tasks: Sequence[Task], facts: Facts, rulebook: Rulebook, first: int | None = None) -> tuple[Assessment, ...]:
    """Each task's assessment, in order; ``first`` is the place of the first one in the conversation."""
    return tuple(judge(task, facts, rulebook, None if first is None else first + at) for at, task in enumerate(tasks))


def answered(assessment: Assessment, answers: Sequence[str], words: Quote) -> tuple[Task, ...]:
    """The task of an open question, as the owner's answer leaves it.

    Args:
        assessment: The one whose question was put.
        answers: The answers, by the names of their entries in ``turns.toml``; the gravest that fits counts.
        words: The owner's words, which become evidence.

    Returns:
        The task with what the answer makes certain; two tasks where the answer parts it ("both"); the same task
        where the answer doesn't fit the question.
    """
    task = replace(assessment.task, unread=None) if assessment.task.translation else assessment.task
    asking = next((finding for finding in task.findings if finding.asks), None)
    if asking is None:
        return answered_unknown(task, answers, words)
    rest = tuple(finding for finding in task.findings if finding is not asking)
    told = replace(asking, certainty=Certainty.CLEAR, evidence=(*asking.evidence, words), asks=False, guessed=False)
    kept = replace(task, findings=(told, *rest))
    line = () if asking.rule in (RuleNumber.TRAINING, RuleNumber.UNDERSTANDING) else (replace(asking, asks=False, around=True),)
    freed = replace(task, findings=(*line, *rest), work=task.work or AS_TOLD)
    kept_by, freed_by = DECIDING_ANSWERS[asking.rule]
    if asking.guessed and asking.rule is not RuleNumber.UNDERSTANDING and "no" in answers and not kept_by & set(answers):
        return (replace(task, findings=rest),)
    if asking.rule is RuleNumber.TRAINING and "both" in answers:
        return replace(kept, part=OWN_PEOPLE), replace(freed, part=CUSTOMERS)
    if kept_by & set(answers):
        return (kept,)
    return (freed,) if freed_by & set(answers) else (task,)


DECIDING_ANSWERS: dict[RuleNumber, tuple[frozenset[str], frozenset[str]]] = {
    RuleNumber.HIRING: (frozenset({"deciding", "both"}), frozenset({"legwork"})),
    RuleNumber.VISION: (frozenset({"deciding", "both"}), frozenset({"legwork"})),
    RuleNumber.TRAINING: (frozenset({"people", "both"}), frozenset({"outsiders"})),
    RuleNumber.RELATIONSHIPS: (frozenset({"deciding", "both"}), frozenset({"legwork"})),
    RuleNumber.UNDERSTANDING: (frozenset({"no", "ignorance"}), frozenset({"yes"})),
}
"""For each rule's question, the answers that keep the task and those that free it."""

AS_TOLD = "what you describe"
OWN_PEOPLE, CUSTOMERS = "your own people", "customers"
"""The parts of a training task that an answer parted."""
NAMED_RULE = {
    "people": RuleNumber.HIRING,
    "deciding": RuleNumber.HIRING,
    "vision": RuleNumber.VISION,
    "relationship": RuleNumber.RELATIONSHIPS,
    "ignorance": RuleNumber.UNDERSTANDING,
}


def answered_unknown(task: Task, answers: Sequence[str], words: Quote) -> tuple[Task, ...]:
    """A task that wasn't recognised, as the owner's answer leaves it: freed, or with the rules that it touches."""
    named = dict.fromkeys(NAMED_RULE[each] for each in answers if each in NAMED_RULE)
    if not named:
        return (replace(task, work=AS_TOLD) if "no" in answers else task,)
    findings = tuple(
        Finding(number, Certainty.CLEAR if sure else Certainty.POSSIBLE, (words,), "told", asks=not sure)
        for number in named
        for sure in [number is RuleNumber.UNDERSTANDING]
    )
    return (replace(task, findings=(*task.findings, *findings)),)


def skipped(assessment: Assessment) -> Assessment:
    """An open question left unanswered: its provisional verdict stands, where there is one."""
    return replace(assessment, verdict=assessment.provisional or Verdict.ASK, question=None)


def understood(task: Task, grasp: Grasp) -> Task:
    """The task as the owner's new grasp of it leaves it: rule 5 lifted, or found.

    Where only a model had heard that rule, what kind of work it is remains as unknown as it was.
    """
    rest = tuple(finding for finding in task.findings if finding.rule is not RuleNumber.UNDERSTANDING)
    if not grasp.enough:
        sure = grasp.enough is False
        certainty = Certainty.CLEAR if sure else Certainty.POSSIBLE
        return replace(task, findings=(*rest, Finding(RuleNumber.UNDERSTANDING, certainty, (grasp.quote,), "told", asks=not sure)))
    lifted = [finding for finding in task.findings if finding not in rest]
    heard_only = all(finding.heard for finding in lifted)
    return replace(task, findings=rest, work=task.work if heard_only else task.work or AS_TOLD) if lifted else task


def told(assessment: Assessment, fact: Grasp | Answer, facts: Facts, rulebook: Rulebook) -> tuple[Assessment, ...]:
    """A task as one more fact about it leaves it; two tasks where an answer parts it.

    Args:
        assessment: The task as it stood.
        fact: What the owner told of it.
        facts: What is known about the business.
        rulebook: For the questions that the rules ask.
    """
    if isinstance(fact, Grasp):
        fresh = judge(understood(assessment.task, fact), facts, rulebook, fact.place)
        left_open = assessment.provisional is not None and assessment.question is None and assessment.verdict is assessment.provisional
        still_asks = any(finding.asks and finding.rule is not RuleNumber.UNDERSTANDING for finding in fresh.task.findings)
        if left_open and still_asks and fresh.verdict.gravity < assessment.verdict.gravity:
            return (replace(assessment, task=fresh.task, findings=fresh.task.findings),)
        return (fresh,)
    if "skip" in fact.names:
        return (skipped(assessment),)
    return tuple(judge(task, facts, rulebook, fact.place) for task in answered(assessment, fact.names, fact.quote))


def under_heads(assessment: Assessment, place: int, facts: Facts, rulebook: Rulebook) -> Assessment:
    """A task as what is known of department heads leaves it: the very same where they don't touch it, or change nothing."""
    if not takes_a_head(assessment.task):
        return assessment
    fresh = judge(assessment.task, facts, rulebook, place)
    if assessment.question is None and fresh.question:
        fresh = skipped(fresh)
    if (fresh.verdict, fresh.provisional) == (assessment.verdict, assessment.provisional):
        return assessment
    return replace(fresh, decided_by=assessment.decided_by, overridden=assessment.overridden, opinion=assessment.opinion)


def takes_a_head(task: Task) -> bool:
    """Whether a department head could soften what a task is under, or may be under."""
    return any(
        finding.rule is RuleNumber.TRAINING and (finding.certainty is Certainty.CLEAR or (finding.asks and not finding.guessed))
        for finding in task.findings
    )


def replayed(first: Assessment, place: int, facts: Facts, rulebook: Rulebook) -> Assessment:
    """A task as it stands, from how it was first settled and all that is told of it and the business now."""
    assessment = under_heads(first, place, facts, rulebook)
    for fact in facts.of(place):
        assessment = told(assessment, fact, facts, rulebook)[0]
    return assessment


def settle(
    assessments: Sequence[Assessment], advice: Advice | None, facts: Facts, rulebook: Rulebook, about: Sequence[int] = ()
) -> tuple[Assessment, ...]:
    """Give the rules the last word over a model's advice.

    Args:
        assessments: What the rule layer found, one per task, in the order of the message.
        advice: What the model answered for the same tasks, or ``None`` where there was no usable answer.
        facts: What is known about the business, for the rules that a model names.
        rulebook: The acts that a model may name, each with its rule.
        about: The places of the tasks in the conversation; none where the facts were told with them.

    Returns:
        One assessment per task. A clear one is returned as it came, marked ``overridden`` where the model wanted
        otherwise; so is work around a kept task. In an unclear one, an act or a rule that the model names is judged
        like the owner's own words; where it names none, what was only unknown may go, and a translated task if the
        rule layer says the same of its translation. Never is a verdict milder than the rule layer's.

    Source: the order of gravity is ``Verdict``'s.
    """
    opinions = advice.opinions if advice else {}
    places: Sequence[int | None] = about or [None] * len(assessments)
    each_with_place = enumerate(zip(assessments, places, strict=True))
    return tuple(settled(each, opinions.get(at), facts, rulebook, place) for at, (each, place) in each_with_place)


def settled(assessment: Assessment, opinion: Opinion | None, facts: Facts, rulebook: Rulebook, place: int | None) -> Assessment:
    """One assessment after the model was heard."""
    if opinion is None:
        return assessment
    heard = replace(assessment, opinion=opinion)
    if assessment.certainty is Certainty.CLEAR:
        return replace(heard, overridden=opinion.verdict is not assessment.verdict)
    task = assessment.task
    if any(finding.around for finding in assessment.findings) and not task.unread:
        return replace(heard, overridden=opinion.verdict is not Verdict.HAND_OFF)
    if named := tuple(heard_by_model(opinion, task, rulebook)):
        fresh = judge(replace(task, findings=(*task.findings, *named)), facts, rulebook, place)
        if task.unread and fresh.verdict is not Verdict.KEEP:
            return replace(heard, overridden=opinion.verdict is not assessment.verdict)
        if fresh.verdict.gravity < max(assessment.verdict, assessment.provisional or Verdict.HAND_OFF, key=gravity).gravity:
            return replace(heard, overridden=opinion.verdict is not assessment.verdict)
        milder = opinion.verdict.gravity < fresh.verdict.gravity
        decided_by = DecidedBy.RULES if opinion.act else DecidedBy.MODEL
        return replace(fresh, decided_by=decided_by, opinion=opinion, overridden=milder)
    if opinion.verdict is Verdict.HAND_OFF and set(opinion.rules) <= set(assessment.rules) and may_be_freed(assessment, facts, rulebook):
        return replace(heard, verdict=Verdict.HAND_OFF, question=None, decided_by=DecidedBy.MODEL)
    return replace(heard, overridden=opinion.verdict.gravity < assessment.verdict.gravity)


def gravity(verdict: Verdict) -> int:
    """How much a verdict asks of the owner."""
    return verdict.gravity


def may_be_freed(assessment: Assessment, facts: Facts, rulebook: Rulebook) -> bool:
    """Whether a model's word may free a task: one that nothing but the advisor's not knowing it keeps open.

    One that couldn't be read is free only where the rules, too, would hand off what its translation says.
    """
    if assessment.task.unread:
        by_rules = judge(replace(assessment.task, unread=None), facts, rulebook)
        return bool(assessment.task.translation) and by_rules.verdict is Verdict.HAND_OFF
    unheard = assessment.certainty is Certainty.UNKNOWN or all(finding.guessed for finding in assessment.findings)
    return assessment.verdict is Verdict.ASK and unheard


def heard_by_model(opinion: Opinion, task: Task, rulebook: Rulebook) -> Iterator[Finding]:
    """What a model heard in a task, as findings with the task's own words for evidence: an act, and rules for a verdict by them."""
    acts = {opinion.act: rulebook.acts[opinion.act]} if opinion.act else {}
    for act, number in acts.items():
        yield Finding(number, Certainty.CLEAR, (task.quote,), act, heard=rulebook.rules[number].acts[act])
    if opinion.verdict.gravity > Verdict.ASK.gravity or task.certainty is Certainty.UNKNOWN:
        for number in opinion.rules:
            if number not in acts.values():
                yield Finding(
                    number, Certainty.CLEAR, (task.quote,), "rule named", heard=f"falls under “{rulebook.rules[number].title.lower()}”"
                )
