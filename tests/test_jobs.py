"""Answers in the making: they outlive whoever asked, stop when told, and are kept before they are said to be done."""

import threading
import time
from collections.abc import Generator

from advisor.jobs import Job, Jobs

PATIENCE_S = 5


def counting(to: int, gap_s: float = 0.0, closed: threading.Event | None = None) -> Generator[int, None, None]:
    try:
        for number in range(1, to + 1):
            time.sleep(gap_s)
            yield number
    finally:
        if closed:
            closed.set()


def test_a_job_goes_on_by_itself_and_is_kept_before_it_ends() -> None:
    kept: list[tuple[int, bool, bool]] = []
    job: Job[int] = Job(counting(3), 0, lambda step, finished: kept.append((step, finished, job.ended)))
    Jobs().begin("a", job)
    assert job.wait(PATIENCE_S)
    assert job.latest == 3
    assert job.finished
    assert kept == [(3, True, False)]


def test_a_job_that_is_stopped_keeps_what_there_is_and_lets_the_work_go() -> None:
    closed, kept = threading.Event(), []
    job = Jobs().begin("a", Job(counting(10_000, 0.01, closed), 0, lambda step, finished: kept.append((step, finished))))
    time.sleep(0.05)
    job.stop()
    assert job.ended
    assert not job.finished
    assert closed.is_set()
    assert kept == [(job.latest, False)]


def test_a_job_that_fails_ends_and_is_not_whole() -> None:
    def failing() -> Generator[int, None, None]:
        yield 1
        raise ZeroDivisionError

    job = Jobs().begin("a", Job(failing(), 0, lambda *_: None))
    assert job.wait(PATIENCE_S)
    assert (job.latest, job.finished) == (1, False)


def test_a_job_is_found_by_name_while_it_works() -> None:
    jobs = Jobs()
    job = jobs.begin("a", Job(counting(10_000, 0.01), 0, lambda *_: None))
    assert jobs.of("a") is job
    assert jobs.of("b") is None
    jobs.stop_all()
    assert jobs.of("a") is None
    assert job.ended
