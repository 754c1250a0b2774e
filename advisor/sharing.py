"""A summary as it leaves the house: frozen as JSON, and shown as a page, Markdown, or a table that no spreadsheet runs."""

import csv
import io
import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup
from pydantic import TypeAdapter, ValidationError

from advisor.domain import Verdict
from advisor.summary import Summary, TaskSummary
from advisor.wording import COLUMN_WORDS, VERDICT_WORDS

SUMMARY = TypeAdapter(Summary)
PAGES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "pages"),
    autoescape=select_autoescape(("html",)),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
PAGES.globals["verdict_words"] = {str(verdict): words for verdict, words in VERDICT_WORDS.items()}
COLUMNS = ("task", "verdict", "owner's decision", "hours a week", "rule", "why", "stays with you", "can go", "next step", "open question")
FORMULA = re.compile(r"^[\s\x00-\x1f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]*[=+\-@\t\r|%＝＋－＠]")
"""How a cell begins that a spreadsheet may take for more than text."""
MARKS = re.compile(r"([\\`*_{}\[\]<>#|~$!&]|^[-+=]|(?<=\d)[.)](?=\s)|:(?=//)|(?<=\bwww)\.|@)", re.IGNORECASE)
LOADS = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
"""What a shared page may load: nothing but its own style."""
POLICY = f"{LOADS}; frame-ancestors 'self'"
"""The same as a header, which can say, too, where the page may be shown within another."""


def macro(template: str, name: str, *values: object) -> Markup:
    """A part of a page, made by a template's macro, which escapes whatever isn't ``Markup`` itself."""
    made = getattr(PAGES.get_template(template).module, name)(*values)
    assert isinstance(made, Markup), "pages escape what they are given"
    return made


def frozen(summary: Summary) -> bytes:
    """A summary as the database keeps it."""
    return SUMMARY.dump_json(summary)


def thawed(snapshot: bytes) -> Summary | None:
    """A summary as it was frozen; ``None`` where these bytes are none."""
    try:
        return SUMMARY.validate_json(snapshot)
    except ValidationError:
        return None


def as_page(summary: Summary, formats: Sequence[tuple[str, str]], home: str = "/") -> str:
    """The page that a recipient sees: plain HTML without scripts, for screens and paper.

    Args:
        summary: The summary, redacted already.
        formats: Names and addresses of the same in other forms.
        home: Where "make your own" leads.
    """
    values = {
        "summary": summary,
        "made": long_date(summary.made),
        "formats": formats,
        "home": home,
        "policy": LOADS,
        "total": total(summary),
    }
    return PAGES.get_template("summary.html").render(values)


def as_markdown(summary: Summary) -> str:
    """A summary to paste anywhere: what owners typed is set as plain text, whatever signs it has."""
    lines = [
        "# What to keep, what to hand off",
        "",
        " ".join(filter(None, (f"As of {long_date(summary.made)}.", total(summary) if len(summary.tasks) > 1 else ""))),
    ]
    for number, task in enumerate(summary.tasks, 1):
        lines += [
            "",
            f"## {number}. {plain(task.task)}",
            "",
            f"**{VERDICT_WORDS[task.verdict]}**{'. ' + plain(task.rule) if task.rule else ''}",
        ]
        lines += ["", f"The owner's decision: {plain(task.decided)}"] if task.decided else []
        lines += ["", f"Hours a week: {task.hours:g}"] if task.hours is not None else []
        lines += ["", plain(task.why)]
        for heading, parts in (("Stays with you", task.stays), ("Can go", task.goes)):
            lines += ["", f"{heading}:", "", *(f"- {plain(part)}" for part in parts)] if parts else []
        lines += ["", f"Open: {plain(task.question)}"] if task.question else []
        lines += ["", f"Next: {plain(task.next_step)}"]
    if summary.facts:
        lines += ["", "## What this rests on", "", *(f"- {plain(fact)}" for fact in summary.facts)]
    if summary.transcript:
        lines += ["", "## From the conversation"]
        lines += [line for said in summary.transcript for line in ("", f"> {plain(said.owner)}", "", *map(plain, said.advisor.split("\n")))]
    lines += ["", "After “5 Tasks to NEVER Outsource”, Payton B Virtual Solutions, 2022. An advisor with five rules, no legal advice."]
    return "\n".join(lines) + "\n"


def as_csv(summary: Summary) -> str:
    """The tasks as a table for a spreadsheet, with a byte order mark; a cell that would be run is set as text."""
    written = io.StringIO()
    table = csv.writer(written, lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    table.writerow(COLUMNS)
    table.writerows([cell(value) for value in row(task)] for task in summary.tasks)
    return "\ufeff" + written.getvalue()


def as_json(summary: Summary) -> str:
    """A summary for programs."""
    return frozen(summary).decode()


def as_file(summary: Summary, kind: str) -> str:
    """A summary as a file of a kind: ``md``, ``csv`` or ``json``."""
    return {"md": as_markdown, "csv": as_csv, "json": as_json}[kind](summary)


def total(summary: Summary, whose: str = "the owner's") -> str:
    """How much of a summary's tasks can go, and how much its owner decided to let go, where they decided otherwise.

    Args:
        summary: The summary.
        whose: Whose decisions these are.
    """
    free = [task for task in summary.tasks if task.verdict is Verdict.HAND_OFF]
    let_go = [task for task in summary.tasks if (task.decided or COLUMN_WORDS[task.verdict]) == COLUMN_WORDS[Verdict.HAND_OFF]]
    hours = sum(task.hours or 0 for task in summary.tasks)

    def freeing(some: Sequence[TaskSummary]) -> str:
        return f", with {sum(task.hours or 0 for task in some):g} of {hours:g} hours a week" if hours else ""

    said = f"{len(free)} of {len(summary.tasks)} can go{freeing(free)}."
    decided = any(task.decided for task in summary.tasks)
    return f"{said} By {whose} own decisions: {len(let_go)} of {len(summary.tasks)}{freeing(let_go)}." if decided else said


def row(task: TaskSummary) -> tuple[str, ...]:
    """A task's cells."""
    parts = ("; ".join(each) for each in (task.stays, task.goes))
    hours = "" if task.hours is None else f"{task.hours:g}"
    return (task.task, VERDICT_WORDS[task.verdict], task.decided, hours, task.rule, task.why, *parts, task.next_step, task.question)


def cell(value: str) -> str:
    """A value as a cell that stays text in any spreadsheet.

    Source: OWASP, CSV Injection: a cell that begins with one of these signs gets an apostrophe before it.
    """
    return f"'{value}" if FORMULA.match(value) else value


def plain(text: str) -> str:
    """Text with no sign that Markdown would read, on one line."""
    return MARKS.sub(r"\\\1", " ".join(text.split()))


def long_date(day: date) -> str:
    """A day in words, the same in every country: "26 November 2026"."""
    return f"{day.day} {day:%B %Y}"
