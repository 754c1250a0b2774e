"""The application as a process of its own on loopback, for tests and benchmarks that come to it as visitors do."""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import yaml

ROOT = Path(__file__).parent.parent
SERVE = ("advisor", "serve", "--port")


@dataclass(frozen=True)
class Server:
    """A server that runs."""

    url: str
    process: "subprocess.Popen[bytes]"


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(command: Sequence[str] = SERVE, folder: Path = ROOT, **environment: str) -> Iterator[Server]:
    """A server while the block lasts, started by a module's command, with these variables set for it."""
    port = free_port()
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("OPENAI_", "ADVISOR_"))}
    with tempfile.TemporaryDirectory() as empty:
        kept = {"ADVISOR_DATABASE_URL": f"sqlite:///{empty}/advisor.sqlite3"}
        log = Path(environment.pop("LOG", os.devnull))
        with log.open("ab") as written:
            process = subprocess.Popen(
                [sys.executable, "-m", *command, str(port)], cwd=folder, env=clean | kept | environment, stdout=written, stderr=written
            )
        try:
            wait_for(f"http://127.0.0.1:{port}/_stcore/health", process)
            yield Server(f"http://127.0.0.1:{port}", process)
        finally:
            process.terminate()
            process.wait(timeout=30)


@contextmanager
def served(command: Sequence[str] = SERVE, folder: Path = ROOT, **environment: str) -> Iterator[str]:
    """The address of a server while the block lasts."""
    with running(command, folder, **environment) as server:
        yield server.url


@contextmanager
def proxied(urls: Sequence[str], folder: Path) -> Iterator[str]:
    """The address of a real proxy before some servers, set up as compose.yaml has it but for addresses and https."""
    port = free_port()
    text = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["configs"]["proxy"]["content"]
    text = text.replace("bind :8080", f"bind 127.0.0.1:{port}")
    for place, url in zip(("one:8501", "two:8501"), urls, strict=True):
        assert place in text
        text = text.replace(place, urlsplit(url).netloc)
    lines = [line for line in text.splitlines() if " ssl " not in line and "redirect scheme" not in line]
    file = folder / "haproxy.cfg"
    file.write_text("\n".join(lines).replace("X-Forwarded-Proto https", "X-Forwarded-Proto http") + "\n", encoding="utf-8")
    process = subprocess.Popen(["haproxy", "-f", str(file)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(f"http://127.0.0.1:{port}/healthz", process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait(timeout=20)


def wait_for(url: str, process: "subprocess.Popen[bytes]") -> None:
    """Wait until the server answers, half a minute at the most."""
    deadline = time.monotonic() + 30
    while True:
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                assert answer.status == 200
                return
        except OSError as problem:
            if process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError("the server didn't start") from problem
            time.sleep(0.1)
