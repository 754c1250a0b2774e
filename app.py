"""The ASGI application: ``uvicorn app:app`` and ``streamlit run app.py`` start it."""

from advisor.web import application

app = application()
