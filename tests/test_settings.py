"""Settings: defaults that work, and errors that name the variable and the mend but never a secret."""

import pytest

from advisor.settings import SettingsError, load


def test_settings_have_defaults_that_work() -> None:
    assert not load().has_model


def test_a_wrong_setting_names_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADVISOR_DEADLINE_S", "soon")
    monkeypatch.setenv("OPENAI_BASE_URL", "localhost:8080")
    with pytest.raises(SettingsError, match="ADVISOR_DEADLINE_S") as caught:
        load()
    assert "OPENAI_BASE_URL" in str(caught.value)
    assert "https://host/v1" in str(caught.value)


@pytest.mark.parametrize("key", ["sk-secret value", "sk-secret\n", " sk-secret", "sk-secrét"])
def test_a_key_that_no_server_takes_is_refused_without_showing_it(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", key)
    with pytest.raises(SettingsError, match="OPENAI_API_KEY: has a space") as caught:
        load()
    assert "secr" not in f"{caught.value}{caught.value.__cause__}"


@pytest.mark.parametrize(
    ("url", "mend"),
    [
        ("ftp://host/v1", "write it as"),
        ("https://", "write it as"),
        ("https://host:port/v1", "write it as"),
        ("https://me:secret@host/v1", "the key in OPENAI_API_KEY"),
        ("https://host/v1?api-key=secret", "the key in OPENAI_API_KEY"),
        ("https://host/v1/chat/completions", "leave out what follows /v1"),
    ],
)
def test_an_address_that_leads_nowhere_is_refused(url: str, mend: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", url)
    with pytest.raises(SettingsError, match=mend) as caught:
        load()
    assert "secret" not in str(caught.value)


def test_an_empty_address_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", " ")
    assert load().base_url is None
