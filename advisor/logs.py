"""What happens, as JSON lines: which request, which conversation, what was decided; never a word that anybody wrote."""

import logging
import sys
import traceback
from contextvars import ContextVar
from types import TracebackType

from pythonjsonlogger.json import JsonFormatter

REQUEST: ContextVar[str] = ContextVar("request", default="")
"""The request that is being answered, by its identity."""
FIELDS = "asctime levelname name message"
NAMES = {"asctime": "time", "levelname": "level", "name": "logger", "message": "event"}
ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class Discreet(JsonFormatter):
    """One line of JSON for each event: of an error what it was and where it arose, not what it says."""

    def formatException(self, ei: ExcInfo) -> str:  # noqa: N802 (the name is logging's)
        """The error's kind, and the places that led to it."""
        kind, _, trace = ei
        return told(kind, trace)

    def formatStack(self, stack_info: str) -> str:  # noqa: ARG002, N802 (the names are logging's)
        """Nothing: a stack shows source lines."""
        return ""


def told(kind: type[BaseException] | None, trace: TracebackType | None) -> str:
    """An error's kind and the last places that led to it."""
    places = [f"{frame.f_code.co_filename}:{line} {frame.f_code.co_name}" for frame, line in traceback.walk_tb(trace)]
    return " < ".join([kind.__name__ if kind else "error", *reversed(places[-8:])])


def with_request(record: logging.LogRecord) -> bool:
    """Note on each event which request it belongs to; of asyncio's leave the first line alone, since what an error says comes behind it."""
    if request := REQUEST.get():
        record.request = request
    if record.name == "asyncio":
        record.msg, record.args = record.getMessage().partition("\n")[0], ()
    return True


def configure(level: str) -> None:
    """Write everything that is logged in this process to the standard error, as JSON lines.

    Args:
        level: The least grave level that is written, such as ``info``.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Discreet(FIELDS.split(), rename_fields=NAMES, datefmt="%Y-%m-%dT%H:%M:%S%z"))
    handler.addFilter(with_request)
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.captureWarnings(True)
    logging.getLogger("advisor").setLevel(level.upper())
    for name in [name for name in logging.root.manager.loggerDict if name.split(".")[0] in ("streamlit", "uvicorn", "websockets")]:
        theirs = logging.getLogger(name)
        theirs.handlers.clear()  # each of Streamlit's has a handler of its own, which would write what an error says
        theirs.setLevel(logging.WARNING)
        theirs.propagate = True
