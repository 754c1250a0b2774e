"""The ASGI application: ``uvicorn app:app`` and ``streamlit run app.py`` start it."""

import streamlit as st

from advisor.web import PAGE, ROUTES, checked, failed, lifespan, middleware

# streamlit run looks for this very call
app = st.App(checked(PAGE), routes=ROUTES, middleware=middleware(), lifespan=lifespan, on_script_error=failed)
