"""The Model protocol, and the one that speaks to any OpenAI-compatible server."""

import asyncio
import threading
from collections.abc import Coroutine
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt, wait_exponential_jitter

if TYPE_CHECKING:
    from openai import AsyncOpenAI

ATTEMPTS = 3
MAX_ANSWER_TOKENS = 1200
TRANSIENT_STATUS = frozenset({408, 409, 425, 429, 500, 502, 503, 504})
UNSUPPORTED_STATUS = frozenset({400, 422, 501})


class ModelUnavailable(Exception):
    """A model that gave no usable answer; the text is for the visitor."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked of a model: instructions, the owner's fenced words, and the JSON schema of the answer."""

    instructions: str
    words: str
    schema: dict[str, Any]


class Model(Protocol):
    """Whatever can answer a request."""

    def complete(self, request: Request) -> str:
        """The answer's text, meant to be JSON by the request's schema.

        Raises:
            ModelUnavailable: There is none.
        """
        ...


class OpenAIModel:
    """A model behind an OpenAI-compatible server's Chat Completions.

    Args:
        name: The model's name on that server.
        api_key: Its key; any text for a server that wants none.
        base_url: The server; ``None`` for OpenAI's own.
        deadline_s: Seconds within which an answer or a failure is certain, retries included.
        first_wait_s: Seconds to wait before the first retry, doubled each time.
    """

    def __init__(self, name: str, api_key: str, base_url: str | None = None, deadline_s: float = 20.0, first_wait_s: float = 0.5) -> None:
        self.name, self.api_key, self.base_url = name, api_key, base_url
        self.deadline_s, self.first_wait_s = deadline_s, first_wait_s
        self._formats = ["json_schema", "json_object", "text"]
        """Ways to ask for JSON that the server hasn't refused yet."""

    @cached_property
    def _loop(self) -> asyncio.AbstractEventLoop:
        loop = asyncio.new_event_loop()
        threading.Thread(target=loop.run_forever, name="model", daemon=True).start()
        return loop

    @cached_property
    def _client(self) -> "AsyncOpenAI":
        from openai import AsyncOpenAI

        return AsyncOpenAI(api_key=self.api_key, base_url=self.base_url, max_retries=0, timeout=self.deadline_s)

    def complete(self, request: Request) -> str:
        """Ask the server, for ``deadline_s`` seconds at the most.

        Raises:
            ModelUnavailable: It is down, too slow, refuses, or answers nothing.
        """
        from openai import OpenAIError

        try:
            return self._wait(asyncio.wait_for(self._ask(request), self.deadline_s))
        except TimeoutError as problem:
            raise ModelUnavailable("The model took too long.") from problem
        except OpenAIError as problem:
            raise ModelUnavailable(trouble(problem)) from problem
        except (ValueError, TypeError, AttributeError) as problem:
            raise ModelUnavailable("The model's answer couldn't be read.") from problem

    def _wait(self, work: Coroutine[Any, Any, str]) -> str:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def _ask(self, request: Request) -> str:
        """The answer, asking for JSON in the strictest way that the server takes."""
        from openai import APIStatusError

        for wanted in (formats := list(self._formats)):
            try:
                answer = await self._ask_patiently(request, wanted)
            except APIStatusError as problem:
                if problem.status_code not in UNSUPPORTED_STATUS or wanted == formats[-1]:
                    raise
                continue
            self._formats = formats[formats.index(wanted) :]
            return answer
        raise AssertionError("the last way either answers or raises")

    async def _ask_patiently(self, request: Request, wanted: str) -> str:
        async for attempt in AsyncRetrying(
            stop=stop_after_attempt(ATTEMPTS), wait=self._pause, retry=retry_if_exception(transient), reraise=True
        ):
            with attempt:
                return await self._ask_once(request, wanted)
        raise AssertionError("tenacity either returns or raises")

    async def _ask_once(self, request: Request, wanted: str) -> str:
        answer = await self._client.chat.completions.create(
            model=self.name,
            messages=[{"role": "system", "content": request.instructions}, {"role": "user", "content": request.words}],
            max_completion_tokens=MAX_ANSWER_TOKENS,
            **response_format(wanted, request.schema),
        )
        content = answer.choices[0].message.content if answer.choices else None
        if not isinstance(content, str) or not content:
            raise ValueError("an answer without content")
        return content

    def _pause(self, state: RetryCallState) -> float:
        """Seconds before the next attempt: what the server asks for, else a growing, jittered wait."""
        problem = state.outcome.exception() if state.outcome else None
        asked = retry_after_s(problem)
        grown = wait_exponential_jitter(multiplier=self.first_wait_s, max=8, jitter=self.first_wait_s)(state)
        return grown if asked is None else asked


def response_format(wanted: str, schema: dict[str, Any]) -> dict[str, Any]:
    """The request's part that asks for JSON."""
    if wanted == "json_schema":
        return {"response_format": {"type": "json_schema", "json_schema": {"name": "advice", "strict": True, "schema": schema}}}
    return {"response_format": {"type": "json_object"}} if wanted == "json_object" else {}


def transient(problem: BaseException) -> bool:
    """Whether asking again may help."""
    from openai import APIConnectionError, APIStatusError

    if isinstance(problem, APIStatusError):
        return problem.status_code in TRANSIENT_STATUS and "insufficient_quota" not in str(problem)
    return isinstance(problem, APIConnectionError)


def retry_after_s(problem: BaseException | None) -> float | None:
    """How many seconds the server asks to be left alone, where it says so in seconds, milliseconds or as a date."""
    headers = getattr(getattr(problem, "response", None), "headers", None)
    if headers is None:
        return None
    try:
        if milliseconds := headers.get("retry-after-ms"):
            return max(float(milliseconds) / 1000, 0.0)
        value = headers.get("retry-after")
        if not value:
            return None
        if value.replace(".", "", 1).isdigit():
            return float(value)
        sent = parsedate_to_datetime(headers.get("date") or value)
        return max((parsedate_to_datetime(value) - sent).total_seconds(), 0.0)
    except ValueError:
        return None


def trouble(problem: Exception) -> str:
    """A failure in words for the visitor, without anything the server wrote."""
    status = getattr(problem, "status_code", None)
    if status in (401, 403):
        return "The model's server refused the key."
    if status == 404:
        return "The model's server doesn't know the model."
    if status == 429:
        return "The model is busy."
    return "The model can't be reached." if status is None else "The model's server has a problem."
