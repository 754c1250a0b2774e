# The advisor as an image: not root, and nothing to write but its data.
# Debian's own Python, so that these very steps can be tried in a bare root without a container engine: python -m tests.image
FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends python3 python3-venv && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 10001 --create-home --home-dir /var/lib/advisor advisor
COPY pyproject.toml README.md LICENSE /src/
COPY advisor /src/advisor
COPY prompts /src/prompts
COPY .streamlit /src/.streamlit
RUN python3 -m venv /opt/advisor && /opt/advisor/bin/pip install --no-cache-dir '/src[postgres]' && rm -rf /src
ENV HOME=/var/lib/advisor
USER advisor
VOLUME /var/lib/advisor
EXPOSE 8501
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD ["/opt/advisor/bin/python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8501/healthz', timeout=4)"]
CMD ["/opt/advisor/bin/advisor", "serve", "--host", "0.0.0.0"]
