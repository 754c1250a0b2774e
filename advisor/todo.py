"""A to-do list as people paste or upload it: plain lines, bullets, Markdown, CSV, or cells copied from a spreadsheet. Pure."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from advisor.conversation import MAX_MESSAGE_CHARS

MOST_LINES = 500
MOST_BYTES = 1_000_000
WORK_DAYS, WEEKS_A_MONTH = 5, 52 / 12
BULLET = re.compile(r"^\s*(?:[-*+•–—▪▫◦‣·●○∙]|(?:\(?\d{1,3}[.)]|\(?[a-zA-Z][.)]))\s+|^\s*(?=[☐☑☒✓✔✗□■])")
CHECKBOX = re.compile(r"^\s*(?:\[[ xX✓✔]?\]|[☐☑☒✓✔✗□■])\s*")
HEADING = re.compile(r"^\s{0,3}#{1,6}\s+(.+?)\s*#*\s*$")
RULED_OFF = re.compile(r"^\s*(?:[-*_=]\s*){3,}$|^\s*(?:```|~~~)\S*\s*$|^[\s|:+-]+$")
EMPHASIS = re.compile(r"(\*\*|__|~~|`)(?=\S)(.+?)(?<=\S)\1")
HOURS = re.compile(
    r"""[\s,;:–—-]*[(\[]?\s*(?:~|ca\.?|about|approx\.?)?\s*
    (?:(?P<hours>\d{1,3}(?:[.,]\d{1,2})?)\s*(?:h|hs|hr|hrs|hour|hours|std)\b\.?(?:\s*(?P<more>\d{1,2})\s*(?:m|min|mins|minutes)\b\.?)?
      |(?P<minutes>\d{1,3})\s*(?:min|mins|minutes)\b\.?)
    \s*(?:(?:/|per|a|an|each|every)\s*(?P<per>day|week|wk|w|month|mo)\b|(?P<adverb>daily|weekly|monthly)\b)?\s*[)\]]?\s*$""",
    re.IGNORECASE | re.VERBOSE,
)
LEADING_HOURS = re.compile(r"^\s*(?P<hours>\d{1,3}(?:[.,]\d{1,2})?)\s*(?:h|hr|hrs|hours?)\s*[:–—-]\s*(?=\S)", re.IGNORECASE)
NUMBER = re.compile(r"^\s*(\d{1,3}(?:[.,]\d{1,2})?)\s*(?:h|hr|hrs|hours?)?\.?\s*$", re.IGNORECASE)
TASK_NAMES = frozenset("task tasks to-do todo todos item items title name what activity job subject summary action work".split())
HOUR_NAMES = re.compile(r"^(?:hours?|hrs?|h|time|effort|duration)\b(?!.*\bdate\b)", re.IGNORECASE)
NOTE_NAMES = frozenset("note notes description details comment comments remark remarks".split())
BINARY = (b"PK\x03\x04", b"%PDF", b"\xd0\xcf\x11\xe0", b"\x89PNG", b"\xff\xd8\xff", b"GIF8")
NOT_TEXT = (
    "That file isn't text. In your spreadsheet or word processor choose “Save as”, then CSV or plain text; or copy the cells and "
    "paste them."
)


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
    """The lines of a list, in order, headings among them; none dropped but blank ones and ruled-off ones.

    Args:
        text: The list.
        table: Whether it is known to be one with a column for each comma, such as a CSV file.

    Raises:
        ListError: There are none, too many, or one is too long.
    """
    found = [line for line in split(text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", ""), table) if line.text]
    tasks = sum(not line.heading for line in found)
    if not found:
        raise ListError("There is no task in that. Paste your list, one task on each line.")
    if len(found) > MOST_LINES:
        raise ListError(f"That list has {tasks:,} lines, and I sort up to {MOST_LINES} at a time. Sort the first part, then the rest.")
    for number, line in enumerate(found, 1):
        if len(line.text) > MAX_MESSAGE_CHARS:
            raise ListError(
                f"Line {number} has {len(line.text):,} characters, and I read up to {MAX_MESSAGE_CHARS:,}. Shorten or split it."
            )
    if not tasks:  # nothing but headings: then they are the tasks
        found = [replace(line, heading=False) for line in found]
    return tuple(found)


def split(text: str, table: bool) -> Iterator[Line]:
    """The lines of a list, headings among them, in whichever form it comes."""
    rows = [line for line in text.split("\n") if line.strip()]
    piped = [line for line in rows if line.count("|") >= 2 and line.strip().startswith("|")]
    if rows and len(piped) == len(rows):
        cells = (re.split(r"(?<!\\)\|", line.strip().strip("|")) for line in piped if not RULED_OFF.match(line))
        yield from from_table([[cell.replace("\\|", "|").strip() for cell in row] for row in cells])
        return
    if sum("\t" in line.strip("\t ") for line in rows) * 2 > len(rows):
        yield from from_table(cells_of(text, "\t"))
        return
    delimiter = next((sign for sign in ",;" if rows and task_column(next(csv.reader([rows[0]], delimiter=sign))) is not None), None)
    if table or (delimiter and len(next(csv.reader([rows[0]], delimiter=delimiter))) > 1):
        yield from from_table(cells_of(text, delimiter or max(",;\t", key=text.count)))
        return
    yield from from_lines(text.split("\n"))


def cells_of(text: str, delimiter: str) -> list[list[str]]:
    """The rows of a table.

    Raises:
        ListError: Its quotation marks don't match.
    """
    try:
        return [[" ".join(cell.split()) for cell in row] for row in csv.reader(io.StringIO(text), delimiter=delimiter, strict=False)]
    except csv.Error as problem:
        raise ListError("That table can't be read: see whether each quotation mark has its other half.") from problem


def from_lines(lines: Sequence[str]) -> Iterator[Line]:
    """Plain and Markdown lines: bullets, numbers and boxes to tick are set aside, headings go with the lines below them."""
    section = ""
    for at, line in enumerate(lines):
        if RULED_OFF.match(line):
            continue
        if heading := HEADING.match(line) or introducing(line, lines[at + 1 : at + 2]):
            section = plainly(heading[1])
            yield Line(section, heading=True)
            continue
        bare = CHECKBOX.sub("", BULLET.sub("", line, count=1), count=1)
        yield timed(plainly(bare), section)


def introducing(line: str, following: Sequence[str]) -> "re.Match[str] | None":
    """A line that only introduces the bullets after it: "Marketing:"."""
    has_items = any(BULLET.match(each) for each in following)
    return re.match(r"^\s*([^\s:][^:]{0,60}):\s*$", line) if has_items and not BULLET.match(line) else None


def from_table(rows: Sequence[Sequence[str]]) -> Iterator[Line]:
    """A table's rows: the task by the name of its column, else all that is no number; hours and notes by theirs."""
    rows = [row for row in rows if any(cell.strip() for cell in row)]
    if not rows:
        return
    head = [cell.strip().lower() for cell in rows[0]]
    task = task_column(head)
    hours = next((at for at, name in enumerate(head) if HOUR_NAMES.match(name)), None) if task is not None else None
    notes = next((at for at, name in enumerate(head) if name in NOTE_NAMES), None) if task is not None else None
    for row in rows if task is None else rows[1:]:
        cell = dict(enumerate(map(str.strip, row)))
        named = cell.get(task, "") if task is not None else ""
        text = (
            named or ", ".join(each for each in cell.values() if each and not NUMBER.match(each)) or ", ".join(filter(None, cell.values()))
        )
        note = cell.get(notes, "") if notes is not None and named else ""
        line = timed(plainly(BULLET.sub("", text, count=1) + (f" ({note})" if note else "")), "")
        numbers = [cell.get(hours, "")] if hours is not None else [each for each in list(cell.values())[1:] if task is None]
        told = next((float(found[1].replace(",", ".")) for each in numbers if (found := NUMBER.match(each))), None)
        yield replace(line, hours=within_a_week(told) if told is not None else line.hours)


def task_column(head: Sequence[str]) -> int | None:
    """Which column of a table's head names the tasks; ``None`` where none does."""
    return next((at for at, name in enumerate(head) if name.strip().strip('"').lower() in TASK_NAMES), None)


def timed(text: str, section: str) -> Line:
    """A line with its hours set apart."""
    if (found := HOURS.search(text)) and found.start():
        unit = (found["per"] or found["adverb"] or "week").lower()
        hours = float((found["hours"] or "0").replace(",", ".")) + float(found["more"] or found["minutes"] or 0) / 60
        times = WORK_DAYS if unit in ("day", "daily") else 1 / WEEKS_A_MONTH if unit in ("month", "mo", "monthly") else 1
        return Line(text[: found.start()].strip(), within_a_week(hours * times), section)
    if found := LEADING_HOURS.match(text):
        return Line(text[found.end() :], within_a_week(float(found["hours"].replace(",", "."))), section)
    return Line(text, None, section)


def within_a_week(hours: float) -> float | None:
    """Hours a week, rounded; ``None`` for more than a week has."""
    return round(hours, 2) if 0 <= hours <= 168 else None


def plainly(text: str) -> str:
    """A line without Markdown's emphasis, on one line."""
    return " ".join(EMPHASIS.sub(r"\2", text).split())
