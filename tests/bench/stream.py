"""Times an answer with a model against the bare stream beneath it: ``python -m tests.bench.stream``.

One scripted server on loopback streams the same answers, a few letters at a time, to the bare openai client and to the
advisor, in turn and in one process. What is compared: when the verdict card is there, and when the first guarded sentence
is, against the moment at which the bare stream has brought that same sentence.
"""

import asyncio
import statistics
import time
from collections.abc import Callable

from openai import AsyncOpenAI

from advisor.consult import begun, sentences
from advisor.conversation import answer
from advisor.domain import Conversation
from advisor.guard import Speech
from advisor.model import OpenAIModel
from advisor.rulebook import standard
from tests.conftest import Step, advice, assess, serving

ROUNDS = 25
SAY = "Should I let my VA fire our receptionist?"
PROSE = "Keep the firing with you. You are the face of the company. I know it is uncomfortable. Your VA can do the exit paperwork."
GAPS_S = {"fast (2 ms a piece)": 0.002, "as hosted models (15 ms a piece)": 0.015}
PIECE_CHARS = 5


def bare(url: str) -> float:
    """Seconds until the bare stream has brought the whole first sentence."""

    async def until_first_sentence() -> float:
        async with AsyncOpenAI(api_key="none", base_url=url, max_retries=0) as client:
            began = time.perf_counter()
            stream = await client.chat.completions.create(model="m", messages=[{"role": "user", "content": SAY}], stream=True)
            received = ""
            async with stream:
                async for chunk in stream:
                    received += (chunk.choices[0].delta.content or "") if chunk.choices else ""
                    if len(sentences(str(begun(received).get("reply", "")))) > 1:
                        return time.perf_counter() - began
        raise AssertionError("the stream has no sentence")

    return asyncio.run(until_first_sentence())


def advised(model: OpenAIModel) -> tuple[float, float]:
    """Seconds until the verdict card, and until the first guarded sentence."""
    began = time.perf_counter()
    steps = answer(SAY, Conversation(), standard(), model)
    next(steps)
    card = time.perf_counter() - began
    next(step for step in steps if step.turns[-1].by_model)
    first = time.perf_counter() - began
    steps.close()
    return card, first


def guard_ms() -> float:
    """Milliseconds that the guard takes over one sentence, at the median."""
    took = []
    for _ in range(50):
        speech = Speech(assess(SAY, standard()), Conversation(), SAY, (), standard())
        for sentence in sentences(PROSE):
            began = time.perf_counter()
            speech.hear(sentence)
            took.append(time.perf_counter() - began)
    return statistics.median(took) * 1000


def median_ms(took: list[float]) -> float:
    return statistics.median(took) * 1000


def main(tell: Callable[[str], None] = print) -> None:
    """Print the table."""
    standard()
    tell(f"{'server':34} {'card':>9} {'bare: first sentence':>21} {'guarded':>9} {'added':>9}  one sentence's arrival + 20 ms")
    for name, gap_s in GAPS_S.items():
        step = Step(content=advice(PROSE, "keep", rules=(1,)), piece_chars=PIECE_CHARS, gap_s=gap_s)
        with serving(step) as server:
            model = OpenAIModel("m", "none", server.url)
            bare(server.url)
            advised(model)
            cards, firsts, bares = [], [], []
            for _ in range(ROUNDS):
                bares.append(bare(server.url))
                card, first = advised(model)
                cards.append(card)
                firsts.append(first)
            model.close()
        allowed = len(sentences(PROSE)[0]) / PIECE_CHARS * gap_s * 1000 + 20
        added = median_ms(firsts) - median_ms(bares)
        tell(
            f"{name:34} {median_ms(cards):6.1f} ms {median_ms(bares):18.1f} ms {median_ms(firsts):6.1f} ms {added:6.1f} ms  "
            f"{allowed:5.1f} ms: {'within' if added <= allowed else 'over'}"
        )
    tell(f"guard over one sentence: {guard_ms():.2f} ms")


if __name__ == "__main__":
    main()
