"""The board as an owner uses it: a list in, cards sorted, moved, timed, asked about; the list taken home and shared."""

import csv
import gzip
import os
import shutil
import subprocess
import time
from pathlib import Path
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import answers, shot, sound, visiting
from tests.conftest import Step, serving
from tests.serving import served
from tests.test_board import LIST, opinions

pytestmark = pytest.mark.browser
EVIL = (
    """=HYPERLINK("https://evil.example";"x") - 1h
@SUM(1+1)*cmd|' /C calc'!A0
+1 call Bob
-2+3 newsletter
<img src=x onerror=alert(1)> [x](https://evil.example)
بريد العملاء
"""
    + "w" * 300
)


def sorted_board(page: Page, text: str, about: str = "") -> Locator:
    """The board of a list that was typed in."""
    page.get_by_role("link", name="Sort a list").click()
    page.get_by_role("heading", name="Sort a to-do list").wait_for()
    page.get_by_label("Your list, one task on each line").fill(text)
    page.get_by_label("Does somebody lead a team").fill(about)
    page.get_by_role("button", name="Sort it").click()
    board = page.locator(".board")
    board.locator(".gist").wait_for()
    return board


def column(board: Locator, name: str) -> Locator:
    return board.locator(f"section[aria-labelledby=column-{name}]")


def test_a_list_is_sorted_changed_asked_about_and_stays(browser: Browser, address: str) -> None:
    with visiting(browser, address, 1280) as page:
        board = sorted_board(page, LIST)
        expect(board.locator(".gist")).to_have_text("1 of 5 can go, with 3 of 11 hours a week.")
        expect(column(board, "keep").locator(".task")).to_have_text(["Fire Bob", "Train the new cooks"])
        shot(page, "board-1280")
        page.get_by_label("Column of Fire Bob").select_option("Hand off")
        expect(column(board, "hand_off").get_by_text("Your decision: Hand off. The advisor says: keep it.")).to_be_visible()
        expect(board.locator(".gist")).to_contain_text("By your own decisions: 2 of 5, with 4 of 11 hours a week.")
        expect(page.get_by_label("Column of Fire Bob")).to_be_focused()
        page.get_by_label("Hours a week of Fire Bob").fill("2.5")
        page.get_by_label("Hours a week of Fire Bob").press("Tab")
        expect(board.locator(".gist")).to_contain_text("3 of 12.5 hours")
        page.get_by_label("Filter by words").fill("cooks")
        expect(board.locator("li.card:visible")).to_have_count(1)
        expect(board.get_by_text("1 card of 5")).to_be_visible()
        sound(page)
        shot(page, "board-moved")
        page.get_by_role("button", name="Ask about Train the new cooks").click()
        expect(page.get_by_role("heading", name="Keep it")).to_be_visible()
        page.get_by_test_id("stChatInputTextArea").fill("We have a head chef, Anna.")
        page.get_by_test_id("stChatInputTextArea").press("Enter")
        expect(page.get_by_role("heading", name="Share it, stay involved")).to_be_visible()
        page.get_by_role("button", name="Back to the list").click()
        expect(column(page.locator(".board"), "stay_involved").locator(".task")).to_have_text(["Train the new cooks"])
        page.reload()
        board = page.locator(".board")
        expect(column(board, "hand_off").locator(".task")).to_have_text(["Send the newsletter", "Fire Bob"])
        expect(column(board, "stay_involved").locator(".task")).to_have_text(["Train the new cooks"])


def test_two_hundred_lines_are_two_hundred_cards_within_two_seconds(browser: Browser, address: str) -> None:
    """The bound is the product's promise, far above what it takes."""
    tasks = ("Fire Bob", "Send the invoices", "Newsletter for shop", "Train cook", "Meet investor")
    with visiting(browser, address) as page:
        page.get_by_role("link", name="Sort a list").click()
        page.get_by_label("Your list, one task on each line").fill("\n".join(f"{tasks[at % 5]} {at} - 1h" for at in range(200)))
        began = time.monotonic()
        page.get_by_role("button", name="Sort it").click()
        expect(page.locator(".board li.card")).to_have_count(200)
        assert time.monotonic() - began < 2
        expect(page.locator(".board .gist")).to_contain_text("of 200 can go")


@pytest.mark.parametrize(("width", "dark"), [(1280, True), (390, False), (320, True)])
def test_the_board_fits_and_is_sound(width: int, dark: bool, browser: Browser, address: str) -> None:
    with visiting(browser, address, dark=dark) as page:
        board = sorted_board(page, f"{LIST}\n{EVIL}", "We have a head chef, Anna.")
        expect(page.get_by_text("I heard: there is a head of kitchen")).to_be_visible()
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_timeout(300)
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
        assert board.evaluate("each => each.scrollWidth - each.clientWidth") <= 0
        assert board.locator("img, a").count() == 0
        sound(page)
        shot(page, f"board-{width}{'-dark' if dark else ''}")


def test_a_file_is_uploaded_and_a_wrong_one_says_what_to_do(browser: Browser, address: str, tmp_path: Path) -> None:
    good, wrong = tmp_path / "tasks.csv", tmp_path / "tasks.txt"
    good.write_text('Task,Hours\n"Fire Bob, then tell him",1\nNewsletter,3\n', encoding="utf-8")
    wrong.write_bytes(b"PK\x03\x04not text")
    with visiting(browser, address) as page:
        page.get_by_role("link", name="Sort a list").click()
        upload = page.locator("input[type=file]")
        upload.set_input_files(wrong)
        expect(page.get_by_text("tasks.txt")).to_be_visible()
        page.get_by_label("Your list, one task on each line").fill("Order flour")
        page.get_by_role("button", name="Sort it").click()
        expect(page.get_by_text("That file isn't text.")).to_be_visible()
        expect(page.get_by_label("Your list, one task on each line")).to_have_value("Order flour")
        sound(page)
        shot(page, "list-error")
        page.get_by_role("button", name="Remove tasks.txt").click()
        upload.set_input_files(good)
        expect(page.get_by_text("tasks.csv")).to_be_visible()
        page.get_by_role("button", name="Sort it").click()
        expect(page.locator(".board .task")).to_have_text(["Fire Bob, then tell him", "Newsletter", "Order flour"])


def test_the_export_runs_no_formula_in_a_spreadsheet(browser: Browser, address: str, tmp_path: Path) -> None:
    """Opened by a real one where this machine has it, and by its rules in any case."""
    with visiting(browser, address) as page:
        sorted_board(page, EVIL)
        with page.expect_download() as download:
            page.get_by_role("link", name="Spreadsheet (CSV)").click()
        file = tmp_path / "list.csv"
        download.value.save_as(file)
    rows = list(csv.reader(file.read_text(encoding="utf-8-sig").splitlines()))
    assert len(rows) == 1 + len(EVIL.splitlines())
    assert all(not cell.startswith(("=", "+", "-", "@", "\t", "\r")) for row in rows for cell in row)
    if shutil.which("ssconvert") or os.environ.get("CI"):
        control = tmp_path / "control.csv"
        control.write_text("=1+1,+1 call Bob\n", encoding="utf-8")
        assert formulas(control) == ["=1+1"]
        assert formulas(file) == []


def formulas(file: Path) -> list[str]:
    """The cells of a table that Gnumeric takes for formulas: those for which it notes no type of value."""
    opened = file.with_suffix(".gnumeric")
    subprocess.run(["ssconvert", file, opened], check=True, capture_output=True, timeout=60)
    cells = ElementTree.fromstring(gzip.decompress(opened.read_bytes())).iter("{http://www.gnumeric.org/v10.dtd}Cell")
    return [cell.text or "" for cell in cells if cell.get("ValueType") is None]


def test_a_list_is_shared_like_a_summary(browser: Browser, address: str) -> None:
    with visiting(browser, address) as page:
        sorted_board(page, LIST)
        page.get_by_role("button", name="Share this list").click()
        dialog = page.get_by_role("dialog")
        expect(dialog.get_by_text("This is what the recipient gets")).to_be_visible()
        dialog.get_by_role("button", name="Make the link").click()
        link = page.get_by_test_id("stCode").inner_text().strip().split()[0]
        sound(page)
        other = browser.new_context(java_script_enabled=False).new_page()
        other.goto(link)
        expect(other.get_by_text("1 of 5 can go, with 3 of 11 hours a week.")).to_be_visible()
        shot(other, "shared-list")
        dialog.get_by_role("button", name="End it").click()
        expect(dialog.get_by_role("button", name="End it")).to_have_count(0)
        answer = other.goto(link)
        assert answer is not None
        assert answer.status == 404
        other.context.close()


def test_a_model_judges_the_open_lines_and_can_be_stopped(browser: Browser) -> None:
    with serving(Step(wait_s=60)) as server, served(OPENAI_BASE_URL=server.url) as url, visiting(browser, url) as page:
        board = sorted_board(page, LIST)
        expect(page.get_by_text("A model looks at the lines")).to_be_visible()
        sound(page)
        began = time.monotonic()
        page.get_by_role("button", name="Stop").click()
        expect(page.get_by_text("A model looks at the lines")).to_have_count(0)
        assert time.monotonic() - began < 1.5
        expect(column(board, "ask").locator(".task")).to_have_text(["Frobnicate the widgets"])
    heard = Step(content=opinions("hand_off", 1))
    with serving(heard) as server, served(OPENAI_BASE_URL=server.url) as url, visiting(browser, url) as page:
        board = sorted_board(page, LIST)
        expect(column(board, "hand_off").locator(".task")).to_have_text(["Send the newsletter", "Frobnicate the widgets"])
        expect(column(board, "keep").locator(".task")).to_have_text(["Fire Bob", "Train the new cooks"])
        page.reload()
        expect(column(page.locator(".board"), "hand_off").locator(".task")).to_have_count(2)
        assert answers(page).count() == 0
