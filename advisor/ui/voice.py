"""What the page does for those who can't see it or use no mouse: announces answers, keeps the focus; and copies answers."""

from pathlib import Path

import streamlit as st

HERE = Path(__file__).parent
VOICE = st.components.v2.component(
    "advisor.voice",
    html='<h1 class="unseen" hidden></h1><p class="unseen" role="status" aria-live="polite"></p>',
    css=(HERE / "page.css").read_text(encoding="utf-8"),
    js=(HERE / "voice.js").read_text(encoding="utf-8"),
    isolate_styles=False,
)
"""With the style of the whole page: sent with each run by ``st.html`` instead, it made the browser style all of it anew each time."""


def announce(turns: int = 0, answers: int = 0, said: str = "", heading: str = "", editing: bool = False) -> None:
    """Have a finished answer read out, once, and brought into view as soon as it begins.

    Args:
        turns: How many turns are shown; when it grows, the last one is brought into view.
        answers: How many finished answers there are; when it grows, there is one to announce.
        said: The last one's words.
        heading: What a page that shows no heading of its own is called.
        editing: Whether a message is being changed; when it begins, the keyboard goes on there.
    """
    VOICE(data={"turns": turns, "answers": answers, "said": said, "heading": heading, "editing": editing}, key="voice", height="content")
