"""The page: one run of this script draws it for one visitor, the chat, the list or the rules."""

from pathlib import Path
from typing import Literal

import streamlit as st

from advisor.rulebook import standard
from advisor.ui import chat, lists, rules, side

LOGO = Path(__file__).parent / "logo.svg"


def main() -> None:
    """Draw the page that is asked for."""
    rulebook = standard()
    talk = side.resume()
    pages = {
        side.CHAT: st.Page(lambda: chat.page(talk, rulebook), title="Ask", url_path=side.CHAT, default=True),
        side.LIST: st.Page(lambda: lists.page(talk, rulebook), title="Sort a list", url_path=side.LIST),
        "rules": st.Page(lambda: rules.page(talk, rulebook), title="Rules and privacy", url_path="rules"),
    }
    here = st.navigation(list(pages.values()), position="top")
    if st.session_state.get("here") != here.url_path:  # it lasts; said in each run, it would have the browser draw all anew
        wide = here.url_path == side.LIST
        layout: Literal["wide", "centered"] = "wide" if wide else "centered"
        st.set_page_config(f"Advisor: {here.title}", page_icon="🧭", layout=layout, initial_sidebar_state="collapsed" if wide else "auto")
        st.session_state.here = here.url_path
    st.logo(LOGO, size="large")
    wanted = st.session_state.pop("goto", None)
    if wanted and pages[wanted] is not here:
        st.switch_page(pages[wanted])
    here.run()


if __name__ == "__main__":  # not where a test's process only imports what its parent ran
    main()
