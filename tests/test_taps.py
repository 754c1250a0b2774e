"""What a browser says was tapped on a page's foot and side: done where it is offered, and nothing else is, whatever it says."""

import json
import threading
from collections.abc import Generator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from advisor import web
from advisor.conversation import MAX_MESSAGE_CHARS, has_other_wording, next_wording, respond
from advisor.domain import Conversation
from advisor.jobs import Job
from advisor.rulebook import Rulebook
from advisor.store import Store, now
from advisor.talk import Talk
from advisor.visitor import COOKIE, visitor_of
from tests.conftest import labels, messages, send, shown, tap, told
from tests.visiting import tapping, taps

PAGE = Path(web.__file__).parent / "ui" / "page.py"
FIRE = "Should I let my VA fire Sandra?"
MINE = "m" * 43
ME = str(visitor_of(f"{COOKIE}={MINE}"))
HALF = "\ud800"
FOOT: tuple[Any, ...] = (
    None, True, 7, "say", [], {}, [{"do": "say", "words": "Why?"}], {"do": None}, {"do": ["say"]}, {"do": "delete"},
    {"do": "SAY", "words": "Why?"}, {"do": "say"}, {"do": "say", "words": None}, {"do": "say", "words": ["Why?"]},
    {"do": "say", "words": ""}, {"do": "say", "words": HALF}, {"do": "say", "words": "Can my VA do the books?"},
    {"do": "say", "words": "Why? "}, {"do": "say", "words": "x" * 10 * MAX_MESSAGE_CHARS}, {"do": "rate"}, {"do": "rate", "thumb": 2},
    {"do": "rate", "thumb": -1}, {"do": "rate", "thumb": "1"}, {"do": "rate", "thumb": [1]}, {"do": "rate", "thumb": 0.5},
    *({"do": "say", "words": "Why?", "turns": turns} for turns in (0, 2, -1, None, "1", [1])),
)  # fmt: skip
"""Taps on the foot that none of its buttons makes."""
SIDE: tuple[Any, ...] = (
    None, False, 7, "new", [], {}, {"do": "open"}, {"do": "open", "id": None, "board": False}, {"do": "open", "id": ["x"], "board": False},
    {"do": "open", "id": "x", "board": "yes"}, {"do": "open", "id": "x"}, {"do": "delete", "id": "x"}, {"do": "search"},
    {"do": "search", "words": 7}, {"do": "search", "words": HALF}, {"do": "search", "words": "\0"}, {"do": "search", "words": "%"},
    {"do": "search", "words": "_" * 10**5}, {"do": "search", "words": "' OR 1=1 --"},
)  # fmt: skip
"""Taps on the side that would open, delete or show what they must not."""
NOWHERE = ("", "../../etc/passwd", "\0", HALF, "0" * 32, "' OR 1=1 --", "x" * 10**5)


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cookies: dict[str, str]) -> Iterator[Store]:
    store = Store(f"sqlite:///{tmp_path / 'advisor.sqlite3'}")
    monkeypatch.setattr(web, "store", lambda: store)
    monkeypatch.setattr(web, "model", lambda: None)
    cookies["Cookie"] = f"{COOKIE}={MINE}"
    yield store
    store.close()


@pytest.fixture
def page(kept: Store) -> AppTest:
    """A page with one answer, beside another visitor's conversation."""
    other = respond("Can my VA do the secret books?", Conversation(), web.standard())
    kept.conversations.save("somebody-else", None, other, True, now())
    return send(AppTest.from_file(str(PAGE), default_timeout=20).run(), FIRE)


def told_by(page: AppTest, component: str, event: object) -> str:
    """What the page says after an event; one on the foot is of what is drawn now, unless it says otherwise."""
    if component == "foot" and isinstance(event, dict):
        event = {"turns": messages(page) // 2} | event
    found = next(each for each in page.get("bidi_component") if each.proto.component_name.endswith(component))
    return shown(told(page, tapping(found.proto, event)))


def as_kept(store: Store) -> list[Conversation]:
    return [each.conversation for each in store.conversations.all_of(ME)]


def test_no_tap_that_is_not_offered_does_anything(page: AppTest, kept: Store) -> None:
    before = as_kept(kept)
    for event in FOOT:
        text = told_by(page, "foot", event)
        assert "Keep it" in text, event
        assert messages(page) == 2, event
    assert as_kept(kept) == before
    assert not list(kept.feedback.all())


def test_what_cannot_be_done_yet_is_not_done_by_a_tap(kept: Store) -> None:
    page = AppTest.from_file(str(PAGE), default_timeout=20).run()
    for event in ({"do": "say", "words": "Why?"}, {"do": "edit"}, {"do": "rephrase"}, {"do": "share"}, {"do": "rate", "thumb": 1}):
        told_by(page, "foot", event)
        assert messages(page) == 0
    assert as_kept(kept) == []


def test_no_tap_on_the_side_shows_or_ends_what_it_must_not(page: AppTest, kept: Store) -> None:
    before = as_kept(kept)
    (theirs,) = kept.conversations.listed("somebody-else")
    opening = [{"do": "open", "id": identity, "board": board} for identity in (*NOWHERE, theirs.id) for board in (False, True)]
    for event in (*SIDE, *opening):
        assert "secret" not in told_by(page, "side", event), event
        assert not any("secret" in label for label in labels(page)), event
        tap(page, "Start a new conversation")
    assert as_kept(kept) == before
    assert len(kept.conversations.listed("somebody-else")) == 1


def test_what_is_offered_is_done_once_for_what_was_drawn(page: AppTest, kept: Store) -> None:
    """A double click's second half comes when the answer to the first is there already."""
    for _ in range(2):
        told_by(page, "foot", {"do": "say", "words": "Why?", "turns": 1})
    assert [turn.said for turn in as_kept(kept)[0].turns] == [FIRE, "Why?"]


def test_nothing_is_done_while_an_answer_is_in_the_making(page: AppTest, kept: Store) -> None:
    talk: Talk = page.session_state["talk"]
    done = threading.Event()

    def waiting() -> Generator[Conversation, None, None]:
        done.wait(10)
        yield talk.conversation

    talk.job = web.JOBS.begin(str(talk.kept), Job(waiting(), talk.conversation, lambda *_: None))
    timer = threading.Timer(1, done.set)
    timer.start()
    told_by(page, "foot", {"do": "say", "words": "Why?"})
    timer.join()
    assert len(as_kept(kept)[0].turns) == 1
    assert "Why?" in labels(page)


def test_the_line_that_a_cards_talk_begins_with_is_not_changed(page: AppTest) -> None:
    assert "Edit my message" in labels(page)
    page.session_state["talk"].from_list = "0" * 32
    told_by(page, "foot", {"do": "edit"})
    assert not page.text_area
    assert "Edit my message" not in labels(page)


def test_a_search_can_be_left_however_few_there_are(kept: Store) -> None:
    for said in (FIRE, "Can my VA do the books?"):
        kept.conversations.save(ME, None, respond(said, Conversation(), web.standard()), True, now())
    page = AppTest.from_file(str(PAGE), default_timeout=20).run()
    told_by(page, "side", {"do": "search", "words": "Sandra"})
    (found,) = kept.conversations.listed(ME, "Sandra")
    kept.conversations.delete(ME, found.id)
    page.run()
    side = next(each for each in page.get("bidi_component") if each.proto.component_name.endswith("side"))
    assert json.loads(side.proto.json)["searches"]
    told_by(page, "side", {"do": "search", "words": ""})
    assert "the books" in labels(page)


def test_a_thumb_is_taken_back_by_another_tap(page: AppTest, kept: Store) -> None:
    tap(page, "Thumbs up")
    assert [each["helpful"] for each in kept.feedback.all()] == [True]
    assert "Thank you" in shown(page)
    told_by(page, "foot", {"do": "rate", "thumb": None})
    assert not list(kept.feedback.all())
    assert "Thank you" not in shown(page)


def test_conversations_are_found_again_and_all_listed(kept: Store) -> None:
    for number in range(12):
        talk = respond(f"Can my VA do the books of shop {number}?", Conversation(), web.standard())
        kept.conversations.save(ME, None, talk, True, now())
    page = AppTest.from_file(str(PAGE), default_timeout=20).run()
    assert sum("shop" in label for label in labels(page)) == 8
    told_by(page, "side", {"do": "search", "words": "shop 7"})
    assert [label for label in labels(page) if "shop" in label] == ["the books of shop 7"]
    told_by(page, "side", {"do": "search", "words": "nothing like it"})
    assert not any("shop" in label for label in labels(page))
    told_by(page, "side", {"do": "search", "words": ""})
    told_by(page, "side", {"do": "all"})
    assert sum("shop" in label for label in labels(page)) == 12


@pytest.mark.usefixtures("kept")
def test_outside_words_reach_a_component_as_they_are() -> None:
    """It shows them as text: what a browser makes of them is tried in one."""
    evil = "<img src=x onerror=alert(1)> **bold** ![x](//evil.example)"
    page = send(AppTest.from_file(str(PAGE), default_timeout=20).run(), f"Can my VA pick our new supplier {evil} and fire our cook?")
    send(page, "why?")
    foot = next(each for each in page.get("bidi_component") if each.proto.component_name.endswith("foot"))
    assert any(label.startswith("pick our new supplier") for label in taps(foot.proto))
    assert not foot.proto.html_content.count("supplier")


TALK = (FIRE, "why?", "Can my VA do the books?", "What can I hand off?", "Could someone train my cooks?", "We have a head chef.", "hello")


def test_other_words_are_offered_where_there_are_any(rulebook: Rulebook) -> None:
    talk = Conversation()
    for said in TALK:
        talk = respond(said, talk, rulebook)
        turn, left = talk.turns[-1], replace(talk, turns=talk.turns[:-1])
        for each in (turn, replace(turn, reply="Another release's words."), replace(turn, reply="A model's words.", by_model=True)):
            assert has_other_wording(each, left, rulebook) == (next_wording(each, left, rulebook) != each.reply), said
    assert not has_other_wording(replace(turn, reply="Another release's words."), left, rulebook)


def test_what_is_drawn_later_has_a_higher_number(page: AppTest) -> None:
    """By which a component knows an update that comes late."""

    def drawn() -> dict[str, tuple[str, int]]:
        data = {each.proto.component_name: json.loads(each.proto.json) for each in page.get("bidi_component")}
        return {name: (each["tab"], each["number"]) for name, each in data.items()}

    before = drawn()
    send(page, "Can my VA do the books?")
    after = drawn()
    assert {name: tab for name, (tab, _) in before.items()} == {name: tab for name, (tab, _) in after.items()}
    assert all(after[name][1] > number for name, (_, number) in before.items())
