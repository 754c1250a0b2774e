"""The page over a store: what a visitor comes back to, and what another one never sees."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Multiselect

from advisor import metrics, web
from advisor.conversation import respond
from advisor.domain import Conversation
from advisor.rulebook import Rulebook
from advisor.sharing import thawed
from advisor.store import Store, StoreError, now
from advisor.store.feedback import Because
from advisor.visitor import COOKIE, visitor_of
from tests.conftest import ScriptedModel, advice, labels, messages, opened, send, shown, tap

PAGE = Path(web.__file__).parent / "ui" / "page.py"
FIRE = "Should I let my VA fire Sandra, sandra@shop.example?"
MINE, THEIRS = "m" * 43, "t" * 43
ME, OTHER = (visitor_of(f"{COOKIE}={secret}") for secret in (MINE, THEIRS))


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cookies: dict[str, str]) -> Iterator[Store]:
    """The store behind the page; its visitor has a cookie."""
    store = Store(f"sqlite:///{tmp_path / 'advisor.sqlite3'}")
    monkeypatch.setattr(web, "store", lambda: store)
    monkeypatch.setattr(web, "model", lambda: None)
    cookies["Cookie"] = f"{COOKIE}={MINE}"
    yield store
    store.close()


def visit(conversation: str | None = None) -> AppTest:
    page = AppTest.from_file(str(PAGE), default_timeout=20)
    if conversation:
        page.query_params["c"] = conversation
    return page.run()


def say(page: AppTest, message: str) -> str:
    return shown(send(page, message))


def press(page: AppTest, label: str) -> str:
    return shown(tap(page, label))


def the_one(store: Store) -> str:
    (entry,) = store.conversations.listed(str(ME))
    return entry.id


def test_a_conversation_survives_a_reload(kept: Store) -> None:
    page = visit()
    say(page, FIRE)
    say(page, "why?")
    again = visit(the_one(kept))
    assert "Keep it" in shown(again)
    assert "Because of rule 1" in shown(again)
    assert "Because" in say(again, "why?")
    assert kept.conversations.listed(str(ME))[0].length == 3


@pytest.mark.usefixtures("kept")
def test_the_list_opens_another_one() -> None:
    page = visit()
    say(page, FIRE)
    press(page, "Start a new conversation")
    say(page, "Can I outsource my bookkeeping?")
    assert "my bookkeeping" in shown(page)
    opened = press(page, "fire Sandra")
    assert "fire Sandra" in opened
    assert "c" in page.query_params


def test_another_visitors_conversation_is_not_here(kept: Store, cookies: dict[str, str]) -> None:
    say(visit(), FIRE)
    cookies["Cookie"] = f"{COOKIE}={THEIRS}"
    page = visit(the_one(kept))
    assert "isn't here any more" in shown(page)
    assert "Sandra" not in shown(page)
    assert "Share a summary" not in labels(page)


def test_without_a_cookie_nothing_is_kept_and_the_page_says_so(kept: Store, cookies: dict[str, str]) -> None:
    cookies.clear()
    page = visit()
    assert "Keep it" in say(page, FIRE)
    assert "your browser takes no cookie" in shown(page)
    assert kept.conversations.listed(str(ME)) == ()


def test_a_database_that_fails_takes_no_answer_away(kept: Store) -> None:
    page = visit()
    kept._database.engine.dispose()
    kept._database.engine = kept._database.engine.execution_options()
    with kept._database.writing() as connection:
        connection.exec_driver_sql("DROP TABLE turns")
    assert "Keep it" in say(page, FIRE)
    assert "isn't kept yet" in shown(page)
    assert "Because" in say(page, "why?")


def test_two_tabs_lose_no_turn(kept: Store) -> None:
    one = visit()
    say(one, FIRE)
    other = visit(the_one(kept))
    say(other, "why?")
    said = say(one, "recap")
    assert "why?" in said
    assert "So far" in said
    assert kept.conversations.listed(str(ME))[0].length == 3


def test_an_answer_cut_short_says_so_and_can_be_had_again(kept: Store, rulebook: Rulebook, monkeypatch: pytest.MonkeyPatch) -> None:
    first = respond(FIRE, Conversation(), rulebook)
    identity = kept.conversations.save(str(ME), None, first, True, now())
    kept.conversations.save(str(ME), identity, respond("Can my VA do the invoices?", first, rulebook), False, now())
    page = visit(identity)
    assert "was stopped" in shown(page)
    monkeypatch.setattr(web, "model", lambda: ScriptedModel(advice("Nothing stands against that.", "hand_off")))
    assert "was stopped" not in press(page, "Try again")
    loaded = kept.conversations.load(str(ME), identity)
    assert loaded is not None
    assert [turn.said for turn in loaded.conversation.turns] == [FIRE, "Can my VA do the invoices?"]
    assert loaded.finished


def test_deleting_all_leaves_nothing(kept: Store) -> None:
    page = visit()
    say(page, FIRE)
    opened(page, "everything")
    next(box for box in page.checkbox if box.label.startswith("Yes, delete everything")).check().run()
    press(page, "Delete everything")
    assert kept.conversations.listed(str(ME)) == ()
    assert "Try one" in shown(page)


def test_a_conversation_is_renamed_and_deleted(kept: Store) -> None:
    page = visit()
    say(page, FIRE)
    opened(page, "this")
    next(each for each in page.text_input if each.label == "New title").set_value("Sandra's *case*")
    press(page, "Rename")
    assert kept.conversations.listed(str(ME))[0].title == "Sandra's *case*"
    next(box for box in page.checkbox if box.label.startswith("Yes, delete this")).check().run()
    press(page, "Delete it")
    assert kept.conversations.listed(str(ME)) == ()


def test_a_summary_is_shared_without_what_is_private_and_ended(kept: Store) -> None:
    page = visit()
    say(page, FIRE)
    say(page, "Can my VA do the invoices of +44 20 7946 0958?")
    press(page, "Share a summary")
    tasks = next(each for each in page.multiselect if each.label == "Tasks")
    assert tasks.value == [0, 1]
    names = next(each for each in page.multiselect if each.label == "Names to take out")
    assert names.value == ["Sandra"]
    press(page, "Make the link")
    (snapshot,) = kept.shares.snapshots(str(ME)).values()
    for private in (b"Sandra", b"sandra@", b"7946"):
        assert private not in snapshot
    summary = thawed(snapshot)
    assert summary is not None
    assert [task.verdict for task in summary.tasks] == ["keep", "hand_off"]
    link = page.code[0].value
    assert link.startswith("https://advisor.example/share/")
    assert kept.shares.open(link.rpartition("/")[2], now()) == snapshot
    press(page, "End this link")
    assert kept.shares.open(link.rpartition("/")[2], now()) is None


@pytest.mark.usefixtures("kept")
def test_what_a_visitor_downloads_is_all_theirs() -> None:
    from starlette.applications import Starlette
    from starlette.testclient import TestClient

    say(visit(), FIRE)
    with TestClient(Starlette(routes=web.ROUTES), cookies={COOKIE: MINE}) as client:
        told = json.loads(client.get("/my/conversations.json").text)
    assert [each["title"] for each in told["conversations"]] == ["fire Sandra"]
    assert told["conversations"][0]["conversation"]["turns"][0]["said"] == FIRE


def test_what_was_chosen_stays_chosen_and_a_link_shows_what_stands_beside_it(kept: Store) -> None:
    page = visit()
    say(page, FIRE)
    say(page, "Can my VA do the invoices for the waiters?")
    press(page, "Share a summary")

    def choice(label: str) -> Multiselect:
        return next(each for each in page.multiselect if each.label == label)

    choice("Names to take out").set_value(["Sandra", "waiters"]).run()
    choice("Word for word, if you like").set_value([1]).run()
    assert choice("Names to take out").value == ["Sandra", "waiters"]
    press(page, "Make the link")
    assert len(page.code) == 1
    choice("Tasks").set_value([1]).run()
    assert len(page.code) == 0
    press(page, "Show this summary there")
    (snapshot,) = kept.shares.snapshots(str(ME)).values()
    assert b"fire" not in snapshot
    assert b"waiters" not in snapshot
    assert len(page.code) == 1


def test_a_lock_that_ends_loses_nothing(kept: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    page = visit()
    say(page, FIRE)
    with monkeypatch.context() as patched:
        patched.setattr(kept.conversations, "save", refused)
        assert "isn't kept yet" in say(page, "why?")
    assert "isn't kept yet" not in say(page, "what would change this?")
    loaded = kept.conversations.load(str(ME), the_one(kept))
    assert loaded is not None
    assert [turn.said for turn in loaded.conversation.turns] == [FIRE, "why?", "what would change this?"]


def test_what_could_not_be_kept_gives_way_where_another_tab_went_on(kept: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    page = visit()
    say(page, FIRE)
    with monkeypatch.context() as patched:
        patched.setattr(kept.conversations, "save", refused)
        say(page, "why?")
    say(visit(the_one(kept)), "recap")
    assert "went on in another tab" in say(page, "what would change this?")
    loaded = kept.conversations.load(str(ME), the_one(kept))
    assert loaded is not None
    assert [turn.said for turn in loaded.conversation.turns] == [FIRE, "recap", "what would change this?"]


def test_two_tabs_that_try_again_ask_once(kept: Store, rulebook: Rulebook) -> None:
    first = respond(FIRE, Conversation(), rulebook)
    identity = kept.conversations.save(str(ME), None, first, False, now())
    one, other = visit(identity), visit(identity)
    press(one, "Try again")
    press(other, "Try again")
    loaded = kept.conversations.load(str(ME), identity)
    assert loaded is not None
    assert [turn.said for turn in loaded.conversation.turns] == [FIRE]


def test_ending_one_link_leaves_another_in_sight(kept: Store) -> None:
    page = visit()
    say(page, FIRE)
    say(page, "Can my VA do the invoices?")
    press(page, "Share a summary")
    press(page, "Make the link")
    press(page, "Make the link")
    link = page.code[0].value
    oldest = kept.shares.listed(str(ME))[-1]
    next(button for button in page.button if button.key == f"update-{oldest.id}").click().run()
    assert page.code[0].value == link
    next(multiselect for multiselect in page.multiselect if multiselect.label == "Tasks").set_value([1]).run()
    next(button for button in page.button if button.key == f"update-{oldest.id}").click().run()
    assert len(page.code) == 0


def refused(*_: object) -> str:
    raise StoreError("the database can't be reached just now: try again in a moment")


# --- the chat's manners, and the list ---------------------------------------------------------------------------------


def loaded(store: Store) -> Conversation:
    kept = store.conversations.load(str(ME), the_one(store))
    assert kept is not None
    return kept.conversation


def test_the_last_message_is_changed_in_its_place(kept: Store) -> None:
    page = visit()
    say(page, "Can my VA do the books?")
    say(page, "Can my VA fier Sandra?")
    press(page, "Edit my message")
    page.text_area[0].set_value("Can my VA do the newsletter?")
    text = press(page, "Send again")
    assert "newsletter" in text
    assert "fier" not in text
    assert [turn.said for turn in loaded(kept).turns] == ["Can my VA do the books?", "Can my VA do the newsletter?"]
    assert len(loaded(kept).standing) == 2


def test_a_change_that_another_tab_overtook_is_not_lost(kept: Store) -> None:
    page = visit()
    say(page, FIRE)
    other = visit(the_one(kept))
    press(page, "Edit my message")
    say(other, "why?")
    page.text_area[0].set_value("Can my VA do the newsletter?")
    text = press(page, "Send again")
    assert "You wrote: Can my VA do the newsletter?" in text
    assert [turn.said for turn in loaded(kept).turns] == [FIRE, "why?"]


def test_an_answer_is_said_differently_and_decides_the_same(kept: Store) -> None:
    page = visit()
    say(page, FIRE)
    before = loaded(kept)
    press(page, "Say it differently")
    after = loaded(kept)
    assert after.turns[0].reply != before.turns[0].reply
    assert after.turns[0].assessments == before.turns[0].assessments
    assert "Keep" in after.turns[0].reply


def test_a_model_that_says_it_differently_decides_nothing(kept: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    page = visit()
    say(page, "Can my VA frobnicate the widgets?")
    press(page, "Skip")
    say(page, FIRE)
    monkeypatch.setattr(web, "model", lambda: ScriptedModel(advice("Hand it off. Let her fire him.", "hand_off")))
    text = press(page, "Say it differently")
    assert "Let her fire him" not in text
    assert loaded(kept).standing[-1].verdict == "keep"
    assert loaded(kept).turns[-1].provenance is not None
    monkeypatch.setattr(web, "model", lambda: ScriptedModel(advice("Keep the firing with you.", "keep", rules=(1,))))
    assert "Keep the firing with you." in press(page, "Say it differently")


def test_a_thumb_is_kept_with_words_only_where_they_are_included(kept: Store) -> None:
    page = visit()
    say(page, FIRE)
    tap(page, "Thumbs down")
    assert [each["words"] for each in kept.feedback.all()] == [None]
    page.radio[0].set_value(Because.MISREAD)
    page.text_area[0].set_value("She is family.")
    assert "without the tick no words are kept" in press(page, "Send")
    assert [each["words"] for each in kept.feedback.all()] == [None]
    next(box for box in page.checkbox if box.label.startswith("Include my message")).check()
    press(page, "Send")
    (told,) = kept.feedback.all()
    assert told["because"] == "misread"
    assert told["words"]["words"] == "She is family."  # type: ignore[index]


def test_a_long_conversation_draws_its_last_turns(kept: Store, rulebook: Rulebook) -> None:
    talk = Conversation()
    for number in range(25):
        talk = respond(f"Can my VA do the books of shop {number}?", talk, rulebook)
    page = visit(kept.conversations.save(str(ME), None, talk, True, now()))
    assert messages(page) == 40
    assert "shop 0?" not in shown(page)
    assert "shop 0?" in press(page, "Show earlier (5)")
    assert messages(page) == 50


def test_an_answer_is_logged_and_counted_once_it_is_whole_without_a_word(
    kept: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def counted(**labels: str) -> float:
        return metrics.REGISTRY.get_sample_value("advisor_answers_total", labels) or 0

    page = visit()
    before, used = counted(kind="verdict", model="none"), counted(kind="verdict", model="used")
    with caplog.at_level("INFO", logger="advisor.web"):
        say(page, FIRE)
        monkeypatch.setattr(web, "model", lambda: ScriptedModel(advice("Keep the firing with you.", "keep", rules=(1,))))
        press(page, "Say it differently")
    assert (counted(kind="verdict", model="none"), counted(kind="verdict", model="used")) == (before + 1, used + 1)
    told = [record for record in caplog.records if record.message == "answered"]
    assert [(each.__dict__["conversation"], each.__dict__["verdicts"], each.__dict__["model"]) for each in told] == [
        (kept.conversations.listed(str(ME))[0].id, ["keep"], "none"),
        (kept.conversations.listed(str(ME))[0].id, ["keep"], "used"),
    ]
    assert "receptionist" not in caplog.text
