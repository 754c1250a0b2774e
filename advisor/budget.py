"""What visitors may spend of what costs money or room: answers of a model, links; each alone, and all together."""

import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from itertools import product
from math import ceil

from limits import RateLimitItem, RateLimitItemPerDay, RateLimitItemPerHour
from limits.storage import Storage
from limits.strategies import FixedWindowRateLimiter

from advisor.domain import Usage
from advisor.model import Deadline, Model, ModelUnavailable, Request
from advisor.settings import Settings
from advisor.store import StoreError

NOBODY = "nobody"
"""Whose allowance it is where a browser takes no cookie: such visitors share one."""
SHARES_OF_ALL = 100
"""How many visitors may use up their links on one day."""
OWN = "You have {what} {most} times within {time}, as often as one visitor may"
ALL = "This advisor has {what} {most} times within {time}, as often as it may"
NONE = "That is switched off here."
AGAIN = "; again in {wait}."
BUSY = "The model is busy with others just now."
UNCOUNTED = "The model isn't asked just now, because it can't be counted what it costs."


class Costly(StrEnum):
    """What is counted."""

    MODEL = "model"
    """A call to a model: a message takes one or two."""
    SHARE = "share"
    """A link to a summary."""


WORDS = {
    Costly.MODEL: "asked the model",
    Costly.SHARE: "made a link",
}


class Spent(Exception):
    """An allowance that is used up; the text tells the visitor until when."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """How often something may be had."""

    each: RateLimitItem
    """By one visitor."""
    all: RateLimitItem
    """By all of them together."""


def allowances(settings: Settings) -> dict[Costly, Allowance]:
    """What the settings allow."""
    return {
        Costly.MODEL: Allowance(RateLimitItemPerHour(settings.model_calls_per_hour), RateLimitItemPerDay(settings.model_calls_per_day)),
        Costly.SHARE: Allowance(RateLimitItemPerDay(settings.shares_per_day), RateLimitItemPerDay(settings.shares_per_day * SHARES_OF_ALL)),
    }


class Budget:
    """What is left of every allowance.

    Args:
        storage: Where it is counted, one place for all processes; opened on first use.
        settings: How much there is of each.
    """

    def __init__(self, storage: Callable[[], Storage], settings: Settings) -> None:
        self._storage = storage
        self._allowances = allowances(settings)
        self._seats = threading.BoundedSemaphore(settings.model_calls_at_once)

    def spend(self, what: Costly, visitor: str | None) -> None:
        """Take one.

        Args:
            what: Of what.
            visitor: Who takes it, by the hash; ``None`` for a browser that takes no cookie.

        Raises:
            Spent: There is none left, for this visitor or for anybody.
            StoreError: It can't be counted.
        """
        allowance, limiter = self._allowances[what], FixedWindowRateLimiter(self._storage())
        both = ((allowance.all, "all", ALL), (allowance.each, visitor or NOBODY, OWN))
        if not all(item.amount for item, _, _ in both):
            raise Spent(NONE)
        for takes, (item, whose, told) in product((limiter.test, limiter.hit), both):  # nothing is taken where either is used up
            if not takes(item, what.value, whose):
                left_s = limiter.get_window_stats(item, what.value, whose).reset_time - time.time()
                text = told.format(what=WORDS[what], most=item.amount, time=f"one {item.GRANULARITY.name}")
                raise Spent(text + AGAIN.format(wait=in_words(left_s)))

    @contextmanager
    def seat(self) -> Generator[None, None, None]:
        """A place among the calls that this process makes at once, while the block lasts.

        Raises:
            Spent: All are taken.
        """
        if not self._seats.acquire(blocking=False):
            raise Spent(BUSY)
        try:
            yield
        finally:
            self._seats.release()


class Budgeted:
    """A model that one visitor asks, as long as there is something left for it; after that the rules answer alone.

    Args:
        model: The model.
        budget: What is left.
        visitor: Who asks, by the hash.
    """

    def __init__(self, model: Model, budget: Budget, visitor: str | None) -> None:
        self.name = model.name
        self._model, self._budget, self._visitor = model, budget, visitor

    def deadline(self) -> Deadline:
        """The time that one turn's answer may take, from now on."""
        return self._model.deadline()

    def stream(self, request: Request, deadline: Deadline) -> Generator[str | Usage, None, None]:
        """The answer piece by piece.

        Raises:
            ModelUnavailable: There is nothing left to spend, it can't be counted, or the model gives no answer.
        """
        try:
            with self._budget.seat():
                self._budget.spend(Costly.MODEL, self._visitor)
                yield from self._model.stream(request, deadline)
        except Spent as problem:
            raise ModelUnavailable(str(problem), "busy" if str(problem) == BUSY else "budget used up") from problem
        except StoreError as problem:
            raise ModelUnavailable(UNCOUNTED, "budget can't be counted") from problem


def in_words(seconds: float) -> str:
    """A time to wait, rounded up."""
    minutes = max(1, ceil(seconds / 60))
    if minutes < 60:
        return "a minute" if minutes == 1 else f"{minutes} minutes"
    hours = ceil(minutes / 60)
    return "an hour" if hours == 1 else f"{hours} hours"
