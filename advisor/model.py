"""The Model protocol, and the one that speaks to any OpenAI-compatible server."""

import asyncio
import datetime
import threading
import time
from collections import deque
from collections.abc import AsyncGenerator, Callable, Generator
from concurrent.futures import CancelledError
from contextlib import aclosing
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime
from enum import StrEnum
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, Protocol

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt, wait_exponential_jitter
from tenacity.stop import stop_base

from advisor.domain import Usage

if TYPE_CHECKING:
    from openai import AsyncOpenAI, AsyncStream
    from openai.types.chat import ChatCompletionChunk

    Begun = tuple[AsyncStream[ChatCompletionChunk], deque[ChatCompletionChunk]]
    """An answer that has begun: its stream, and the chunks already taken from it."""

ATTEMPTS = 3
MAX_ANSWER_TOKENS = 2000
"""Room for the longest answer that is shown, and for some thinking before it."""
CONNECT_S = 5.0
HEARTBEAT_S = 0.2
TRANSIENT_STATUS = frozenset({408, 409, 425, 429, 500, 502, 503, 504})
UNSUPPORTED_STATUS = frozenset({400, 422, 501})
OUTAGES_BEFORE_REST = 3
REST_S = 30.0
OPENAI_URL = "https://api.openai.com/v1"
"""Said in so many words: left out, the client would read the environment for itself."""


class ModelUnavailable(Exception):
    """A model that gave no usable answer.

    Args:
        told: What the visitor is told.
        cause: What an operator needs to know, in a word or two, without anything that anybody wrote: "status 401".
    """

    def __init__(self, told: str, cause: str = "") -> None:
        super().__init__(told)
        self.cause = cause or told


class Silent(Exception):
    """A server that answered, but without a word of an answer: a web page, an error under status 200, an empty stream."""


class BrokenOff(Exception):
    """An answer that stopped before its end."""


class Declined(Exception):
    """A model that would not answer, or whose provider withheld the answer."""


class FormatIgnored(Exception):
    """A server that was asked for JSON and answers something else."""


class Format(StrEnum):
    """How a server is asked for JSON, the strictest first."""

    SCHEMA = "json_schema"
    OBJECT = "json_object"
    TEXT = "text"


FORMATS = tuple(Format)


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked of a model: instructions, the owner's fenced words, and the JSON schema of the answer."""

    instructions: str
    words: str
    schema: dict[str, Any]
    strictest: Format = Format.SCHEMA
    """The strictest way in which JSON may be asked for: less than the server takes, where its answer didn't fit before."""

    def in_words(self) -> "Request | None":
        """The same, asking for JSON in words alone; ``None`` where it does so already."""
        return None if self.strictest is Format.TEXT else replace(self, strictest=Format.TEXT)


class Deadline:
    """When an answer must have begun and ended, counted from now.

    Args:
        total_s: Seconds for the whole answer, retries and translation included.
        first_words_s: Seconds until the first words must be there.
        clock: A clock that never goes back, in seconds.
    """

    def __init__(self, total_s: float, first_words_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._end = clock() + total_s
        self._first = clock() + min(first_words_s, total_s)

    def left_s(self) -> float:
        """Seconds until the answer must have ended; 0 when that has passed."""
        return max(self._end - self._clock(), 0.0)

    def to_first_words_s(self) -> float:
        """Seconds until the first words must be there; 0 when that has passed."""
        return max(self._first - self._clock(), 0.0)


class Model(Protocol):
    """Whatever can answer a request."""

    name: str

    def deadline(self) -> Deadline:
        """The time that one turn's answer may take, from now on."""
        ...

    def stream(self, request: Request, deadline: Deadline) -> Generator[str | Usage, None, None]:
        """The answer's text, meant to be JSON by the request's schema, piece by piece.

        An empty piece means that nothing came for a moment, so that whoever follows may stop. Closing the iterator
        stops the request.

        Yields:
            Pieces of text in order, then the tokens used, where the server tells.

        Raises:
            ModelUnavailable: There is no answer, or no more of it.
        """
        ...


@dataclass(frozen=True, slots=True)
class Manner:
    """How a server takes a request: learnt from what it refuses, remembered when it answers."""

    format: Format = Format.SCHEMA
    limit: str = "max_completion_tokens"
    counts: bool = True
    """Whether it takes ``stream_options`` and counts tokens."""
    hurries: bool = True
    """Whether it takes ``reasoning_effort``, so that a model that thinks first doesn't think for long."""

    def simpler(self) -> "Manner | None":
        """Asking for JSON in the next less strict way; ``None`` after the last."""
        later = FORMATS[FORMATS.index(self.format) + 1 :]
        return replace(self, format=later[0]) if later else None

    def after(self, problem: Exception) -> "Manner | None":
        """What to try after a refusal; ``None`` where the request itself isn't the trouble."""
        if isinstance(problem, FormatIgnored):
            return self.simpler()
        status, told = getattr(problem, "status_code", None), str(problem).lower()
        if status not in UNSUPPORTED_STATUS and not (status == 500 and "response_format" in told):
            return None
        if "content_filter" in told or ("context" in told and ("length" in told or "exceed" in told)):
            return None
        if "max_completion_tokens" in told and self.limit == "max_completion_tokens":
            return replace(self, limit="max_tokens")
        if "stream_options" in told and self.counts:
            return replace(self, counts=False)
        if "reasoning" in told and self.hurries:
            return replace(self, hurries=False)
        return self.simpler()

    def parts(self, request: Request, most_tokens: int) -> dict[str, Any]:
        """The parts of a request that differ between servers."""
        parts: dict[str, Any] = {self.limit: most_tokens}
        if self.counts:
            parts["stream_options"] = {"include_usage": True}
        if self.hurries:
            parts["reasoning_effort"] = "minimal"
        wanted = max(self.format, request.strictest, key=FORMATS.index)
        if wanted is Format.SCHEMA:
            schema = {"name": "answer", "strict": True, "schema": request.schema}
            parts["response_format"] = {"type": "json_schema", "json_schema": schema}
        elif wanted is Format.OBJECT:
            parts["response_format"] = {"type": "json_object"}
        return parts


class Breaker:
    """Keeps every visitor from waiting out the same outage: after some in a row, one request at a time tries again.

    Args:
        clock: A clock that never goes back, in seconds.
        most: How many outages in a row open it.
        rest_s: Seconds between two tries while it is open.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic, most: int = OUTAGES_BEFORE_REST, rest_s: float = REST_S) -> None:
        self._clock, self._most, self._rest_s = clock, most, rest_s
        self._lock = threading.Lock()
        self._outages, self._next_try = 0, 0.0

    @property
    def is_open(self) -> bool:
        """Whether the model is taken to be out of order."""
        with self._lock:
            return self._outages >= self._most

    def lets_through(self) -> bool:
        """Whether a request may be made now."""
        with self._lock:
            if self._outages < self._most:
                return True
            if self._clock() < self._next_try:
                return False
            self._next_try = self._clock() + self._rest_s
            return True

    def note(self, outage: bool) -> None:
        """How a request ended: in an outage, or in an answer that began."""
        with self._lock:
            self._outages = self._outages + 1 if outage else 0
            self._next_try = self._clock() + self._rest_s


class OpenAIModel:
    """A model behind an OpenAI-compatible server's Chat Completions.

    Args:
        name: The model's name on that server.
        api_key: Its key; any text for a server that wants none.
        base_url: The server; ``None`` for OpenAI's own.
        total_s: Seconds within which an answer or a failure is certain, retries included.
        first_words_s: Seconds within which its first words are.
        first_wait_s: Seconds to wait before the first retry, doubled each time.
    """

    def __init__(
        self,
        name: str,
        api_key: str,
        base_url: str | None = None,
        total_s: float = 20.0,
        first_words_s: float = 8.0,
        first_wait_s: float = 0.5,
    ) -> None:
        self.name = name
        self._api_key, self._base_url = api_key, base_url
        self._total_s, self._first_words_s, self._first_wait_s = total_s, first_words_s, first_wait_s
        self.manner = Manner()
        """How the server is asked: settled by its first answers."""
        self.breaker = Breaker()
        self._client: AsyncOpenAI | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="model", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End what is under way, and give back the connections; the model answers no more."""
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _end(self) -> None:
        answers = asyncio.all_tasks() - {asyncio.current_task()}
        for answer in answers:
            answer.cancel()
        await asyncio.gather(*answers, return_exceptions=True)
        if self._client is not None:
            await self._client.close()
        await self._loop.shutdown_asyncgens()
        await asyncio.gather(*(asyncio.all_tasks() - {asyncio.current_task()}), return_exceptions=True)

    def deadline(self) -> Deadline:
        """The time that one turn's answer may take, from now on."""
        return Deadline(self._total_s, self._first_words_s)

    def stream(self, request: Request, deadline: Deadline) -> Generator[str | Usage, None, None]:
        """The answer piece by piece, an empty one every ``HEARTBEAT_S`` seconds of silence.

        Raises:
            ModelUnavailable: The server is down, too slow, refuses, answers nothing, or breaks off.
        """
        if not self.breaker.lets_through():
            raise ModelUnavailable("The model is out of order just now.", "resting after outages")
        pieces: SimpleQueue[str | Usage | None] = SimpleQueue()
        running = asyncio.run_coroutine_threadsafe(self._pump(request, deadline, pieces), self._loop)
        try:
            while True:
                try:
                    piece = pieces.get(timeout=HEARTBEAT_S)
                except Empty:
                    yield ""
                    continue
                if piece is None:
                    break
                yield piece
            running.result()
        except CancelledError as problem:
            raise ModelUnavailable("The model can't be reached.", "shutting down") from problem
        finally:
            running.cancel()

    async def _pump(self, request: Request, deadline: Deadline, pieces: "SimpleQueue[str | Usage | None]") -> None:
        """Pass an answer on from the event loop to the thread that waits for it, and tell the breaker how it ended."""
        try:
            async with asyncio.timeout(deadline.left_s()), aclosing(self._answer(request, deadline)) as answer:
                async for piece in answer:
                    pieces.put(piece)
        except failures() as problem:
            if transient(problem) or isinstance(problem, TimeoutError):
                self.breaker.note(outage=True)
            raise ModelUnavailable(trouble(problem), cause(problem)) from problem
        finally:
            pieces.put(None)

    async def _answer(self, request: Request, deadline: Deadline) -> AsyncGenerator[str | Usage, None]:
        """The pieces of an answer, and its end: one that just stops is no answer."""
        stream, begun = await self._begun(request, deadline)
        self.breaker.note(outage=False)
        async with stream:
            finished, used = None, None
            while chunk := begun.popleft() if begun else await anext(stream, None):
                used = usage_of(chunk) or used
                for choice in chunk.choices or ():
                    finished = choice.finish_reason or finished
                    if choice.delta.content:
                        yield choice.delta.content
        if used:
            yield used
        if finished == "content_filter":
            raise Declined
        if finished != "stop":
            raise BrokenOff

    async def _begun(self, request: Request, deadline: Deadline) -> "Begun":
        """An answer up to its first words, asked for in the strictest way that the server takes."""
        from openai import APIStatusError

        manner = self.manner
        while True:
            try:
                async with asyncio.timeout(deadline.to_first_words_s()):
                    begun = await self._patiently(request, manner, deadline)
            except (APIStatusError, FormatIgnored) as problem:
                other = manner.after(problem)
                if other is None:
                    raise
                manner = other
                continue
            self.manner = manner
            return begun

    async def _patiently(self, request: Request, manner: Manner, deadline: Deadline) -> "Begun":
        """The same, retried where asking again may help and there is time for it."""

        class TooLate(stop_base):
            """Gives up where the wait would outlast the time for the first words."""

            def __call__(self, state: RetryCallState) -> bool:
                return state.upcoming_sleep >= deadline.to_first_words_s()

        async for attempt in AsyncRetrying(
            stop=stop_after_attempt(ATTEMPTS) | TooLate(), wait=self._pause, retry=retry_if_exception(transient), reraise=True
        ):
            with attempt:
                return await self._once(request, manner)
        raise AssertionError("tenacity either returns or raises")

    async def _once(self, request: Request, manner: Manner) -> "Begun":
        """One request, up to the first words of its answer."""
        stream = await self._connected().chat.completions.create(
            model=self.name,
            messages=[{"role": "system", "content": request.instructions}, {"role": "user", "content": request.words}],
            stream=True,
            **manner.parts(request, MAX_ANSWER_TOKENS),
        )
        begun: deque[ChatCompletionChunk] = deque()
        try:
            while chunk := await anext(stream, None):
                begun.append(chunk)
                choice = chunk.choices[0] if chunk.choices else None
                if choice and (choice.delta.refusal or choice.finish_reason == "content_filter"):
                    raise Declined
                if words := "".join(choice.delta.content or "" for each in begun for choice in each.choices or ()).lstrip():
                    if Format.TEXT not in (manner.format, request.strictest) and not words.startswith("{"):
                        raise FormatIgnored
                    return stream, begun
            raise Silent
        except BaseException:
            await stream.close()
            raise

    def _connected(self) -> "AsyncOpenAI":
        if self._client is None:
            from openai import AsyncOpenAI, Timeout

            timeout = Timeout(self._total_s, connect=min(CONNECT_S, self._total_s))
            self._client = AsyncOpenAI(api_key=self._api_key, base_url=self._base_url or OPENAI_URL, max_retries=0, timeout=timeout)
        return self._client

    def _pause(self, state: RetryCallState) -> float:
        """Seconds before the next attempt: what the server asks for, else a growing, jittered wait."""
        problem = state.outcome.exception() if state.outcome else None
        asked = retry_after_s(problem, datetime.datetime.now(datetime.UTC))
        grown = wait_exponential_jitter(multiplier=self._first_wait_s, max=8, jitter=self._first_wait_s)(state)
        return grown if asked is None else asked


def failures() -> tuple[type[Exception], ...]:
    """All that a server's answer, or its silence, may end in."""
    from openai import OpenAIError

    malformed = (ValueError, TypeError, AttributeError, LookupError, RecursionError)
    return (OpenAIError, TimeoutError, Silent, BrokenOff, Declined, FormatIgnored, *malformed)


def usage_of(chunk: "ChatCompletionChunk") -> Usage | None:
    """The tokens that a chunk tells of, where it does so in numbers."""
    told = chunk.usage
    counts = (told.prompt_tokens, told.completion_tokens) if told else ()
    return Usage(*counts) if counts and all(isinstance(each, int) for each in counts) else None


def cause(problem: Exception) -> str:
    """A failure for an operator, without anything the server wrote."""
    status = getattr(problem, "status_code", None)
    return f"status {status}" if status else type(problem).__name__


def transient(problem: BaseException) -> bool:
    """Whether asking again may help."""
    from openai import APIConnectionError, APIStatusError

    if isinstance(problem, APIStatusError):
        return (
            problem.status_code in TRANSIENT_STATUS and "insufficient_quota" not in str(problem) and "response_format" not in str(problem)
        )
    return isinstance(problem, APIConnectionError)


def retry_after_s(problem: BaseException | None, now: datetime.datetime) -> float | None:
    """How many seconds the server asks to be left alone, where it says so in milliseconds, in seconds or as a date.

    Args:
        problem: The failure, with the server's response where there was one.
        now: For a date without the server's own time beside it.
    """
    headers = getattr(getattr(problem, "response", None), "headers", None) or {}
    try:
        if milliseconds := headers.get("retry-after-ms"):
            return max(float(milliseconds) / 1000, 0.0)
        value = headers.get("retry-after")
        if not value:
            return None
        if value.strip().replace(".", "", 1).isdigit():
            return float(value)
        sent = parsedate_to_datetime(headers["date"]) if headers.get("date") else now
        return max((parsedate_to_datetime(value) - sent).total_seconds(), 0.0)
    except (ValueError, TypeError):
        return None


def trouble(problem: Exception) -> str:
    """A failure in words for the visitor, without anything the server wrote."""
    from openai import APIConnectionError, APIStatusError, APITimeoutError

    match problem:
        case TimeoutError() | APITimeoutError():
            return "The model took too long."
        case Declined():
            return "The model declined to answer."
        case BrokenOff():
            return "The model broke off."
        case APIConnectionError():
            return "The model can't be reached."
        case APIStatusError() if "content_filter" in str(problem):
            return "The model declined to answer."
        case APIStatusError() if "insufficient_quota" in str(problem):
            return "The model's server has no quota left for this key."
        case APIStatusError():
            return f"The model's server {BY_STATUS.get(problem.status_code, 'has a problem')}."
    return "The model's answer couldn't be read."


BY_STATUS = {
    400: "refused the request",
    401: "refused the key",
    403: "refused the key",
    404: "doesn't know the model, or the address",
    429: "is busy",
}
