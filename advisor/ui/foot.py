"""The foot of a page: what can be done with the last answer, and what the page does for those who can't see it or use no mouse.

One component, since each element that Streamlit draws is paid for with every message.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import streamlit as st

HERE = Path(__file__).parent
KEY = "foot"
FOOT = st.components.v2.component(
    "advisor.foot",
    html='<h1 class="unseen" hidden></h1><p class="unseen" role="status" aria-live="polite"></p><div class="foot" hidden></div>',
    css=(HERE / "page.css").read_text(encoding="utf-8"),
    js=(HERE / "foot.js").read_text(encoding="utf-8"),
    isolate_styles=False,
)
"""With the style of the whole page: sent with each run by ``st.html`` instead, it made the browser style all of it anew each time."""


@dataclass(frozen=True, slots=True)
class FollowUp:
    """Something to say next, by a tap."""

    label: str
    words: str
    """What is said; as if it were typed."""


@dataclass(frozen=True, slots=True)
class Offers:
    """What can be done with the last answer. All of it is plain text, which the component shows as text."""

    copies: bool = False
    """Whether there are words to be copied."""
    shares: bool = False
    """Whether there is a summary to share."""
    edits: bool = False
    """Whether the message can be changed."""
    rephrases: bool = False
    """Whether there are other words for the answer."""
    rates: bool = False
    """Whether the answer can be rated."""
    thumb: int | None = None
    """How it was rated: 1 for up, 0 for down."""
    follow_ups: tuple[FollowUp, ...] = ()


def draw(
    turns: int = 0,
    answers: int = 0,
    said: str = "",
    heading: str = "",
    editing: bool = False,
    offers: Offers | None = None,
    tapped: Callable[[], None] | None = None,
) -> None:
    """Draw the foot, and have a finished answer read out, once, and brought into view as soon as it begins.

    Args:
        turns: How many turns are shown; when it grows, the last one is brought into view.
        answers: How many finished answers there are; when it grows, there is one to announce.
        said: The last one's words.
        heading: What a page that shows no heading of its own is called.
        editing: Whether a message is being changed; when it begins, the keyboard goes on there.
        offers: What can be done with the last answer; ``None`` for nothing.
        tapped: Called for each tap, before the page's script: ``event`` says which, and at how many turns it was drawn.
    """
    told = {"turns": turns, "answers": answers, "said": said, "heading": heading, "editing": editing}
    offered = {} if offers is None else asdict(offers)
    FOOT(data=in_order(told | {"offers": offered}), key=KEY, height="content", on_event_change=tapped or nothing)


def in_order(data: Mapping[str, Any]) -> dict[str, Any]:
    """A component's data with its place among what this tab draws.

    A browser that is still loading a component may run two updates of it in either order; the component then leaves out the older.
    """
    tab, number = st.session_state.get("drawings", (uuid4().hex, 0))
    st.session_state.drawings = (tab, number + 1)
    return {**data, "tab": tab, "number": number}


def nothing() -> None:
    """What becomes of a tap that came too late: the page that it was meant for is gone."""


def event() -> Mapping[str, Any]:
    """What was tapped, as a browser says; empty where it says nothing that can be read."""
    told = st.session_state[KEY].get("event")
    return told if isinstance(told, Mapping) else {}
