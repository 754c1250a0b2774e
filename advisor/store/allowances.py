"""What has been spent of each allowance, in the database, so that all processes of one deployment count together."""

import time
from collections.abc import Callable

from limits.storage import Storage
from sqlalchemy import and_, case, delete, literal, select
from sqlalchemy.dialects import postgresql, sqlite

from advisor.store.database import Database, StoreError
from advisor.store.schema import ALLOWANCES

SKEW_S = 60
"""How far the clocks of two processes may be apart."""


class Allowances(Storage):
    """Counters that end by themselves, as the limiter library wants them.

    Args:
        database: Where they are kept.
        clock: Seconds since 1970; where it has jumped back, a counter that would end too late begins anew.
    """

    STORAGE_SCHEME: list[str] | None = ["advisor"]  # noqa: RUF012 (it is the library that says so)

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        super().__init__()
        self._database = database
        self._clock = clock

    @property
    def base_exceptions(self) -> type[Exception] | tuple[type[Exception], ...]:
        """What it raises where the database can't be used."""
        return StoreError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count up, from nothing where the time is over; what it comes to.

        Args:
            key: The counter.
            expiry: Seconds after which a new one ends.
            amount: By how much.

        Raises:
            StoreError: The database can't be reached.
        """
        now = self._clock()
        with self._database.writing() as connection:
            upsert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
            fresh = upsert(ALLOWANCES).values(name=key, used=amount, ends=now + expiry)
            runs = and_(ALLOWANCES.c.ends > literal(now), ALLOWANCES.c.ends <= literal(now + expiry + SKEW_S))
            counted = {
                "used": case((runs, ALLOWANCES.c.used + amount), else_=amount),
                "ends": case((runs, ALLOWANCES.c.ends), else_=now + expiry),
            }
            wanted = fresh.on_conflict_do_update(index_elements=[ALLOWANCES.c.name], set_=counted).returning(ALLOWANCES.c.used)
            return int(connection.execute(wanted).scalar_one())

    def get(self, key: str) -> int:
        """What a counter stands at; 0 where there is none, or its time is over."""
        with self._database.reading() as connection:
            wanted = select(ALLOWANCES.c.used).where(ALLOWANCES.c.name == key, ALLOWANCES.c.ends > self._clock())
            return int(connection.execute(wanted).scalar_one_or_none() or 0)

    def get_expiry(self, key: str) -> float:
        """When a counter ends, in seconds since 1970; now, where there is none."""
        with self._database.reading() as connection:
            ends = connection.execute(select(ALLOWANCES.c.ends).where(ALLOWANCES.c.name == key)).scalar_one_or_none()
        return float(ends or self._clock())

    def check(self) -> bool:
        """Whether the database answers."""
        try:
            self.get("")
        except StoreError:
            return False
        return True

    def reset(self) -> int | None:
        """Forget every counter; how many there were."""
        return self._forget()

    def clear(self, key: str) -> None:
        """Forget one counter."""
        self._forget(key)

    def purge(self) -> int:
        """Forget the counters whose time is over; how many that were."""
        with self._database.writing() as connection:
            return connection.execute(delete(ALLOWANCES).where(ALLOWANCES.c.ends <= self._clock())).rowcount

    def _forget(self, key: str | None = None) -> int:
        which = () if key is None else (ALLOWANCES.c.name == key,)
        with self._database.writing() as connection:
            return connection.execute(delete(ALLOWANCES).where(*which)).rowcount
