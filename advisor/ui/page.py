"""The chat page: one run of this script draws it for one visitor."""

import textwrap
from collections.abc import Iterator
from contextlib import closing
from urllib.parse import urlsplit

import streamlit as st

from advisor import web, wording
from advisor.conversation import MAX_MESSAGE_CHARS
from advisor.domain import Conversation, Turn, TurnKind, Verdict
from advisor.judge import UNREAD_QUESTION
from advisor.reading import TAKEN_BACK
from advisor.rulebook import Rulebook, standard
from advisor.settings import load
from advisor.store import StoreError
from advisor.ui import history, markdown, share
from advisor.ui.answers import offered
from advisor.ui.cards import card

STARTERS = (
    "Should I let my VA fire our receptionist?",
    "Can I outsource my bookkeeping?",
    "I know nothing about SEO. May an agency do it?",
    "Could someone else train my new employees?",
)
ADVISOR, OWNER = ":material/explore:", ":material/person:"
CHIPS = ("Why?", "What would change this?", "What can I hand off?")
WITH_MODEL = (
    "A model ({model}, at {server}) helps with wording and judges what the rules leave open. What you type is sent to it. "
    "The rules have the last word."
)
KEPT = (
    "Your conversations are kept on this server, so that you can come back to them; a cookie in this browser, and nothing else, "
    "opens them. What you don't touch for {days} days is deleted, and you can delete it at any time. Nobody else sees any of it "
    "unless you share a summary, and then only that."
)
STOPPED = "This answer was stopped before it came to its end. What there was of it is kept."
THINKING = "*Putting it into words…*"
NO_MODEL = (
    "**No model is connected**, so the rules answer in their own words. To connect one, start the advisor with "
    "`OPENAI_API_KEY` set, or `OPENAI_BASE_URL` for a server of your own."
)


def main() -> None:
    """Draw the page; a message is answered, and its answer kept, before anything is drawn that may cut the run short."""
    st.set_page_config("Advisor: what to hand off, what to keep", page_icon="🧭")
    rulebook = standard()
    opened = history.resume()
    typed = st.chat_input("A task you'd like off your plate…", key="said", max_chars=MAX_MESSAGE_CHARS)
    said = typed or st.session_state.pop("asked", None)
    with closing(opened.answers(said, rulebook, web.model())) as steps:
        live = next(steps, None) is not None and not opened.finished
        draw(opened, rulebook, live)
        if live:
            follow(steps, opened, rulebook)
            st.rerun()


def draw(opened: history.Open, rulebook: Rulebook, live: bool) -> None:
    """All of the page; without the last turn where that is still being answered (``live``)."""
    turns = opened.conversation.turns
    history.mark(opened)
    st.title("What may someone else do for you?")
    st.markdown("Describe a task. Five rules say whether to **hand it off** or **keep it**, and every answer can say why.")
    if opened.notice:
        st.info(opened.notice)
    invitation = st.empty()  # cleared at once by a first message, rather than left below it until that is answered
    if not turns:
        with invitation.container():
            starters()
    for turn in turns[:-1] if live else turns:
        draw_turn(turn, rulebook)
    if turns and not live:
        if not opened.finished:
            st.info(STOPPED, icon=":material/pause_circle:")
            st.button("Try again", on_click=ask_again, args=(opened,))
        chips(opened.conversation)
        facts(opened.conversation)
    if opened.unkept:
        st.warning(opened.unkept)
    with st.sidebar:
        sidebar(opened, rulebook)


def sidebar(opened: history.Open, rulebook: Rulebook) -> None:
    """The visitor's conversations, the five rules at hand, and what becomes of what is typed."""
    history.sidebar(opened)
    if opened.visitor:
        sharing(opened, opened.visitor, rulebook)
    st.header("The five rules")
    for rule in rulebook.rules.values():
        with st.expander(f"{rule.number}. {rule.title}"):
            st.markdown(f"{rule.point}\n\n{rule.reason}\n\n*{rule.softens}*")
    source = rulebook.rules[next(iter(rulebook.rules))].source
    st.markdown(f"After “{source.title}”, {source.publisher}, {source.year}.")
    st.divider()
    settings = load()
    server = urlsplit(settings.base_url or "").hostname or "OpenAI"
    st.markdown(WITH_MODEL.format(model=settings.model, server=server) if web.model() else NO_MODEL)
    st.markdown(KEPT.format(days=settings.retention_days))


def sharing(opened: history.Open, me: str, rulebook: Rulebook) -> None:
    """Ways to share the open conversation, and to end what was shared."""
    if opened.kept and opened.conversation.current:
        st.button("Share a summary", width="stretch", icon=":material/share:", on_click=share.begin)
        if st.session_state.get("sharing"):
            share.dialog(me, opened, rulebook)
    try:
        share.links(me, opened)
    except StoreError as problem:
        st.warning(str(problem))


def starters() -> None:
    """Questions to begin with; they fill the box, for the owner to change and send."""
    st.markdown("**For example** (tap to fill the box):")
    for place, question in enumerate(STARTERS):
        st.button(question, key=f"starter-{place}", on_click=fill, args=(question,), width="stretch")


def fill(question: str) -> None:
    """Put a question into the box."""
    st.session_state.said = question


def chips(conversation: Conversation) -> None:
    """Follow-up questions on what was said last."""
    last = conversation.turns[-1]
    with st.container(horizontal=True, key="chips"):
        if last.question == UNREAD_QUESTION:
            return
        if last.asked is not None:
            asking = conversation.standing[last.asked]
            for label in (*offered(next((finding for finding in asking.findings if finding.asks), None)), "Skip"):
                st.button(label, on_click=ask, args=(label,))
        elif last.kind is TurnKind.CLARIFY and last.about:
            for place in last.about:
                words = conversation.standing[place].task.quote.words
                st.button(markdown.plain(textwrap.shorten(words, 40, placeholder=" …")), key=f"which-{place}", on_click=ask, args=(words,))
        elif conversation.standing:
            for chip in CHIPS:
                st.button(chip, on_click=ask, args=(chip,))
            if any(each.verdict is Verdict.HAND_OFF for each in last.assessments):
                st.button("Write me a brief", on_click=ask, args=("Write me a brief",))
            if any(each.verdict is Verdict.LEARN_FIRST for each in last.assessments):
                st.button("How do I learn enough?", on_click=ask, args=("How do I learn enough?",))


def facts(conversation: Conversation) -> None:
    """What the owner told that verdicts rest on, newest first, each to be corrected or taken back."""
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
                st.form_submit_button("Save", on_click=correct, args=(fact.quote.words, key))
                st.form_submit_button("Forget it", on_click=ask, args=(TAKEN_BACK.format(words=fact.quote.words),))


def correct(words: str, key: str) -> None:
    """Put other words in the place of what the owner told; nothing where they are the same."""
    now = st.session_state[key].strip()
    if now != words:
        ask(f"{TAKEN_BACK.format(words=words)}. {now}")


def ask(question: str) -> None:
    """Send a follow-up as if it had been typed."""
    st.session_state.asked = question


def draw_turn(turn: Turn, rulebook: Rulebook) -> None:
    """One message and its answer."""
    with st.chat_message("user", avatar=OWNER):
        st.markdown(markdown.prose(turn.said))
    with st.chat_message("assistant", avatar=ADVISOR):
        draw_cards(turn, rulebook)
        draw_reply(turn)


def draw_cards(turn: Turn, rulebook: Rulebook) -> None:
    """The cards of a turn that gives verdicts."""
    if turn.kind is TurnKind.VERDICT:
        for assessment in turn.assessments:
            card(assessment, rulebook)


def draw_reply(turn: Turn) -> None:
    """The words of an answer, and what the visitor should know of them."""
    own = not turn.by_model
    listed = own and turn.kind is TurnKind.VERDICT and len(turn.assessments) > 1
    text = turn.reply if not listed else turn.reply.rpartition("\n\n")[2] if turn.asked not in (None, *turn.about) else ""
    if text:
        st.markdown(markdown.reply(text, own))
    if turn.note:
        st.info(turn.note, icon=":material/info:")


def ask_again(opened: history.Open) -> None:
    """Have the last message answered anew, whose answer came to no end."""
    opened.attempt(lambda: ask(opened.again()))


def follow(steps: Iterator[Conversation], opened: history.Open, rulebook: Rulebook) -> None:
    """Draw the last turn as it is answered: the rules' cards at once, the model's words as they are vouched for.

    Leaving this function in any way stops the model; what has come so far is kept.
    """
    turn = opened.conversation.turns[-1]
    with st.chat_message("user", avatar=OWNER):
        st.markdown(markdown.prose(turn.said))
    with st.chat_message("assistant", avatar=ADVISOR):
        cards, words = st.empty(), st.empty()
        with cards.container():
            draw_cards(turn, rulebook)
        words.markdown(THINKING)
        drawn = turn
        for step in steps:
            turn = step.turns[-1]
            if turn.assessments != drawn.assessments:
                with cards.container():
                    draw_cards(turn, rulebook)
            if turn.by_model and turn.reply != drawn.reply:
                words.markdown(markdown.reply(turn.reply, own=False))
            drawn = turn


main()
