"""Work in the making: each piece owned by a thread of its own, which a closed tab doesn't end, and which stops when it is told to."""

import logging
import threading
import time
from collections.abc import Callable, Generator
from contextlib import closing
from typing import Any, Generic, TypeVar

T = TypeVar("T")
SAVE_EVERY_S = 1.0
STOP_WITHIN_S = 2.0
"""How long whoever stops a job waits for it to be kept; a silent model is noticed several times a second."""
logger = logging.getLogger(__name__)


class Job(Generic[T]):
    """One piece of work, done step by step, each step the whole as far as it has come.

    Args:
        steps: The work. Only the job's own thread goes on with it and closes it.
        latest: The step before the first of these.
        keep: Keeps a step, told whether it is the last of finished work; called at the end, and once a second until then.
    """

    def __init__(self, steps: Generator[T, None, None], latest: T, keep: Callable[[T, bool], None]) -> None:
        self.latest = latest
        self.finished = False
        """Whether it came to its end, rather than being stopped or failing."""
        self._steps = steps
        self._keep = keep
        self._stopping = threading.Event()
        self._ended = threading.Event()

    @property
    def ended(self) -> bool:
        """Whether there is no more to come, and all of it is kept."""
        return self._ended.is_set()

    def wait(self, seconds: float) -> bool:
        """Wait for the end, so many seconds at the most; whether it has come."""
        return self._ended.wait(seconds)

    def tell(self) -> None:
        """Tell it to stop, and don't wait."""
        self._stopping.set()

    def stop(self) -> None:
        """Stop it where it is, and wait until that is kept."""
        self.tell()
        self._ended.wait(STOP_WITHIN_S)

    def work(self) -> None:
        """Do the work; for the job's own thread."""
        try:
            with closing(self._steps) as steps:
                saved = time.monotonic()
                for step in steps:
                    self.latest = step
                    if self._stopping.is_set():
                        break
                    if time.monotonic() - saved >= SAVE_EVERY_S:
                        saved = time.monotonic()
                        self._keep(step, False)
                else:
                    self.finished = not self._stopping.is_set()
            self._keep(self.latest, self.finished)
        except Exception:
            self.finished = False
            logger.exception("an answer in the making failed")
        finally:
            self._ended.set()


class Jobs:
    """The jobs of a process, each found again by the name of what it works on."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job[Any]] = {}
        self._lock = threading.Lock()

    def begin(self, name: str, job: Job[T]) -> Job[T]:
        """Let a job's thread go to work."""
        with self._lock:
            self._jobs = {known: each for known, each in self._jobs.items() if not each.ended} | {name: job}
        threading.Thread(target=job.work, name="answer", daemon=True).start()
        return job

    def of(self, name: str) -> Job[Any] | None:
        """The job that works on something just now, if any."""
        job = self._jobs.get(name)
        return job if job is not None and not job.ended else None

    def __len__(self) -> int:
        """How many are at work."""
        return sum(not job.ended for job in list(self._jobs.values()))

    def stop_all(self, patience_s: float = 0.0) -> None:
        """Let every job come to its end, so many seconds at the most; stop the rest, and wait until what there is of each is kept."""
        jobs = list(self._jobs.values())
        until = time.monotonic() + patience_s
        for job in jobs:
            job.wait(max(0.0, until - time.monotonic()))
        for job in jobs:
            job.tell()
        for job in jobs:
            job.stop()
