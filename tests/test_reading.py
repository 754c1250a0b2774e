"""What must not change a clear finding: order, case, punctuation, politeness, chatter, a slip of one letter in a long word."""

import string

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from advisor.domain import Certainty, Conversation, RuleNumber
from advisor.reading import read
from advisor.rulebook import Role, standard
from advisor.vocabulary import english
from tests.conftest import assess

CLEAR = [
    sentence for entry in standard().entries if entry.role is Role.SIGN and entry.certainty is Certainty.CLEAR for sentence in entry.shows
]
MANNERS = {
    "lower case": str.lower,
    "capitals": str.upper,
    "no punctuation": lambda said: said.translate(str.maketrans("", "", "?.!,")),
    "exclamation marks": lambda said: said.rstrip("?.") + "!!!",
    "dots": lambda said: said.rstrip("?.") + " ...",
    "in quotation marks": lambda said: f'"{said}"',
    "lines around": lambda said: f"\n\n{said}\n",
    "wide spaces": lambda said: said.replace(" ", "   "),
}
CHATTER = [
    "Hi there! {}",
    "Hello, hope you're well. {}",
    "Quick question: {}",
    "{} Thanks so much!",
    "{} Thanks in advance, Jo",
    "Sorry to bother you again. {} It's been a long week.",
    "ok so {}",
    "Just wondering, {}",
    "It's raining here in Leeds. {}",
    "{} I run a small bakery with my wife.",
    "Please advise. {}",
    "{} Also, what does this cost?",
    "{} I have no idea where the week went.",
    "The boiler was repaired on Monday. {}",
]
SHORTEST_SLIPPED = 8
messages = st.sampled_from(CLEAR)


def clear_rules(message: str) -> set[RuleNumber]:
    """The rules that clearly apply to some task of a message."""
    findings = (finding for each in assess(message, standard()) for finding in each.findings)
    return {finding.rule for finding in findings if finding.certainty is Certainty.CLEAR}


def nearest(slipped: str) -> set[str]:
    """The known words that are one slip away: where there are several, nobody can tell which was meant."""
    return {known for known in standard().vocabulary.known if abs(len(known) - len(slipped)) < 2 and OSA.distance(known, slipped) < 2}


def ended(said: str) -> str:
    """A sentence with a mark at its end, so that another may follow."""
    return said if said.endswith((".", "?", "!")) else f"{said}."


@given(messages, st.sampled_from(sorted(MANNERS)))
@settings(max_examples=400, deadline=None)
def test_a_manner_of_writing_changes_no_clear_finding(said: str, manner: str) -> None:
    assert clear_rules(said) <= clear_rules(MANNERS[manner](said))


@given(messages, st.sampled_from(CHATTER))
@settings(max_examples=400, deadline=None)
def test_chatter_around_it_changes_no_clear_finding(said: str, chatter: str) -> None:
    assert clear_rules(said) <= clear_rules(chatter.format(ended(said)))


@given(messages, messages, st.sampled_from([" ", "\n", "\n\n"]))
@settings(max_examples=400, deadline=None)
def test_neither_of_two_clear_cases_hides_the_other(one: str, other: str, between: str) -> None:
    assume(one != other)
    both = clear_rules(one) | clear_rules(other)
    assert both <= clear_rules(f"{ended(one)}{between}{ended(other)}")
    assert both <= clear_rules(f"{ended(other)}{between}{ended(one)}")


@given(messages, st.data())
@settings(max_examples=400, deadline=None)
def test_a_slip_of_one_letter_in_a_long_word_changes_no_clear_finding(said: str, data: st.DataObject) -> None:
    words = said.split(" ")
    long = [place for place, word in enumerate(words) if word.isalpha() and len(word) >= SHORTEST_SLIPPED]
    assume(long)
    place = data.draw(st.sampled_from(long))
    word = words[place].lower()
    at = data.draw(st.integers(1, len(word) - 2))
    slip = data.draw(st.sampled_from(["left out", "swapped", "another letter"]))
    slipped = {
        "left out": word[:at] + word[at + 1 :],
        "swapped": word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        "another letter": word[:at] + data.draw(st.sampled_from(string.ascii_lowercase)) + word[at + 1 :],
    }[slip]
    assume(slipped not in english() and nearest(slipped) == {word})
    assert clear_rules(said) <= clear_rules(" ".join([*words[:place], slipped, *words[place + 1 :]]))


def test_a_question_names_no_department_head() -> None:
    """An order that runs into a question about a coach made that coach head of what the order was about."""
    reading = read('Inside this request: "run this" May my VA coach our sales team?', Conversation(), standard())
    assert reading.heads == ()
