"""What visitors may spend: counted together by all processes, told in plain words, and never at the cost of an answer."""

import threading
from collections.abc import Generator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from advisor import web
from advisor.budget import BUSY, UNCOUNTED, Budget, Budgeted, Costly, Spent, in_words
from advisor.conversation import respond
from advisor.domain import Conversation, ModelUse, Usage, Verdict
from advisor.model import Deadline, ModelUnavailable, Request
from advisor.rulebook import Rulebook
from advisor.settings import Settings
from advisor.store import Store, StoreError
from advisor.store.allowances import Allowances
from advisor.visitor import COOKIE, visitor_of
from tests.conftest import ScriptedModel, advice, send, shown, tap

ME, OTHER = "a" * 64, "b" * 64
FIRE = "Should I let my VA fire our receptionist?"
KEEP = advice("Keep the firing with you.", "keep", rules=(1,))


def budget(store: Store, **limits: int) -> Budget:
    return Budget(lambda: store.allowances, Settings(**limits))  # type: ignore[arg-type]


def test_one_visitor_has_so_many_and_another_has_as_many(store: Store) -> None:
    allowed = budget(store, model_calls_per_hour=2)
    for _ in range(2):
        allowed.spend(Costly.MODEL, ME)
    with pytest.raises(Spent, match=r"You have asked the model 2 times within one hour.*again in (60 minutes|an hour)\."):
        allowed.spend(Costly.MODEL, ME)
    allowed.spend(Costly.MODEL, OTHER)
    allowed.spend(Costly.SHARE, ME)


def test_all_together_have_so_many(store: Store) -> None:
    allowed = budget(store, model_calls_per_day=3)
    for visitor in (ME, OTHER, None):
        allowed.spend(Costly.MODEL, visitor)
    with pytest.raises(Spent, match=r"This advisor has asked the model 3 times within one day.*again in 24 hours\."):
        allowed.spend(Costly.MODEL, "c" * 64)


def test_what_is_used_up_by_all_costs_nobody_their_own(store: Store) -> None:
    allowed = budget(store, model_calls_per_day=1, model_calls_per_hour=2)
    allowed.spend(Costly.MODEL, OTHER)
    for _ in range(5):
        with pytest.raises(Spent, match="This advisor"):
            allowed.spend(Costly.MODEL, ME)
    generous = budget(store, model_calls_per_day=100, model_calls_per_hour=2)
    for _ in range(2):
        generous.spend(Costly.MODEL, ME)


def test_who_has_used_up_their_own_takes_nothing_from_all(store: Store) -> None:
    allowed = budget(store, model_calls_per_day=3, model_calls_per_hour=1)
    allowed.spend(Costly.MODEL, ME)
    for _ in range(5):
        with pytest.raises(Spent, match="You have asked"):
            allowed.spend(Costly.MODEL, ME)
    for visitor in (OTHER, None):
        allowed.spend(Costly.MODEL, visitor)


def test_none_allowed_is_told_as_such(store: Store) -> None:
    for limits in ({"model_calls_per_hour": 0}, {"model_calls_per_day": 0}):
        with pytest.raises(Spent, match="switched off"):
            budget(store, **limits).spend(Costly.MODEL, ME)


def test_whoever_takes_no_cookie_has_no_more_for_it(store: Store) -> None:
    allowed = budget(store, model_calls_per_hour=1)
    allowed.spend(Costly.MODEL, None)
    with pytest.raises(Spent):
        allowed.spend(Costly.MODEL, None)


def test_two_processes_count_together(store: Store) -> None:
    """Each has its own limiter and connection; the counter is one."""
    again = Store(store._database.url.render_as_string(hide_password=False))
    one, other = budget(store, model_calls_per_hour=40), budget(again, model_calls_per_hour=40)
    let_through = []

    def spend(allowed: Budget) -> None:
        for _ in range(30):
            try:
                allowed.spend(Costly.MODEL, ME)
                let_through.append(1)
            except Spent:
                pass

    threads = [threading.Thread(target=spend, args=(allowed,)) for allowed in (one, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    again.close()
    assert len(let_through) == 40


class Clock:
    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


def test_a_counter_ends_and_begins_anew(store: Store) -> None:
    clock = Clock()
    allowances = Allowances(store._database, clock)
    assert [allowances.incr("x", 60) for _ in range(3)] == [1, 2, 3]
    assert (allowances.get("x"), allowances.get("y")) == (3, 0)
    assert allowances.get_expiry("x") == clock.now + 60
    assert allowances.get_expiry("y") == clock.now
    clock.now += 59.9
    assert allowances.incr("x", 60) == 4
    clock.now += 0.1
    assert allowances.get("x") == 0
    assert allowances.incr("x", 60, 5) == 5
    assert allowances.purge() == 0
    clock.now += 61
    assert allowances.purge() == 1
    allowances.incr("x", 60)
    allowances.incr("y", 60)
    allowances.clear("x")
    assert (allowances.get("x"), allowances.get("y")) == (0, 1)
    assert allowances.reset() == 1
    assert allowances.check()


def test_a_clock_that_was_ahead_locks_nobody_out(store: Store) -> None:
    clock = Clock()
    allowances = Allowances(store._database, clock)
    clock.now += 10**8
    assert [allowances.incr("x", 60) for _ in range(2)] == [1, 2]
    clock.now -= 10**8
    assert allowances.incr("x", 60) == 1


def test_a_spent_budget_leaves_the_rules_own_answer_and_says_so(store: Store, rulebook: Rulebook) -> None:
    model = ScriptedModel(KEEP)
    mine = Budgeted(model, budget(store, model_calls_per_hour=1), ME)
    talk = respond(FIRE, Conversation(), rulebook, mine)
    assert talk.turns[-1].model is ModelUse.USED
    talk = respond("Can my VA pick our new supplier?", talk, rulebook, mine)
    turn = talk.turns[-1]
    assert turn.model is ModelUse.FAILED
    assert turn.assessments[0].verdict is Verdict.KEEP
    assert turn.reply
    assert "You have asked the model 1 times within one hour" in turn.note
    assert turn.provenance is not None
    assert turn.provenance.failure == "budget used up"
    assert len(model.requests) == 1


class Uncountable(Allowances):
    def incr(self, key: str, expiry: int, amount: int = 1) -> int:  # noqa: ARG002 (the library's)
        raise StoreError("gone")


def test_what_cannot_be_counted_is_not_spent(store: Store, rulebook: Rulebook) -> None:
    model = ScriptedModel(KEEP)
    mine = Budgeted(model, Budget(lambda: Uncountable(store._database), Settings()), ME)
    turn = respond(FIRE, Conversation(), rulebook, mine).turns[-1]
    assert UNCOUNTED in turn.note
    assert turn.assessments[0].verdict is Verdict.KEEP
    assert model.requests == []


class Waiting(ScriptedModel):
    """A model that answers when it is let."""

    def __init__(self) -> None:
        super().__init__(KEEP)
        self.asked, self.let = threading.Event(), threading.Event()

    def stream(self, request: Request, deadline: Deadline) -> Generator[str | Usage, None, None]:
        self.asked.set()
        self.let.wait(20)
        yield from super().stream(request, deadline)


def test_no_more_wait_for_a_model_at_once_than_there_are_seats(store: Store) -> None:
    model = Waiting()
    mine = Budgeted(model, budget(store, model_calls_at_once=1), ME)
    request = Request("", "", {})
    first = threading.Thread(target=lambda: list(mine.stream(request, mine.deadline())))
    first.start()
    assert model.asked.wait(20)
    with pytest.raises(ModelUnavailable, match=BUSY) as refused:
        next(mine.stream(request, mine.deadline()))
    assert refused.value.cause == "busy"
    model.let.set()
    first.join()
    stream = mine.stream(request, mine.deadline())
    next(stream)
    stream.close()
    assert list(mine.stream(request, mine.deadline())), "a stream that is closed gives its seat back"


WAITS = {-5: "a minute", 1: "a minute", 60: "a minute", 61: "2 minutes", 3541: "an hour", 3600: "an hour", 3601: "2 hours"}


@pytest.mark.parametrize(("seconds", "words"), WAITS.items())
def test_a_wait_is_told_rounded_up(seconds: int, words: str) -> None:
    assert in_words(seconds) == words


def test_too_many_links_are_told_on_the_page(kept: Store, monkeypatch: pytest.MonkeyPatch, cookies: dict[str, str]) -> None:
    cookies["Cookie"] = f"{COOKIE}={'m' * 43}"
    monkeypatch.setattr(web, "model", lambda: None)
    allowed = budget(kept, shares_per_day=1)
    monkeypatch.setattr(web, "budget", lambda: allowed)
    page = AppTest.from_file(str(Path(web.__file__).parent / "ui" / "page.py"), default_timeout=20).run()
    send(page, FIRE)
    tap(page, "Share a summary")
    assert "can't be shown again" in shown(tap(page, "Make the link"))
    assert "You have made a link 1 times within one day" in shown(tap(page, "Make the link"))
    assert len(kept.shares.listed(str(visitor_of(cookies["Cookie"])))) == 1
