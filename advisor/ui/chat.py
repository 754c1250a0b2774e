"""The chat: one run of its script draws it for one visitor."""

import textwrap
import time
from collections.abc import Iterator, Sequence
from itertools import groupby

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from advisor import web, wording
from advisor.conversation import MAX_MESSAGE_CHARS, has_other_wording, is_phrased_by_models
from advisor.domain import Conversation, Fact, Turn, TurnKind, Verdict
from advisor.judge import UNREAD_QUESTION
from advisor.reading import TAKEN_BACK
from advisor.rulebook import Rulebook
from advisor.sharing import PAGES
from advisor.talk import MOST_SHOWN, Talk
from advisor.ui import foot, markdown, rating, share, side
from advisor.ui import turns as turned
from advisor.ui.answers import offered
from advisor.ui.foot import FollowUp, Offers

STARTERS = (
    "Should I let my assistant fire our receptionist?",
    "Can I outsource my bookkeeping?",
    "I know nothing about SEO. May an agency do it?",
    "Could someone else train my new employees?",
)
CHIPS = ("Why?", "What would change this?", "What can I hand off?")
CHIPS_FOR = {Verdict.HAND_OFF: "Write me a brief", Verdict.LEARN_FIRST: "How do I learn enough?"}
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
    places = None
    with st.container():
        earlier(talk)
        if turns:
            draw_earlier(talk, rulebook)
            places = draw_last(talk, rulebook)
    whole = len(turns) - (job is not None)
    said = turned.spoken(turns[whole - 1], rulebook) if whole else ""
    can = offers(talk, rulebook, said) if turns and job is None else None
    foot.draw(len(turns), whole, said, "Conversation" if turns else "", talk.editing, can, lambda: tapped(talk, rulebook))
    if job is not None:
        st.empty()  # nothing of what stood here stays while the answer is in the making
    elif not turns:
        with st.container():
            welcome(talk, rulebook)
    else:
        below(talk, rulebook)
    side.mark(side.TALK, talk.kept)
    if st.session_state.get("sharing") and talk.visitor and talk.kept and may_share(talk):
        share.dialog(talk.visitor, talk.kept, share.of_talk(talk.conversation, rulebook), rulebook)
    side.draw(talk, talk.kept)
    if places is not None:
        follow(talk, *places, rulebook)
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


# --- turns ------------------------------------------------------------------------------------------------------------


def draw_earlier(talk: Talk, rulebook: Rulebook) -> None:
    """The turns before the last one, as many as are shown: each made into HTML once, and ten of them drawn as one element."""
    drawn: dict[int, tuple[Turn, str]] = st.session_state.get("drawn", {})
    turns = talk.conversation.turns
    shown = range(max(0, len(turns) - talk.shown), len(turns) - 1)
    drawn = {
        at: drawn[at] if at in drawn and drawn[at][0] is turns[at] else (turns[at], turned.whole(turns[at], rulebook, to_copy=True))
        for at in shown
    }
    st.session_state.drawn = drawn
    for _, group in groupby(drawn, lambda at: at // TOGETHER):
        st.html("".join(drawn[at][1] for at in group))


def draw_last(talk: Talk, rulebook: Rulebook) -> tuple[DeltaGenerator, DeltaGenerator] | None:
    """Draw the last message and its answer, or what it takes to change the message.

    Returns:
        While the answer is in the making, the places of its cards and its words, to be followed; otherwise ``None``.
    """
    turn = talk.conversation.turns[-1]
    if talk.job is not None:
        top, words = st.empty(), st.empty()
        top.html(turned.head(turn, rulebook))
        time.sleep(PAINT_S)
        if html := turned.tail(turn, waits=True):
            words.html(html)
        st.button("Stop", key="stop", icon=":material/stop_circle:", on_click=talk.stop, shortcut="Escape")
        return top, words
    if talk.editing:
        with st.container():  # in one place, so that all of it goes at once
            editor(talk, rulebook)
            st.html(turned.answered(turn, rulebook, to_copy=False))
        time.sleep(PAINT_S)
    elif web.model() is None:
        st.html(turned.whole(turn, rulebook, to_copy=False))
        time.sleep(PAINT_S)
    else:  # in the two places in which it came on
        st.html(turned.head(turn, rulebook))
        time.sleep(PAINT_S)
        if html := turned.tail(turn, waits=False):
            st.html(html)
    if talk.unkept:
        st.warning(talk.unkept)
    if not talk.finished:
        st.info(STOPPED, icon=":material/pause_circle:")
        st.button("Try again", on_click=edited, args=(talk, turn.said, rulebook))
    return None


def follow(talk: Talk, top: DeltaGenerator, words: DeltaGenerator, rulebook: Rulebook) -> None:
    """Draw the last answer as it comes on: cards as they are settled, words as they are vouched for.

    Leaving this function in any way leaves the job at work.
    """
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
            top.html(turned.head(turn, rulebook))
        if turn.by_model and turn.reply != drawn.reply:
            words.html(turned.tail(turn, waits=True))
        drawn = turn
    talk.catch_up()


# --- after the last answer ----------------------------------------------------------------------------------------------


def offers(talk: Talk, rulebook: Rulebook, said: str) -> Offers:
    """What can be done with the last answer, whose words as they are read out these are."""
    return Offers(
        copies=bool(said),
        shares=may_share(talk),
        edits=may_edit(talk),
        rephrases=may_rephrase(talk, rulebook),
        rates=may_rate(talk),
        thumb=rating.thumb_of(talk) if may_rate(talk) else None,
        follow_ups=tuple(follow_ups(talk.conversation)),
    )


def tapped(talk: Talk, rulebook: Rulebook) -> None:
    """Do what was tapped, where it can be done: what a browser says may be anything."""
    talk.catch_up()
    event = foot.event()
    if talk.job is not None or not talk.conversation.turns or event.get("turns") != len(talk.conversation.turns):
        return
    match event:
        case {"do": "say", "words": str(words)} if any(each.words == words for each in follow_ups(talk.conversation)):
            ask(talk, rulebook, words)
        case {"do": "edit"} if may_edit(talk):
            editing(talk, True)
        case {"do": "rephrase"} if may_rephrase(talk, rulebook):
            talk.attempt(talk.rephrase, rulebook, web.model_for(talk.visitor))
        case {"do": "share"} if may_share(talk):
            share.begin()
        case {"do": "rate", "thumb": None | 0 | 1 as thumb} if may_rate(talk):
            rating.rate(talk, None if thumb is None else int(thumb))


def may_edit(talk: Talk) -> bool:
    """Whether the last message can be changed: the first of a card's talk is the card's line."""
    return not talk.editing and (len(talk.conversation.turns) > 1 or not talk.from_list)


def may_rate(talk: Talk) -> bool:
    """Whether the last answer can be rated: only what is kept is."""
    return bool(talk.kept and not talk.unkept)


def may_share(talk: Talk) -> bool:
    """Whether there is a summary to share: only what is kept is, once it is whole."""
    return bool(talk.visitor and talk.kept and talk.conversation.current and talk.job is None)


def may_rephrase(talk: Talk, rulebook: Rulebook) -> bool:
    """Whether there are other words for the last answer."""
    turn = talk.conversation.turns[-1]
    if web.model() is not None and is_phrased_by_models(turn):
        return True
    left = Conversation(talk.conversation.turns[:-1], talk.conversation.standing, facts=talk.conversation.facts)
    return bool(turned.beside_cards(turn)) and has_other_wording(turn, left, rulebook)


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


def follow_ups(conversation: Conversation) -> Iterator[FollowUp]:
    """What may be said next by a tap: answers to an open question, or questions about what was said last; no model is asked for them."""
    last = conversation.turns[-1]
    if last.question == UNREAD_QUESTION:
        return
    if last.asked is not None:
        asking = conversation.standing[last.asked]
        for label in (*offered(next((finding for finding in asking.findings if finding.asks), None)), "Skip"):
            yield FollowUp(label, label)
    elif last.kind is TurnKind.CLARIFY and last.about:
        for place in last.about:
            words = conversation.standing[place].task.quote.words
            yield FollowUp(textwrap.shorten(words, 40, placeholder=" …"), words)
    elif conversation.standing:
        verdicts = {each.verdict for each in last.assessments}
        for words in (*CHIPS, *(more for verdict, more in CHIPS_FOR.items() if verdict in verdicts)):
            yield FollowUp(words, words)


def below(talk: Talk, rulebook: Rulebook) -> None:
    """What goes with the last answer now and then: why it was wrong, and what the owner told that verdicts rest on."""
    told = talk.conversation.facts.counting
    rated = may_rate(talk) and rating.thumb_of(talk) is not None
    if told or rated:
        with st.container():
            if rated:
                rating.reasons(talk)
            if told:
                facts(talk, rulebook, told)


def facts(talk: Talk, rulebook: Rulebook, told: Sequence[Fact]) -> None:
    """What the owner told that verdicts rest on, newest first, each to be corrected or taken back."""
    conversation = talk.conversation
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
