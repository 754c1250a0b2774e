"""Sharing as people do it: choose, preview, send, open elsewhere, end; two strangers on one server."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from advisor.visitor import COOKIE
from tests.browser.conftest import ask, shot, sound, visiting
from tests.serving import served

pytestmark = pytest.mark.browser
SAID = "Can my VA fire Sandra, do the newsletter (mail sandra@shop.example), and train the new waiters?"


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path, Path]]:
    """A server's address, its database and its log."""
    folder = tmp_path_factory.mktemp("kept")
    database, log = folder / "advisor.sqlite3", folder / "log"
    with served(ADVISOR_DATABASE_URL=f"sqlite:///{database}", LOG=str(log)) as url:
        yield url, database, log


def told(page: Page) -> None:
    ask(page, SAID)
    expect(page.get_by_role("button", name="Why?")).to_be_visible()


def make_link(page: Page) -> str:
    page.get_by_role("button", name="Share a summary").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("This is what the recipient gets")).to_be_visible()
    dialog.get_by_role("button", name="Make the link").click()
    expect(dialog.get_by_text("Copy it now")).to_be_visible()
    return page.get_by_test_id("stCode").inner_text().strip().split()[0]


def test_a_summary_is_shared_opened_elsewhere_and_ended(browser: Browser, kept: tuple[str, Path, Path], tmp_path: Path) -> None:
    url, database, log = kept
    with visiting(browser, url) as page:
        told(page)
        sound(page)
        page.get_by_role("button", name="Share a summary").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_role("button", name="Remove 2. the newsletter").or_(dialog.get_by_label("Remove 2. the newsletter")).first.click()
        preview = page.frame_locator("iframe").last
        expect(preview.get_by_text("fire [name removed]")).to_be_visible()
        expect(preview.get_by_text("the newsletter")).to_have_count(0)
        shot(page, "share-preview")
        sound(page)
        dialog.get_by_role("button", name="Make the link").click()
        expect(dialog.get_by_text("Copy it now")).to_be_visible()
        link = page.get_by_test_id("stCode").inner_text().strip().split()[0]
        shot(page, "share-link")
        previewed = preview.locator("main").inner_text()

        for dark, width in ((False, 1280), (True, 390)):
            elsewhere = browser.new_context(
                java_script_enabled=False, color_scheme="dark" if dark else "light", viewport={"width": width, "height": 900}
            )
            there = elsewhere.new_page()
            answer = there.goto(link)
            assert answer is not None
            assert answer.status == 200
            shot(there, f"shared-{width}{'-dark' if dark else ''}")
            assert there.locator("main").inner_text() == previewed
            assert there.title() == "A summary from Advisor"
            assert elsewhere.cookies() == []
            there.pdf(path=tmp_path / "shared.pdf")
            elsewhere.close()
        assert (tmp_path / "shared.pdf").stat().st_size > 10_000

        with_scripts = browser.new_context().new_page()
        with_scripts.goto(link)
        sound(with_scripts)
        page.get_by_role("button", name="Close").last.click()
        page.get_by_role("button", name="Links you shared").click()
        page.get_by_role("button", name="End this link").click()
        expect(page.get_by_role("button", name="Links you shared")).to_have_count(0)
        answer = with_scripts.reload()
        assert answer is not None
        assert answer.status == 404
        sound(with_scripts)
        with_scripts.context.close()

        secrets = [link.rpartition("/")[2], *(each["value"] for each in page.context.cookies() if each["name"] == COOKIE)]
    assert len(secrets) == 2
    kept_text = database.read_bytes() + b"".join(each.read_bytes() for each in database.parent.glob("*sqlite3-wal")) + log.read_bytes()
    for secret in secrets:
        assert secret.encode() not in kept_text
    assert b"Sandra" not in log.read_bytes()


def test_the_systems_share_sheet_is_offered_where_there_is_one(browser: Browser, kept: tuple[str, Path, Path]) -> None:
    sheet = "navigator.share = async shared => { window.shared = shared }; navigator.canShare = () => true"
    for script in ("delete Navigator.prototype.share", sheet):
        context = browser.new_context()
        context.add_init_script(script)
        page = context.new_page()
        page.goto(kept[0])
        told(page)
        link = make_link(page)
        button = page.get_by_role("button", name="Share by an app")
        if script == sheet:
            button.click()
            assert page.evaluate("window.shared") == {"title": "A summary from Advisor", "url": link}
        else:
            expect(button).to_have_count(0)
        context.close()


def test_two_strangers_keep_to_themselves(browser: Browser, kept: tuple[str, Path, Path]) -> None:
    url, database, _ = kept
    with visiting(browser, url) as mine:
        told(mine)
        expect(mine.get_by_role("button", name="Share a summary")).to_be_visible()
        address = mine.url
        assert "?c=" in address
        with visiting(browser, url) as theirs:
            theirs.goto(address)
            expect(theirs.get_by_text("isn't here any more")).to_be_visible()
            expect(theirs.get_by_text("Sandra")).to_have_count(0)
            expect(theirs.get_by_role("button", name="Share a summary")).to_have_count(0)
            ask(theirs, "Can my VA do the invoices?")
            expect(theirs.get_by_role("button", name="Why?")).to_be_visible()
            theirs.get_by_role("button", name="All that is kept of you").click()
            theirs.get_by_text("Yes, delete everything").click()
            theirs.get_by_role("button", name="Delete everything").click()
            expect(theirs.get_by_text("Try one")).to_be_visible()
        mine.reload()
        expect(mine.get_by_role("heading", name="Keep it").first).to_be_visible()
    with sqlite3.connect(database) as connection:
        assert connection.execute("SELECT count(*) FROM conversations WHERE title LIKE '%invoices%'").fetchone() == (0,)
    connection.close()


def test_started_in_any_folder_it_looks_alike_and_tells_nobody(browser: Browser, tmp_path: Path) -> None:
    with served(folder=tmp_path) as url, visiting(browser, url) as page:
        told(page)
        expect(page.get_by_text("Deploy")).to_have_count(0)
        assert {each["name"] for each in page.context.cookies()} <= {COOKIE, "_streamlit_xsrf"}
        shot(page, "elsewhere")


def test_a_conversation_is_there_after_the_server_was_killed(browser: Browser, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'advisor.sqlite3'}"
    context = browser.new_context()
    page = context.new_page()
    with served(ADVISOR_DATABASE_URL=url) as first:
        page.goto(first)
        page.get_by_test_id("stChatInputTextArea").wait_for()
        told(page)
        query = page.url.partition("?")[2]
    with served(ADVISOR_DATABASE_URL=url) as second:
        page.goto(f"{second}/?{query}")
        expect(page.get_by_role("heading", name="Keep it").first).to_be_visible()
        shot(page, "after-restart")
    context.close()
