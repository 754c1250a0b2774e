"""A to-do list, sorted: pasted or uploaded, shown as a board, changed by its owner, taken along."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import streamlit as st

from advisor import sharing, web, wording
from advisor.board import NO_TASK, Board, Card, consulted, is_open, sort, summarise_board
from advisor.domain import Facts, ModelUse, Verdict
from advisor.jobs import Job
from advisor.rulebook import Rulebook
from advisor.store import StoreError, now
from advisor.summary import TaskSummary
from advisor.talk import Talk
from advisor.todo import MOST_LINES, Line, ListError, decoded, lines_of
from advisor.ui import cards, foot, markdown, share, side

HERE = Path(__file__).parent
BOARD = st.components.v2.component(
    "advisor.board",
    html='<div class="board"></div>',
    css=(HERE / "board.css").read_text(encoding="utf-8"),
    js=(HERE / "board.js").read_text(encoding="utf-8"),
)
EXAMPLE = """Send the invoices - 2h
Answer customer e-mails - 5h
Interview candidates for the bakery - 3h
Instagram posts - 3h
Train the new counter staff - 4h
Call the flour supplier about a better price - 1h
Bookkeeping - 4h
Plan the second shop - 2h
Google ads (I know nothing about them) - 1h
Order packaging - 1h"""
PLACEHOLDER = "Send the invoices - 2h\nInterview the new cooks\nInstagram posts - 3h"
ABOUT = "Does somebody lead a team for you, so that they may share its training? (optional)"
HOURS = (
    "Hours are those of a week: “Bookkeeping - 3h”, “- 2h a month”, or a column of your table. Cells copied from a spreadsheet "
    "can be pasted."
)
GONE = "That list isn't here any more. Sort a new one."
NOT_KEPT = "This list isn't kept: {problem}. Export it before you close the tab."
NO_COOKIE = "This list isn't kept, and ends with this tab: your browser takes no cookie. Export it before you close the tab."
LOOK_EVERY_S = 0.2


@dataclass
class Sorted:
    """The list that a tab has open: one value of the session's."""

    visitor: str | None
    board: Board
    identity: str | None = None
    """The list's, once it is kept."""
    unkept: str = ""
    """Why it isn't kept, if so."""
    job: Job[Board] | None = None
    """The model at work on it, if any."""

    def move(self, number: int, column: Verdict) -> None:
        """Put a card into a column, and keep that."""
        self.board = self.board.put(number, self.board.cards[number - 1].put(column, now()))
        if self.visitor and self.identity and not web.store().boards.move(self.visitor, self.identity, number, column, now()):
            self.unkept = GONE

    def time(self, number: int, hours: float | None) -> None:
        """Give a card its hours, and keep them."""
        self.board = self.board.put(number, self.board.cards[number - 1].timed(hours))
        if self.visitor and self.identity and not web.store().boards.time(self.visitor, self.identity, number, hours, now()):
            self.unkept = GONE

    def keep(self) -> None:
        """Keep the list as it was sorted; where it can't be done, its owner is told."""
        if self.visitor is None:
            self.unkept = NO_COOKIE
            return
        try:
            self.identity = web.store().boards.create(self.visitor, self.board, now())
        except StoreError as problem:
            self.unkept = NOT_KEPT.format(problem=problem)

    def settle(self, start: Board, board: Board, finished: bool) -> None:
        """Keep what a model had part in, at the end of it; for its job, which knows the list as it was at the start."""
        pairs = enumerate(zip(board.cards, start.cards, strict=True), 1)
        numbers = [number for number, (card, before) in pairs if card.talk != before.talk]
        if self.visitor and self.identity and (numbers or finished):
            try:
                web.store().boards.settle(self.visitor, self.identity, board, numbers, finished, now())
            except StoreError as problem:
                self.unkept = NOT_KEPT.format(problem=problem)

    def is_asked(self, card: Card) -> bool:
        """Whether a model may be about to judge a card."""
        return self.job is not None and is_open(card) and card.talk.turns[-1].model is ModelUse.NONE

    def catch_up(self) -> bool:
        """Take over how far the model has come; whether that is further than before."""
        if self.job is None:
            return False
        ended, latest = self.job.ended, self.job.latest
        pairs = zip(self.board.cards, latest.cards, strict=True)
        now_shown = replace(self.board, cards=tuple(replace(own, talk=theirs.talk) for own, theirs in pairs), note=latest.note)
        further = ended or now_shown != self.board
        self.board = now_shown
        if ended:
            self.job = None
        return further


def page(talk: Talk, rulebook: Rulebook) -> None:
    """Draw the page: a place for a list, or the list that is open."""
    foot.draw()
    opened = resume(talk)
    if opened is None:
        intake(talk, rulebook)
        side.mark(side.SORTED, None)
        side.draw(talk, None)
        return
    opened.catch_up()
    show(opened, talk, rulebook)
    side.mark(side.SORTED, opened.identity)
    side.draw(talk, opened.identity)
    if opened.job is not None:
        while not opened.job.wait(LOOK_EVERY_S):
            st.session_state.get("looked")  # where Streamlit may cut the run short
            if opened.catch_up():
                break
        st.rerun()


def resume(talk: Talk) -> Sorted | None:
    """The list that this tab has open: what was asked for, what the address names, or what was sorted here."""
    opened: Sorted | None = st.session_state.get("sorted")
    wanted = st.session_state.pop("wanted_list", None) or (st.query_params.get(side.SORTED) if opened is None else None)
    came_back = opened is not None and st.session_state.pop("left_list", False)
    if came_back and opened is not None and opened.identity and opened.job is None:
        wanted = wanted or opened.identity
    if wanted and talk.visitor:
        try:
            found = web.store().boards.load(talk.visitor, wanted)
        except StoreError as problem:
            st.warning(str(problem))
            return opened
        if found is None:
            st.info(GONE)
        opened = Sorted(talk.visitor, found[1], wanted, job=web.JOBS.of(wanted)) if found else None
        st.session_state.sorted = opened
    return opened


# --- a new list -------------------------------------------------------------------------------------------------------


def intake(talk: Talk, rulebook: Rulebook) -> None:
    """Take a list in."""
    st.title("Sort a to-do list")
    st.markdown(
        "Every line becomes a card: keep, stay involved, learn first, hand off, or clarify. Add hours a week, and see how many you free."
    )
    with st.form("intake", border=False):
        st.text_area(
            f"Your list, one task on each line (up to {MOST_LINES})",
            key="list_text",
            height=240,
            placeholder=PLACEHOLDER,
            max_chars=400_000,
        )
        st.file_uploader("Or a file: text, CSV, Markdown", key="list_file", max_upload_size=1)
        st.text_input(ABOUT, key="list_about", placeholder="We have a head chef, Anna, who leads the kitchen.", max_chars=500)
        st.form_submit_button("Sort it", type="primary", on_click=take_in, args=(talk, rulebook, None))
    if problem := st.session_state.get("list_problem"):
        st.error(problem)
    st.button("Try it with an example", icon=":material/bakery_dining:", on_click=take_in, args=(talk, rulebook, EXAMPLE), type="tertiary")
    st.markdown(HOURS)


def take_in(talk: Talk, rulebook: Rulebook, example: str | None) -> None:
    """Sort what was pasted and uploaded; where that can't be done, say why, and leave it where it is."""
    st.session_state.list_problem = ""
    pasted, file = ("", None) if example else (st.session_state.get("list_text", ""), st.session_state.get("list_file"))
    about = "" if example else st.session_state.get("list_about", "")
    try:
        lines: tuple[Line, ...] = lines_of(example) if example else ()
        if file is not None:
            lines += lines_of(decoded(file.getvalue()), table=file.name.lower().endswith((".csv", ".tsv")))
        if pasted.strip() or not (lines or example):
            lines += lines_of(pasted)
        if len(lines) > MOST_LINES:
            raise ListError(f"The file and the pasted list have {len(lines)} lines together, and I sort up to {MOST_LINES} at a time.")
    except ListError as problem:
        st.session_state.list_problem = str(problem)
        return
    *_, board = sort(lines, about, rulebook)
    if about.strip() and not board.heads:
        board = replace(board, note="I heard of no department head there, so nothing is softened. Say: “We have a head chef, Anna.”")
    st.session_state.sorted = opened = Sorted(talk.visitor, board)
    opened.keep()
    model = web.model_for(talk.visitor)
    if model is not None and any(is_open(card) for card in board.cards):
        opened.job = web.JOBS.begin(
            opened.identity or str(id(opened)), Job(consulted(board, rulebook, model), board, partial(opened.settle, board))
        )


# --- the board ----------------------------------------------------------------------------------------------------------


def show(opened: Sorted, talk: Talk, rulebook: Rulebook) -> None:
    """Draw the list that is open."""
    board = opened.board
    st.title("Your list, sorted")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("Sort another list", icon=":material/add:", on_click=another)
        if opened.visitor and opened.identity:
            st.button("Share this list", icon=":material/share:", on_click=share.begin)
        exports(opened, rulebook)
    if st.session_state.get("sharing") and opened.visitor and opened.identity:
        share.dialog(opened.visitor, opened.identity, share.of_board(board, rulebook), rulebook)
    if opened.unkept:
        st.warning(opened.unkept)
    if board.note:
        st.info(board.note)
    if heads := list(dict.fromkeys(wording.in_words(head) for head in Facts(board.heads).lasting)):
        st.markdown(f":material/hearing: I heard: {markdown.plain('; '.join(heads))}.")
    if opened.job is not None:
        left = sum(opened.is_asked(card) for card in board.cards)
        st.progress(1 - left / len(board.cards), "A model looks at the lines that the rules left open; everything else stands.")
        st.button("Stop", key="stop", icon=":material/stop_circle:", on_click=opened.job.stop, shortcut="Escape")
    BOARD(data=foot.in_order(as_data(opened, rulebook)), key="board", on_event_change=lambda: happened(opened, talk))


def another() -> None:
    """Put the list away, for another one."""
    st.session_state.pop("sorted", None)
    if side.SORTED in st.query_params:
        del st.query_params[side.SORTED]


def exports(opened: Sorted, rulebook: Rulebook) -> None:
    """Ways to take the list along: from a route, or, where it isn't kept, as it is."""
    for name, kind in web.FORMATS:
        if opened.identity:
            st.link_button(name, f"/my/conversations/{opened.identity}/summary.{kind}", icon=":material/download:")
        else:
            text = sharing.as_file(summarise_board(opened.board, now().date(), rulebook), kind)
            st.download_button(name, text, f"list.{kind}", web.MEDIA_TYPES[kind], icon=":material/download:", on_click="ignore")


def happened(opened: Sorted, talk: Talk) -> None:
    """Do what the owner did on the board: move a card, time it, or ask about it."""
    event = st.session_state["board"].get("event")
    number = event.get("card") if isinstance(event, Mapping) else None
    if not isinstance(number, int) or isinstance(number, bool) or not 0 < number <= len(opened.board.cards):
        return
    match event:
        case {"do": "move", "to": str(column)} if column in set(Verdict):
            talk.attempt(opened.move, number, Verdict(column))
        case {"do": "hours", "hours": (int() | float()) as hours} if 0 <= hours <= 168:
            talk.attempt(opened.time, number, round(float(hours), 2))
        case {"do": "hours", "hours": None}:
            talk.attempt(opened.time, number, None)
        case {"do": "ask"}:
            talk.attempt(ask_about, opened, talk, number)


def ask_about(opened: Sorted, talk: Talk, number: int) -> None:
    """Open the talk about a card, on the page for it: the one there was, or one that begins with its line."""
    store, me, identity = web.store(), opened.visitor, opened.identity
    if opened.is_asked(opened.board.cards[number - 1]):
        return
    before = store.boards.talk_of(me, identity, number) if me and identity else None
    if before:
        talk.reopen(before)
    else:
        talk.begin()
        talk.conversation = opened.board.cards[number - 1].talk
        talk.keeping.keep(talk.conversation, finished=True, again=True)  # counted when the list was sorted
        if me and identity and talk.kept:
            store.boards.link(me, identity, number, talk.kept, now())
            talk.from_list = identity
    st.session_state.left_list = True
    side.go(side.CHAT)


def as_data(opened: Sorted, rulebook: Rulebook) -> dict[str, Any]:
    """The list as the component shows it: plain values, all outside words as text."""
    board, summary = opened.board, summarise_board(opened.board, now().date(), rulebook)
    columns = [{"key": key.value, "label": label, "icon": cards.ICONS[key]} for key, label in wording.COLUMN_WORDS.items()]
    shown = [
        as_card(number, card, summed, rulebook) | {"waits": opened.is_asked(card)}
        for number, (card, summed) in enumerate(zip(board.cards, summary.tasks, strict=True), 1)
    ]
    rules = [
        f"{rule.number}: {rule.title}"
        for rule in rulebook.rules.values()
        if any(f"{rule.number}: {rule.title}" in each["rule"] for each in shown)
    ]
    return {"columns": columns, "cards": shown, "rules": rules, "gist": sharing.total(summary, "your")}


def as_card(number: int, card: Card, summed: TaskSummary, rulebook: Rulebook) -> dict[str, Any]:
    """One card as the component shows it."""
    gravest = card.gravest
    evidence = [quote for each in card.assessments for finding in each.findings for quote in finding.evidence]
    return {
        "number": number,
        "text": card.line.text,
        "section": card.line.section,
        "task": cards.pieces(card.line.text, evidence),
        "hours": card.line.hours,
        "column": card.column.value,
        "verdict": card.verdict.value,
        "icon": cards.ICONS[card.verdict],
        "words": wording.VERDICT_WORDS[card.verdict] if gravest else wording.COLUMN_WORDS[Verdict.ASK],
        "rule": summed.rule,
        "why": summed.why,
        "stays": list(summed.stays),
        "goes": list(summed.goes),
        "done": " ".join(wording.plan_of(gravest, rulebook).done) if gravest and card.verdict is Verdict.HAND_OFF else "",
        "question": summed.question or (NO_TASK if gravest is None else ""),
        "notes": [list(note) for note in cards.card(gravest, rulebook).notes] if gravest else [],
        "decided": card.decided,
    }
