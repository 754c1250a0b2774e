"""Routes and identity: over HTTP, as strangers and owners come."""

import re
from datetime import date, timedelta

import pytest
from starlette.testclient import TestClient
from streamlit import config
from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime.app_session import _populate_theme_msg

from advisor import sharing, web
from advisor.conversation import respond
from advisor.domain import Conversation
from advisor.rulebook import Rulebook
from advisor.store import Store, now
from advisor.summary import summarise
from advisor.visitor import COOKIE, DAYS, visitor_of

SECRET, STRANGER = "s" * 43, "x" * 43
ME = str(visitor_of(f"{COOKIE}={SECRET}"))
SAID = "Can my VA fire <b>Bob</b> & =cmd()|'/c calc'!A1, and do the newsletter?"


@pytest.fixture
def told(rulebook: Rulebook) -> Conversation:
    return respond(SAID, Conversation(), rulebook)


@pytest.fixture
def shared(kept: Store, told: Conversation, rulebook: Rulebook) -> tuple[str, str, str]:
    """A conversation, a share of it, and the link's secret part."""
    identity = kept.conversations.save(ME, None, told, True, now())
    snapshot = sharing.frozen(summarise(told, date(2026, 5, 1), rulebook, turns=[0]))
    share, token = kept.shares.create(ME, identity, snapshot, 30, now()) or ("", "")
    return identity, share, token


def test_a_visitor_gets_a_cookie_that_no_script_reads(client: TestClient) -> None:
    given = client.get("/").headers["set-cookie"]
    assert re.fullmatch(rf"{COOKIE}=[\w-]{{43}}; Path=/; Max-Age={DAYS * 86400}; HttpOnly; SameSite=Lax; Secure", given)
    assert client.get("/").headers["set-cookie"] == given
    client.cookies.clear()
    assert client.get("/").headers["set-cookie"] != given


@pytest.mark.parametrize("other", ['prefs={"a":1}', "foo", "name=José", "path=1", "sess=x,y z", '[1,"b"]', 'x="un', f"{COOKIE}=bad"])
@pytest.mark.parametrize("first", [True, False])
def test_other_cookies_take_nobodys_identity_away(client: TestClient, other: str, first: bool) -> None:
    mine = f"{COOKIE}={SECRET}"
    header = f"{other}; {mine}" if first else f"{mine}; {other}"
    given = client.get("/", headers={"cookie": header.encode("latin-1", "replace")}).headers
    assert given["set-cookie"].startswith(f"{mine};")
    assert given["cache-control"] == "private, no-store"
    assert visitor_of(header) == ME


def test_a_database_that_fails_is_told_privately(client: TestClient, shared: tuple[str, str, str], kept: Store) -> None:
    with kept._database.writing() as connection:
        connection.exec_driver_sql("DROP TABLE turns")
        connection.exec_driver_sql("ALTER TABLE shares RENAME TO other")
    client.cookies = {COOKIE: SECRET}  # type: ignore[assignment]
    for path in (f"/share/{shared[2]}", f"/my/conversations/{shared[0]}/summary.md", "/my/conversations.json"):
        answer = client.get(path)
        assert answer.status_code == 503
        assert answer.headers["cache-control"] == "private, no-store"


@pytest.mark.parametrize("forged", ["", "short", "a" * 44, "a" * 42 + ";", "../../etc/passwd", '"' + "a" * 43 + '"é'])
def test_a_cookie_that_is_none_of_ours_is_replaced(client: TestClient, forged: str) -> None:
    given = client.get("/", headers={"cookie": f"{COOKIE}={forged}".encode("latin-1", "replace")}).headers["set-cookie"]
    assert re.match(rf"{COOKIE}=[\w-]{{43}};", given)
    assert f"={forged};" not in given or not forged
    assert visitor_of(f"{COOKIE}={forged}") is None


def test_a_shared_page_shows_what_was_frozen_and_nothing_runs(client: TestClient, shared: tuple[str, str, str], kept: Store) -> None:
    answer = client.get(f"/share/{shared[2]}")
    assert answer.status_code == 200
    assert "fire &lt;b&gt;Bob&lt;/b&gt;" in answer.text
    assert "<b>" not in answer.text
    assert "<script" not in answer.text
    assert "Keep it" in answer.text
    for name, value in web.PRIVATE.items():
        assert answer.headers[name] == value
    assert kept.shares.listed(ME)[0].opened == 1
    head = answer.text.partition("</head>")[0]
    assert "Bob" not in head
    assert "newsletter" not in head
    assert "set-cookie" not in answer.headers


def test_the_same_stands_in_other_forms(client: TestClient, shared: tuple[str, str, str]) -> None:
    markdown, table, data = (client.get(f"/share/{shared[2]}/summary.{kind}") for kind in ("md", "csv", "json"))
    assert r"\<b\>Bob\<\/b\>" in markdown.text.replace("/", r"\/") or r"\<b\>Bob" in markdown.text
    assert table.text.startswith("\ufeff")
    assert table.headers["content-disposition"] == 'attachment; filename="summary.csv"'
    assert sharing.thawed(data.content) is not None


@pytest.mark.parametrize("kind", ["", "/summary.md", "/summary.csv", "/summary.json"])
def test_no_link_a_dead_link_and_a_forged_link_look_the_same(
    client: TestClient, shared: tuple[str, str, str], kept: Store, kind: str, rulebook: Rulebook, told: Conversation
) -> None:
    identity, share, revoked = shared
    snapshot = sharing.frozen(summarise(told, date(2026, 5, 1), rulebook))
    expired = (kept.shares.create(ME, identity, snapshot, 7, now() - timedelta(days=7)) or ("", ""))[1]
    kept.shares.revoke(ME, share)
    answers = [client.get(f"/share/{token}{kind}") for token in ("never-was", expired, revoked, "a" * 500, "%2e%2e", "é")]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert len({tuple(sorted(each for each in answer.headers.items() if each[0] != "x-request-id")) for answer in answers}) == 1


def test_nobody_downloads_what_is_anothers(client: TestClient, shared: tuple[str, str, str]) -> None:
    paths = ["/my/conversations.json", *(f"/my/conversations/{shared[0]}/summary.{kind}" for kind in ("md", "csv", "json", "exe"))]
    for cookie in ("", STRANGER, "s" * 42, "s" * 44, SECRET.upper()):
        client.cookies = {COOKIE: cookie} if cookie else {}  # type: ignore[assignment]
        for path in paths:
            answer = client.get(path)
            assert "Bob" not in answer.text
            assert answer.status_code == 404 or (path.endswith("conversations.json") and '"conversations": []' in answer.text)
    client.cookies = {COOKIE: SECRET}  # type: ignore[assignment]
    assert [client.get(path).status_code for path in paths] == [200, 200, 200, 200, 404]


FORMULAS = ["=1+1", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", " =1", "|calc", "%0A", "＝1+1", "\x00=1"]


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_cell_is_run(formula: str) -> None:
    assert sharing.cell(formula) == "'" + formula


def test_a_task_that_looks_like_a_formula_stays_text(told: Conversation, rulebook: Rulebook) -> None:
    summary = summarise(told, date(2026, 5, 1), rulebook).mapped(lambda text: "=HYPERLINK(1)" if "Bob" in text else text)
    assert '"\'=HYPERLINK(1)"' in sharing.as_csv(summary)


def test_streamlit_reads_its_configuration_once_and_tells_the_same_theme(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    reading = config.get_options_for_section

    def counted(section: str) -> dict[str, object]:
        asked.append(section)
        return reading(section)

    def told() -> list[CustomThemeConfig]:
        themes = [CustomThemeConfig() for _ in SECTIONS]
        for theme, section in zip(themes, SECTIONS, strict=True):
            _populate_theme_msg(theme, section)
        return themes

    web.configure()
    monkeypatch.setattr(config, "get_options_for_section", counted)
    before = told()
    asked.clear()
    with web.theme_read_once():
        assert told() == told() == before
    assert asked == list(SECTIONS)
    assert config.get_options_for_section is counted
    assert len({theme.primary_color for theme in before}) > 1


SECTIONS = ("theme", "theme.light", "theme.dark")
