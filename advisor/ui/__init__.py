"""The page; alone in importing Streamlit."""
