"""The last word: no opinion of a model, however it is put together, makes a verdict milder than the rules allow."""

import itertools
from dataclasses import replace
from typing import Any

import pytest

from advisor import wording
from advisor.domain import (
    Advice,
    Answer,
    Certainty,
    Conversation,
    DecidedBy,
    DepartmentHead,
    Facts,
    Finding,
    Grasp,
    Opinion,
    Quote,
    RuleNumber,
    Task,
    Verdict,
)
from advisor.judge import alike, all_judged, answered, judge, leads, replayed, settle, skipped, takes_a_head, told, under_heads, understood
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


# --- every part of a decision, told apart ---------------------------------------------------------------------------------

Q = Quote("the task", 0, 8)
SAID = Quote("what I said", 20, 31)
HEAD_OF_ONE = DepartmentHead(None, True, SAID, frozenset({1}))
"""The head of a function that isn't told, spoken of together with task 1."""
TOLD = Facts((HEAD_OF_ONE,))


def finding(rule: RuleNumber, certainty: Certainty = Certainty.CLEAR, **parts: Any) -> Finding:
    return Finding(rule, certainty, (Q,), "sign", **parts)


def asked(rule: RuleNumber, **parts: Any) -> Finding:
    return finding(rule, Certainty.POSSIBLE, asks=True, **parts)


TRAINING = Task(Q, (finding(RuleNumber.TRAINING),), sentence="the task")
ASKED_TRAINING = Task(Q, (asked(RuleNumber.TRAINING),), sentence="the task")
ASKED_HIRING = Task(Q, (asked(RuleNumber.HIRING),))
GUESSED = Task(Q, (asked(RuleNumber.HIRING, guessed=True),))
POSSIBLE = Task(Q, (finding(RuleNumber.HIRING, Certainty.POSSIBLE),))
KNOWN = Task(Q, work="books")
UNKNOWN = Task(Q)
UNREAD = Task(Q, unread=Q)


def test_how_sure_a_verdict_is_is_told(rulebook: Rulebook) -> None:
    def sure(task: Task) -> tuple[Verdict, Certainty, Verdict | None]:
        judged = judge(task, Facts(), rulebook)
        return judged.verdict, judged.certainty, judged.provisional

    assert sure(TRAINING) == (Verdict.KEEP, Certainty.CLEAR, None)
    assert sure(ASKED_HIRING) == (Verdict.ASK, Certainty.POSSIBLE, Verdict.KEEP)
    assert sure(GUESSED) == (Verdict.ASK, Certainty.POSSIBLE, None)
    assert sure(POSSIBLE) == (Verdict.HAND_OFF, Certainty.POSSIBLE, None)
    assert sure(KNOWN) == (Verdict.HAND_OFF, Certainty.NONE, None)
    assert sure(UNKNOWN) == (Verdict.ASK, Certainty.UNKNOWN, None)
    assert sure(UNREAD) == (Verdict.ASK, Certainty.UNKNOWN, None)
    assert sure(replace(ASKED_HIRING, unread=Q, translation="hire him")) == (Verdict.ASK, Certainty.POSSIBLE, Verdict.KEEP)


def test_a_head_softens_the_task_it_was_told_with_and_no_other(rulebook: Rulebook) -> None:
    for place, verdict in ((0, Verdict.KEEP), (1, Verdict.STAY_INVOLVED)):
        assert judge(TRAINING, TOLD, rulebook, place).verdict is verdict
        assert judge(ASKED_TRAINING, TOLD, rulebook, place).provisional is verdict
        assert all_judged([TRAINING], TOLD, rulebook, place)[0].verdict is verdict
        before = judge(ASKED_TRAINING, Facts(), rulebook, place)
        assert under_heads(before, place, TOLD, rulebook).provisional is verdict
        assert replayed(before, place, TOLD, rulebook).provisional is verdict
        yes = Answer(place, ("people",), SAID)
        assert told(before, yes, TOLD, rulebook)[0].verdict is verdict
        grasp = told(judge(TRAINING, TOLD, rulebook, place), Grasp(place, True, SAID), TOLD, rulebook)
        assert grasp[0].verdict is verdict
        act = Advice({0: Opinion(Verdict.HAND_OFF, (), "", "teaches_staff")})
        known = judge(KNOWN, TOLD, rulebook, place)
        assert settle((known,), act, TOLD, rulebook, (place,))[0].verdict is verdict
    assert [each.verdict for each in all_judged([TRAINING, TRAINING], TOLD, rulebook, 0)] == [Verdict.KEEP, Verdict.STAY_INVOLVED]
    assert all_judged([TRAINING], TOLD, rulebook)[0].verdict is Verdict.STAY_INVOLVED


def test_a_head_named_beside_a_task_of_another_function_does_not_lead_it() -> None:
    head = DepartmentHead("kitchen", True, SAID)
    salon = Task(
        Quote("train the stylists", 0, 18), (finding(RuleNumber.TRAINING),), field="salon", sentence="train the stylists, not the kitchen"
    )
    assert not leads(head, salon, 0)
    assert leads(replace(head, function="salon"), salon, 0)
    assert alike("cook", "cookery")
    assert not alike("coo", "cooking")


@pytest.mark.parametrize(
    ("task", "answers", "left"),
    [
        (UNKNOWN, ("no",), [("what you describe", ())]),
        (UNKNOWN, ("yes",), [(None, ())]),
        (UNKNOWN, ("ignorance",), [(None, (RuleNumber.UNDERSTANDING,))]),
        (UNKNOWN, ("vision", "relationship"), [(None, (RuleNumber.VISION, RuleNumber.RELATIONSHIPS))]),
        (replace(UNREAD), ("no",), [("what you describe", ())]),
        (GUESSED, ("no",), [(None, ())]),
        (GUESSED, ("yes",), [(None, (RuleNumber.HIRING,))]),
        (GUESSED, ("no", "deciding"), [(None, (RuleNumber.HIRING,))]),
        (ASKED_HIRING, ("no",), [(None, (RuleNumber.HIRING,))]),
        (ASKED_HIRING, ("legwork",), [("what you describe", (RuleNumber.HIRING,))]),
        (ASKED_HIRING, ("outsiders",), [(None, (RuleNumber.HIRING,))]),
        (ASKED_TRAINING, ("both",), [(None, (RuleNumber.TRAINING,)), ("what you describe", ())]),
        (ASKED_TRAINING, ("outsiders",), [("what you describe", ())]),
        (Task(Q, (asked(RuleNumber.UNDERSTANDING),)), ("yes",), [("what you describe", ())]),
        (Task(Q, (asked(RuleNumber.UNDERSTANDING, guessed=True),)), ("no",), [(None, (RuleNumber.UNDERSTANDING,))]),
    ],
)
def test_what_an_answer_leaves(task: Task, answers: tuple[str, ...], left: list[Any], rulebook: Rulebook) -> None:
    tasks = answered(judge(task, Facts(), rulebook), answers, SAID)
    assert [(each.work, tuple(found.rule for found in each.findings)) for each in tasks] == left


def test_none_of_these_frees_no_task_that_could_not_be_read(rulebook: Rulebook) -> None:
    """Its words stay unread, whatever is said of it; and so no answer hands it off."""
    (left,) = answered(judge(UNREAD, Facts(), rulebook), ("no",), SAID)
    assert left.unread is not None
    assert judge(left, Facts(), rulebook).verdict is Verdict.ASK
    (read_now,) = answered(judge(replace(UNREAD, translation="water the plants"), Facts(), rulebook), ("no",), SAID)
    assert read_now.unread is None


def test_what_an_answer_makes_certain_is_recorded_with_its_words(rulebook: Rulebook) -> None:
    (kept,) = answered(judge(GUESSED, Facts(), rulebook), ("deciding",), SAID)
    (now,) = kept.findings
    assert (now.certainty, now.evidence, now.asks, now.guessed, now.around) == (Certainty.CLEAR, (Q, SAID), False, False, False)
    (freed,) = answered(judge(ASKED_HIRING, Facts(), rulebook), ("legwork",), SAID)
    assert [(each.around, each.asks) for each in freed.findings] == [(True, False)]
    assert judge(freed, Facts(), rulebook).verdict is Verdict.HAND_OFF
    (unsure,) = answered(judge(UNKNOWN, Facts(), rulebook), ("vision",), SAID)
    assert [(each.sign, each.evidence, each.asks, each.certainty) for each in unsure.findings] == [
        ("told", (SAID,), True, Certainty.POSSIBLE)
    ]
    (sure,) = answered(judge(UNKNOWN, Facts(), rulebook), ("ignorance",), SAID)
    assert [(each.sign, each.asks, each.certainty) for each in sure.findings] == [("told", False, Certainty.CLEAR)]


def test_the_halves_that_an_answer_parts_are_named_and_a_guess_offers_a_way_out(rulebook: Rulebook) -> None:
    before = judge(ASKED_TRAINING, Facts(), rulebook)
    assert [each.part for each in answered(before, ("both",), SAID)] == ["your own people", "customers"]
    assert str(judge(GUESSED, Facts(), rulebook).question).endswith("Or nothing of the kind?")
    assert settle((before,), None, Facts(), rulebook) == (before,)
    (freed,) = settle((judge(UNKNOWN, Facts(), rulebook),), Advice({0: Opinion(Verdict.HAND_OFF, (), "")}), Facts(), rulebook)
    assert freed.question is None
    (lost,) = told(skipped(judge(BOTH, Facts(), rulebook)), Grasp(0, False, SAID), Facts(), rulebook)
    assert (lost.verdict, lost.certainty) == (Verdict.LEARN_FIRST, Certainty.CLEAR)


def test_a_grasp_lifts_rule_five_or_finds_it() -> None:
    lost = Task(Q, (finding(RuleNumber.UNDERSTANDING), finding(RuleNumber.HIRING)))
    assert [each.rule for each in understood(lost, Grasp(0, True, SAID)).findings] == [RuleNumber.HIRING]
    assert understood(lost, Grasp(0, True, SAID)).work == "what you describe"
    assert understood(KNOWN, Grasp(0, True, SAID)) is KNOWN
    for enough, certainty, asks in ((False, Certainty.CLEAR, False), (None, Certainty.POSSIBLE, True)):
        *_, found = understood(KNOWN, Grasp(0, enough, SAID)).findings
        assert (found.rule, found.certainty, found.evidence, found.sign, found.asks) == (
            RuleNumber.UNDERSTANDING,
            certainty,
            (SAID,),
            "told",
            asks,
        )
    heard = Task(Q, (finding(RuleNumber.UNDERSTANDING, heard="a model heard it"),))
    assert understood(heard, Grasp(0, True, SAID)).work is None


BOTH = Task(Q, (asked(RuleNumber.UNDERSTANDING), asked(RuleNumber.HIRING)))


def test_a_question_that_was_skipped_stays_skipped_when_a_grasp_is_told(rulebook: Rulebook) -> None:
    skipped_one = skipped(judge(BOTH, Facts(), rulebook))
    assert (skipped_one.verdict, skipped_one.question) == (Verdict.LEARN_FIRST, None)
    (after,) = told(skipped_one, Grasp(0, True, SAID), Facts(), rulebook)
    assert (after.verdict, after.question) == (Verdict.LEARN_FIRST, None)
    assert [each.rule for each in after.findings] == [RuleNumber.HIRING] == [each.rule for each in after.task.findings]
    (open_one,) = told(judge(BOTH, Facts(), rulebook), Grasp(0, True, SAID), Facts(), rulebook)
    assert (open_one.verdict, open_one.provisional) == (Verdict.ASK, Verdict.KEEP)
    only_possible = Task(Q, (asked(RuleNumber.UNDERSTANDING), finding(RuleNumber.HIRING, Certainty.POSSIBLE)))
    (free,) = told(skipped(judge(only_possible, Facts(), rulebook)), Grasp(0, True, SAID), Facts(), rulebook)
    assert free.verdict is Verdict.HAND_OFF
    lost = replayed(judge(UNKNOWN, Facts(), rulebook), 0, Facts((Grasp(0, None, SAID),)), rulebook)
    assert lost.question == rulebook.rules[RuleNumber.UNDERSTANDING].question


def test_a_head_changes_the_verdict_and_not_who_decided_it(rulebook: Rulebook) -> None:
    opinion = Opinion(Verdict.HAND_OFF, (), "")
    before = replace(judge(TRAINING, Facts(), rulebook, 1), decided_by=DecidedBy.MODEL, overridden=True, opinion=opinion)
    after = under_heads(before, 1, TOLD, rulebook)
    assert (after.verdict, after.decided_by, after.overridden, after.opinion) == (Verdict.STAY_INVOLVED, DecidedBy.MODEL, True, opinion)
    assert takes_a_head(TRAINING)
    assert takes_a_head(ASKED_TRAINING)
    assert not takes_a_head(Task(Q, (finding(RuleNumber.TRAINING, Certainty.POSSIBLE),)))
    assert not takes_a_head(Task(Q, (asked(RuleNumber.TRAINING, guessed=True),)))
    assert not takes_a_head(ASKED_HIRING)


def test_a_verdict_without_its_place_is_an_error(rulebook: Rulebook) -> None:
    two = all_judged([KNOWN, KNOWN], Facts(), rulebook)
    with pytest.raises(ValueError, match="shorter"):
        settle(two, Advice({0: Opinion(Verdict.KEEP, (), "")}), Facts(), rulebook, (0,))


RULES, MODEL = DecidedBy.RULES, DecidedBy.MODEL
ENDS_WORK = Opinion(Verdict.HAND_OFF, (), "", "ends_work")
KEPT_BY_HIRING, KEPT_BY_VISION = (Opinion(Verdict.KEEP, (rule,), "") for rule in (RuleNumber.HIRING, RuleNumber.VISION))
ASKED_BY_HIRING = Opinion(Verdict.ASK, (RuleNumber.HIRING,), "")
SETTLED: dict[str, tuple[Task, Opinion, tuple[Verdict, DecidedBy, bool]]] = {
    "work around a kept task, which the model would keep": (
        Task(Q, (finding(RuleNumber.HIRING, Certainty.POSSIBLE, around=True),)),
        Opinion(Verdict.KEEP, (), ""),
        (Verdict.HAND_OFF, RULES, True),
    ),
    "work around a kept task, which the model would hand off": (
        Task(Q, (finding(RuleNumber.HIRING, Certainty.POSSIBLE, around=True),)),
        Opinion(Verdict.HAND_OFF, (), ""),
        (Verdict.HAND_OFF, RULES, False),
    ),
    "unread, and the model would have it learnt first": (
        UNREAD,
        Opinion(Verdict.LEARN_FIRST, (RuleNumber.UNDERSTANDING,), ""),
        (Verdict.ASK, RULES, True),
    ),
    "unread, and the model hears the end of somebody's work": (
        UNREAD,
        ENDS_WORK,
        (Verdict.KEEP, RULES, True),
    ),
    "asked, and an act that is as grave": (
        ASKED_HIRING,
        Opinion(Verdict.KEEP, (), "", "ends_work"),
        (Verdict.KEEP, RULES, False),
    ),
    "asked, and a rule that is milder than what stands if it is skipped": (
        ASKED_HIRING,
        Opinion(Verdict.LEARN_FIRST, (RuleNumber.UNDERSTANDING,), ""),
        (Verdict.ASK, RULES, True),
    ),
    "asked, and the model asks, too": (ASKED_HIRING, Opinion(Verdict.ASK, (), ""), (Verdict.ASK, RULES, False)),
    "asked, and the model would hand off": (ASKED_HIRING, Opinion(Verdict.HAND_OFF, (), ""), (Verdict.ASK, RULES, True)),
    "guessed, and the model hands off": (GUESSED, Opinion(Verdict.HAND_OFF, (), ""), (Verdict.HAND_OFF, MODEL, False)),
    "unknown, and the model hands off": (UNKNOWN, Opinion(Verdict.HAND_OFF, (), ""), (Verdict.HAND_OFF, MODEL, False)),
    "unknown, and the model keeps by a rule": (
        UNKNOWN,
        KEPT_BY_VISION,
        (Verdict.KEEP, MODEL, False),
    ),
    "unknown, and the model hands off beside a rule": (
        UNKNOWN,
        Opinion(Verdict.HAND_OFF, (RuleNumber.VISION,), ""),
        (Verdict.KEEP, MODEL, True),
    ),
    "possible, and the model asks by a rule": (
        POSSIBLE,
        ASKED_BY_HIRING,
        (Verdict.HAND_OFF, RULES, False),
    ),
    "possible, and the model keeps by its rule": (
        POSSIBLE,
        KEPT_BY_HIRING,
        (Verdict.KEEP, MODEL, False),
    ),
    "translated training, which the model would hand off": (
        replace(TRAINING, unread=Q, translation="train them", findings=(asked(RuleNumber.TRAINING),)),
        Opinion(Verdict.HAND_OFF, (RuleNumber.TRAINING,), ""),
        (Verdict.ASK, RULES, True),
    ),
    "translated work that rules and model would hand off": (
        Task(Q, work="books", unread=Q, translation="keep the books"),
        Opinion(Verdict.HAND_OFF, (), ""),
        (Verdict.HAND_OFF, MODEL, False),
    ),
}


@pytest.mark.parametrize("name", SETTLED)
def test_every_way_in_which_a_model_is_heard(name: str, rulebook: Rulebook) -> None:
    task, opinion, (verdict, decided_by, overridden) = SETTLED[name]
    for facts in (Facts(), TOLD):
        before = judge(task, facts, rulebook, 0)
        (after,) = settle((before,), Advice({0: opinion}), facts, rulebook, (0,))
        assert (after.verdict, after.decided_by, after.overridden) == (verdict, decided_by, overridden)
        assert after.opinion == opinion
        assert after.verdict.gravity >= before.verdict.gravity or before.verdict is Verdict.ASK


def test_what_a_model_hears_is_recorded_with_the_tasks_own_words(rulebook: Rulebook) -> None:
    (act, named) = (judge(UNKNOWN, Facts(), rulebook),) * 2
    (after,) = settle((act,), Advice({0: Opinion(Verdict.HAND_OFF, (), "", "ends_work")}), Facts(), rulebook)
    assert [(each.sign, each.evidence, bool(each.heard)) for each in after.findings] == [("ends_work", (Q,), True)]
    (after,) = settle((named,), Advice({0: Opinion(Verdict.KEEP, (RuleNumber.VISION,), "")}), Facts(), rulebook)
    assert [(each.sign, each.evidence) for each in after.findings] == [("rule named", (Q,))]
    assert f"falls under “{rulebook.rules[RuleNumber.VISION].title.lower()}”" == after.findings[0].heard
