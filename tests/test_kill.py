"""A server that is killed in the middle of answers, again and again: what was confirmed is there, once."""

import multiprocessing
import random
import time

from sqlalchemy import text

from advisor.store import Store
from tests.writer import VISITOR, write

KILLS = 50
LONGEST_S = 0.25


def told_by_one_that_is_killed(store: Store, patience_s: float) -> tuple[int, bool] | None:
    """What a writing process told last before it was killed; ``None`` where it told nothing."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.writer"])
    hearing, telling = context.Pipe(duplex=False)
    process = context.Process(target=write, args=(store._database.url.render_as_string(hide_password=False), telling))
    process.start()
    telling.close()
    hearing.poll(30)
    time.sleep(patience_s)
    process.kill()
    process.join()
    last = None
    try:
        while hearing.poll():
            last = hearing.recv()
    except EOFError:
        pass
    finally:
        hearing.close()
        process.close()
    return last


def test_fifty_kills_lose_and_double_no_turn(store: Store) -> None:
    chance = random.Random(6)
    confirmed = 0
    for _ in range(KILLS):
        last = told_by_one_that_is_killed(store, chance.uniform(0, LONGEST_S))
        (entry,) = store.conversations.listed(VISITOR)
        kept = store.conversations.load(VISITOR, entry.id)
        assert kept is not None
        turns = kept.conversation.turns
        assert [turn.said for turn in turns] == [f"turn {number}" for number in range(1, len(turns) + 1)]
        assert entry.length == len(turns)
        confirmed, whole = last or (confirmed, True)
        assert confirmed <= len(turns) <= confirmed + 1
        if whole:
            assert turns[confirmed - 1].reply == "whole"
        assert kept.finished == (turns[-1].reply == "whole")
    if store._database.is_file:
        with store._database.reading() as connection:
            assert connection.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"
    assert confirmed > KILLS
