"""The five rules, with their reasons and their source; and what becomes of what a visitor types."""

import streamlit as st

from advisor.rulebook import Rulebook
from advisor.talk import Talk
from advisor.ui import foot, markdown, side


def page(talk: Talk, rulebook: Rulebook) -> None:
    """Draw the page of the rules."""
    foot.draw()
    st.title("The five rules")
    st.markdown("What a business owner never outsources. These rules have the last word on every task, whatever a model says.")
    for rule in rulebook.rules.values():
        st.header(f"{rule.number}. {rule.title}")
        st.markdown(f"{rule.point} {rule.reason}")
        st.markdown(f"**For example:** {rule.example}")
        st.markdown(f"**What softens it:** {rule.softens}")
        with st.expander("What stays with you, and what can go"):
            st.markdown("**Stays with you**\n\n" + "\n".join(f"- {each}" for each in rule.parts.stays))
            st.markdown("**Can go**\n\n" + "\n".join(f"- {each}" for each in rule.parts.goes))
    source = next(iter(rulebook.rules.values())).source
    st.header("Where they come from")
    st.markdown(
        f"From “{markdown.plain(source.title)}”, {markdown.plain(source.publisher)}, {source.year}; told here in our own words. "
        "Advisor is a program with these five rules. It gives no legal advice, and knows no sixth rule."
    )
    side.privacy()
    side.draw(talk, None)
