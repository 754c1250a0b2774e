"""Two processes on one PostgreSQL behind a real proxy: visitors stay with theirs, and lose nothing when it is killed."""

import asyncio
import os
import shutil
import signal
from contextlib import ExitStack
from pathlib import Path

import pytest
import yaml
from websockets.exceptions import WebSocketException

from advisor.store import Store
from advisor.visitor import COOKIE, visitor_of
from tests import visiting
from tests.conftest import fresh
from tests.image import steps
from tests.serving import ROOT, Server, proxied, running
from tests.visiting import Visitor

VISITORS = 16
TURNS = 6
PATIENCE = 40
"""How often a visitor tries again, every quarter of a second, before giving up."""


async def converse(url: str, number: int, confirmed: list[str], killed: asyncio.Event) -> Visitor:
    """Send message after message; where the tab breaks off, open it again, as a browser does, and see how far it came."""
    visitor = Visitor(url, patience_s=10)
    turn = 0
    for _ in range(PATIENCE):
        try:
            async with visitor:
                await visitor.open()
                while turn < TURNS:
                    sign = f"shop {number * 100 + turn}"
                    if not any(sign in text for text in visitor.texts):  # what was sent before it broke off may have been kept
                        await visitor.say(f"Can I outsource the bookkeeping of {sign}?", sign)
                    confirmed.append(sign)
                    turn += 1
                    if turn == TURNS // 2:
                        await killed.wait()
                return visitor
        except (OSError, TimeoutError, WebSocketException):
            await asyncio.sleep(0.25)
    raise AssertionError(f"visitor {number} came no further than {turn}")


async def crowd(url: str, victim: Server) -> list[tuple[Visitor, list[str], str]]:
    """All the visitors; half way, one process is killed under them. Each with what was confirmed, and where they were at first."""
    killed = asyncio.Event()
    confirmed: list[list[str]] = [[] for _ in range(VISITORS)]
    talking = [asyncio.create_task(converse(url, number, confirmed[number], killed)) for number in range(VISITORS)]
    while sum(len(each) for each in confirmed) < VISITORS * TURNS // 2:
        await asyncio.sleep(0.05)
        assert not any(task.done() and task.exception() for task in talking)
    victim.process.send_signal(signal.SIGKILL)
    killed.set()
    visitors = await asyncio.gather(*talking)
    return [(visitor, told, visitor.process) for visitor, told in zip(visitors, confirmed, strict=True)]


def test_a_process_that_is_killed_under_load_loses_nothing(postgresql: str, tmp_path: Path) -> None:
    if not shutil.which("haproxy") and not os.environ.get("CI"):
        pytest.skip("there is no HAProxy on this machine")
    url = fresh(postgresql)
    environment = {"ADVISOR_DATABASE_URL": url, "ADVISOR_ALLOWED_HOSTS": "127.0.0.1,localhost"}
    with ExitStack() as stack:
        servers = [stack.enter_context(running(**environment)) for _ in range(2)]
        proxy = stack.enter_context(proxied([server.url for server in servers], tmp_path))
        told = visiting.run(crowd(proxy, servers[0]))
    store = Store(url)
    for visitor, confirmed, process in told:
        assert process == "advisor_process=two", "whoever is left is with the process that is left"
        me = str(visitor_of(f"{COOKIE}={visitor.cookie}"))
        (entry,) = store.conversations.listed(me)
        kept = store.conversations.load(me, entry.id)
        assert kept is not None
        said = [turn.said for turn in kept.conversation.turns]
        assert said == [f"Can I outsource the bookkeeping of {sign}?" for sign in confirmed], "none lost, none doubled"
        assert len(said) == TURNS
    store.close()


def test_the_image_sets_nothing_that_a_secret_should() -> None:
    """A variable goes before a file of its name: set in the image, it would keep Compose's database from being used."""
    names = set(yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["secrets"])
    assert {"ADVISOR_DATABASE_URL", "OPENAI_API_KEY"} <= names
    assert not [rest for instruction, rest in steps(ROOT / "Dockerfile") if instruction == "ENV" and rest.split("=")[0] in names]
