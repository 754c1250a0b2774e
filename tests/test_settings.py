"""Settings: defaults that work, and errors that name the variable and the mend but never a secret."""

from pathlib import Path

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


def test_a_secret_may_lie_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "OPENAI_API_KEY").write_text("sk-from-a-file\n")
    (tmp_path / "ADVISOR_OPERATOR_TOKEN").write_text("t" * 20)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    told = load()
    assert told.api_key is not None
    assert told.api_key.get_secret_value() == "sk-from-a-file"
    assert told.operator_token is not None
    monkeypatch.setenv("OPENAI_API_KEY", "sk-from-the-environment")
    told = load()
    assert told.api_key is not None
    assert told.api_key.get_secret_value() == "sk-from-the-environment"


def test_a_secret_that_is_no_text_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "OPENAI_API_KEY").write_bytes(b"\xff\xfe")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    with pytest.raises(SettingsError, match="can't be read: let the advisor's user read it"):
        load()


@pytest.mark.parametrize("hosts", ["http://advisor.example", "advisor.example:8501", "a b", "*.", "a..b"])
def test_names_that_are_none_are_refused(hosts: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADVISOR_ALLOWED_HOSTS", hosts)
    with pytest.raises(SettingsError, match="ADVISOR_ALLOWED_HOSTS: holds more than names"):
        load()


def test_names_are_listed_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADVISOR_ALLOWED_HOSTS", " Advisor.example, *.shops.example,[::1] ,*")
    assert load().allowed_hosts == ("advisor.example", "*.shops.example", "[::1]", "*")


def test_an_empty_address_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", " ")
    assert load().base_url is None
