"""Asks a model about one turn, and takes nothing but well-formed answers: verdicts first, then prose, sentence by sentence."""

import re
from collections.abc import Generator, Sequence
from contextlib import closing
from typing import Annotated, Any

import jiter
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from advisor import prompts
from advisor.domain import Advice, Assessment, Certainty, Conversation, Opinion, RuleNumber, Turn, Usage, Verdict
from advisor.model import Deadline, Model, ModelUnavailable, Request
from advisor.normal import ABBREVIATIONS
from advisor.rulebook import Rulebook

NO_ACT = "none"
HISTORY_TOKENS = 1500
"""How many tokens of earlier talk a model is told at the most; what was decided is told always."""
BYTES_PER_TOKEN = 3
"""Fewer than any model's average, so that the budget holds whatever the model."""
LONGEST_QUOTE, SHORTEST_QUOTE = 200, 40
MAX_ANSWER_CHARS = 12_000
THOUGHT_BEGIN, THOUGHT_END = "<think>", "</think>"
"""Between these some models think aloud before they answer."""
UNUSABLE = "The model's answer couldn't be used."
MOST_TASKS = 20
"""How many tasks of one message a model is asked about; longer lists are the rules' alone."""
LONGEST_EARLIER = 600
"""How many characters of an earlier message are told."""
MAX_REPLY_CHARS = 4000
UNSUPPORTED_KEYWORDS = frozenset({"title", "minimum", "maximum", "maxItems", "minLength", "maxLength"})
"""Keywords of JSON Schema that strict structured output refuses on some servers; the answer is checked by all of them here."""


class Misfit(Exception):
    """An answer that doesn't fit its schema: asked for more simply, it may."""


class Unusable(Exception):
    """An answer in the right form that speaks of what there isn't, or contradicts itself: asking again won't help."""


class OpinionAnswer(BaseModel):
    """One task's part of a model's answer."""

    model_config = ConfigDict(extra="forbid", strict=True)

    task: Annotated[int, Field(ge=1, le=50)]
    verdict: Annotated[Verdict, Field(strict=False)]
    rules: Annotated[list[Annotated[int, Field(ge=1, le=5)]], Field(max_length=5)]
    act: Annotated[str, Field(max_length=60)]
    reason: Annotated[str, Field(max_length=300)]


class AdviceAnswer(BaseModel):
    """A model's whole answer: verdicts first, then the prose."""

    model_config = ConfigDict(extra="forbid", strict=True)

    assessments: Annotated[list[OpinionAnswer], Field(max_length=50)]
    reply: Annotated[str, Field(max_length=MAX_REPLY_CHARS)]


class TranslationAnswer(BaseModel):
    """A model's translation: a text for each piece."""

    model_config = ConfigDict(extra="forbid", strict=True)

    english: Annotated[list[Annotated[str, Field(max_length=MAX_REPLY_CHARS)]], Field(max_length=50)]


OPINIONS = TypeAdapter(list[OpinionAnswer])
PROMPTS = ("advise", "turn", "translate")
"""The prompt files of one turn."""


def consult(
    turn: Turn, conversation: Conversation, rulebook: Rulebook, model: Model, deadline: Deadline
) -> Generator[Advice | str | Usage | None, None, None]:
    """Ask a model about a turn that the rules have judged.

    Yields:
        First its advice, all verdicts at once; then each sentence of its prose as soon as it is whole; then the tokens
        used, where they are known. ``None`` in between, so that whoever follows may look at the time.

    Raises:
        ModelUnavailable: It gave no answer, or none that fits the schema; no more is to come.
    """
    wanted: Request | None = request(turn, conversation, rulebook)
    said = False
    while wanted is not None:
        try:
            for heard in answered(wanted, len(turn.assessments), rulebook, model, deadline):
                said = said or isinstance(heard, Advice)
                yield heard
            return
        except Unusable as problem:
            raise ModelUnavailable(UNUSABLE, "unusable answer") from problem
        except Misfit:
            wanted = None if said else wanted.in_words()
    raise ModelUnavailable(UNUSABLE, "answer of another form")


def answered(
    wanted: Request, tasks: int, rulebook: Rulebook, model: Model, deadline: Deadline
) -> Generator[Advice | str | Usage | None, None, None]:
    """One answer as it comes in.

    Raises:
        Misfit: It doesn't fit the schema.
        Unusable: It can't be used for another reason.
        ModelUnavailable: The server gave none, or no more of it.
    """
    received, told, advice = "", 0, None
    for heard in gathered(wanted, model, deadline):
        if isinstance(heard, Usage):
            yield heard
            continue
        received = heard
        so_far = begun(received)
        if so_far.keys() - AdviceAnswer.model_fields.keys():
            raise Misfit
        if advice is None and list(so_far) == ["assessments", "reply"]:
            yield (advice := advice_from(so_far["assessments"], tasks, rulebook))
        if advice is not None and isinstance(so_far.get("reply"), str):
            if len(so_far["reply"]) > MAX_REPLY_CHARS:
                raise Misfit
            whole = sentences(so_far["reply"])[told:-1]
            told += len(whole)
            yield from whole
        yield None
    try:
        answer = AdviceAnswer.model_validate_json(json_part(received))
    except ValidationError as problem:
        raise Misfit from problem
    if advice is None:
        yield advice_from([each.model_dump() for each in answer.assessments], tasks, rulebook)
    yield from filter(None, sentences(answer.reply)[told:])


def gathered(wanted: Request, model: Model, deadline: Deadline) -> Generator[str | Usage, None, None]:
    """All that has come in of an answer, as often as more comes or a moment passes; and the tokens used.

    Raises:
        Unusable: It is longer than any answer may be.
        ModelUnavailable: The server gave none, or no more of it.
    """
    received = ""
    with closing(model.stream(wanted, deadline)) as stream:
        for piece in stream:
            if isinstance(piece, Usage):
                yield piece
                continue
            received += piece
            if len(received) > MAX_ANSWER_CHARS:
                raise Unusable
            yield received


def advice_from(assessments: Any, tasks: int, rulebook: Rulebook) -> Advice:
    """What a model says of each task.

    Raises:
        Misfit: They are of another form, or of a rule that there is none of.
        Unusable: They speak of a task or an act that there is none of, or twice of the same task.
    """
    try:
        opinions = OPINIONS.validate_python(assessments)
    except ValidationError as problem:
        raise Misfit from problem
    by_place = {each.task - 1: each for each in opinions}
    if len(by_place) < len(opinions) or any(place >= tasks for place in by_place):
        raise Unusable
    if any(each.act != NO_ACT and each.act not in rulebook.acts for each in opinions):
        raise Unusable
    return Advice(
        {
            place: Opinion(
                each.verdict, tuple(RuleNumber(number) for number in dict.fromkeys(each.rules)), each.reason, each.act.removeprefix(NO_ACT)
            )
            for place, each in by_place.items()
        }
    )


def begun(received: str) -> dict[str, Any]:
    """As much of a JSON object as has come in; empty where it isn't one.

    Raises:
        Misfit: It is broken, or a key stands in it twice.
    """
    spoken = received.rpartition(THOUGHT_END)[2]
    start = spoken.find("{")
    if start < 0 or (THOUGHT_BEGIN in received and THOUGHT_END not in received):
        return {}
    try:
        so_far = jiter.from_json(
            spoken[start:].encode(errors="replace"), partial_mode="trailing-strings", cache_mode="none", catch_duplicate_keys=True
        )
    except ValueError as problem:
        raise Misfit from problem
    return so_far if isinstance(so_far, dict) else {}


def json_part(answer: str) -> str:
    """The JSON object in an answer that may stand among other words, and after the model's thoughts."""
    answer = answer.rpartition(THOUGHT_END)[2]
    start, end = answer.find("{"), answer.rfind("}")
    return answer[start : end + 1] if 0 <= start < end else answer


SENTENCE_END = re.compile(r"(?<![.!?…])[.!?…]++[\"'”’)\]]*+(?=\s)|\n++")


def sentences(prose: str) -> list[str]:
    """The sentences of a text; the last one is what follows the last end of a sentence, and may be unfinished or empty."""
    found, start = [], 0
    for match in SENTENCE_END.finditer(prose):
        last = prose[start : match.start()].rsplit(None, 1)[-1:]
        if match.group() == "." and last and (last[0].lower() in ABBREVIATIONS or "." in last[0]):
            continue
        found.append(prose[start : match.end()].strip())
        start = match.end()
    return [*(each for each in found if each), prose[start:].strip()]


# --- what is asked ----------------------------------------------------------------------------------------------------


def request(turn: Turn, conversation: Conversation, rulebook: Rulebook) -> Request:
    """What a model is asked about a turn."""
    rules = "\n".join(f"{rule.number}. {rule.title}: {rule.point} {rule.softens}" for rule in rulebook.rules.values())
    acts = "\n".join(f"  - {name}: {said}" for rule in rulebook.rules.values() for name, said in rule.acts.items())
    instructions = prompts.fill("advise", rules=rules, acts=acts)
    words = prompts.fill(
        "turn",
        tasks="\n".join(described(place, each, rulebook) for place, each in enumerate(turn.assessments, 1)),
        decisions=decisions([conversation.standing[place] for place in conversation.current]) or "Nothing yet.",
        earlier=earlier(conversation.turns) or "Nothing yet.",
        message=prompts.fenced(turn.said),
    )
    return Request(instructions, words, advice_schema(rulebook))


def advice_schema(rulebook: Rulebook) -> dict[str, Any]:
    """The JSON schema of an answer, with the acts that the rule files list."""
    schema: dict[str, Any] = plain(AdviceAnswer.model_json_schema())
    schema["$defs"]["OpinionAnswer"]["properties"]["act"]["enum"] = [NO_ACT, *rulebook.acts]
    return schema


def plain(schema: Any) -> Any:
    """A schema without the keywords that some servers refuse."""
    if isinstance(schema, dict):
        return {key: plain(each) for key, each in schema.items() if key not in UNSUPPORTED_KEYWORDS}
    return [plain(each) for each in schema] if isinstance(schema, list) else schema


def described(place: int, assessment: Assessment, rulebook: Rulebook) -> str:
    """One task for the prompt: its words as data, what is decided about it, and what can go around it."""
    decided = assessment.certainty is Certainty.CLEAR or any(finding.around for finding in assessment.findings)
    mark = f"DECIDED: {assessment.verdict}" if decided else f"OPEN: the rules alone say {assessment.verdict}"
    around = "; ".join(part for number in assessment.rules for part in rulebook.parts(number, assessment).goes)
    goes = f" Around it can go: {around}." if around and assessment.verdict is not Verdict.HAND_OFF else ""
    words = assessment.task.translation or assessment.task.quote.words
    return f"{place}. {mark}; rules {cited(assessment)}.{goes} The owner's words:\n{prompts.fenced(words[:500])}"


def decisions(standing: Sequence[Assessment]) -> str:
    """Every decision so far: none is left out, however many; the more there are, the fewer of each one's words are told."""
    longest = max(LONGEST_QUOTE // max(len(standing) // 10, 1), SHORTEST_QUOTE)
    return "\n".join(f"- {each.verdict}, rules {cited(each)}: {prompts.fenced(each.task.quote.words[:longest])}" for each in standing)


def cited(assessment: Assessment) -> str:
    """The numbers of the rules that a decision rests on."""
    return ", ".join(str(int(number)) for number in assessment.rules) or "none"


def earlier(turns: Sequence[Turn]) -> str:
    """What the owner said so far, as much of its newest part as the budget holds, oldest first."""
    told: list[str] = []
    left = HISTORY_TOKENS * BYTES_PER_TOKEN
    for turn in reversed(turns):
        words = prompts.fenced(turn.said[:LONGEST_EARLIER])
        left -= len(words.encode())
        if left < 0:
            break
        told.append(words)
    return "\n".join(reversed(told))


# --- translation ------------------------------------------------------------------------------------------------------


def translate(pieces: Sequence[str], model: Model, deadline: Deadline) -> Generator[Sequence[str] | Usage | None, None, None]:
    """Ask a model what words mean that the rule layer can't read, as a call of its own.

    Args:
        pieces: The owner's words, a text for each task.
        model: Whom to ask.
        deadline: The turn's.

    Yields:
        At the end the English of each piece in order, empty where the model can't tell; before it the tokens used, where
        they are known, and ``None`` in between.

    Raises:
        ModelUnavailable: There is no usable translation.
    """
    received = ""
    try:
        for heard in gathered(translation_request(pieces), model, deadline):
            if isinstance(heard, Usage):
                yield heard
                continue
            received = heard
            yield None
        english = TranslationAnswer.model_validate_json(json_part(received)).english
    except (Unusable, ValidationError) as problem:
        raise ModelUnavailable(UNUSABLE, "unusable translation") from problem
    if len(english) != len(pieces):
        raise ModelUnavailable(UNUSABLE, "unusable translation")
    yield english


def translation_request(pieces: Sequence[str]) -> Request:
    """What a model is asked about words that the rule layer can't read."""
    words = "\n".join(f"{place}.\n{prompts.fenced(piece)}" for place, piece in enumerate(pieces, 1))
    return Request(prompts.fill("translate"), words, plain(TranslationAnswer.model_json_schema()))
