"""What the owner says not to understand, linked to the task that it is about."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence, Set
from dataclasses import replace

from advisor.domain import Certainty
from advisor.normal import stem
from advisor.phrases import Match, Message
from advisor.reading.drafts import POINTERS, RELATIVE, Draft, finding, strength
from advisor.reading.parts import IDLE
from advisor.reading.signs import FAR
from advisor.rulebook import Entry


def link(
    message: Message, ignorance: Sequence[Match[Entry]], drafts: list[Draft], sentences: Sequence[tuple[int, int]], asking: Set[int]
) -> None:
    """Give each statement of not knowing to the task that it is about.

    One about no task at all becomes a task where it is all there is, or where a sentence of ``asking``, its own or the
    next one where that brings no task, hands over what it is about, or its own names a helper. Else the nearest task is
    asked about.
    """
    for match, number in zip(sorted(ignorance, key=strength), numbers(sorted(ignorance, key=strength), sentences), strict=True):
        topic = range(*match.topic) if match.topic else range(0)
        words = {message.read.forms[place] for place in topic} - IDLE
        kinds = {label for place in topic for label in message.chart[place] if label.startswith("<work_")}
        vague = any(message.read.forms[place] in POINTERS for place in topic[:3]) or any(
            message.read.forms[place] in ("what", "how") for place in topic[:1]
        )
        pointing_back = not words or vague
        found = finding(message, match)
        near = sorted(
            (draft for draft in drafts if abs(draft.sentence - number) <= FAR),
            key=lambda draft: (abs(draft.sentence - number), draft.sentence > number, abs(draft.start - match.start)),
        )
        if "which" in message.read.forms[max(match.start - RELATIVE, 0) : match.start]:
            near = [draft for draft in near if draft.start < match.start] or near
        about = [draft for draft in near if shares(message, draft, words, kinds)]
        if about or pointing_back:
            chosen = (about or near)[:1]
        else:
            alone = len(near) == 1 and (not kinds or says_ours(message, near[0]))
            chosen = [
                draft for draft in near if alone or draft.sentence == number or draft.points_back or not (draft.findings or draft.work)
            ][:1]
        taken = {draft.sentence for draft in drafts}
        handed = number in asking or (number + 1 in asking and number + 1 not in taken) or message.has("<helper>", *sentences[number])
        own = found.certainty is Certainty.CLEAR and handed
        if not chosen and (own or not drafts):
            elsewhere = sentences[number - 1] if pointing_back and number and not own else sentences[number]
            before = (sentences[number][0], match.start)
            if number not in asking and message.has("<helper>", *before):
                elsewhere, pointing_back = before, True
            drafts.append(Draft(*(match.topic if match.topic and not pointing_back else elsewhere), number, weight=3))
            drafts[-1].work = next(iter(sorted(kinds)), None)
            chosen = drafts[-1:]
        if not chosen and near and found.certainty is Certainty.CLEAR:
            chosen, found = near[:1], replace(found, certainty=Certainty.POSSIBLE, boundary=match.owner.boundary, asks=True)
        for draft in chosen:
            if not any(each.rule is found.rule for each in draft.findings):
                draft.findings.append(found)
    drafts.sort(key=lambda draft: draft.start)


def says_ours(message: Message, draft: Draft) -> bool:
    """Whether a task points back at what its sentence doesn't name: "file ours", "set them up", "run our account there"."""
    forms, span = message.read.forms, range(draft.start, draft.end)
    thing = next((at for at in span if any(label.startswith("<work_") for label in message.chart[at])), draft.end)
    ours = any(forms[place] in ("there", "ours", "one", "such") for place in span)
    return ours or any(form in ("it", "them") for form in forms[draft.start : thing])


def numbers(matches: Sequence[Match[Entry]], sentences: Sequence[tuple[int, int]]) -> Iterator[int]:
    """For each match, the number of the sentence that it begins in."""
    starts = [span[0] for span in sentences]
    for match in matches:
        yield bisect_right(starts, match.start) - 1


def shares(message: Message, draft: Draft, words: Set[str], kinds: Set[str]) -> bool:
    """Whether a task speaks of what a statement is about: the same word, or the same kind of work."""
    span = range(draft.start, draft.end)
    stems = {stem(message.read.forms[place]) for place in span} - IDLE
    return bool(stems & {stem(word) for word in words}) or any(kinds & message.chart[place].keys() for place in span)
