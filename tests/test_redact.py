"""What is private is taken out before it is kept; what only looks like it stays."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.redact import names_in, redact
from advisor.rulebook import Rulebook

ROWS = [json.loads(line) for line in (Path(__file__).parent / "cases" / "redaction.jsonl").read_text(encoding="utf-8").splitlines()]
AMBIGUOUS = frozenset({"week totals 412 388 405 sandwiches were Mon to Wed", "turnover 2 345 678 901 Ft across all shops last year"})
"""Numbers that could as well be one to call: taken out, to be safe."""


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["text"][:60])
def test_what_is_private_goes_and_what_looks_like_it_stays(row: dict[str, Any]) -> None:
    out = redact(row["text"])
    assert [each for each in row["gone"] if each in out] == []
    if row["text"] not in AMBIGUOUS:
        assert [each for each in row["stays"] if each not in out] == []


def test_names_are_offered_and_taken_out(rulebook: Rulebook) -> None:
    texts = ["fire Bob and hire tim for Rose's Bakery", "May Ms Okonkwo do it? She knows Excel."]
    names = names_in(texts, lambda word: "<name>" in rulebook.lists.labels.get(word, ()))
    assert {"Bob", "tim", "Rose", "Okonkwo"} <= set(names)
    assert not {"Excel", "She", "May"} & set(names)
    assert redact("Bob, BOB's and Bobby", ["Bob"]) == "[name removed], [name removed]'s and Bobby"


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.text(max_size=300))
def test_any_text_is_redacted_and_stays_so(text: str) -> None:
    once = redact(text)
    assert redact(once) == once


def test_a_long_text_takes_no_time_to_speak_of() -> None:
    for piece in ("a-", "1 ", "aB1", "x@", "+1", "GB82 ", "http://a?key=", "password "):
        assert redact(piece * 4000) is not None


TOLD = {
    "my password is hunter2!": "my password is [secret removed]",
    "key sk-abcdefghijklmnop1234": "key [key removed]",
    "write to anna@bakery.example now": "write to [e-mail address removed] now",
    "card 4111 1111 1111 1111, please": "card [card number removed], please",
    "pay GB82WEST12345698765432 please": "pay [account number removed] please",
    "pay NO9386011117947 please": "pay [account number removed] please",
    "pay GB82WEST12345698765431 please": "pay GB82WEST12345698765431 please",
    "20-00-00, 12345678 is it": "[account number removed] is it",
    "ssn 078-05-1120": "ssn [personal number removed]",
    "account 12345": "account [number removed]",
    "account 12": "account 12",
    "call 020 7946 0958 now": "call [phone number removed] now",
    "order no +44 20 7946 0958": "order no [phone number removed]",
    "ref (+44) 20 7946 0958": "ref [phone number removed]",
    "Phone no 020 7946 0958": "Phone no [phone number removed]",
    "Bitte anrufen Nr 030 901820": "Bitte anrufen Nr [phone number removed]",
    "order 020 7946 0958": "order 020 7946 0958",
    "020 7946 0958 020 7946 0959 020 7946 0960": "[phone number removed] [phone number removed] [phone number removed]",
    "numbers 020 7946 0958 212 555 0123 are": "numbers [card number removed] are",
    "card 3782 822463 10005": "card [card number removed]",
    "see https://x.example/a?token=abcdefgh12, ok": "see [link removed], ok",
    "see https://x.example/?code= here": "see https://x.example/?code= here",
    "see https://u:p@host.example/x": "see [link removed]",
    "see https://u@host.example/x": "see [link removed]",
    "see https://[bad/?x, ok": "see [link removed], ok",
    "see https://x.example/reset/abcdefghij1234567890X": "see [link removed]",
    "see https://x.example/about": "see https://x.example/about",
}


@pytest.mark.parametrize("text", TOLD)
def test_what_is_taken_out_is_told_by_its_kind_and_nothing_beside_it_goes(text: str) -> None:
    assert redact(text) == TOLD[text]


def test_the_longer_of_two_names_goes_whole_and_an_empty_one_takes_nothing() -> None:
    assert redact("Ann Lee and Ann", ["Ann", "Ann Lee"]) == "[name removed] and [name removed]"
    assert redact("Ann Lee and Ann", ["Ann Lee", "Ann"]) == "[name removed] and [name removed]"
    assert redact("a b", ["", " "]) == "a b"
    assert redact("a, b", ["", " "]) == "a, b"
    assert redact("Ann Lee and Lee", ["Lee", "Ann Lee"]) == "[name removed] and [name removed]"
