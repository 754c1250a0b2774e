"""What is kept: the same on SQLite and PostgreSQL."""

import shutil
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from advisor import sharing
from advisor.board import Board, sort
from advisor.conversation import respond
from advisor.domain import Conversation, Verdict
from advisor.rulebook import Rulebook, standard
from advisor.store import Overtaken, Store, StoreError, now
from advisor.store.database import address
from advisor.store.feedback import Because, Opinion
from advisor.store.schema import METADATA
from advisor.store.tallies import Counted
from advisor.todo import lines_of
from tests.conftest import begun

DATABASES = Path(__file__).parent / "cases" / "databases"
EARLIER = "5" * 64
ME, OTHER = "a" * 64, "b" * 64
NOON = datetime(2026, 5, 1, 12)
SAID = ("Can my VA fire our receptionist and do the newsletter?", "why the first one?", "brief for the newsletter")


@pytest.fixture
def talk(rulebook: Rulebook) -> list[Conversation]:
    """A conversation after each of its turns."""
    told, after = Conversation(), []
    for said in SAID:
        told = respond(said, told, rulebook)
        after.append(told)
    return after


def keep(store: Store, talk: list[Conversation], visitor: str = ME, at: datetime = NOON) -> str:
    identity = None
    for conversation in talk:
        identity = store.conversations.save(visitor, identity, conversation, True, at)
    assert identity is not None
    return identity


def test_a_conversation_comes_back_as_it_was(store: Store, talk: list[Conversation]) -> None:
    kept = store.conversations.load(ME, keep(store, talk))
    assert kept is not None
    assert kept.conversation == talk[-1]
    assert kept.finished
    assert kept.title == "fire our receptionist; the newsletter"


def test_nobody_reaches_what_is_another_visitors(store: Store, talk: list[Conversation]) -> None:
    mine = keep(store, talk)
    shared = store.shares.create(ME, mine, b"{}", 30, NOON)
    assert shared is not None
    assert store.conversations.load(OTHER, mine) is None
    assert store.conversations.listed(OTHER) == ()
    assert store.conversations.all_of(OTHER) == ()
    assert not store.conversations.rename(OTHER, mine, "theirs")
    assert not store.conversations.delete(OTHER, mine)
    assert store.conversations.delete_all(OTHER) == 0
    with pytest.raises(Overtaken):
        store.conversations.save(OTHER, mine, talk[-1], True, NOON)
    assert store.shares.create(OTHER, mine, b"{}", 30, NOON) is None
    assert not store.shares.refresh(OTHER, shared[0], b"[]", NOON)
    assert not store.shares.revoke(OTHER, shared[0])
    assert store.shares.listed(OTHER) == ()
    kept = store.conversations.load(ME, mine)
    assert kept is not None
    assert kept.conversation == talk[-1]
    assert store.shares.open(shared[1], NOON) == b"{}"


def test_a_turn_is_kept_while_it_is_answered(store: Store, talk: list[Conversation]) -> None:
    identity = store.conversations.save(ME, None, talk[0], False, NOON)
    kept = store.conversations.load(ME, identity)
    assert kept is not None
    assert not kept.finished
    assert store.conversations.save(ME, identity, talk[0], True, NOON) == identity
    kept = store.conversations.load(ME, identity)
    assert kept is not None
    assert kept.finished


def test_of_two_tabs_that_answer_at_once_one_is_told(store: Store, talk: list[Conversation], rulebook: Rulebook) -> None:
    identity = keep(store, talk[:1])
    mine, theirs = respond("why?", talk[0], rulebook), respond("recap", talk[0], rulebook)
    store.conversations.save(ME, identity, mine, True, NOON)
    with pytest.raises(Overtaken):
        store.conversations.save(ME, identity, theirs, True, NOON)
    kept = store.conversations.load(ME, identity)
    assert kept is not None
    assert kept.conversation == mine


def test_twenty_writers_lose_and_double_nothing(store: Store, talk: list[Conversation], rulebook: Rulebook) -> None:
    identity = keep(store, talk[:1])

    def add(number: int) -> str:
        said = f"why? {number}"
        while True:
            kept = store.conversations.load(ME, identity)
            assert kept is not None
            try:
                store.conversations.save(ME, identity, respond(said, kept.conversation, rulebook), True, NOON)
            except Overtaken:
                continue
            return said

    with ThreadPoolExecutor(8) as pool:
        confirmed = list(pool.map(add, range(20)))
    kept = store.conversations.load(ME, identity)
    assert kept is not None
    assert sorted(turn.said for turn in kept.conversation.turns[1:]) == sorted(confirmed)


def test_an_answer_that_came_to_no_end_is_answered_anew_in_its_place(store: Store, talk: list[Conversation]) -> None:
    identity = keep(store, talk[:1])
    store.conversations.rename(ME, identity, "mine")
    link = store.shares.create(ME, identity, b"{}", 7, NOON)
    store.conversations.save(ME, identity, talk[1], False, NOON)
    before = store.conversations.load(ME, identity, before=2)
    assert before is not None
    assert before.conversation == talk[0]
    store.conversations.save(ME, identity, talk[1], True, NOON)
    with pytest.raises(Overtaken):
        store.conversations.save(ME, identity, talk[1], True, NOON)
    kept = store.conversations.load(ME, identity)
    assert kept is not None
    assert (kept.conversation, kept.finished, kept.title) == (talk[1], True, "mine")
    assert link is not None
    assert store.shares.open(link[1], NOON) == b"{}"


def test_an_answer_comes_to_its_end_though_the_talk_went_on(store: Store, talk: list[Conversation]) -> None:
    identity = store.conversations.save(ME, None, talk[0], False, NOON)
    store.conversations.save(ME, identity, talk[1], True, NOON)
    whole = replace(talk[0], turns=(replace(talk[0].turns[0], reply="whole"),))
    assert store.conversations.save(ME, identity, whole, True, NOON) == identity
    kept = store.conversations.load(ME, identity)
    assert kept is not None
    assert [turn.reply for turn in kept.conversation.turns] == ["whole", talk[1].turns[1].reply]
    assert store.conversations.listed(ME)[0].length == 2


def test_what_stands_knows_of_a_graver_verdict_that_came_late(store: Store, rulebook: Rulebook) -> None:
    asked = respond("Could my VA take care of the xyzzy thing?", Conversation(), rulebook)
    identity = store.conversations.save(ME, None, asked, False, NOON)
    went_on = respond("recap", asked, rulebook)
    store.conversations.save(ME, identity, went_on, True, NOON)
    graver = replace(asked.standing[0], verdict=Verdict.KEEP)
    settled = replace(asked, turns=(replace(asked.turns[0], assessments=(graver,)),), standing=(graver,))
    store.conversations.save(ME, identity, settled, True, NOON)
    kept = store.conversations.load(ME, identity)
    assert kept is not None
    assert kept.conversation.standing[0].verdict is Verdict.KEEP


def test_a_turn_that_was_cut_off_by_a_lock_is_completed_with_the_next(store: Store, talk: list[Conversation]) -> None:
    half = replace(talk[0], turns=(replace(talk[0].turns[0], reply="half"),))
    identity = store.conversations.save(ME, None, half, False, NOON)
    store.conversations.save(ME, identity, talk[1], True, NOON)
    kept = store.conversations.load(ME, identity)
    assert kept is not None
    assert kept.conversation == talk[1]


def test_what_could_not_be_kept_is_kept_with_the_next_turn(store: Store, talk: list[Conversation]) -> None:
    identity = keep(store, talk[:1])
    store.conversations.save(ME, identity, talk[2], True, NOON)
    kept = store.conversations.load(ME, identity)
    assert kept is not None
    assert kept.conversation == talk[2]
    whole = store.conversations.save(ME, None, talk[2], True, NOON)
    assert store.conversations.listed(ME)[0].length == 3
    assert {each.id for each in store.conversations.listed(ME)} == {identity, whole}


@pytest.mark.parametrize("typed", ["\0", "a" * 31, "g" * 32, "A" * 32, "../" * 10, "é" * 32, "'; DROP TABLE turns; --"])
def test_what_anybody_types_reaches_nothing(store: Store, talk: list[Conversation], typed: str, rulebook: Rulebook) -> None:
    mine = keep(store, talk)
    assert store.conversations.load(ME, typed) is None
    assert store.conversations.listed(ME, typed + "zzz") == ()
    assert store.shares.open(typed, NOON) is None
    store.conversations.rename(ME, mine, typed)
    odd = store.conversations.save(ME, None, respond(f"{typed} Can my VA do the newsletter?", Conversation(), rulebook), True, NOON)
    assert store.conversations.load(ME, odd) is not None


def test_conversations_are_listed_and_found(store: Store, talk: list[Conversation], rulebook: Rulebook) -> None:
    first = keep(store, talk)
    second = keep(store, [respond("May an agency do our 100% SEO_audit?", Conversation(), rulebook)], at=NOON + timedelta(hours=1))
    assert [each.id for each in store.conversations.listed(ME)] == [second, first]
    assert [each.id for each in store.conversations.listed(ME, " RECEPTIONIST ")] == [first]
    assert [each.id for each in store.conversations.listed(ME, "the first one")] == [first]
    assert [each.id for each in store.conversations.listed(ME, "100%")] == [second]
    assert store.conversations.rename(ME, first, "ÖKONOMIE")
    assert [each.id for each in store.conversations.listed(ME, "Ökonomie")] == [first]
    assert [each.id for each in store.conversations.listed(ME, "seo_a")] == [second]
    assert store.conversations.listed(ME, "%") == store.conversations.listed(ME, "100%")
    assert store.conversations.listed(ME, "' OR 1=1 --") == ()


def test_a_title_of_the_owners_stays(store: Store, talk: list[Conversation]) -> None:
    identity = keep(store, talk[:2])
    assert store.conversations.rename(ME, identity, "  The   receptionist ")
    assert not store.conversations.rename(ME, identity, "   ")
    store.conversations.save(ME, identity, talk[2], True, NOON)
    assert store.conversations.listed(ME)[0].title == "The receptionist"


def test_what_is_deleted_is_gone_with_its_links(store: Store, talk: list[Conversation]) -> None:
    kept, gone = keep(store, talk), keep(store, talk)
    links = [store.shares.create(ME, identity, b"{}", 7, NOON) for identity in (kept, gone)]
    assert store.conversations.delete(ME, gone)
    assert links[0] is not None
    assert links[1] is not None
    assert store.shares.open(links[1][1], NOON) is None
    assert store.shares.open(links[0][1], NOON) == b"{}"
    assert store.conversations.delete_all(ME) == 1
    assert store.shares.open(links[0][1], NOON) is None


def test_a_link_lives_until_it_expires_or_is_revoked(store: Store, talk: list[Conversation]) -> None:
    identity = keep(store, talk)
    expiring, revoked = (store.shares.create(ME, identity, b"{}", 7, NOON) for _ in range(2))
    assert expiring is not None
    assert revoked is not None
    assert store.shares.refresh(ME, expiring[0], b"[1]", NOON + timedelta(days=1))
    assert store.shares.open(expiring[1], NOON + timedelta(days=6)) == b"[1]"
    assert store.shares.open(expiring[1], NOON + timedelta(days=7)) is None
    assert store.shares.open(revoked[1], NOON) == b"{}"
    for made in (expiring, revoked):
        store.shares.count(made[1])
    assert store.shares.revoke(ME, revoked[0])
    assert not store.shares.revoke(ME, revoked[0])
    assert not store.shares.refresh(ME, revoked[0], b"[2]", NOON)
    assert store.shares.open(revoked[1], NOON) is None
    for token in ("", "x", expiring[1][:-1], expiring[1] + "=", "é", "a" * 1000):
        assert store.shares.open(token, NOON) is None
    assert {share.id: (share.opened, share.is_live(NOON)) for share in store.shares.listed(ME)} == {
        expiring[0]: (1, True),
        revoked[0]: (1, False),
    }


def test_what_nobody_touches_is_purged(store: Store, talk: list[Conversation]) -> None:
    old = keep(store, talk)
    fresh = keep(store, talk, at=NOON + timedelta(days=100))
    store.shares.create(ME, fresh, b"{}", 7, NOON)
    late = NOON + timedelta(days=180, seconds=1)
    assert store.purge(late, 180) == (0, 0)
    assert store.purge(late + timedelta(hours=23), 180) == (0, 0)
    assert store.purge(late + timedelta(days=1), 180) == (1, 1)
    assert [each.id for each in store.conversations.listed(ME)] == [fresh]
    assert store.conversations.load(ME, old) is None


def test_a_clock_that_jumps_ahead_for_less_than_a_day_loses_nothing(store: Store, talk: list[Conversation]) -> None:
    kept = keep(store, talk)
    token = (store.shares.create(ME, kept, b"{}", 7, NOON) or ("", ""))[1]
    wrong = NOON + timedelta(days=4000)
    for hours in range(23):
        assert store.purge(wrong + timedelta(hours=hours), 180) == (0, 0)
    for hours in range(24 * 6):
        assert store.purge(NOON + timedelta(hours=hours), 180) == (0, 0)
    assert store.shares.open(token, NOON + timedelta(days=6)) == b"{}"
    for hours in range(3):
        assert store.purge(wrong + timedelta(days=1, hours=hours), 180) == (0, 0), "the day is counted anew"
    assert [each.id for each in store.conversations.listed(ME)] == [kept]


def test_a_clock_that_was_ahead_does_not_keep_what_is_due_for_ever(store: Store, talk: list[Conversation]) -> None:
    keep(store, talk)
    late = NOON + timedelta(days=181)
    store.purge(late + timedelta(days=4000), 180)
    assert store.purge(late, 180) == (0, 0)
    assert store.purge(late + timedelta(days=1), 180) == (1, 0)


def test_secrets_are_not_in_the_database(store: Store, talk: list[Conversation]) -> None:
    link = store.shares.create(ME, keep(store, talk), b"{}", 7, NOON)
    assert link is not None
    with store._database.reading() as connection:
        rows = [str(row) for table in METADATA.tables for row in connection.execute(text(f"SELECT * FROM {table}"))]
    assert rows
    assert not any(link[1] in row for row in rows)


def test_the_tables_are_as_the_code_has_them(store: Store) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext

    with store._database.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []


def test_a_database_of_a_later_release_is_refused(store: Store) -> None:
    with store._database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="written by a later release \\(version 9999\\): update the advisor"):
        Store(store._database.url.render_as_string(hide_password=False))


def test_processes_that_start_at_once_all_open_it(store: Store) -> None:
    with store._database.writing() as connection:
        for table in (*reversed(METADATA.sorted_tables), "alembic_version"):
            connection.execute(text(f"DROP TABLE {table}"))
    url = store._database.url.render_as_string(hide_password=False)
    code = "import sys; from advisor.store import Store; Store(sys.argv[1]).close()"
    started = [subprocess.Popen([sys.executable, "-c", code, url], stderr=subprocess.PIPE, text=True) for _ in range(6)]
    assert [(process.wait(60), process.communicate()[1]) for process in started] == [(0, "")] * 6
    assert store.conversations.listed(ME) == ()


@pytest.mark.parametrize(
    ("url", "mend"),
    [
        ("mysql://host/name", "use postgresql:// or sqlite:///"),
        ("sqlite://", "names no file"),
        ("nonsense", "write postgresql://user:password@host/name"),
        ("postgresql://me:secret@127.0.0.1:1/none", "can't be opened"),
        ("sqlite:////proc/none/advisor.sqlite3", "can't be opened"),
    ],
)
def test_an_address_that_leads_nowhere_is_told(url: str, mend: str) -> None:
    with pytest.raises(StoreError, match=mend) as told:
        Store(url)
    assert "secret" not in str(told.value)


def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("my notes " * 200)
    with pytest.raises(StoreError, match="can't be opened"):
        Store(f"sqlite:///{file}")
    assert file.read_text() == "my notes " * 200


def test_the_usual_place_is_with_the_users_data() -> None:
    assert str(address(None).database).endswith("advisor/advisor.sqlite3")


def test_reading_waits_for_nobody(tmp_path: Path, talk: list[Conversation]) -> None:
    store = Store(f"sqlite:///{tmp_path / 'advisor.sqlite3'}")
    identity = keep(store, talk)
    with begun(sqlite3.connect(tmp_path / "advisor.sqlite3", isolation_level=None)):
        assert store.conversations.load(ME, identity) is not None
    store.close()


# --- changed turns, lists, feedback, counts ---------------------------------------------------------------------------


def test_a_turn_takes_the_place_of_the_last_one(store: Store, rulebook: Rulebook) -> None:
    first = respond("Can my VA fire Bob?", Conversation(), rulebook)
    identity = store.conversations.save(ME, None, first, True, now())
    other = respond("Can my VA do the books?", Conversation(), rulebook)
    store.conversations.save(ME, identity, other, True, now(), instead=first.turns[-1])
    kept = store.conversations.load(ME, identity)
    assert kept is not None
    assert kept.conversation == other
    assert kept.title == "the books"
    assert store.conversations.listed(ME, "fire") == ()
    with pytest.raises(Overtaken):
        store.conversations.save(ME, identity, first, True, now(), instead=first.turns[-1])


def test_whether_a_conversation_is_as_it_was_seen(store: Store, rulebook: Rulebook) -> None:
    first = respond("Can my VA fire Bob?", Conversation(), rulebook)
    identity = store.conversations.save(ME, None, first, True, now())
    assert store.conversations.is_at(ME, identity, first)
    assert not store.conversations.is_at(OTHER, identity, first)
    second = respond("why?", first, rulebook)
    assert not store.conversations.is_at(ME, identity, second)
    store.conversations.save(ME, identity, second, True, now())
    assert store.conversations.is_at(ME, identity, second)
    assert not store.conversations.is_at(ME, identity, first)


@pytest.fixture
def board(rulebook: Rulebook) -> Board:
    *_, board = sort(lines_of("Fire Bob - 1h\nTrain the new cooks - 2h\nNewsletter"), "We have a head of sales.", rulebook)
    return board


def test_a_list_is_kept_card_by_card(store: Store, board: Board) -> None:
    identity = store.boards.create(ME, board, now())
    assert store.boards.load(ME, identity) == ("List of 3: Fire Bob; Train the new cooks; Newsletter", board)
    assert store.boards.move(ME, identity, 1, Verdict.HAND_OFF, NOON)
    assert store.boards.time(ME, identity, 1, 2.5, NOON)
    loaded = store.boards.load(ME, identity)
    assert loaded is not None
    assert loaded[1] == board.put(1, board.cards[0].put(Verdict.HAND_OFF, NOON).timed(2.5))
    assert [(entry.board, entry.length) for entry in store.conversations.listed(ME, "new cooks")] == [(True, 3)]
    assert store.conversations.load(ME, identity) is None


def test_nobody_else_reaches_a_list(store: Store, board: Board, rulebook: Rulebook) -> None:
    identity = store.boards.create(ME, board, now())
    talk = store.conversations.save(OTHER, None, respond("Fire Ann?", Conversation(), rulebook), True, now())
    assert store.boards.load(OTHER, identity) is None
    assert not store.boards.move(OTHER, identity, 1, Verdict.HAND_OFF, now())
    assert not store.boards.time(OTHER, identity, 1, 2.0, now())
    assert not store.boards.link(OTHER, identity, 1, talk, now())
    assert not store.boards.link(ME, identity, 1, talk, now())
    store.boards.settle(OTHER, identity, Board(()), [], True, now())
    assert store.boards.talk_of(OTHER, identity, 1) is None
    assert store.boards.all_of(OTHER) == ()
    assert not store.conversations.delete(OTHER, identity)
    assert store.boards.load(ME, identity) == ("List of 3: Fire Bob; Train the new cooks; Newsletter", board)


def test_a_card_follows_the_talk_about_it(store: Store, board: Board, rulebook: Rulebook) -> None:
    identity = store.boards.create(ME, board, now())
    talk = store.conversations.save(ME, None, board.cards[1].talk, True, now())
    assert store.boards.link(ME, identity, 2, talk, now())
    assert store.boards.holding(ME, talk) == identity
    assert store.boards.holding(OTHER, talk) is None
    store.conversations.save(ME, talk, respond("We have a head chef.", board.cards[1].talk, rulebook), True, now())

    def column() -> Verdict:
        loaded = store.boards.load(ME, identity)
        assert loaded is not None
        return loaded[1].cards[1].column

    assert column() is Verdict.STAY_INVOLVED
    store.conversations.delete(ME, talk)
    assert column() is Verdict.KEEP
    assert store.boards.talk_of(ME, identity, 2) is None


def test_what_a_model_settles_leaves_the_owners_move(store: Store, board: Board, rulebook: Rulebook) -> None:
    identity = store.boards.create(ME, board, now())
    store.boards.move(ME, identity, 3, Verdict.KEEP, now())
    settled = board.put(3, replace(board.cards[2], talk=respond("Books", Conversation(), rulebook)))
    for finished in (False, False, True):  # as a job keeps it again and again
        store.boards.settle(ME, identity, replace(settled, note="A note."), [3], finished, now())
    counts = {each.what: each.times for each in store.tallies.since(now().date()) if each.what is Counted.MODEL}
    assert counts == {Counted.MODEL: 1}
    loaded = store.boards.load(ME, identity)
    assert loaded is not None
    card = loaded[1].cards[2]
    assert (card.moved, card.talk.turns[0].said, loaded[1].note) == (Verdict.KEEP, "Books", "A note.")


def test_a_deleted_list_leaves_nothing(store: Store, board: Board) -> None:
    identity = store.boards.create(ME, board, now())
    store.shares.create(ME, identity, b"{}", 7, now())
    store.conversations.delete(ME, identity)
    with store._database.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM cards").scalar_one() == 0
        assert connection.exec_driver_sql("SELECT count(*) FROM shares").scalar_one() == 0


def test_feedback_is_kept_without_words_unless_they_are_included(store: Store, rulebook: Rulebook) -> None:
    talk = respond("Can my VA fire Bob?", Conversation(), rulebook)
    identity = store.conversations.save(ME, None, talk, True, now())
    assert not store.feedback.give(OTHER, identity, 1, talk.turns[0], Opinion(helpful=False), now())
    assert store.feedback.give(ME, identity, 1, talk.turns[0], Opinion(helpful=False, because=Because.TOO_STRICT), now())
    (told,) = store.feedback.all()
    assert (told["helpful"], told["verdict"], told["rule"], told["because"], told["words"]) == (False, "keep", 1, "too_strict", None)
    store.feedback.give(ME, identity, 1, talk.turns[0], Opinion(False, Because.OTHER, "He is my cousin"), now())
    (told,) = store.feedback.all()
    assert told["words"] == {"said": "Can my VA fire Bob?", "answer": talk.turns[0].reply, "words": "He is my cousin"}
    store.feedback.give(ME, identity, 1, talk.turns[0], None, now())
    assert list(store.feedback.all()) == []
    store.feedback.give(ME, identity, 1, talk.turns[0], Opinion(helpful=True), now())
    store.conversations.delete_all(ME)
    assert list(store.feedback.all()) == []


def test_counts_add_up_by_day_and_outlast_what_was_counted(store: Store, board: Board, rulebook: Rulebook) -> None:
    talk = respond("Can my VA fire Bob?", Conversation(), rulebook)
    for _ in range(2):
        store.conversations.save(ME, None, talk, True, now())
    store.boards.create(ME, board, now())
    store.conversations.delete_all(ME)
    counts = {(each.what, each.verdict, each.rule): each.times for each in store.tallies.since(now().date())}
    assert counts[Counted.ANSWER, "", 0] == 2
    assert counts[Counted.VERDICT, "keep", 1] == 2
    assert counts[Counted.CARD, "keep", 1] == 1
    assert store.tallies.since(now().date() + timedelta(days=1)) == ()


@pytest.mark.parametrize("release", ["0001", "0002"])
def test_a_database_of_an_earlier_release_is_brought_on_with_all_in_it(release: str, tmp_path: Path) -> None:
    """Files as those releases wrote them: a conversation that goes on, its link, and, of the later one, a list and feedback."""
    file = tmp_path / "old.sqlite3"
    shutil.copy(DATABASES / f"{release}.sqlite3", file)
    store = Store(f"sqlite:///{file}")
    (talk,) = (entry for entry in store.conversations.listed(EARLIER) if not entry.board)
    kept = store.conversations.load(EARLIER, talk.id)
    assert kept is not None
    assert [each.verdict for each in kept.conversation.standing] == [Verdict.KEEP, Verdict.HAND_OFF, Verdict.STAY_INVOLVED]
    assert "fire our receptionist" in respond("Why is the first one mine?", kept.conversation, standard()).turns[-1].reply
    on = respond("Our head chef Anna quit.", kept.conversation, standard())
    store.conversations.save(EARLIER, talk.id, on, True, NOON)
    assert [each.verdict for each in on.standing] == [Verdict.KEEP, Verdict.HAND_OFF, Verdict.KEEP]
    summary = sharing.thawed(store.shares.open("old-link-old-link-old-link-old-li", datetime(2026, 10, 2)) or b"")
    assert summary is not None
    assert len(summary.tasks) == 3
    lists = [entry for entry in store.conversations.listed(EARLIER) if entry.board]
    assert len(lists) == len(list(store.feedback.all(EARLIER))) == (release != "0001")
    for entry in lists:
        found = store.boards.load(EARLIER, entry.id)
        assert found is not None
        assert [card.column for card in found[1].cards] == [Verdict.HAND_OFF, Verdict.KEEP, Verdict.ASK]
    store.close()


# --- whose it is, in every statement --------------------------------------------------------------------------------------


def test_a_link_ends_at_its_very_moment(store: Store, talk: list[Conversation]) -> None:
    identity = keep(store, talk)
    share, token = store.shares.create(ME, identity, b"{}", 7, NOON) or ("", "")
    assert len(token) == 32
    end = NOON + timedelta(days=7)
    before = end - timedelta(seconds=1)
    assert store.shares.open(token, before) == b"{}"
    assert store.shares.open(token, end) is None
    (listed,) = store.shares.listed(ME)
    assert listed.is_live(before)
    assert not listed.is_live(end)
    assert not store.shares.refresh(ME, share, b"[]", end)
    assert store.shares.refresh(ME, share, b"[]", before)
    assert store.shares.listed(ME)[0].updated == before


def test_what_is_ended_is_forgotten_at_once_and_what_lives_is_not(store: Store, talk: list[Conversation]) -> None:
    identity = keep(store, talk)
    made = [
        store.shares.create(ME, identity, f"{number}".encode(), 7 + number, NOON + timedelta(minutes=number)) or ("", "")
        for number in range(3)
    ]
    assert [share.id for share in store.shares.listed(ME)] == [made[2][0], made[1][0], made[0][0]]
    assert store.shares.revoke(ME, made[2][0])
    assert store.shares.snapshots(ME) == {made[0][0]: b"0", made[1][0]: b"1"}
    assert store.shares.snapshots(OTHER) == {}
    with store._database.reading() as connection:
        assert connection.execute(text("SELECT snapshot FROM shares WHERE revoked")).scalar_one() == b""
    late = NOON + timedelta(days=7)
    assert store.shares.purge(late) == 0
    assert store.shares.purge(late + timedelta(days=1)) == 2
    assert [share.id for share in store.shares.listed(ME)] == [made[1][0]]
    assert store.shares.open(made[1][1], late) == b"1"


def test_sharing_keeps_the_talk_alive_and_touches_nobody_elses(store: Store, talk: list[Conversation]) -> None:
    mine, theirs = keep(store, talk), keep(store, talk, OTHER)
    later = NOON + timedelta(days=170)
    assert store.shares.create(ME, mine, b"{}", 30, later)
    assert store.shares.create(ME, theirs, b"{}", 30, later) is None
    assert store.conversations.listed(ME)[0].updated == later
    assert store.conversations.listed(OTHER)[0].updated == NOON


def test_two_lists_and_their_talks_are_told_apart(store: Store, board: Board, rulebook: Rulebook) -> None:
    lists = [store.boards.create(ME, board, NOON + timedelta(minutes=number)) for number in range(2)]
    theirs = store.boards.create(OTHER, board, NOON)
    talks = []
    for number, identity in enumerate(lists):
        talked = respond(f"We have a head chef, Anna{number}.", board.cards[0].talk, rulebook)
        talks.append(store.conversations.save(ME, None, talked, True, NOON))
        assert store.boards.link(ME, identity, 1, talks[number], NOON)
    assert store.boards.link(ME, lists[0], 2, talks[0], NOON)
    for number, identity in enumerate(lists):
        assert store.boards.talk_of(ME, identity, 1) == talks[number]
        assert store.boards.talk_of(OTHER, identity, 1) is None
        assert store.boards.talk_of(ME, identity, 3) is None
        assert store.boards.holding(ME, talks[number]) == identity
        assert store.boards.holding(OTHER, talks[number]) is None
    assert [each[0] for each in store.boards.all_of(ME)] == lists
    assert [each[0] for each in store.boards.all_of(OTHER)] == [theirs]
    assert store.boards.all_of(ME)[0][2].about == board.about
    assert not store.boards.link(OTHER, lists[0], 1, talks[0], NOON)
    assert not store.boards.link(OTHER, theirs, 1, talks[0], NOON), "a talk of somebody else's"
    talk = store.conversations.save(OTHER, None, board.cards[0].talk, True, NOON)
    assert not store.boards.link(OTHER, lists[0], 1, talk, NOON), "a list of somebody else's"
    assert store.boards.talk_of(ME, lists[0], 1) == talks[0]
    store.boards.settle(OTHER, lists[0], board, [1], True, NOON)
    assert not store.boards.move(OTHER, lists[0], 1, Verdict.KEEP, NOON)
    assert not store.boards.time(OTHER, lists[0], 1, 1.0, NOON)
    assert store.boards.move(ME, lists[0], 1, Verdict.KEEP, NOON)
    second = store.boards.load(ME, lists[1])
    assert second is not None
    assert second[1].cards[0].moved is None, "the same number on another list stays"


def test_a_list_is_found_by_a_line_that_is_not_in_its_title(store: Store, rulebook: Rulebook) -> None:
    *_, long = sort(
        lines_of("\n".join([*(f"Send the invoices of shop {number}" for number in range(12)), "Count 50% of zebras"])), "", rulebook
    )
    *_, other = sort(lines_of("Send the letters"), "", rulebook)
    identity, _ = store.boards.create(ME, long, NOON), store.boards.create(ME, other, NOON)
    (entry,) = store.conversations.listed(ME, "50% OF ZEBRAS")
    assert entry.id == identity
    assert "zebras" not in entry.title
    assert entry.title.endswith(" …")
    assert store.conversations.listed(ME, "50_ of zebras") == ()
    assert store.conversations.listed(ME, "xxxx") == ()
    assert store.conversations.rename(ME, identity, "a\0b 50%_x")
    assert [each.title for each in store.conversations.listed(ME, "50%_X")] == ["a b 50%_x"]
    assert store.conversations.listed(ME, "a\0b") == store.conversations.listed(ME, "ab") == ()


def test_the_latest_is_listed_first_and_all_are_told_oldest_first(store: Store, talk: list[Conversation]) -> None:
    made = [store.conversations.save(ME, None, talk[0], True, NOON + timedelta(minutes=number)) for number in (2, 0, 1)]
    assert [each.id for each in store.conversations.listed(ME)] == [made[0], made[2], made[1]]
    assert [each.id for each in store.conversations.all_of(ME)] == [made[1], made[2], made[0]]
    twins = sorted(store.conversations.save(OTHER, None, talk[0], True, NOON) for _ in range(5))
    assert [each.id for each in store.conversations.all_of(OTHER)] == twins
    store.conversations.delete_all(OTHER)
    assert store.conversations.purge(NOON + timedelta(days=180), 180) == 0
    store.conversations.purge(NOON + timedelta(days=181), 180)
    assert [each.id for each in store.conversations.listed(ME)] == [made[0], made[2], made[1]], "of exactly so many days none is due"
    assert store.conversations.all_of(OTHER) == ()


def test_an_answer_is_counted_when_it_is_finished_and_once(store: Store, talk: list[Conversation]) -> None:
    def answers() -> int:
        return sum(each.times for each in store.tallies.since(NOON.date()) if each.what is Counted.ANSWER)

    identity = store.conversations.save(ME, None, talk[0], False, NOON)
    assert answers() == 0
    store.conversations.save(ME, identity, talk[0], True, NOON)
    assert answers() == 1
    store.conversations.save(ME, identity, talk[2], True, NOON)
    assert answers() == 3, "the one that was kept late, too"


def test_another_answer_takes_its_own_feedback_away_and_nobody_elses(store: Store, talk: list[Conversation], rulebook: Rulebook) -> None:
    mine, theirs = keep(store, talk), keep(store, talk, OTHER)
    for visitor, identity in ((ME, mine), (OTHER, theirs)):
        for number in (1, 3):
            store.feedback.give(visitor, identity, number, talk[2].turns[number - 1], Opinion(True), NOON)
    changed = respond("Can my VA do the books?", talk[1], rulebook)
    store.conversations.save(ME, mine, changed, True, NOON, instead=talk[2].turns[-1])
    assert len(list(store.feedback.all(ME))) == 1
    assert len(list(store.feedback.all(OTHER))) == 2


def test_what_cannot_be_read_is_told_by_its_name(store: Store, talk: list[Conversation], board: Board) -> None:
    identity, listed = keep(store, talk), store.boards.create(ME, board, NOON)
    with store._database.writing() as connection:
        connection.execute(text("UPDATE turns SET turn = :broken WHERE number = 1"), {"broken": b"{}"})
        connection.execute(text("UPDATE cards SET card = :broken WHERE number = 1"), {"broken": b"{}"})
    with pytest.raises(StoreError, match=f"conversation {identity} can't be read: restore the database"):
        store.conversations.load(ME, identity)
    with pytest.raises(StoreError, match=f"list {listed} can't be read: restore the database"):
        store.boards.load(ME, listed)


def test_a_card_keeps_its_verdict_where_its_talk_begins_with_another_line(store: Store, board: Board, rulebook: Rulebook) -> None:
    identity = store.boards.create(ME, board, NOON)
    stranger = store.conversations.save(ME, None, respond("Should my VA fire Bob?", Conversation(), rulebook), True, NOON)
    store.boards.link(ME, identity, 1, stranger, NOON)
    found = store.boards.load(ME, identity)
    assert found is not None
    assert found[1].cards[0].assessments == board.cards[0].assessments


def test_what_a_model_settled_of_a_list_is_counted_by_its_own_names(store: Store, board: Board) -> None:
    identity = store.boards.create(ME, board, NOON)
    before = {(each.what, each.verdict): each.times for each in store.tallies.since(NOON.date())}
    overruled = replace(board.cards[0].talk.standing[0], overridden=True)
    card = replace(board.cards[0], talk=replace(board.cards[0].talk, standing=(overruled, *board.cards[0].talk.standing[1:])))
    store.boards.settle(ME, identity, board.put(1, card), [1], True, NOON)
    after = {(each.what, each.verdict): each.times for each in store.tallies.since(NOON.date())}
    assert {key for key in after if after[key] != before.get(key)} == {(Counted.MODEL, ""), (Counted.OVERRULED, overruled.verdict.value)}
