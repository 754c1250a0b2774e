"""What the page does for those who can't see it or use no mouse: announces answers, keeps the focus; and copies answers."""

from pathlib import Path

import streamlit as st

HERE = Path(__file__).parent
VOICE = st.components.v2.component(
    "advisor.voice",
    html='<p role="status" aria-live="polite"></p>',
    css="p { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }",
    js=(HERE / "voice.js").read_text(encoding="utf-8"),
)


def announce(answers: int, said: str) -> None:
    """Have a finished answer read out, once.

    Args:
        answers: How many finished answers there are; when it grows, there is one to announce.
        said: The last one's words.
    """
    VOICE(data={"answers": answers, "said": said}, key="voice", height="content")
