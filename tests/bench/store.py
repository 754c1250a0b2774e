"""What ten thousand conversations of a deployment cost one visitor, beside ten: ``python -m tests.bench.store``."""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from streamlit.runtime.context import ContextProxy
from streamlit.testing.v1 import AppTest

from advisor import sharing, web
from advisor.conversation import respond
from advisor.domain import Conversation
from advisor.rulebook import standard
from advisor.store import Store, now
from advisor.summary import summarise
from advisor.visitor import COOKIE, visitor_of

FEW, MANY = 10, 10_000
OF_ONE = 10
"""How many conversations the visitor has who is timed, in both deployments."""
TIMES, TIMES_DRAWN = 300, 30
ALLOWED = 1.5
SECRET = "m" * 43
ME = str(visitor_of(f"{COOKIE}={SECRET}"))
SAID = ("Can my VA fire our receptionist and do the newsletter?", "why the first one?", "what can go?", "brief for the newsletter")


def talk() -> list[Conversation]:
    """A conversation after each of its turns."""
    told, after = Conversation(), []
    for said in SAID:
        told = respond(said, told, standard())
        after.append(told)
    return after


def filled(url: str, count: int) -> Store:
    """A store with so many conversations: ten of the visitor who is timed, the others of a thousand more."""
    store, after = Store(url), talk()
    for number in range(count):
        visitor = ME if number < OF_ONE else f"{number % 1000:064d}"
        identity = None
        for conversation in after[: 1 if number >= OF_ONE else len(after)]:
            identity = store.conversations.save(visitor, identity, conversation, True, now() - timedelta(minutes=number))
    return store


def doings(store: Store) -> dict[str, Callable[[], object]]:
    """What a visitor does, by name."""
    first = store.conversations.listed(ME)[0].id
    loaded = store.conversations.load(ME, first)
    assert loaded is not None
    summary = summarise(loaded.conversation, now().date(), standard())
    snapshot = sharing.frozen(summary)
    made = store.shares.create(ME, first, snapshot, 30, now())
    assert made is not None
    after = talk()

    def turn() -> None:
        store.conversations.save(ME, None, after[0], True, now())

    return {
        "open a conversation": lambda: store.conversations.load(ME, first),
        "list mine": lambda: store.conversations.listed(ME),
        "search mine": lambda: store.conversations.listed(ME, "newsletter"),
        "keep a turn": turn,
        "share a summary": lambda: store.shares.create(ME, first, snapshot, 30, now()),
        "open a shared page": lambda: sharing.as_page(sharing.thawed(store.shares.open(made[1], now()) or b"") or summary, web.FORMATS),
        "draw the page": page_of(store),
        "list my links": lambda: store.shares.listed(ME)[:1],
    }


def page_of(store: Store) -> Callable[[], object]:
    """The page, drawn whole for the visitor who is timed, with one of their conversations open."""
    first = store.conversations.listed(ME)[0].id

    def draw() -> None:
        web.store = lambda: store  # type: ignore[assignment]
        page = AppTest.from_file(str(web.PAGE), default_timeout=30)
        page.query_params["c"] = first
        assert not page.run().exception

    return draw


def timed(do: Callable[[], object]) -> float:
    """How long something takes, in milliseconds."""
    began = time.perf_counter()
    do()
    return (time.perf_counter() - began) * 1000


def main() -> int:
    """Print the table; 1 where anything takes more than it may."""
    ContextProxy.headers = {"Cookie": f"{COOKIE}={SECRET}"}  # type: ignore[assignment,method-assign]
    web.model = lambda: None  # type: ignore[assignment]
    with tempfile.TemporaryDirectory() as folder:
        few, many = (filled(f"sqlite:///{Path(folder) / f'{count}.sqlite3'}", count) for count in (FEW, MANY))
        beside = {name: ([], []) for name in doings(few)}
        for name, small, large in (
            (name, small, large) for (name, small), large in zip(doings(few).items(), doings(many).values(), strict=True)
        ):
            for _ in range(TIMES if name != "draw the page" else TIMES_DRAWN):
                beside[name][0].append(timed(small))
                beside[name][1].append(timed(large))
        for store in (few, many):
            store.close()
    print(f"{'':22}{FEW:>10} {MANY:>12,}   ratio   medians of {TIMES}, in ms")
    slow = 0
    for name, (small, large) in beside.items():
        one, other = statistics.median(small), statistics.median(large)
        slow += other > one * ALLOWED
        print(f"{name:22}{one:10.2f} {other:12.2f}   {other / one:5.2f}")
    return int(slow > 0)


if __name__ == "__main__":
    sys.exit(main())
