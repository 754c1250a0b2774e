"""A visitor without a browser: Streamlit's own protocol over a real WebSocket, as the page in a browser speaks it."""

import asyncio
import json
import secrets
import time
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, TypeVar
from urllib.parse import urlsplit

from streamlit.components.v2.bidi_component.main import _make_trigger_id
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.BidiComponent_pb2 import BidiComponent
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from advisor.visitor import COOKIE

T = TypeVar("T")
BROWSER = {"User-Agent": "Mozilla/5.0 (a visitor without a browser)"}

BELOW_AN_ANSWER: tuple[tuple[str, str, dict[str, object]], ...] = (
    ("shares", "Share a summary", {"do": "share"}),
    ("edits", "Edit my message", {"do": "edit"}),
    ("rephrases", "Say it differently", {"do": "rephrase"}),
    ("rates", "Thumbs up", {"do": "rate", "thumb": 1}),
    ("rates", "Thumbs down", {"do": "rate", "thumb": 0}),
)
"""What there may be below an answer, what it is called, and what a tap on it says."""


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run visitors to their end, in a thread of their own: the test's thread may have an event loop already, a browser's."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, coroutine).result()


def taps(component: BidiComponent) -> dict[str, WidgetState]:
    """What a tap on each button of the page's foot or side says to the server, by the button's words."""
    data = json.loads(component.json)
    match component.component_name.rpartition(".")[2]:
        case "foot":
            offers = data["offers"]
            events: dict[str, dict[str, object]] = {label: event for may, label, event in BELOW_AN_ANSWER if offers.get(may)} | {
                each["label"]: {"do": "say", "words": each["words"]} for each in offers.get("follow_ups", ())
            }
            events = {label: event | {"turns": data["turns"]} for label, event in events.items()}
        case "side":
            events = {"Start a new conversation": {"do": "new"}} | {
                each["title"]: {"do": "open", "id": each["id"], "board": each["board"]} for each in data["entries"]
            }
        case _:
            events = {}
    return {label: tapping(component, event) for label, event in events.items()}


def tapping(component: BidiComponent, event: object) -> WidgetState:
    """What a browser says to the server when something happens in a component: any value that JSON can hold."""
    where = _make_trigger_id(component.id, "events")
    return WidgetState(id=where, json_trigger_value=json.dumps([{"event": "event", "value": event}]))


class Misdrawn(Exception):
    """The page showed an error, or broke off."""


@dataclass
class Visitor:
    """One tab of one visitor's.

    Args:
        url: The server's address.
        cookie: The visitor's secret; a new one for a visitor who comes first.
        patience_s: How long to wait for anything.
    """

    url: str
    cookie: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    patience_s: float = 30.0
    origin: str = ""
    """The site whose page this is; the server's own where it is empty."""
    session: str = ""
    """The session that the tab says it had, if any."""
    query: str = ""
    """The page's parameters, such as ``c=IDENTITY`` for a conversation."""
    process: str = ""
    """The cookie by which a proxy knows to which process the visitor goes; the last one that it set."""
    box: str = field(init=False, default="")
    """The identity of the box to type in."""
    buttons: dict[str, WidgetState] = field(init=False, default_factory=dict)
    """What a tap on each button says, by its words, as drawn last."""
    texts: list[str] = field(init=False, default_factory=list)
    """What the last run drew: HTML, Markdown and notices, in order."""
    received: int = field(init=False, default=0)
    """Bytes, in all."""
    _socket: ClientConnection = field(init=False)
    _page: str = field(init=False, default="")

    async def __aenter__(self) -> "Visitor":
        parts = urlsplit(self.url)
        self._socket = await connect(
            f"ws://{parts.netloc}/_stcore/stream",
            origin=Origin(self.origin or self.url),
            subprotocols=[Subprotocol(name) for name in ("streamlit", *(("none", self.session) if self.session else ()))],
            additional_headers=BROWSER | {"Cookie": f"{COOKIE}={self.cookie}" + (f"; {self.process}" if self.process else "")},
            max_size=None,
            open_timeout=self.patience_s,
        )
        answer = self._socket.response
        for given in answer.headers.get_all("Set-Cookie") if answer else ():
            if not given.startswith(f"{COOKIE}="):
                self.process = given.split(";")[0]
        return self

    async def __aexit__(self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None) -> None:
        await self._socket.close()

    async def open(self) -> None:
        """Have the page drawn."""
        await self._ask(BackMsg())
        await self._until_drawn()

    async def say(self, said: str, sign: str) -> float:
        """Send a message; seconds until HTML comes that holds a sign, which is the answer's card. The page is drawn to its end."""
        message = BackMsg()
        state = message.rerun_script.widget_states.widgets.add(id=self.box)
        state.chat_input_value.data = said
        return await self._timed(message, sign)

    async def press(self, words: str, sign: str = "") -> float:
        """Press a button; seconds until something comes that holds a sign."""
        message = BackMsg()
        message.rerun_script.widget_states.widgets.append(self.buttons[words])
        return await self._timed(message, sign)

    async def _timed(self, message: BackMsg, sign: str) -> float:
        began = time.perf_counter()
        await self._ask(message)
        return await self._until_drawn(sign) - began

    async def _ask(self, message: BackMsg) -> None:
        message.rerun_script.query_string = self.query
        message.rerun_script.page_script_hash = self._page
        message.rerun_script.context_info.url = self.url
        await self._socket.send(message.SerializeToString())

    async def _until_drawn(self, sign: str = "") -> float:
        """Read what is drawn until the script ends; the moment at which the sign came, or the end where none is wanted.

        Raises:
            Misdrawn: The page shows an error, or the sign never came.
        """
        seen = 0.0
        self.texts = []
        async with asyncio.timeout(self.patience_s):
            while True:
                received = await self._socket.recv()
                assert isinstance(received, bytes)
                self.received += len(received)
                message = ForwardMsg.FromString(received)
                match message.WhichOneof("type"):
                    case "new_session":
                        self._page = message.new_session.page_script_hash
                    case "navigation":
                        self._page = message.navigation.page_script_hash
                    case "page_info_changed":
                        self.query = message.page_info_changed.query_string
                    case "delta":
                        if (text := self._drawn(message)) and sign and not seen and sign in text:
                            seen = time.perf_counter()
                    case "script_finished" if message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                        if sign and not seen:
                            raise Misdrawn(f"{sign!r} didn't come: {self.texts}")
                        return seen or time.perf_counter()
                    case "script_finished" if message.script_finished == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
                        raise Misdrawn("the page has no script")

    def _drawn(self, message: ForwardMsg) -> str:
        """What an element says."""
        element = message.delta.new_element
        kind = element.WhichOneof("type")
        text = ""
        if kind == "exception":
            raise Misdrawn(element.exception.message)
        if kind == "chat_input":
            self.box = element.chat_input.id
        elif kind == "button":
            self.buttons[element.button.label] = WidgetState(id=element.button.id, trigger_value=True)
        elif kind == "bidi_component":
            self.buttons |= taps(element.bidi_component)
        elif kind == "html":
            text = element.html.body
        elif kind == "markdown":
            text = element.markdown.body
        elif kind == "alert":
            text = element.alert.body
        if text:
            self.texts.append(text)
        return text
