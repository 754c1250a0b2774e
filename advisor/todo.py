"""A to-do list as people paste or upload it: plain lines, bullets, Markdown, CSV, or cells copied from a spreadsheet. Pure."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from advisor.conversation import MAX_MESSAGE_CHARS

MOST_LINES = 500
MOST_BYTES = 1_000_000
FAR_TOO_MANY = 5000
"""With so many lines a list is refused before it is read."""
WORK_DAYS, WEEKS_A_MONTH = 5, 52 / 12
BULLET = re.compile(r"^\s*(?:[-*+•–—▪▫◦‣·●○∙]|(?:\(?\d{1,3}[.)]|\(?[a-z]\)))\s+|^\s*(?=[☐☑☒✓✔✗□■])")
CHECKBOX = re.compile(r"^\s*(?:\[[ xX✓✔]?\]|[☐☑☒✓✔✗□■])\s*")
HEADING = re.compile(r"^\s{0,3}#{1,6}\s+(\S.*)$")
FENCE = re.compile(r"^\s*(?:```|~~~)\w*\s*$")
RULING = frozenset("-*_=|:+ \t")
"""Of these alone a line consists that only rules off, or parts a table's head from its rows."""
EMPHASIS = re.compile(r"(\*\*|__|~~|`)(?=\S)(.{1,200}?)(?<=\S)\1")
LONGEST_HOURS = 40
"""In how many characters at a line's end its hours are looked for."""
AMOUNT = r"""(?:~|ca\.?\s|about\s|approx\.?\s)?\s*
    (?:(?P<hours>\d{1,3}(?:[.,]\d{1,2})?)\s*(?:h|hs|hr|hrs|hour|hours|std)\b\.?(?:\s*(?P<more>\d{1,2})\s*(?:m|min|mins|minutes)\b\.?)?
      |(?P<whole>\d{1,2})h(?P<rest>\d{1,2})m?\b
      |(?P<minutes>\d{1,3})\s*(?:min|mins|minutes)\b\.?)
    \s*(?:(?:/|per|a|an|each|every)\s*(?P<per>day|week|wk|w|month|mo)\b|(?P<adverb>daily|weekly|monthly)\b)?"""
HOURS = re.compile(
    rf"(?:\s*(?!(?<=\d)[,:–—]\d)[,;:–—]\s*|\s+-\s*|\s*[(\[]\s*|(?<![\d.,:–$€£-])(?<!\S[-–])\s+){AMOUNT}\s*[)\]]?\s*$",
    re.IGNORECASE | re.VERBOSE,
)
"""Hours at a line's end, set off by a sign or by nothing but space."""
SET_OFF = re.compile(r"[,;:–—(\[-]\s*$")
OF_THE_TASK = re.compile(
    r"(?:^|\s)(?:at|by|in|within|after|before|under|than|to|for|of|works?|working|open|every|until|till|the|from|a)\s*$", re.IGNORECASE
)
"""After such a word a time is part of the task, unless a sign sets it off: "call at 15 h"."""
TIMES = re.compile(r"(?:^|[\s\d])[x×+*]$", re.IGNORECASE)
"""After this hours are one of several: "2 x 30 min"."""
SENTENCE = re.compile(r",\s*(?:who|which|that|she|he|they|we|i)\b", re.IGNORECASE)
LEADING_HOURS = re.compile(r"^\s*(?P<hours>\d{1,3}(?:[.,]\d{1,2})?)\s*(?:h|hr|hrs|hours?)\s*(?::|\s[–—-]\s)\s*(?=\S)", re.IGNORECASE)
NUMBER = re.compile(
    r"^[\s~]*(?:(\d{1,3}(?:[.,]\d{1,2})?)\s*(?:h|hr|hrs|hours?)?|(\d{1,4})\s*(?:m|min|mins|minutes))\.?\s*(?:(?:/|per|a)\s*(?:week|wk|w))?\s*$",
    re.IGNORECASE,
)
DATE = re.compile(r"^\s*\d{1,4}[./-]\d{1,2}(?:[./-]\d{1,4})?(?:[ T]\d{1,2}:\d{2}.*)?\s*$")
TASK_NAMES = (
    *("task", "tasks", "to-do", "to do", "todo", "todos", "what"),
    *("action", "activity", "item", "items", "job", "title", "name", "subject", "summary", "work"),
)
"""How a column of tasks is called, the surest first."""
SURE_NAMES = frozenset(TASK_NAMES[:6])
"""Those that name nothing else: beside one of them other columns may be called anything."""
HOUR_NAMES = re.compile(r"^(?:time|effort|duration)\b|\b(?:hours?|hrs?|h|minutes|mins?)\b", re.IGNORECASE)
ASIDE = re.compile(
    r"(?:id|no|nr|#|number|status|state|done|priority|prio|due|deadline|date|day|created|updated|start|end|owner|assignee|assigned|who|"
    r"person|tags?|labels?|category|project|area|url|link)(?: (?:date|name|by|to|on|level))?\.?",
    re.IGNORECASE,
)
"""Columns that say nothing of what is to be done."""
BESIDE = re.compile(r"(?:notes?|descriptions?|details?|comments?|remarks?|next steps?|steps?|why|goal)", re.IGNORECASE)
"""Columns that may say more of it."""
BINARY = (b"PK\x03\x04", b"%PDF", b"\xd0\xcf\x11\xe0", b"\x89PNG", b"\xff\xd8\xff", b"GIF8")
NOT_TEXT = (
    "That file isn't text. In your spreadsheet or word processor choose “Save as”, then CSV or plain text; or copy the cells and "
    "paste them."
)
TOO_MANY = f"That list has {{rows:,}} lines, and I sort up to {MOST_LINES} at a time. Sort the first part, then the rest."


class ListError(Exception):
    """A list that can't be sorted; the text, for the visitor, names the mend."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a list."""

    text: str
    """The task, without bullet, number and hours."""
    hours: float | None = None
    """How many a week, where the list says."""
    section: str = ""
    """The heading above it, if any."""
    heading: bool = False
    """Whether it is such a heading: no task, unless it shows a rule."""

    @property
    def label(self) -> str:
        """The line under its heading."""
        return f"{self.section}: {self.text}" if self.section else self.text


def decoded(content: bytes) -> str:
    """An uploaded file's text, whichever way it is encoded.

    Raises:
        ListError: It is too large, or no text.
    """
    if len(content) > MOST_BYTES:
        raise ListError(
            f"That file has {len(content) / 1e6:.1f} MB, and I read up to {MOST_BYTES / 1e6:.0f} MB. Leave out all but the tasks."
        )
    if content.startswith(BINARY):
        raise ListError(NOT_TEXT)
    encodings = ["utf-16"] if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise ListError(NOT_TEXT)


def lines_of(text: str, table: bool = False) -> tuple[Line, ...]:
    """The lines of a list, in order, headings among them; none dropped but blank ones, a table's head, and those that only rule off.

    Args:
        text: The list.
        table: Whether it is known to be one with a column for each comma, such as a CSV file.

    Raises:
        ListError: There are none, too many, or one is too long.
    """
    text = text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    if (rows := sum(1 for line in text.split("\n") if line.strip())) > FAR_TOO_MANY:
        raise ListError(TOO_MANY.format(rows=rows))
    for number, line in enumerate(text.split("\n"), 1):
        if len(line) > MAX_MESSAGE_CHARS:
            raise ListError(f"Line {number} has {len(line):,} characters, and I read up to {MAX_MESSAGE_CHARS:,}. Shorten or split it.")
    found = [line for line in split(text, table) if line.text]
    tasks = sum(not line.heading for line in found)
    if not found:
        raise ListError("There is no task in that. Paste your list, one task on each line.")
    if len(found) > MOST_LINES:
        raise ListError(TOO_MANY.format(rows=tasks))
    if not tasks:  # nothing but headings: then they are the tasks
        found = [replace(line, heading=False) for line in found]
    return tuple(found)


def split(text: str, table: bool) -> Iterator[Line]:
    """The lines of a list, headings among them, in whichever form it comes."""
    rows = [line for line in text.split("\n") if line.strip()]
    if rows and all(line.count("|") >= 2 and line.strip().startswith("|") for line in rows):
        cells = (re.split(r"(?<!\\)\|", line.strip().strip("|")) for line in rows if not rules_off(line))
        yield from from_table([[cell.replace("\\|", "|").strip() for cell in row] for row in cells])
    elif sum("\t" in line.strip("\t ") for line in rows) * 2 >= len(rows) > 0:
        yield from from_table(cells_of(text, "\t"))
    elif (delimiter := next((sign for sign in ",;" if is_table(text, sign)), None)) or table:
        yield from from_table(cells_of(text, delimiter or max(",;\t", key=text.count)))
    else:
        yield from from_lines(text.split("\n"))


def is_table(text: str, delimiter: str) -> bool:
    """Whether pasted lines are a table: its head names the tasks, and every row has as many cells."""
    rows = [row for row in cells_of(text, delimiter) if any(row)]
    return bool(rows) and task_column(rows[0]) is not None and len(rows[0]) > 1 and {len(row) for row in rows} == {len(rows[0])}


def cells_of(text: str, delimiter: str) -> list[list[str]]:
    """The rows of a table; where a quotation mark lacks its other half, each line is a row, and the marks are plain signs."""
    for reading in (partial(csv.reader, strict=True), partial(csv.reader, quoting=csv.QUOTE_NONE)):
        try:
            rows = list(reading(io.StringIO(text), delimiter=delimiter))
        except csv.Error:
            continue
        return [[" ".join(cell.split()) for cell in row] for row in rows]
    raise ListError("That table can't be read. Paste its tasks as plain lines, one on each.")


def rules_off(line: str) -> bool:
    """Whether a line only rules off: dashes, a fence, the line under a table's head."""
    return RULING.issuperset(line.rstrip("\r")) or FENCE.match(line) is not None


def from_lines(lines: Sequence[str]) -> Iterator[Line]:
    """Plain and Markdown lines: bullets, numbers and boxes to tick are set aside, headings go with the lines below them."""
    section = ""
    for at, line in enumerate(lines):
        if rules_off(line):
            continue
        if heading := HEADING.match(line) or introducing(line, lines[at + 1 : at + 2]):
            section = plainly(heading[1].rstrip("# \t"))
            yield Line(section, heading=True)
            continue
        bare = CHECKBOX.sub("", BULLET.sub("", line, count=1), count=1)
        yield timed(plainly(bare), section)


def introducing(line: str, following: Sequence[str]) -> "re.Match[str] | None":
    """A line that only introduces the bullets after it: "Marketing:"."""
    has_items = any(BULLET.match(each) for each in following)
    return re.match(r"^\s*([^\s:][^:]{0,60}):\s*$", line) if has_items and not BULLET.match(line) else None


def from_table(rows: Sequence[Sequence[str]]) -> Iterator[Line]:
    """A table's rows: the task by the name of its column, and beside it all other words but such as a status or a name; hours by theirs."""
    rows = [row for row in rows if any(cell.strip() for cell in row)]
    if not rows:
        return
    task = task_column(rows[0])
    head = [cell.strip().lower() for cell in rows[0]] if task is not None else []
    hours = next((at for at, name in enumerate(head) if at != task and HOUR_NAMES.search(name)), None)
    unit = head[hours] if hours is not None else ""
    times = a_week(unit) / (60 if re.search(r"\bmin", unit) else 1)
    aside = {at for at, name in enumerate(head) if ASIDE.fullmatch(name)} - {task}
    for row in rows if task is None else rows[1:]:
        cell = {at: text.strip() for at, text in enumerate(row) if text.strip()}
        words = [text for at, text in cell.items() if at != task and at not in aside and not NUMBER.match(text) and not DATE.match(text)]
        named = cell.get(task, "") if task is not None else ""
        text = BULLET.sub("", f"{named} ({'; '.join(words)})" if named and words else named or ", ".join(words or cell.values()), count=1)
        line = timed(plainly(text), "")
        numbers = [cell.get(hours, "")] if hours is not None else [text for at, text in cell.items() if at and task is None]
        found = next((found for each in numbers if (found := NUMBER.match(each))), None)
        told = (float(found[1].replace(",", ".")) * times if found[1] else float(found[2]) / 60) if found else None
        yield replace(line, hours=within_a_week(told) if told is not None else line.hours)


def task_column(head: Sequence[str]) -> int | None:
    """Which column of a table's first row names the tasks; ``None`` where that row is no head."""
    names = [cell.strip().lower() for cell in head]
    told = next((names.index(name) for name in TASK_NAMES if name in names), None)
    if told is None or any(NUMBER.match(name) for name in names):
        return None
    others = (name for name in names if name and name not in TASK_NAMES)
    known = all(HOUR_NAMES.search(name) or ASIDE.fullmatch(name) or BESIDE.fullmatch(name) for name in others)
    return told if names[told] in SURE_NAMES or known else None


def a_week(unit: str) -> float:
    """How many times a week something is that is so many hours "a day", "monthly", or by the week as usual."""
    if re.search(r"\b(?:day|daily)\b", unit):
        return WORK_DAYS
    return 1 / WEEKS_A_MONTH if re.search(r"\b(?:month|monthly|mo)\b", unit) else 1


def timed(text: str, section: str) -> Line:
    """A line with its hours set apart, where they are no part of the task."""
    start = max(len(text) - LONGEST_HOURS, 0)
    if found := HOURS.search(text, start):
        task = text[: found.start()].strip()
        set_off = SET_OFF.search(found.group()[: found.start("hours") - found.start()]) if found["hours"] else SET_OFF.search(found.group())
        ranges = task[-1:].isdigit() and found.group().lstrip()[:1] in "-–—"  # "2 - 3 hours"
        part = ranges or TIMES.search(task) or (not set_off and (OF_THE_TASK.search(task) or SENTENCE.search(task)))
        unit = (found["per"] or found["adverb"] or "week").lower()
        hours = float((found["hours"] or found["whole"] or "0").replace(",", "."))
        hours += float(found["more"] or found["rest"] or found["minutes"] or 0) / 60
        if task and not part and (told := within_a_week(hours * a_week(unit))) is not None:
            return Line(task, told, section)
    if (found := LEADING_HOURS.match(text)) and (told := within_a_week(float(found["hours"].replace(",", ".")))) is not None:
        return Line(text[found.end() :], told, section)
    return Line(text, None, section)


def within_a_week(hours: float) -> float | None:
    """Hours a week, rounded; ``None`` for more than a week has."""
    return round(hours, 2) if 0 <= hours <= 168 else None


def plainly(text: str) -> str:
    """A line without Markdown's emphasis, on one line."""
    return " ".join(EMPHASIS.sub(r"\2", text).split())
