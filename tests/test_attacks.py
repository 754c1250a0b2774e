"""Hostile inputs at every way in: none is run, followed, believed or obeyed, and the server goes on. SECURITY.md counts them."""

import asyncio
import csv
import html
import io
import json
import re
import secrets
import socket
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from markdown_it import MarkdownIt
from starlette.testclient import TestClient
from streamlit.proto.BackMsg_pb2 import BackMsg
from websockets.exceptions import ConnectionClosed, InvalidStatus

from advisor import sharing
from advisor.board import sort, summarise_board
from advisor.conversation import respond
from advisor.domain import Conversation
from advisor.rulebook import Rulebook
from advisor.store import Store, now
from advisor.summary import summarise
from advisor.todo import MOST_LINES, ListError, decoded, lines_of
from advisor.ui import markdown, turns
from advisor.visitor import COOKIE, visitor_of
from tests import visiting
from tests.conftest import ScriptedModel, advice
from tests.serving import Server, running
from tests.visiting import Visitor

SECRET = "a" * 43
ME = str(visitor_of(f"{COOKIE}={SECRET}"))

# --- outside words ----------------------------------------------------------------------------------------------------

SCRIPTS = (
    "<script>alert(1)</script>", "</script><script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg onload=alert(1)>", "<svg/onload=alert(1)//",
    "<iframe src=javascript:alert(1)>", "<iframe srcdoc='<script>alert(1)</script>'>", "<a href=javascript:alert(1)>x</a>", "<body onload=alert(1)>",
    "<details open ontoggle=alert(1)>", "<input autofocus onfocus=alert(1)>", "<video><source onerror=alert(1)>", "<math><mi xlink:href=javascript:alert(1)>",
    "<object data=javascript:alert(1)>", "<embed src=javascript:alert(1)>", "<form action=javascript:alert(1)><button>x", "<link rel=stylesheet href=//evil.example>",
    "<style>*{background:url(//evil.example)}</style>", "<meta http-equiv=refresh content=0;url=//evil.example>", "<base href=//evil.example>",
    "\"><script>alert(1)</script>", "' onmouseover='alert(1)", "\" autofocus onfocus=\"alert(1)", "`onload=alert(1)", "--><script>alert(1)</script>",
    "<!--<img src=--><img src=x onerror=alert(1)//>", "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">", "<<script>alert(1)//<</script>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>", "<ScRiPt>alert(1)</sCrIpT>", "<script\x00>alert(1)</script>", "<script/x>alert(1)</script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;", "&#60;script&#62;alert(1)", "\\u003cscript\\u003ealert(1)", "%3Cscript%3Ealert(1)", "＜script＞alert(1)",
    "{{7*7}}", "{% import os %}{{ os }}", "{{ ''.__class__.__mro__ }}", "${7*7}", "#{7*7}", "<%= 7*7 %>", "{{config}}", "__import__('os').system('id')",
    "<template><script>alert(1)</script></template>", "<portal src=//evil.example>", "<x style=\"behavior:url(#x)\">", "<marquee onstart=alert(1)>",
    "data:text/html,<script>alert(1)</script>", "vbscript:msgbox(1)", "javascript&colon;alert(1)", "java\tscript:alert(1)", "<a data-copy=\"x\">", "<button data-copy=x>",
    "\u202e<script>", "\ufeff<script>alert(1)</script>", "<\u200bscript>alert(1)", "]]><script>alert(1)</script>", "<![CDATA[<script>alert(1)]]>",
)  # fmt: skip
FETCHING = (
    "![x](https://evil.example/p.png)", "![x](//evil.example/p.png)", "![x][r]\n\n[r]: https://evil.example/p.png", "[x](https://evil.example)",
    "[x](javascript:alert(1))", "<https://evil.example>", "https://evil.example/?q=secret", "www.evil.example", "a@evil.example", "mailto:a@evil.example",
    "[x]: https://evil.example", "[![x](https://evil.example/p.png)](https://evil.example)", "| a |\n|---|\n| ![x](https://evil.example/p.png) |",
    "~~~html\n<img src=https://evil.example>\n~~~", "`<img src=https://evil.example>`", "$\\href{https://evil.example}{x}$", "$$\\includegraphics{//evil.example}$$",
    ":material/lock:", ":red[x]", ":red-background[x]", ":streamlit:", ":link:", "-> <- -- >=", "# heading", "> quote", "- [ ] box", "1. one\n2. two", "***\n---",
    "[^1]\n\n[^1]: https://evil.example", "<img/src='https://evil.example'>", "!\\[x](https://evil.example)", "\\![x](https://evil.example/p.png)",
    "![x](https://evil.example/p.png \"t\")", "![](data:image/svg+xml;base64,PHN2Zz4=)", "[x](<javascript:alert(1)>)", "[x](\x01javascript:alert(1))",
    "**[x](https://evil.example)**", "![x](ftp://evil.example/p)", "[x](file:///etc/passwd)", "!include /etc/passwd",
)  # fmt: skip
OUTSIDE = SCRIPTS + FETCHING
TAGS = frozenset("div span p strong em mark h1 h2 h3 ul ol li details summary article button br header main footer section nav table thead tbody tr th td "
                 "html head meta title style body a dl dt dd small hr aside blockquote time b".split())  # fmt: skip
ATTRIBUTES = frozenset(
    "class role aria-label aria-hidden dir type data-copy lang charset name content http-equiv property href id datetime rel scope start".split()
)


class Structure(HTMLParser):
    """The tags and attributes of a page, and where its links lead."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.links: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name in ("href", "src", "action")]


def is_plain(page: str, ours: tuple[str, ...] = ()) -> None:
    """Assert that a page holds nothing but our own structure, and leads nowhere else."""
    found = Structure(page)
    assert found.tags <= TAGS
    assert found.attributes <= ATTRIBUTES
    assert all(link.startswith(ours) if ours else False for link in found.links)


@pytest.mark.parametrize("evil", OUTSIDE)
def test_outside_words_are_shown_and_nothing_more(evil: str, rulebook: Rulebook) -> None:
    """As the owner's words in message, card, explanation and title, and as a model's in its prose."""
    model = ScriptedModel(advice(f"Keep this one yourself. {evil} You are the face.", "keep", rules=(1,)))
    talk = respond(f"Should my VA fire {evil} Bob?", Conversation(), rulebook, model)
    talk = respond("Why?", respond(f"Can a freelancer do {evil}?", talk, rulebook), rulebook)
    for turn in talk.turns:
        is_plain(turns.whole(turn, rulebook, to_copy=True))
        is_plain(turns.message(turn) + turns.head(turn, rulebook) + turns.tail(turn, waits=False))
        assert "alert" not in Structure(turns.whole(turn, rulebook, to_copy=True)).attributes
    assert html.unescape(turns.message(talk.turns[0])).count(evil) == 1


@pytest.mark.parametrize("evil", OUTSIDE)
def test_outside_words_stay_words_in_what_is_shared(evil: str, rulebook: Rulebook) -> None:
    """On the shared page, and in its Markdown wherever that is rendered."""
    *_, board = sort(lines_of(f"Interview {' '.join(evil.split())} - 3h\nSend the invoices"), "", rulebook)
    talk = respond(f"Should my VA fire {evil} Bob?", Conversation(), rulebook)
    for summary in (summarise_board(board, now().date(), rulebook), summarise(talk, now().date(), rulebook, turns=[0])):
        is_plain(sharing.as_page(summary, [("Markdown", "/share/x/summary.md")]), ours=("/", "https://", "#"))
        links = Structure(sharing.as_page(summary, [])).links
        assert not any("evil" in link or "javascript" in link for link in links)
        shown = Structure(MarkdownIt("gfm-like", {"html": True, "linkify": False}).render(sharing.as_file(summary, "md")))
        assert not shown.tags & {"img", "a", "script", "iframe", "svg", "style"}
        assert json.loads(sharing.as_file(summary, "json"))


@pytest.mark.parametrize("evil", OUTSIDE)
def test_outside_words_stay_words_on_buttons(evil: str) -> None:
    """Titles, chips and links are Markdown to Streamlit: nothing of it comes of them."""
    shown = MarkdownIt("gfm-like", {"html": True, "linkify": False}).render(markdown.plain(evil))
    assert Structure(shown).tags <= {"p"}
    assert not re.search(r"(?<!\\)[$\[\]()!<>`*_~]", markdown.plain(evil).replace("\\\\", ""))
    for sign in (":red[", ":material", "](", "![", "://"):
        assert sign not in markdown.plain(evil)


# --- spreadsheets and uploads ---------------------------------------------------------------------------------------

FORMULAS = (
    "=1+1", "+1+1", "-1+1", "@SUM(1)", "=cmd|'/c calc'!A1", "=HYPERLINK(\"//evil.example\")", "=IMPORTXML(\"//evil.example\",\"//a\")", "\t=1+1", "\r=1+1", " =1+1",
    "\ufeff=1+1", "\u200b=1+1", "＝1+1", "＋1", "－1", "＠SUM", "|calc", "%0A=1", "\x00=1+1", "\x0b=1+1", "\n=1+1", "\"=1+1\"", "';=1+1", "-2+3+cmd|' /C calc'!A0",
    "=DDE(\"cmd\";\"/C calc\";\"x\")", "=WEBSERVICE(\"//evil.example\")", "@@=1", "==1", "+-1", "=\u00a01",
)  # fmt: skip


@pytest.mark.parametrize("evil", FORMULAS)
def test_no_cell_of_an_export_is_a_formula(evil: str, rulebook: Rulebook) -> None:
    task = f"{evil} fire Bob"
    *_, board = sort(lines_of(task) or lines_of("x"), "", rulebook)
    talk = respond(task, Conversation(), rulebook)
    for summary in (summarise_board(board, now().date(), rulebook), summarise(talk, now().date(), rulebook, turns=[0])):
        for row in csv.reader(io.StringIO(sharing.as_file(summary, "csv").lstrip("\ufeff"))):
            for cell in row:
                assert cell.lstrip(" \t\r\n\0\x0b\ufeff\u200b\u00a0")[:1] not in tuple("=+-@|%＝＋－＠\t\r"), cell


BOMBS: dict[str, bytes] = {
    "a zip": b"PK\x03\x04" + b"\0" * 500,
    "a spreadsheet": b"PK\x03\x04xl/workbook.xml",
    "an image": b"\x89PNG\r\n\x1a\n" + b"\0" * 500,
    "a program": b"\x7fELF" + b"\0" * 500,
    "zeros": b"\0" * 100_000,
    "half a character": b"fire Bob \xe2\x82",
    "no coding": bytes(range(128, 256)) * 50,
    "UTF-16 with its mark": "fire Bob\nsend invoices".encode("utf-16"),
    "UTF-32 with its mark": "fire Bob".encode("utf-32"),
    "a quote that never ends": b'"' + b"a," * 40_000,
    "quotes in quotes": b'"' * 60_000,
    "one line of a megabyte": b"x" * 2**20,
    "a million lines": b"x\n" * 500_000,
    "lines of nothing": b"\n" * 900_000,
    "a hundred thousand columns": b"a," * 100_000 + b"\n" + b"b," * 100_000,
    "brackets": b"[" * 500_000,
    "bullets": b"- " * 400_000,
    "emphasis": b"**a " * 200_000,
    "headings": b"# x\n" * 200_000,
    "numbers": b"1. " * 300_000,
    "hours": b"3h " * 300_000,
    "combining marks": ("a" + "\u0301" * 300_000).encode(),
    "right to left": ("\u202e" * 200_000).encode(),
    "an entity": b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>' * 1000,
    "tags": b"<div>" * 100_000,
}


@pytest.mark.parametrize("name", BOMBS)
@pytest.mark.parametrize("table", [False, True])
def test_an_upload_is_a_list_or_a_told_error(name: str, table: bool, rulebook: Rulebook) -> None:
    try:
        lines = lines_of(decoded(BOMBS[name]), table=table)
    except ListError as problem:
        assert len(str(problem)) < 400  # noqa: PT017 (either will do)
        return
    assert len(lines) <= MOST_LINES
    *_, board = sort(lines[:3], "", rulebook)
    assert len(board.cards) == min(3, len(lines))


# --- links, cookies and tokens ----------------------------------------------------------------------------------------


@pytest.fixture
def mine(kept: Store, rulebook: Rulebook) -> tuple[str, str]:
    """A conversation that is kept, and the secret part of a link to its summary."""
    talk = respond("Should my VA fire Roderick?", Conversation(), rulebook)
    identity = kept.conversations.save(ME, None, talk, True, now())
    made = kept.shares.create(ME, identity, sharing.frozen(summarise(talk, now().date(), rulebook)), 7, now())
    assert made is not None
    return identity, made[1]


def guesses(token: str) -> Iterator[str]:
    """What somebody might try in the place of a secret."""
    yield from (
        token[:-1],
        token + "A",
        token[1:],
        token.swapcase(),
        token[::-1],
        token.replace(token[0], "A"),
        f"{token} ",
        f" {token}",
        f"{token}%00",
    )
    yield from (
        f"{token}/",
        f"{token}/..",
        f"../{token}",
        f"{token}.json",
        f"{token}?",
        f"{token};",
        f"{token}%0a",
        f"%{ord(token[0]):x}x{token[1:]}",
    )
    yield from (
        "' OR '1'='1",
        "%' --",
        "*",
        "%",
        "_" * 32,
        "null",
        "undefined",
        "0",
        "-1",
        "true",
        "[]",
        "{}",
        "%2e%2e%2f",
        "admin",
        "latest",
    )
    yield from (secrets.token_urlsafe(24) for _ in range(20))


def test_no_guess_opens_a_link(client: TestClient, mine: tuple[str, str]) -> None:
    _, token = mine
    assert "Roderick" in client.get(f"/share/{token}").text
    tried = [guess for guess in guesses(token) if guess != token]
    assert len(tried) > 50
    for guess in tried:
        for kind in ("", "/summary.md", "/summary.json"):
            assert "Roderick" not in client.get(f"/share/{guess}{kind}").text or guess in (f"{token}?", f"{token}/")


def test_no_guess_opens_a_conversation(client: TestClient, mine: tuple[str, str]) -> None:
    identity, _ = mine
    own = {"Cookie": f"{COOKIE}={SECRET}"}
    assert "Roderick" in client.get(f"/my/conversations/{identity}/summary.md", headers=own).text
    client.cookies.clear()
    strangers = [
        {},
        {"Cookie": f"{COOKIE}={'b' * 43}"},
        {"Cookie": f"{COOKIE}={ME}"},
        {"Cookie": f"{COOKIE}={SECRET[:-1]}"},
        {"Cookie": f"x{COOKIE}={SECRET}"},
    ]
    for headers in strangers:
        for path in (f"/my/conversations/{identity}/summary.md", f"/my/conversations/{identity}/summary.json", "/my/conversations.json"):
            assert "Roderick" not in client.get(path, headers=headers).text
            client.cookies.clear()
    for guess in guesses(identity):
        if guess != identity and not guess.startswith((f"{identity}?", f"{identity}/")):
            assert "Roderick" not in client.get(f"/my/conversations/{guess}/summary.md", headers=own).text


@pytest.mark.parametrize("header", [
    f"{COOKIE}={SECRET}; {COOKIE}={'b' * 43}", f"{COOKIE}={'b' * 43}; {COOKIE}={SECRET}", f"{COOKIE}={SECRET}, {COOKIE}={'b' * 43}", f"{COOKIE.upper()}={SECRET}",
    f"{COOKIE} = {SECRET}", f"{COOKIE}={SECRET}\t", f"$Version=1; {COOKIE}={SECRET}", f"{COOKIE}=%61{SECRET[1:]}",
])  # fmt: skip
def test_a_cookie_planted_beside_another_never_makes_two_visitors_one(header: str) -> None:
    """Whichever of two is taken, page, socket and routes take the same; and one that isn't well formed is nobody's."""
    first = visitor_of(header)
    assert first in (None, ME, visitor_of(f"{COOKIE}={'b' * 43}"))
    assert first == visitor_of(header)


# --- raw requests to a running server -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Victim:
    """A server under attack, and where it logs."""

    server: Server
    log: Path


@pytest.fixture(scope="module")
def victim(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Victim]:
    log = tmp_path_factory.mktemp("attacked") / "log"
    with running(LOG=str(log), ADVISOR_OPERATOR_TOKEN="t" * 32) as server:
        yield Victim(server, log)
        visiting.run(still_answers(server.url))
        for line in log.read_text().splitlines()[1:]:
            assert json.loads(line)["event"], "each line is one event's, whatever was sent"
        assert "evil-line" not in log.read_text().replace('"', "\n").splitlines()


async def still_answers(url: str) -> None:
    async with Visitor(url) as visitor:
        await visitor.open()
        await visitor.say("Should my VA fire our receptionist?", "Keep it")


SILENT_S = 0.7
"""After how long without a byte an answer is over."""


def sent(url: str, request: bytes) -> bytes:
    """What a server answers to raw bytes, as far as it comes before it is silent."""
    parts = urlsplit(url)
    answer = b""
    with socket.create_connection((str(parts.hostname), int(parts.port or 0)), timeout=SILENT_S) as connection, suppress(OSError):
        connection.sendall(request)
        while (more := connection.recv(65536)) and len(answer) < 2**20:
            answer += more
    return answer


PATHS = (
    "/share/../../../../etc/passwd", "/share/..%2f..%2f..%2fetc%2fpasswd", "/share/%2e%2e/%2e%2e/app.py", "/static/../app.py", "/static/..%2f..%2fapp.py",
    "/static/%2e%2e/%2e%2e/%2e%2e/etc/passwd", "/static/....//....//etc/passwd", "/static//etc/passwd", "/static/\\..\\..\\app.py", "/media/../../etc/passwd",
    "/media/..%2f..%2fetc%2fpasswd", "/_stcore/bidi-components/../../../etc/passwd", "/_stcore/bidi-components/x/..%2f..%2f..%2fetc%2fpasswd",
    "/_stcore/upload_file/../../x", "/_stcore/upload_file/x/..%2f..%2fx", "/component/../../etc/passwd", "//etc/passwd", "///", "/.git/config", "/.env",
    "/.streamlit/secrets.toml", "/app.py", "/advisor/settings.py", "/pyproject.toml", "/advisor.sqlite3", "/proc/self/environ", "/%00", "/share/%00",
    "/share/%0d%0aSet-Cookie:x=1", "/share/x/summary.%2e%2e", "/share/x/summary.exe", "/share/x/summary.md%00.html", "/my/conversations/%27/summary.md",
    "/my/conversations/..%2fx/summary.md", "/operator/../my/conversations.json", "/OPERATOR", "/metrics/../metrics", "/_STCORE/metrics", "/_stcore%2fmetrics",
    "/_stcore//metrics", "/./_stcore/metrics", "/?c=" + "a" * 32, "/?c[]=x&c=../../x", "/list?l=%00", "/?" + "&".join("c=x" for _ in range(300)),
)  # fmt: skip
SECRET_SIGNS = (
    b"root:",
    b"import streamlit",
    b"BEGIN",
    b"[project]",
    b"advisor_requests",
    b"SQLite format",
    b"ADVISOR_OPERATOR_TOKEN=",
    b"process_resident_memory_bytes",
)


@pytest.mark.parametrize("path", PATHS)
def test_no_path_leads_out_of_what_is_served(path: str, victim: Victim) -> None:
    answer = sent(victim.server.url, f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
    assert not any(sign in answer for sign in SECRET_SIGNS)
    assert b"\r\nSet-Cookie:x" not in answer
    status = int(answer.split(b" ", 2)[1])
    assert status < 500
    assert status in (400, 404, 405, 414) or b"<title>" in answer or b'"files"' in answer, "the page itself, or nothing"


HOST = "Host: 127.0.0.1\r\n"
REQUESTS = {
    "no host": b"GET / HTTP/1.1\r\n\r\n",
    "two hosts": f"GET / HTTP/1.1\r\n{HOST}Host: evil.example\r\n\r\n".encode(),
    "a host with a line": b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\tevil-line\r\n\r\n",
    "a folded header": f"GET / HTTP/1.1\r\n{HOST}X-A: b\r\n evil-line\r\n\r\n".encode(),
    "a request name with a line": f"GET /share/x HTTP/1.1\r\n{HOST}X-Request-ID: aaaaaaaa%0aevil-line\r\n\r\n".encode(),
    "a request name that is JSON": f'GET /share/x HTTP/1.1\r\n{HOST}X-Request-ID: "}}\\n{{"event":"evil-line"}}\r\n\r\n'.encode(),
    "a bare line feed": f"GET / HTTP/1.1\n{HOST}\n".encode(),
    "a null in a header": f"GET / HTTP/1.1\r\n{HOST}X-A: \0\r\n\r\n".encode(),
    "no header's end": f"GET / HTTP/1.1\r\n{HOST}".encode(),
    "a header of a megabyte": f"GET / HTTP/1.1\r\n{HOST}X-A: {'x' * 2**20}\r\n\r\n".encode(),
    "ten thousand headers": f"GET / HTTP/1.1\r\n{HOST}{'X-A: b' + chr(13) + chr(10):s}".encode() + b"X-B: c\r\n" * 10_000 + b"\r\n",
    "two lengths": f"PUT /_stcore/upload_file/a/b HTTP/1.1\r\n{HOST}Content-Length: 1\r\nContent-Length: 9\r\n\r\nx".encode(),
    "a length and chunks": f"POST / HTTP/1.1\r\n{HOST}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /metrics HTTP/1.1\r\n\r\n".encode(),
    "chunks of no size": f"POST / HTTP/1.1\r\n{HOST}Transfer-Encoding: chunked\r\n\r\nzz\r\n".encode(),
    "a chunk of all there is": f"POST / HTTP/1.1\r\n{HOST}Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n".encode(),
    "a length of all there is": f"PUT /_stcore/upload_file/a/b HTTP/1.1\r\n{HOST}Origin: http://127.0.0.1\r\nContent-Length: 99999999999999\r\n\r\n".encode(),
    "a strange method": f"EVIL / HTTP/1.1\r\n{HOST}\r\n".encode(),
    "a strange version": f"GET / HTTP/9.9\r\n{HOST}\r\n".encode(),
    "an old version": b"GET /\r\n\r\n",
    "an absolute address": f"GET http://evil.example/ HTTP/1.1\r\n{HOST}\r\n".encode(),
    "another's address to connect to": b"CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(200),
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes(100),
    "random bytes": bytes(range(256)) * 40,
    "nothing": b"",
    "an upgrade to nothing": f"GET /_stcore/stream HTTP/1.1\r\n{HOST}Upgrade: websocket\r\nConnection: Upgrade\r\n\r\n".encode(),
    "a socket without a key": f"GET /_stcore/stream HTTP/1.1\r\n{HOST}Origin: http://127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\r\n".encode(),
    "a forged address": f"GET /metrics HTTP/1.1\r\n{HOST}X-Forwarded-For: 127.0.0.1\r\nX-Real-IP: 127.0.0.1\r\nX-Original-URL: /healthz\r\n\r\n".encode(),
    "a forged host": b"GET / HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: 127.0.0.1\r\n\r\n",
    "another method in a header": f"GET /my/conversations.json HTTP/1.1\r\n{HOST}X-HTTP-Method-Override: DELETE\r\n\r\n".encode(),
}


@pytest.mark.parametrize("name", REQUESTS)
def test_no_request_is_taken_for_more_than_it_is(name: str, victim: Victim) -> None:
    answer = sent(victim.server.url, REQUESTS[name])
    assert not any(sign in answer for sign in SECRET_SIGNS)
    assert b"evil.example" not in answer
    assert b"500 Internal" not in answer


# --- the socket ---------------------------------------------------------------------------------------------------------


def messages() -> dict[str, bytes]:
    """What a tab never sends."""
    made = {}
    for kind in ("clear_cache", "set_run_on_save", "stop_script", "load_git_info", "debug_disconnect_websocket", "debug_shutdown_runtime"):
        message = BackMsg()
        setattr(message, kind, True)
        made[kind] = message.SerializeToString()
    asked = BackMsg()
    asked.file_urls_request.request_id = "x"
    asked.file_urls_request.file_names.extend(["../../etc/passwd", "a" * 5000, "\u202e.exe"])
    made["addresses for files elsewhere"] = asked.SerializeToString()
    forged = {
        "no such widget": "x" * 40,
        "a foreign widget": "$$ID-a980fa5bf994f6b711744119cdaa6370-said",
        "a long name": "y" * 100_000,
        "no name": "",
    }
    for name, widget in forged.items():
        message = BackMsg()
        message.rerun_script.widget_states.widgets.add(id=widget, string_value="<script>alert(1)</script>")
        message.rerun_script.widget_states.widgets.add(id=widget, trigger_value=True)
        made[name] = message.SerializeToString()
    many = BackMsg()
    for at in range(5000):
        many.rerun_script.widget_states.widgets.add(id=f"w{at}", int_value=at)
    made["five thousand widgets"] = many.SerializeToString()
    for name, query in {
        "another's conversation": "c=" + "a" * 32,
        "a path": "c=../../etc/passwd",
        "a list": "l=%00",
        "a long query": "c=" + "x" * 100_000,
    }.items():
        message = BackMsg()
        message.rerun_script.query_string = query
        made[f"a query: {name}"] = message.SerializeToString()
    for name, page in {"a page that there isn't": "f" * 32, "a page by its path": "../../etc/passwd"}.items():
        message = BackMsg()
        message.rerun_script.page_script_hash = page
        message.rerun_script.page_name = page
        made[name] = message.SerializeToString()
    fragment = BackMsg()
    fragment.rerun_script.fragment_id = "no-such-fragment"
    made["a fragment that there isn't"] = fragment.SerializeToString()
    return made | {
        "no message": b"",
        "random bytes": bytes(range(256)) * 20,
        "a field that never ends": b"\x0a\xff\xff\xff\xff\x0f",
        "groups in groups": b"\x0b" * 100_000,
        "a varint of ones": b"\xff" * 5000,
        "a frame that is too large": b"x" * (4 * 2**20 + 1),
        "JSON": b'{"rerun_script": {}}',
        "a pickle": b"\x80\x04\x95\x10\x00\x00\x00\x00\x00\x00\x00\x8c\x05posix\x94",
    }


MESSAGES = messages()


@pytest.mark.parametrize("name", MESSAGES)
def test_no_message_does_more_than_close_its_own_tab(name: str, victim: Victim) -> None:
    async def attack() -> None:
        async with Visitor(victim.server.url) as other, Visitor(victim.server.url, patience_s=10) as visitor:
            await other.open()
            await visitor.open()
            with suppress(ConnectionClosed, TimeoutError):
                await visitor._socket.send(MESSAGES[name])
                async with asyncio.timeout(0.5):
                    while True:
                        assert b"root:" not in bytes(await visitor._socket.recv())
            await other.say("Should my VA fire our receptionist?", "Keep it")

    visiting.run(attack())


async def all_of(visitor: Visitor) -> None:
    """Read until the connection closes."""
    while True:
        await visitor._socket.recv()


def test_text_closes_a_tab(victim: Victim) -> None:
    async def attack() -> None:
        async with Visitor(victim.server.url) as visitor:
            await visitor._socket.send("rerun")
            with pytest.raises(ConnectionClosed):
                await all_of(visitor)

    visiting.run(attack())


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1", "http://127.0.0.1.evil.example"])
def test_no_other_sites_page_opens_a_socket_with_the_visitors_cookie(origin: str, victim: Victim) -> None:
    async def attack() -> None:
        with pytest.raises(InvalidStatus):
            async with Visitor(victim.server.url, origin=origin):
                pass

    visiting.run(attack())


def test_another_visitor_cannot_take_over_a_tab_that_lost_its_connection(victim: Victim) -> None:
    """Streamlit reconnects by a session's identity alone: nobody is told another's, and a guess gives a new tab."""

    async def attack() -> None:
        async with Visitor(victim.server.url) as owner:
            await owner.open()
            await owner.say("Should my VA fire Roderick?", "Keep it")
        for guess in ("0" * 36, "00000000-0000-0000-0000-000000000000", "null", owner.cookie):
            async with Visitor(victim.server.url, session=guess) as thief:
                await thief.open()
                assert not any("Roderick" in text for text in thief.texts)

    visiting.run(attack())


# --- how many ---------------------------------------------------------------------------------------------------------------


def groups() -> dict[str, int]:
    """How many hostile inputs there are of each kind, as SECURITY.md counts them; each input once, wherever it is tried."""
    from tests import test_faults, test_gate, test_taps

    tokens = len(list(guesses("t" * 32))) + len(list(guesses("c" * 32)))
    methods, changed = 8, 5
    return {
        "script and markup in words (message, card, explanation, model's prose, list, title, link, shared page, Markdown)": len(SCRIPTS),
        "pictures, links and signs of Markdown in the same places": len(FETCHING),
        "formulas in exports": len(FORMULAS),
        "uploads: of other kinds, huge, nested, in no coding (as text and as table)": 2 * len(BOMBS),
        "guesses at links and conversations": tokens,
        "cookies: forged, planted, of another": len(test_faults.BAD_COOKIES) + 7 + 5,
        "paths that lead elsewhere": len(PATHS),
        "raw requests: header injection, smuggling, other protocols, sizes": len(REQUESTS),
        "names in headers that could forge a log line": 7,
        "host names that aren't ours": len(test_gate.NOT_OURS.split("|")),
        "routes that are closed": len(test_gate.CLOSED.split()),
        "requests that would change something, and other sites' requests": methods * changed + 5 * len(test_gate.STRANGE) + 4,
        "frames: forged widgets, queries, pages, debugging, random, oversized": len(MESSAGES) + 2,
        "taps that no button makes: on the answer's foot, on the list of conversations": len(test_taps.FOOT)
        + 5
        + len(test_taps.SIDE)
        + 2 * (len(test_taps.NOWHERE) + 1),
        "sessions of others": 4,
        "snapshots of shares, tampered with": len(test_faults.TAMPERED) + 1,
        "passwords of the operator": 11 + 5,
    }


def test_security_tells_these_very_figures() -> None:
    counted = groups()
    rows = [f"| {name} | {number} |" for name, number in counted.items()] + [f"| **all** | **{sum(counted.values())}** |"]
    told = (Path(__file__).parent.parent / "SECURITY.md").read_text(encoding="utf-8")
    assert "\n".join(rows) in told
    assert sum(counted.values()) >= 300
