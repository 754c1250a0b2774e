"""The ASGI application: ``uvicorn app:app`` and ``streamlit run app.py`` start it."""

import streamlit as st

from advisor.web import MIDDLEWARE, PAGE, ROUTES, checked, lifespan

app = st.App(checked(PAGE), routes=ROUTES, middleware=MIDDLEWARE, lifespan=lifespan)  # streamlit run looks for this very call
