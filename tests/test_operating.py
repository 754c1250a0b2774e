"""The operator's page: counts alone, for whoever has the token."""

import base64

import pytest
from starlette.testclient import TestClient

from advisor import operating
from advisor.conversation import respond
from advisor.domain import Conversation
from advisor.rulebook import Rulebook
from advisor.store import Store, now
from advisor.store.feedback import Because, Opinion
from advisor.visitor import COOKIE, visitor_of
from tests.conftest import ScriptedModel, advice

TOKEN = "a-token-that-nobody-guesses"
ME = str(visitor_of(f"{COOKIE}={'s' * 43}"))
SAID = "Can my VA fire Roderick?"


def with_password(password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"me:{password}".encode()).decode()}


def test_without_a_token_there_is_no_such_page(client: TestClient) -> None:
    assert client.get("/operator", headers=with_password("")).status_code == 404
    assert client.get("/metrics", headers=with_password("")).status_code == 404


@pytest.mark.parametrize(
    "headers",
    [
        {},
        with_password("wrong"),
        {"Authorization": f"Bearer {TOKEN}x"},
        {"Authorization": TOKEN},
        {"Authorization": "Bearer "},
        {"Authorization": "Basic !!"},
    ],
)
def test_whoever_lacks_the_token_sees_nothing(headers: dict[str, str], client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADVISOR_OPERATOR_TOKEN", TOKEN)
    answer = client.get("/operator", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Basic")
    assert "By rule" not in answer.text


def test_the_page_counts_and_tells_no_word(kept: Store, client: TestClient, rulebook: Rulebook, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADVISOR_OPERATOR_TOKEN", TOKEN)
    talk = respond(SAID, Conversation(), rulebook, ScriptedModel(advice("Keep this one yourself. <b>Or not.</b>", "hand_off")))
    identity = kept.conversations.save(ME, None, talk, False, now())
    kept.conversations.save(ME, identity, talk, True, now())
    kept.feedback.give(ME, identity, 1, talk.turns[0], Opinion(False, Because.TOO_STRICT, "Roderick is lazy"), now())
    answer = client.get("/operator", headers=with_password(TOKEN))
    assert answer.status_code == 200
    assert "Roderick" not in answer.text
    today = answer.text.split("<tbody>")[1].split("</tr>")[0]
    numbers = [int(cell.split("<")[0]) for cell in today.split('%">')[1:]]
    assert numbers == [1, 1, 0, 1, 1, 1, 0, 0, 1]  # answers, verdicts, cards, overruled, with a model, replaced, failed, thumbs
    assert "1. Hiring and firing" in answer.text
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_a_short_token_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    from advisor.settings import SettingsError, load

    monkeypatch.setenv("ADVISOR_OPERATOR_TOKEN", "secret")
    with pytest.raises(SettingsError, match="ADVISOR_OPERATOR_TOKEN: is too short") as problem:
        load()
    assert "'secret'" not in str(problem.value)


@pytest.mark.parametrize("password", [f"x:{TOKEN}", f":{TOKEN}", TOKEN + "!", "é" * 20])
def test_a_password_is_what_follows_the_first_colon_and_nothing_less(password: str) -> None:
    assert not operating.allowed(with_password(password)["Authorization"], TOKEN)
    assert operating.allowed(with_password(password)["Authorization"], password)


def test_credentials_with_signs_that_are_none_are_refused() -> None:
    good = with_password(TOKEN)["Authorization"]
    assert operating.allowed(good, TOKEN)
    assert operating.allowed(good.replace("Basic", "bASIC"), TOKEN)
    assert not operating.allowed(f"{good[:10]}!{good[10:]}", TOKEN)
    assert not operating.allowed(None, TOKEN)
    assert operating.allowed(f"Bearer {TOKEN}", TOKEN)
    assert operating.allowed(f"bearer {TOKEN} and more", f"{TOKEN} and more")
    assert not operating.allowed(f"Bearer {TOKEN} ", TOKEN)
