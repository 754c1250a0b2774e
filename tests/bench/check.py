"""How long a check takes: cold, warm, and as the message grows. Prints its table."""

import statistics
import subprocess
import sys
import time
import tracemalloc

from advisor.domain import Conversation, Facts
from advisor.judge import all_judged
from advisor.reading import read
from advisor.rulebook import standard

MESSAGE = (
    "We run a small bakery and I'm drowning. Could my assistant post the job ad for the counter, answer customer emails "
    "and train the two new girls, while an agency decides where we open our second shop?"
)
PARTS = (
    "\n ",
    "fire our receptionist ",
    "a blog post on hiring ",
    "we have a head chef. ",
    "a plumber who does ",
    "- fire bob\n",
    "I know nothing of it. ",
    "our IT head quit, ",
    "hirefire",
    "now ",
    "this week ",
    "for years ",
    "head proper sort of ",
    "é",
    ".",
    "( ",
)
"""What might be read in more than linear time."""
REPEATS = 400


def milliseconds(message: str) -> float:
    """One warm check."""
    rulebook = standard()
    began = time.perf_counter()
    reading = read(message, Conversation(), rulebook)
    all_judged(reading.tasks, Facts(reading.heads), rulebook)
    return (time.perf_counter() - began) * 1000


def cold() -> float:
    """Seconds for one check in a process of its own."""
    began = time.perf_counter()
    subprocess.run([sys.executable, "-m", "advisor", "check", MESSAGE], check=True, capture_output=True)
    return time.perf_counter() - began


def bare() -> float:
    """Seconds for an interpreter that does nothing, for comparison."""
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", ""], check=True, capture_output=True)
    return time.perf_counter() - began


def main() -> None:
    """Measure and print."""
    runs = sorted(milliseconds(MESSAGE) for _ in range(REPEATS))
    lasts, nothing = min(cold() for _ in range(5)), min(bare() for _ in range(5))
    tracemalloc.start()
    standard.cache_clear()
    standard()
    size = tracemalloc.get_traced_memory()[0] / 1e6
    tracemalloc.stop()
    once = milliseconds(MESSAGE * 5)
    print(f"{'cold check':34} {lasts:8.3f} s    {lasts / nothing:6.1f} times a bare interpreter")
    print(f"{f'warm, {len(MESSAGE)} characters, median':34} {statistics.median(runs):8.3f} ms")
    print(f"{f'warm, {len(MESSAGE)} characters, p99':34} {runs[int(REPEATS * 0.99)]:8.3f} ms")
    for times in (50, 500):
        grown = milliseconds(MESSAGE * times)
        print(f"{f'warm, {len(MESSAGE) * times:,} characters':34} {grown:8.1f} ms   {grown / once / (times / 5):6.2f} of linear growth")
    for part in PARTS:
        short, long = (min(milliseconds(part * (length // len(part))) for _ in range(3)) for length in (4_000, 32_000))
        print(f"{f'32,000 characters of {part!r}':34} {long:8.1f} ms   {long / short / 8:6.2f} of linear growth")
    print(f"{'the rulebook in memory':34} {size:8.1f} MB")


if __name__ == "__main__":
    main()
