"""Asks a model about one turn, and takes nothing but a well-formed answer."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from advisor import prompts
from advisor.domain import Advice, Assessment, Certainty, Conversation, Opinion, RuleNumber, Turn, Verdict
from advisor.model import Model, ModelUnavailable, Request
from advisor.rulebook import Rulebook

REMEMBERED_TASKS = 12


class OpinionAnswer(BaseModel):
    """One task's part of a model's answer."""

    model_config = ConfigDict(extra="forbid", strict=True)

    task: Annotated[int, Field(ge=1, le=50)]
    verdict: Annotated[Verdict, Field(strict=False)]
    rules: Annotated[list[Annotated[int, Field(ge=1, le=5)]], Field(max_length=5)]
    reason: Annotated[str, Field(max_length=300)]


class AdviceAnswer(BaseModel):
    """A model's whole answer: verdicts first, then the prose."""

    model_config = ConfigDict(extra="forbid", strict=True)

    assessments: Annotated[list[OpinionAnswer], Field(max_length=50)]
    reply: Annotated[str, Field(min_length=1, max_length=4000)]


def consult(turn: Turn, conversation: Conversation, rulebook: Rulebook, model: Model) -> Advice:
    """Ask a model about a turn that the rules have judged.

    Raises:
        ModelUnavailable: It gave no answer, or none that fits the schema.
    """
    try:
        answer = model.complete(request(turn, conversation, rulebook))
    except (OSError, ValueError) as problem:
        raise ModelUnavailable("The model can't be reached.") from problem
    if not isinstance(answer, str):
        raise ModelUnavailable("The model's answer couldn't be read.")
    try:
        parsed = AdviceAnswer.model_validate_json(json_part(answer))
    except ValidationError as problem:
        raise ModelUnavailable("The model's answer couldn't be used.") from problem
    places = [each.task for each in parsed.assessments]
    if len(places) != len(set(places)):
        raise ModelUnavailable("The model contradicted itself.")
    opinions = {
        each.task - 1: Opinion(each.verdict, tuple(RuleNumber(number) for number in dict.fromkeys(each.rules)), each.reason)
        for each in parsed.assessments
        if each.task <= len(turn.assessments)
    }
    return Advice(opinions, parsed.reply.strip())


def request(turn: Turn, conversation: Conversation, rulebook: Rulebook) -> Request:
    """What a model is asked about a turn."""
    rules = "\n".join(f"{rule.number}. {rule.title}: {rule.point} {rule.softens}" for rule in rulebook.rules.values())
    tasks = "\n".join(described(place, each) for place, each in enumerate(turn.assessments, 1))
    earlier = "\n".join(
        f"- {each.verdict}: {prompts.fenced(each.task.quote.words[:200])}" for each in conversation.standing[-REMEMBERED_TASKS:]
    )
    instructions = prompts.fill("advise", rules=rules, tasks=tasks, earlier=earlier or "Nothing yet.")
    return Request(instructions, prompts.fenced(turn.said), AdviceAnswer.model_json_schema())


def described(place: int, assessment: Assessment) -> str:
    """One task for the prompt: its words as data, and what is decided about it."""
    decided = assessment.certainty is Certainty.CLEAR or any(finding.around for finding in assessment.findings)
    mark = f"DECIDED: {assessment.verdict}" if decided else f"OPEN: the rules alone say {assessment.verdict}"
    cited = ", ".join(str(int(number)) for number in assessment.rules) or "none"
    return f"{place}. {mark}; rules {cited}; the owner's words:\n{prompts.fenced(assessment.task.quote.words[:500])}"


def json_part(answer: str) -> str:
    """The JSON object in an answer that may stand among other words."""
    start, end = answer.find("{"), answer.rfind("}")
    return answer[start : end + 1] if 0 <= start < end else answer
