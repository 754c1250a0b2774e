"""Thumbs under an answer: stored with its verdict and rule, and with words only where the owner includes them."""

import zlib

import streamlit as st

from advisor import web
from advisor.store import now
from advisor.store.feedback import LONGEST_WORDS, Because, Opinion
from advisor.talk import Talk

REASONS = {
    Because.MISREAD: "it misread what I wrote",
    Because.TOO_STRICT: "it is too strict",
    Because.TOO_MILD: "it is too mild",
    Because.UNCLEAR: "I don't follow why",
    Because.NO_HELP: "it doesn't help me act",
    Because.OTHER: "of something else",
}
THANKS = "Thank you. What was kept of this: the verdict, the rule, your thumb and the reason you chose."


def thumb_of(talk: Talk) -> int | None:
    """How the last answer was rated in this tab: 1 for up, 0 for down, ``None`` for not at all."""
    thumb: int | None = st.session_state.get(key_of(talk))
    return thumb


def reasons(talk: Talk) -> None:
    """Let the owner say what was wrong, after a thumb down."""
    number = len(talk.conversation.turns)
    key = key_of(talk)
    thumb = thumb_of(talk)
    if thumb is None:
        return
    if thumb == 1 or st.session_state.get(f"{key}-told"):
        st.markdown(THANKS if not st.session_state.get(f"{key}-words") else "Thank you. Your words were included.")
        return
    with st.form(f"{key}-why"):
        because = st.radio("That was wrong because …", list(Because), format_func=REASONS.__getitem__, key=f"{key}-because", index=None)
        words = st.text_area("In your own words, if you like", key=f"{key}-own", max_chars=LONGEST_WORDS, height=80)
        include = st.checkbox(
            "Include my message, this answer and these words, for whoever runs this advisor to read", key=f"{key}-include"
        )
        if st.form_submit_button("Send"):
            if words.strip() and not include:
                st.warning("Tick the box to include your words, or empty the field: without the tick no words are kept.")
            else:
                opinion = Opinion(False, because or Because.OTHER, words.strip() if include else None)
                talk.attempt(give, talk, number, opinion)
                st.session_state[f"{key}-told"], st.session_state[f"{key}-words"] = True, include
                st.rerun()


def key_of(talk: Talk) -> str:
    """The key of the last answer's thumbs: another one where the message was changed."""
    return f"thumbs-{talk.kept}-{len(talk.conversation.turns)}-{zlib.crc32(talk.conversation.turns[-1].said.encode())}"


def rate(talk: Talk, thumb: int | None) -> None:
    """Note a thumb for the last answer, 1 for up and 0 for down, or take it back."""
    key = key_of(talk)
    st.session_state[key] = thumb
    st.session_state.pop(f"{key}-told", None)
    talk.attempt(give, talk, len(talk.conversation.turns), None if thumb is None else Opinion(helpful=thumb == 1))


def give(talk: Talk, number: int, opinion: Opinion | None) -> None:
    """Keep an opinion of one of a talk's answers."""
    assert talk.visitor is not None, "only what is kept is rated"
    assert talk.kept is not None, "only what is kept is rated"
    web.store().feedback.give(talk.visitor, talk.kept, number, talk.conversation.turns[number - 1], opinion, now())
