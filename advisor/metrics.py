"""What an operator's monitoring reads: counts and times of this process, in Prometheus' form."""

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.openmetrics.exposition import CONTENT_TYPE_LATEST, generate_latest

from advisor.domain import Turn

REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)
REQUESTS = Counter("advisor_requests", "Requests answered, by route and status.", ["route", "status"], registry=REGISTRY)
REFUSED = Counter("advisor_refused", "Requests and connections turned away at the door, by reason.", ["why"], registry=REGISTRY)
TABS = Gauge("advisor_tabs", "Tabs that are connected.", registry=REGISTRY)
ANSWERS = Counter("advisor_answers", "Answers given, by kind and by the model's part in them.", ["kind", "model"], registry=REGISTRY)
VERDICTS = Counter("advisor_verdicts", "Verdicts given, by verdict and who decided.", ["verdict", "by"], registry=REGISTRY)
ANSWER_SECONDS = Histogram(
    "advisor_answer_seconds",
    "From a message's arrival until the rules' answer is kept.",
    registry=REGISTRY,
    buckets=(0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5),
)
MODEL_FAILURES = Counter("advisor_model_failures", "Answers that a model had no usable part in, by cause.", ["cause"], registry=REGISTRY)
UNKEPT = Counter("advisor_unkept", "Answers that couldn't be kept at once.", registry=REGISTRY)
WORKING = Gauge("advisor_answers_in_the_making", "Answers that a model is still asked for.", registry=REGISTRY)


def answered(turn: Turn, seconds: float, kept: bool) -> None:
    """Count an answer.

    Args:
        turn: The turn as it came to its end.
        seconds: How long it took.
        kept: Whether it could be kept.
    """
    ANSWERS.labels(turn.kind.value, turn.model.value).inc()
    ANSWER_SECONDS.observe(seconds)
    for each in turn.assessments:
        VERDICTS.labels(each.verdict.value, each.decided_by.value).inc()
    if turn.provenance is not None and turn.provenance.failure:
        MODEL_FAILURES.labels(turn.provenance.failure).inc()
    if not kept:
        UNKEPT.inc()


def working(count: Callable[[], int]) -> None:
    """Let the number of answers in the making be read from where it is known."""
    WORKING.set_function(count)


def exposition() -> tuple[bytes, str]:
    """All of it as text, and that text's media type."""
    return generate_latest(REGISTRY), CONTENT_TYPE_LATEST  # type: ignore[no-untyped-call]
