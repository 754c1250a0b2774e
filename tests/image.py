"""The image's steps in a bare root, where there is no container engine: ``python -m tests.image FOLDER``, as root on Debian.

Makes the root that the Dockerfile begins with by ``debootstrap``, takes each step in it as an engine would, then starts the image's
command as its user, over a file system that can't be written but for its volume, and asks a question as a visitor.
"""

import asyncio
import json
import os
import shlex
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.serving import ROOT, free_port, wait_for
from tests.visiting import Visitor

HOST_FILES = ("/etc/resolv.conf", "/etc/pip.conf", "/etc/hosts", "/etc/ssl/certs/ca-certificates.crt")
"""What an engine lends to the steps, so that they reach the package registries as this machine does."""


@dataclass
class Image:
    """What the steps make."""

    root: Path
    environment: dict[str, str] = field(default_factory=lambda: {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"})
    user: str = "root"
    command: list[str] = field(default_factory=list)
    volumes: list[str] = field(default_factory=list)

    def run(self, *command: str) -> None:
        """Run something in the root, as its user."""
        for file in HOST_FILES:
            if Path(file).exists():
                copy([Path(file)], self.root / file.lstrip("/"), into=False)
        subprocess.run(["chroot", f"--userspec={self.user}", str(self.root), *command], check=True, env=self.environment)


def steps(dockerfile: Path) -> Iterator[tuple[str, str]]:
    """The instructions of a Dockerfile, in order, each with what follows it."""
    for line in dockerfile.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            instruction, _, rest = line.partition(" ")
            yield instruction, rest


def take(image: Image, instruction: str, rest: str, context: Path) -> None:
    """Take one step.

    Raises:
        ValueError: It is of a kind that nothing here knows.
    """
    match instruction:
        case "FROM":
            base(image.root, rest)
        case "RUN":
            image.run("/bin/sh", "-ec", rest)
        case "COPY":
            *sources, target = shlex.split(rest)
            copy([context / source for source in sources], image.root / target.lstrip("/"), target.endswith("/"))
        case "ENV":
            name, _, value = rest.partition("=")
            image.environment[name] = value
        case "USER":
            image.user = rest
        case "VOLUME":
            image.volumes.append(rest)
        case "CMD":
            image.command = json.loads(rest)
        case "EXPOSE" | "HEALTHCHECK":
            pass
        case _:
            raise ValueError(f"{instruction} is not known here")


def base(root: Path, name: str) -> None:
    """The root that an image begins with."""
    distribution = name.removeprefix("debian:").removesuffix("-slim")
    if not (root / "bin").exists():
        subprocess.run(["debootstrap", "--variant=minbase", distribution, str(root)], check=True)


def copy(sources: list[Path], target: Path, into: bool) -> None:
    """Copy files into a folder, or what is in a folder to another."""
    for source in sources:
        if source.is_dir():
            shutil.copytree(source, target, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            (target if into else target.parent).mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target)


def serve(image: Image) -> None:
    """Start the image's command on a root that can't be written, ask a question, and end it."""
    port = free_port()
    mounted = image.root.parent / f"{image.root.name}-mounted"
    mounted.mkdir(exist_ok=True)
    subprocess.run(["mount", "--bind", str(image.root), str(mounted)], check=True)
    subprocess.run(["mount", "-o", "remount,ro,bind", str(mounted)], check=True)
    for place in (*image.volumes, "/tmp"):
        kept = image.root / place.lstrip("/")
        subprocess.run(["mount", "--bind", str(kept), str(mounted / place.lstrip("/"))], check=True)
    command = ["chroot", f"--userspec={image.user}", str(mounted), *image.command, "--port", str(port)]
    try:
        process = subprocess.Popen(command, env=image.environment | {"ADVISOR_ALLOWED_HOSTS": "127.0.0.1"})
        try:
            wait_for(f"http://127.0.0.1:{port}/readyz", process)
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
                print("readyz", answer.read().decode())
            took = asyncio.run(asked(f"http://127.0.0.1:{port}"))
            owner = Path(f"/proc/{process.pid}").stat().st_uid
            print(f"the page answered in {took * 1000:.0f} ms; the process is user {owner}'s; its root can be written: {written(mounted)}")
        finally:
            process.terminate()
            print("ended with status", process.wait(timeout=30))
    finally:
        for place in ("/tmp", *reversed(image.volumes), ""):
            subprocess.run(["umount", str(mounted / place.lstrip("/"))], check=True)
        mounted.rmdir()


async def asked(url: str) -> float:
    """Seconds until the page says that firing is the owner's."""
    async with Visitor(url) as visitor:
        await visitor.open()
        return await visitor.say("Should my VA fire our receptionist?", "Keep it")


def written(root: Path) -> bool:
    """Whether something can be written there."""
    with suppress(OSError):
        (root / "written").touch()
        return True
    return False


def main() -> int:
    """Take every step, and try what they make."""
    root = Path(sys.argv[1]).resolve()
    root.mkdir(parents=True, exist_ok=True)
    image, began = Image(root), time.monotonic()
    for name in ("http_proxy", "https_proxy", "PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_CERT", "SSL_CERT_FILE"):
        if name in os.environ:
            image.environment[name] = os.environ[name]
    for instruction, rest in steps(ROOT / "Dockerfile"):
        print(f"{time.monotonic() - began:6.1f} s  {instruction} {rest}", flush=True)
        take(image, instruction, rest, ROOT)
    serve(image)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
