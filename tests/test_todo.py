"""Lists as people paste and upload them: every line there, none merged, hours apart from the task."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.todo import MOST_BYTES, MOST_LINES, Line, ListError, decoded, lines_of


def read(text: str, table: bool = False) -> list[tuple[str, float | None]]:
    return [(line.text, line.hours) for line in lines_of(text, table) if not line.heading]


def test_bullets_numbers_and_boxes_are_set_aside() -> None:
    text = "- one\n* two\n• three\n1. four\n2) five\n(3) six\na) seven\n- [ ] eight\n- [x] nine\n☐ ten\n  - eleven\n\n+ twelve"
    assert [task for task, _ in read(text)] == "one two three four five six seven eight nine ten eleven twelve".split()


@pytest.mark.parametrize(
    ("line", "task", "hours"),
    [
        ("Bookkeeping - 3h", "Bookkeeping", 3),
        ("Bookkeeping (3 hours)", "Bookkeeping", 3),
        ("Bookkeeping, 1,5 hrs per week", "Bookkeeping", 1.5),
        ("Bookkeeping: 30 min", "Bookkeeping", 0.5),
        ("Bookkeeping 1h 30m", "Bookkeeping", 1.5),
        ("Bookkeeping - 1h/day", "Bookkeeping", 5),
        ("Bookkeeping - 13h a month", "Bookkeeping", 3),
        ("2h: e-mails", "e-mails", 2),
        ("Bookkeeping", "Bookkeeping", None),
        ("Plan the 24h service", "Plan the 24h service", None),
        ("3h", "3h", None),
        ("Bookkeeping - 900h", "Bookkeeping - 900h", None),
        ("Bookkeeping 1h30m", "Bookkeeping", 1.5),
        ("Bookkeeping 2 h", "Bookkeeping", 2),
        ("emails 1000h", "emails 1000h", None),
        ("emails 1:30h", "emails 1:30h", None),
        ("Work 3-4h", "Work 3-4h", None),
        ("Answer within 24h", "Answer within 24h", None),
        ("Call at 15h", "Call at 15h", None),
        ("Fire Bob, who works 40 hours per week", "Fire Bob, who works 40 hours per week", None),
        ("Hire a writer at $20 h", "Hire a writer at $20 h", None),
        ("24h-hotline staffing", "24h-hotline staffing", None),
        ("Review 2 - 3 hours", "Review 2 - 3 hours", None),
        ("School run 2 x 30 min", "School run 2 x 30 min", None),
        ("Team 2h + 3h", "Team 2h + 3h", None),
        ("8h-shift planning", "8h-shift planning", None),
    ],
)
def test_hours_stand_apart_from_the_task(line: str, task: str, hours: float | None) -> None:
    assert read(line) == [(task, hours)]


def test_a_name_is_no_number() -> None:
    assert read("A. Smith: fire him\n1st shop: fire Bob\n3 invoices to send") == [
        ("A. Smith: fire him", None),
        ("1st shop: fire Bob", None),
        ("3 invoices to send", None),
    ]


def test_headings_go_with_the_lines_below_them() -> None:
    lines = lines_of("# Kitchen\n- bake\nOffice:\n- invoices\n---\n```\ncall mum\n")
    assert [(line.text, line.section, line.heading) for line in lines] == [
        ("Kitchen", "", True),
        ("bake", "Kitchen", False),
        ("Office", "", True),
        ("invoices", "Office", False),
        ("call mum", "Office", False),
    ]


def test_headings_alone_are_the_tasks() -> None:
    assert read("# Fire Bob\n# Invoices") == [("Fire Bob", None), ("Invoices", None)]


def test_a_table_is_read_by_the_names_of_its_columns() -> None:
    assert read('Task,Owner,Hours\n"Books, all of them",Ann,2\nFire Bob,,') == [("Books, all of them", 2), ("Fire Bob", None)]
    assert read("Hours;To-do;Notes\n2,5;SEO;I know nothing about it\n;Ads;") == [("SEO (I know nothing about it)", 2.5), ("Ads", None)]
    assert read("| Task | h |\n|---|---|\n| a \\| b | 2 |") == [("a | b", 2)]
    assert read("Task\tHours\nBooks\t2\nFire Bob\t1\n") == [("Books", 2), ("Fire Bob", 1)]


@pytest.mark.parametrize(
    ("text", "tasks"),
    [
        ("Title,Task\nBookkeeping,fire the bookkeeper", ["fire the bookkeeper (Bookkeeping)"]),
        ("task,next step\nSocial media posts,terminate the agency", ["Social media posts (terminate the agency)"]),
        ("Name,Action,Status\nBob,fire,open", ["fire (Bob)"]),
        ("Task,Owner,Due\nBooks,Ann,2026-05-01", ["Books"]),
        ("Action, please\nSend invoices, then fire Bob, now", ["Action, please", "Send invoices, then fire Bob, now"]),
        ('task,hours\n"Send invoices,3\nfire Bob,2', ['"Send invoices', "fire Bob"]),
        ('task\thours\n"fire Bob\t2\nhire Ann\t3', ['"fire Bob', "hire Ann"]),
    ],
)
def test_no_words_of_a_row_are_lost(text: str, tasks: list[str]) -> None:
    assert [task for task, _ in read(text)] == tasks


@pytest.mark.parametrize(
    ("text", "tasks"),
    [
        ("Answer mails\tWork\t3\nPaint fence\tHome\t2", [("Answer mails, Work", 3), ("Paint fence, Home", 2)]),
        ("Work, emails\nShopping, milk", [("Work, emails", None), ("Shopping, milk", None)]),
        ("Task\tPerson to call\nCall back\tJohn", [("Call back (John)", None)]),
        ("Write\t1\nCall", [("Write", 1), ("Call", None)]),
        ("\ufeffTask,Hours\nA,2", [("A", 2)]),
    ],
)
def test_a_first_row_is_a_head_only_where_it_names_columns(text: str, tasks: list[tuple[str, float | None]]) -> None:
    assert read(text) == tasks


def test_the_head_tells_the_unit() -> None:
    assert read("Task,Hours per day\nCall,3") == [("Call", 15)]
    assert read("Task,Est. hours\nCall,3") == [("Call", 3)]
    assert read("Task,Hours/month\nCall,26") == [("Call", 6)]


def test_a_column_of_minutes_is_read_as_hours() -> None:
    assert read("Task,Minutes\nBooks,90") == [("Books", 1.5)]
    assert read("Task,Hours\nBooks,90 min\nPosts,3 h/week") == [("Books", 1.5), ("Posts", 3)]


@pytest.mark.parametrize("text", ["# a" + " " * 1900 + "#" * 1900 + "x", "a" + ", " * 1900 + "b", "- " * 1900 + "x", "* " * 1900 + "x"])
def test_odd_lines_take_no_time(text: str) -> None:
    """Four hundred of them together: were it quadratic, this would take minutes."""
    assert len(lines_of("\n".join([text] * 400 + ["call Bob"]))) == 401


def test_a_table_without_names_loses_nothing_of_a_row() -> None:
    assert read("Books\t2\nFire Bob\tsoon\n") == [("Books", 2), ("Fire Bob, soon", None)]
    assert read("Train waiters, then fire Bob\nCall mum", table=True) == [("Train waiters, then fire Bob", None), ("Call mum", None)]


def test_commas_make_no_table_of_plain_lines() -> None:
    assert [task for task, _ in read("Train waiters, then fire Bob\nFlour, sugar, salt\n")] == [
        "Train waiters, then fire Bob",
        "Flour, sugar, salt",
    ]


def test_a_cell_of_several_lines_is_one_task() -> None:
    assert read('Task,Hours\n"Fire Bob\nand tell him",1\n') == [("Fire Bob and tell him", 1)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_file_is_read_however_it_is_encoded(encoding: str) -> None:
    assert decoded("Café – bücher".encode(encoding)) == "Café – bücher"


@pytest.mark.parametrize("content", [b"PK\x03\x04abc", b"%PDF-1.7", b"\x89PNG..", b"\x00\x01\x02", b"a" * (MOST_BYTES + 1)])
def test_what_is_no_list_is_refused_with_the_mend(content: bytes) -> None:
    with pytest.raises(ListError, match=r"Save as|Leave out"):
        decoded(content)


@pytest.mark.parametrize(
    ("text", "told"),
    [("", "one task on each line"), (" \n-\n", "one task on each line"), ("x\n" * 501, "501 lines"), ("x" * 4001, "Line 1 has")],
)
def test_a_list_that_cannot_be_sorted_says_why(text: str, told: str) -> None:
    with pytest.raises(ListError, match=told):
        lines_of(text)


def test_five_hundred_lines_are_read() -> None:
    assert len(lines_of("call Bob\n" * MOST_LINES)) == MOST_LINES


WORD = st.text(st.characters(codec="utf-8", categories=["L"]), min_size=1, max_size=8)
TASK = st.lists(WORD, min_size=2, max_size=6).map(" ".join)


@given(st.lists(TASK, min_size=1, max_size=30), st.sampled_from(["{}", "- {}", "* [ ] {}", "• {}", "7. {}", "  - {}", "{} - 2h"]))
def test_no_line_is_dropped_or_merged(tasks: list[str], shape: str) -> None:
    assert [line.text for line in lines_of("\n".join(shape.format(task) for task in tasks))] == tasks


@given(st.lists(st.tuples(TASK, st.integers(0, 40)), min_size=2, max_size=20), st.sampled_from(",;\t"))
def test_no_row_is_dropped_or_merged(rows: list[tuple[str, int]], delimiter: str) -> None:
    written = io.StringIO()
    csv.writer(written, delimiter=delimiter).writerows([("Task", "Hours"), *rows])
    assert lines_of(written.getvalue()) == tuple(Line(task, float(hours)) for task, hours in rows)


@given(st.text(max_size=300), st.booleans())
def test_any_text_is_read_or_refused(text: str, table: bool) -> None:
    try:
        lines = lines_of(text, table)
    except ListError:
        return
    assert lines
    assert all(line.text.strip() for line in lines)
