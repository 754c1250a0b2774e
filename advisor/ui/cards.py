"""The verdict card: what to do with a task, at a glance, and why."""

import streamlit as st

from advisor import wording
from advisor.domain import Assessment, Certainty, DecidedBy, Verdict
from advisor.rulebook import Rulebook
from advisor.ui import markdown

ICONS = {
    Verdict.KEEP: ":material/lock:",
    Verdict.STAY_INVOLVED: ":material/handshake:",
    Verdict.LEARN_FIRST: ":material/school:",
    Verdict.ASK: ":material/help:",
    Verdict.HAND_OFF: ":material/check_circle:",
}
COLOURS = {
    Verdict.KEEP: "red",
    Verdict.STAY_INVOLVED: "violet",
    Verdict.LEARN_FIRST: "blue",
    Verdict.ASK: "orange",
    Verdict.HAND_OFF: "green",
}


def card(assessment: Assessment, rulebook: Rulebook) -> None:
    """Draw one task's card."""
    verdict = assessment.verdict
    rule = wording.ruling(assessment, rulebook)
    with st.container(border=True):
        st.markdown(f"## :{COLOURS[verdict]}[{ICONS[verdict]} {wording.VERDICT_WORDS[verdict]}]")
        evidence = [quote for finding in assessment.findings for quote in finding.evidence]
        st.markdown("“" + markdown.marked(assessment.task.quote.words, evidence) + "”")
        if rule is None:
            st.markdown(wording.without_rule(assessment))
        else:
            next_to = "Next to rule" if verdict is Verdict.HAND_OFF else "Rule"
            others = [rulebook.rules[number] for number in assessment.rules if number != rule.number]
            also = "".join(f"; also rule {each.number}: {each.title}" for each in others)
            st.markdown(f"**{next_to} {rule.number}: {rule.title}**{also}")
            st.markdown(wording.boundary(assessment, rule) if verdict is Verdict.HAND_OFF else rule.reason)
        if assessment.task.translation and assessment.certainty is Certainty.CLEAR:
            st.markdown("A model reads it as “" + markdown.plain(assessment.task.translation) + "”.")
        if told := wording.heard(assessment):
            st.markdown(":material/hearing: " + markdown.plain(told))
        if assessment.overridden:
            st.markdown(":material/gavel: The model wanted otherwise. The rule overruled it.")
        elif assessment.decided_by is DecidedBy.MODEL:
            st.markdown("The rules left this open; the model judged it within them.")
        if assessment.question:
            st.markdown(f"**{assessment.question}**")
        if rule is not None and verdict is not Verdict.HAND_OFF:
            with st.expander("What stays with you, and what can go"):
                stays, goes = st.columns(2)
            parts = wording.carrying(assessment, rulebook)
            assert parts is not None, "there is a rule"
            stays.markdown("**Stays with you**\n\n" + "\n".join(f"- {each}" for each in parts.stays))
            goes.markdown("**Can go**\n\n" + "\n".join(f"- {each}" for each in parts.goes))
