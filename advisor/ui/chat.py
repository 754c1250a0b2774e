"""The chat: one run of its script draws it for one visitor."""

import textwrap
import time
from itertools import groupby

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from advisor import web, wording
from advisor.conversation import MAX_MESSAGE_CHARS, is_phrased_by_models, next_wording
from advisor.domain import Conversation, Turn, TurnKind, Verdict
from advisor.judge import UNREAD_QUESTION
from advisor.reading import TAKEN_BACK
from advisor.rulebook import Rulebook
from advisor.sharing import PAGES
from advisor.talk import MOST_SHOWN, Talk
from advisor.ui import markdown, rating, share, side, voice
from advisor.ui import turns as turned
from advisor.ui.answers import offered

STARTERS = (
    "Should I let my assistant fire our receptionist?",
    "Can I outsource my bookkeeping?",
    "I know nothing about SEO. May an agency do it?",
    "Could someone else train my new employees?",
)
CHIPS = ("Why?", "What would change this?", "What can I hand off?")
STOPPED = "This answer was stopped before it came to its end. What there was of it is kept."
PAINT_S = 0.05
"""How long the rest of the page waits, so that the browser paints the card before it is handed more."""
LOOK_EVERY_S = 0.1
TOGETHER = 10
"""How many earlier turns are one element: each that Streamlit draws is paid for with every message."""


def page(talk: Talk, rulebook: Rulebook) -> None:
    """Draw the page."""
    st.chat_input("A task you'd like off your plate…", key="said", max_chars=MAX_MESSAGE_CHARS, on_submit=submitted, args=(talk, rulebook))
    talk.catch_up()
    turns, job = talk.conversation.turns, talk.job
    spot, log = st.container(), st.container()
    answer = None
    with log:
        earlier(talk)
        if turns:
            draw_earlier(talk, rulebook)
            answer = draw_last(talk, rulebook, live=job is not None)
    invitation, below = st.empty(), st.empty()  # what stood here is cleared only now, when the card is painted
    if not turns:
        with invitation.container():
            welcome(talk, rulebook)
    if job is None:
        with below.container():
            after(talk, rulebook)
    side.mark(side.TALK, talk.kept)
    side.draw(talk, talk.kept, lambda: sharing(talk, rulebook))
    with spot:
        whole = len(turns) - (job is not None)
        said = turned.spoken(turns[whole - 1], rulebook) if whole else ""
        voice.announce(len(turns), whole, said, "Conversation" if turns else "", talk.editing)
    if job is not None and answer is not None:
        follow(talk, answer, rulebook)
        st.rerun()


def welcome(talk: Talk, rulebook: Rulebook) -> None:
    """What the advisor does, what it never does, and something to tap."""
    st.title("What may someone else do for you?")
    st.html(PAGES.get_template("welcome.html").render())
    st.markdown("**Try one**, or type your own below:")
    for place, question in enumerate(STARTERS):
        st.button(question, key=f"starter-{place}", on_click=ask, args=(talk, rulebook, question), width="stretch")
    st.button(
        "Sort a whole to-do list, and see the hours it frees",
        icon=":material/checklist:",
        on_click=side.go,
        args=(side.LIST,),
        type="primary",
        width="stretch",
    )


def earlier(talk: Talk) -> None:
    """What there is to know of how the talk was opened, where it comes from, and a way to what isn't drawn of it."""
    if talk.notice:
        st.info(talk.notice)
    if talk.from_list:
        st.button(
            "Back to the list", icon=":material/arrow_back:", on_click=side.open_it, args=(talk, talk.from_list, True), type="tertiary"
        )
    hidden = len(talk.conversation.turns) - talk.shown
    if hidden > 0:
        st.button(f"Show earlier ({hidden})", on_click=show_more, args=(talk,), width="stretch", icon=":material/expand_less:")


def show_more(talk: Talk) -> None:
    """Draw more of what was said."""
    talk.shown += MOST_SHOWN


def sharing(talk: Talk, rulebook: Rulebook) -> None:
    """A way to share the open conversation."""
    if talk.visitor and talk.kept and talk.conversation.current and talk.job is None:
        st.button("Share a summary", width="stretch", icon=":material/share:", on_click=share.begin)
        if st.session_state.get("sharing"):
            share.dialog(talk.visitor, talk.kept, share.of_talk(talk.conversation, rulebook), rulebook)


# --- turns ------------------------------------------------------------------------------------------------------------


def draw_earlier(talk: Talk, rulebook: Rulebook) -> None:
    """The turns before the last one, as many as are shown: each made into HTML once, and ten of them drawn as one element."""
    drawn: dict[int, tuple[Turn, str]] = st.session_state.get("drawn", {})
    turns = talk.conversation.turns
    shown = range(max(0, len(turns) - talk.shown), len(turns) - 1)
    drawn = {at: drawn[at] if at in drawn and drawn[at][0] is turns[at] else (turns[at], turned.whole(turns[at], rulebook)) for at in shown}
    st.session_state.drawn = drawn
    for _, group in groupby(drawn, lambda at: at // TOGETHER):
        st.html("".join(drawn[at][1] for at in group))


def draw_last(talk: Talk, rulebook: Rulebook, live: bool) -> tuple[DeltaGenerator, DeltaGenerator]:
    """The last message and its answer, to be changed or, while that is in the making, followed; the places of its cards and its words."""
    turn = talk.conversation.turns[-1]
    top, words = st.empty(), st.empty()
    if talk.editing and not live:
        with top.container():
            editor(talk, rulebook)
            st.html(turned.head(turn, rulebook))
    else:
        top.html(turned.message(turn) + turned.head(turn, rulebook))
    time.sleep(PAINT_S)
    if html := turned.tail(turn, live):
        words.html(html)
    if live:
        st.button("Stop", key="stop", icon=":material/stop_circle:", on_click=talk.stop, shortcut="Escape")
    return top, words


def follow(talk: Talk, answer: tuple[DeltaGenerator, DeltaGenerator], rulebook: Rulebook) -> None:
    """Draw the last answer as it comes on: cards as they are settled, words as they are vouched for.

    Leaving this function in any way leaves the job at work.
    """
    top, words = answer
    job, drawn = talk.job, talk.conversation.turns[-1]
    assert job is not None, "there is an answer in the making"
    ended = False
    while not ended:
        ended = job.wait(LOOK_EVERY_S)
        st.session_state.get("looked")  # where Streamlit may cut the run short, for a tap or a closed tab
        if len(job.latest.turns) != len(talk.conversation.turns):  # begun in another tab, after what is drawn here
            continue
        turn = job.latest.turns[-1]
        if turn.assessments != drawn.assessments:
            top.html(turned.message(turn) + turned.head(turn, rulebook))
        if turn.by_model and turn.reply != drawn.reply:
            words.html(turned.tail(turn, waits=True))
        drawn = turn
    talk.catch_up()


# --- after the last answer ----------------------------------------------------------------------------------------------


def after(talk: Talk, rulebook: Rulebook) -> None:
    """What can be done with the last answer, and follow-up questions."""
    if talk.unkept:
        st.warning(talk.unkept)
    if not talk.conversation.turns:
        return
    if not talk.finished:
        st.info(STOPPED, icon=":material/pause_circle:")
        st.button("Try again", on_click=edited, args=(talk, talk.conversation.turns[-1].said, rulebook))
    with st.container(horizontal=True, key="manners", vertical_alignment="center"):
        st.html(turned.tools(talk.conversation.turns[-1], rulebook))
        if not talk.editing and (len(talk.conversation.turns) > 1 or not talk.from_list):  # a card's talk begins with its line
            st.button("Edit my message", key="edit", icon=":material/edit:", on_click=editing, args=(talk, True), type="tertiary")
        if may_rephrase(talk, rulebook):
            st.button("Say it differently", icon=":material/refresh:", on_click=rephrased, args=(talk, rulebook), type="tertiary")
        if talk.kept and not talk.unkept:
            rating.draw(talk)
    if talk.kept and not talk.unkept:
        rating.reasons(talk)
    chips(talk, rulebook)
    facts(talk, rulebook)


def may_rephrase(talk: Talk, rulebook: Rulebook) -> bool:
    """Whether there are other words for the last answer."""
    turn = talk.conversation.turns[-1]
    if web.model() is not None and is_phrased_by_models(turn):
        return True
    left = Conversation(talk.conversation.turns[:-1], talk.conversation.standing, facts=talk.conversation.facts)
    return bool(turned.beside_cards(turn)) and next_wording(turn, left, rulebook) != turn.reply


def rephrased(talk: Talk, rulebook: Rulebook) -> None:
    """Have the last answer in other words."""
    talk.attempt(talk.rephrase, rulebook, web.model_for(talk.visitor))


def editing(talk: Talk, begins: bool) -> None:
    """Begin or leave off changing the last message."""
    talk.editing = begins


def editor(talk: Talk, rulebook: Rulebook) -> None:
    """The last message, to be changed and sent again in its own place."""
    last = talk.conversation.turns[-1].said
    key = f"edited-{len(talk.conversation.turns)}"
    with st.container(key="editor"), st.form("editing", border=False):
        st.text_area("Change your message", last, key=key, max_chars=MAX_MESSAGE_CHARS)
        with st.container(horizontal=True):
            st.form_submit_button("Send again", on_click=send_again, args=(talk, key, rulebook), type="primary")
            st.form_submit_button("Leave it", on_click=editing, args=(talk, False))


def send_again(talk: Talk, key: str, rulebook: Rulebook) -> None:
    """Answer the changed message in the place of the last one; nothing where it is empty."""
    if said := st.session_state[key].strip():
        edited(talk, said, rulebook)


def edited(talk: Talk, said: str, rulebook: Rulebook) -> None:
    """Answer another message in the place of the last one, or the same anew."""
    talk.editing = False
    talk.attempt(talk.edit, said, rulebook, web.model_for(talk.visitor))


def chips(talk: Talk, rulebook: Rulebook) -> None:
    """Follow-up questions on what was said last; no model is asked for them."""
    conversation = talk.conversation
    last = conversation.turns[-1]
    with st.container(horizontal=True, key="chips"):
        if last.question == UNREAD_QUESTION:
            return
        if last.asked is not None:
            asking = conversation.standing[last.asked]
            for label in (*offered(next((finding for finding in asking.findings if finding.asks), None)), "Skip"):
                st.button(label, on_click=ask, args=(talk, rulebook, label))
        elif last.kind is TurnKind.CLARIFY and last.about:
            for place in last.about:
                words = conversation.standing[place].task.quote.words
                st.button(
                    markdown.plain(textwrap.shorten(words, 40, placeholder=" …")),
                    key=f"which-{place}",
                    on_click=ask,
                    args=(talk, rulebook, words),
                )
        elif conversation.standing:
            for chip in CHIPS:
                st.button(chip, on_click=ask, args=(talk, rulebook, chip))
            if any(each.verdict is Verdict.HAND_OFF for each in last.assessments):
                st.button("Write me a brief", on_click=ask, args=(talk, rulebook, "Write me a brief"))
            if any(each.verdict is Verdict.LEARN_FIRST for each in last.assessments):
                st.button("How do I learn enough?", on_click=ask, args=(talk, rulebook, "How do I learn enough?"))


def facts(talk: Talk, rulebook: Rulebook) -> None:
    """What the owner told that verdicts rest on, newest first, each to be corrected or taken back."""
    conversation = talk.conversation
    told = conversation.facts.counting
    if not told:
        return
    st.markdown("**What you told me** (tap to change):")
    with st.container(horizontal=True, key="facts"):
        for number, fact in enumerate(told):
            key = f"fact-{len(conversation.turns)}-{number}"
            chip = st.popover(markdown.plain(wording.chip(fact, conversation)), key=f"open-{key}")
            with chip, st.form(f"form-{key}", border=False):
                st.text_input("Your words", fact.quote.words, key=key)
                st.form_submit_button("Save", on_click=correct, args=(talk, rulebook, fact.quote.words, key))
                st.form_submit_button("Forget it", on_click=ask, args=(talk, rulebook, TAKEN_BACK.format(words=fact.quote.words)))


def correct(talk: Talk, rulebook: Rulebook, words: str, key: str) -> None:
    """Put other words in the place of what the owner told; nothing where they are the same."""
    now = st.session_state[key].strip()
    if now != words:
        ask(talk, rulebook, f"{TAKEN_BACK.format(words=words)}. {now}")


def submitted(talk: Talk, rulebook: Rulebook) -> None:
    """Answer what was typed."""
    if said := st.session_state.said:
        ask(talk, rulebook, said)


def ask(talk: Talk, rulebook: Rulebook, said: str) -> None:
    """Answer a message. As a widget's callback it runs before the page's script, so that nothing cuts it short."""
    talk.say(said, rulebook, web.model_for(talk.visitor))
