"""The last word: no opinion of a model, however it is put together, makes a verdict milder than the rules allow."""

import itertools

import pytest

from advisor.domain import Advice, Certainty, DecidedBy, Opinion, RuleNumber, Verdict
from advisor.judge import settle
from advisor.rulebook import Rulebook
from tests.conftest import assess

CLEAR = {
    "Should I let my VA fire our receptionist?": Verdict.KEEP,
    "May a copywriter change our mission statement?": Verdict.KEEP,
    "Our head baker runs the bakery. May he train the new bakers?": Verdict.STAY_INVOLVED,
    "May my deputy meet our investors?": Verdict.KEEP,
    "I know absolutely nothing about tax law, can I outsource it?": Verdict.LEARN_FIRST,
}
RULE_SETS = [(), (RuleNumber.HIRING,), (RuleNumber.UNDERSTANDING,), tuple(RuleNumber)]
OPINIONS = [Opinion(verdict, rules, "because") for verdict, rules in itertools.product(Verdict, RULE_SETS)]


@pytest.mark.parametrize("message", CLEAR)
@pytest.mark.parametrize("opinion", OPINIONS, ids=str)
def test_a_clear_verdict_stands_whatever_the_model_says(message: str, opinion: Opinion, rulebook: Rulebook) -> None:
    found = assess(message, rulebook)
    settled = settle(found, Advice({0: opinion}, "prose"), rulebook)[0]
    assert settled.verdict is CLEAR[message]
    assert settled.certainty is Certainty.CLEAR
    assert settled.decided_by is DecidedBy.RULES
    assert settled.overridden is (opinion.verdict is not CLEAR[message])


@pytest.mark.parametrize(
    "message",
    ["A student could do our cold calls", "Can I outsource my bookkeeping?", "Could a freelancer hold the training sessions?"],
)
@pytest.mark.parametrize("opinion", OPINIONS, ids=str)
def test_an_unclear_verdict_never_becomes_milder_and_graver_only_by_a_rule(message: str, opinion: Opinion, rulebook: Rulebook) -> None:
    before = assess(message, rulebook)[0]
    after = settle((before,), Advice({0: opinion}, "prose"), rulebook)[0]
    assert after.verdict.gravity >= before.verdict.gravity
    if after.verdict is not before.verdict:
        assert opinion.rules
        assert after.decided_by is DecidedBy.MODEL
        assert set(opinion.rules) <= set(after.rules)


@pytest.mark.parametrize("opinion", OPINIONS, ids=str)
def test_what_nobody_knows_is_handed_off_only_where_the_model_names_no_rule(opinion: Opinion, rulebook: Rulebook) -> None:
    before = assess("Can my VA frobnicate the widgets?", rulebook)[0]
    after = settle((before,), Advice({0: opinion}, "prose"), rulebook)[0]
    if after.verdict is Verdict.HAND_OFF:
        assert opinion == Opinion(Verdict.HAND_OFF, (), "because")
    if opinion.rules:
        assert after.verdict in (Verdict.KEEP, Verdict.LEARN_FIRST)


def test_work_around_a_kept_task_may_go_whatever_the_model_says(rulebook: Rulebook) -> None:
    before = assess("May my assistant schedule the interviews?", rulebook)[0]
    after = settle((before,), Advice({0: Opinion(Verdict.KEEP, (RuleNumber.HIRING,), "because")}, "prose"), rulebook)[0]
    assert after.verdict is Verdict.HAND_OFF


def test_an_opinion_about_no_task_changes_nothing(rulebook: Rulebook) -> None:
    before = assess("Can I outsource my bookkeeping?", rulebook)
    assert settle(before, Advice({7: Opinion(Verdict.KEEP, (RuleNumber.HIRING,), "")}, "prose"), rulebook) == before
