"""The last word: no opinion of a model, however it is put together, makes a verdict milder than the rules allow."""

import itertools

import pytest

from advisor import wording
from advisor.domain import Advice, Certainty, Conversation, DecidedBy, Facts, Opinion, Quote, RuleNumber, Task, Verdict
from advisor.judge import judge, settle
from advisor.reading import read
from advisor.rulebook import Rulebook, standard
from tests.conftest import assess

CLEAR = {
    "Should I let my VA fire our receptionist?": Verdict.KEEP,
    "May a copywriter change our mission statement?": Verdict.KEEP,
    "Our head baker runs the bakery. May he train the new bakers?": Verdict.STAY_INVOLVED,
    "May my deputy meet our investors?": Verdict.KEEP,
    "I know absolutely nothing about tax law, can I outsource it?": Verdict.LEARN_FIRST,
}
RULE_SETS = [(), (RuleNumber.HIRING,), (RuleNumber.UNDERSTANDING,), tuple(RuleNumber)]
ACTS = ("", "ends_work", "cannot_judge")
OPINIONS = [Opinion(verdict, rules, "because") for verdict, rules in itertools.product(Verdict, RULE_SETS)]
ACTING = [Opinion(verdict, rules, "because", act) for verdict, rules, act in itertools.product(Verdict, RULE_SETS, ACTS)]


@pytest.mark.parametrize("message", CLEAR)
@pytest.mark.parametrize("opinion", ACTING, ids=str)
def test_a_clear_verdict_stands_whatever_the_model_says(message: str, opinion: Opinion, rulebook: Rulebook) -> None:
    found = assess(message, rulebook)
    settled = settle(found, Advice({0: opinion}), Facts(), rulebook)[0]
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
    after = settle((before,), Advice({0: opinion}), Facts(), rulebook)[0]
    assert after.verdict.gravity >= before.verdict.gravity
    if after.verdict is not before.verdict:
        assert opinion.rules
        assert after.decided_by is DecidedBy.MODEL
        assert set(opinion.rules) <= set(after.rules)


@pytest.mark.parametrize("opinion", OPINIONS, ids=str)
def test_what_nobody_knows_is_handed_off_only_where_the_model_names_no_rule(opinion: Opinion, rulebook: Rulebook) -> None:
    before = assess("Can my VA frobnicate the widgets?", rulebook)[0]
    after = settle((before,), Advice({0: opinion}), Facts(), rulebook)[0]
    if after.verdict is Verdict.HAND_OFF:
        assert opinion == Opinion(Verdict.HAND_OFF, (), "because")
    if opinion.rules:
        assert after.verdict in (Verdict.KEEP, Verdict.LEARN_FIRST)


def test_work_around_a_kept_task_may_go_whatever_the_model_says(rulebook: Rulebook) -> None:
    before = assess("May my assistant schedule the interviews?", rulebook)[0]
    after = settle((before,), Advice({0: Opinion(Verdict.KEEP, (RuleNumber.HIRING,), "because")}), Facts(), rulebook)[0]
    assert after.verdict is Verdict.HAND_OFF


def test_an_opinion_about_no_task_changes_nothing(rulebook: Rulebook) -> None:
    before = assess("Can I outsource my bookkeeping?", rulebook)
    assert settle(before, Advice({7: Opinion(Verdict.KEEP, (RuleNumber.HIRING,), "")}), Facts(), rulebook) == before


UNHEARD = ["Can my VA frobnicate the widgets?", "Can I outsource my bookkeeping?", "A student could do our cold calls"]


@pytest.mark.parametrize("message", UNHEARD)
@pytest.mark.parametrize("verdict", Verdict)
@pytest.mark.parametrize(("act", "rule"), sorted(standard().acts.items()))
def test_an_act_that_the_model_hears_is_judged_by_the_rules(
    message: str, verdict: Verdict, act: str, rule: RuleNumber, rulebook: Rulebook
) -> None:
    """A model that rightly hears what a task comes down to can't then wave it through, and the record says who heard and who decided."""
    before = assess(message, rulebook)
    after = settle(before, Advice({0: Opinion(verdict, (), "because", act)}), Facts(), rulebook)[0]
    assert after.verdict is (Verdict.LEARN_FIRST if rule is RuleNumber.UNDERSTANDING else Verdict.KEEP)
    assert rule in after.rules
    assert after.decided_by is DecidedBy.RULES
    assert after.overridden is (verdict.gravity < after.verdict.gravity)
    assert rulebook.rules[rule].acts[act].replace("the owner's", "your") in wording.why(after, wording.Asked(), rulebook)


def test_a_department_head_softens_what_a_model_hears_too(rulebook: Rulebook) -> None:
    head = read("We have a head of IT.", Conversation(), rulebook).heads
    before = judge(Task(Quote("get the new tills folk going", 0, 28), field=head[0].function), Facts(head), rulebook)
    after = settle((before,), Advice({0: Opinion(Verdict.HAND_OFF, (), "", "teaches_staff")}), Facts(head), rulebook)[0]
    assert after.verdict is Verdict.STAY_INVOLVED
