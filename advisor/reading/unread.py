"""What of a message can't be read: another language, another script, an encoding. The rule layer's silence on it is no leave."""

import re
import unicodedata
from collections.abc import Iterator
from enum import Enum, auto
from itertools import groupby

from advisor.domain import Quote
from advisor.normal import expand, fold
from advisor.vocabulary import Vocabulary, english

TOKEN = re.compile(r"[^\W_]+(?:['’`-][^\W_]+)*")
ADDRESS = re.compile(
    r"(?<![^\s(<])[^\s@]{1,100}@[^\s@]{1,200}\.\w{1,20}|(?:https?://|www\.)\S{1,500}"
    r"|\b[\w-]{1,63}\.(?:com|net|org|io|co|uk|eu|biz|shop|app)\b\S{0,500}"
)
ENCODED = re.compile(
    r"(?<![\w/.])(?=[A-Za-z0-9+/]*[A-Z])(?=[A-Za-z0-9+/]*[a-z])(?=[A-Za-z0-9+/]*[0-9+/=])[A-Za-z0-9+/]{16,}={0,2}"  # base64
    r"|\b(?=[A-Z2-7]*[2-7])[A-Z2-7]{16,}={0,6}"  # base32
    r"|(?P<hex>\b(?=[\d\s:]*[a-fA-F])(?=[a-fA-F\s:]*\d)(?:[0-9a-fA-F]{2}[\s:]?){8,}\b)"  # hexadecimal
    r"|\b(?:(?:3[29]|4[456]|6[3-9]|[789]\d|1[01]\d|12[0-2])[ ,;]+){6,}\d{2,3}\b"  # codes of letters
    r"|\b[01]{7,8}(?:\s[01]{7,8}){2,}"  # binary
    r"|(?:%[0-9A-Fa-f]{2}[\w.-]*){3,}"  # percent
    r"|(?:[.\-·−–]{1,5}[ /]+){5,}[.\-·−–]{1,5}"  # Morse
    r"|(?<![^\W_])(?:[^\W\d_][ ._*-]+){9,}[^\W\d_](?![^\W_])"  # letters set apart for more than a word
    r"|[\u200b-\u200f\u2060-\u2064\ufeff]{6,}"  # invisible letters in a row
)
SYMBOLS = re.compile(r"(?<!\S)(?=(?:\S*[@€^/<\[\]{}()_!|$\\=+*#~`]){3})\S*[@€^<\[\]{}_|\\=+#~]\S*(?!\S)")
"""A word made of signs that stand for letters."""
LEAST_SYMBOLS = 3
"""How many of these in a message are more than an odd sign."""
SHARED = frozenset(
    (
        "de la el los las il le les un una une du des der die das den dem ein eine en et y per por para con mit und est "
        "que qui se si no na da do os van het een al ter te is og det som av ki ka ko hai mein am an in on so man was "
        "war hat not bin pour sur dans son sa ma mon mi tu su come più per che non nel alla del dei mo ang ng sa ako po "
        "si ya di ke dan ini itu yang tidak ne pas plus avec sans pro ad ja och att ett kan min med till fra til af"
    ).split()
)
"""Words that other languages share with English, or that stand in English names: they tell nothing of the language."""
FOREIGN = SHARED - frozenset(
    "is do am an in on so man was war hat not bin per come plus pro ad sans son kan min til till no van ma pas me".split()
)
"""Those of them that no English sentence has but in a name."""
BORROWED = frozenset(
    (
        "fait accompli feng shui hygge zeitgeist schadenfreude doppelganger kindergarten wunderkind gemutlich angst carte vis vie joie "
        "vivre savoir faire laissez raison etre deja vu faux pas mise place haute couture prix fixe bric brac tete sous vide amuse bouche "
        "brulee croque creme fraiche pate foie gras petit petits fours macaron macarons choux ganache pho banh bibimbap kimchi gochujang "
        "ramen udon sashimi matcha mochi bento boba dim sum wok chai masala tikka biryani naan paneer dosa ghee mehndi henna puja diwali "
        "namaste halal kosher hijab eid ramadan shabbat mitzvah challah tapas churros salsa jalapeno empanada mojito pinata quinceanera "
        "siesta fiesta barista latte cappuccino espresso gelato focaccia ciabatta prosciutto antipasti bruschetta gnocchi risotto tiramisu "
        "al fresco dente forte vivo bona fide ad hoc pro bono rata quid quo per se vice versa et cetera alma mater status ipso facto modus "
        "operandi tuk boda bodega origami karaoke tsunami kaizen kanban ikigai reiki shiatsu tatami sudoku manga anime emoji"
    ).split()
)
"""Words of other languages that English owners use as their own."""
LEAST_UNREAD = 2
"""How many strange words in a row make a passage in another language, small ones between them aside."""
LEAST_OF_SENTENCE = 0.3
"""Or which share of a sentence they are, wherever they stand in it."""
SHORTEST_STRANGE = 4
"""A shorter word that nobody knows is an abbreviation, unless stranger ones stand beside it."""
LONGEST_SMALL = 2
"""A word of so few letters tells nothing of its language."""
LONGEST_ABBREVIATION = 5
SHORTEST_NAME = 3
LETTERS_OF_LOANS = "éèêàçñ"
"""Letters that English writes in words that it borrowed."""


class Word(Enum):
    """What a written word tells of its language."""

    READ = auto()
    """It is English."""
    STRANGE = auto()
    """Nobody knows it."""
    OTHER = auto()
    """It is of another script, or no English word could be written so."""
    OPEN = auto()
    """It tells nothing: a name, a number, a small word."""


def unread(message: str, vocabulary: Vocabulary) -> tuple[Quote, ...]:
    """The passages of a message that aren't readable English, in order.

    Args:
        message: What the owner typed.
        vocabulary: The words that the rule files speak of.

    Returns:
        Each passage as the owner's exact words: those in another language or script, and encoded text. A word that
        nobody knows by itself is a name or a slip, and no passage.
    """
    addresses = {place for match in ADDRESS.finditer(message) for place in range(*match.span())}
    coded = [match.span() for match in ENCODED.finditer(message) if match.start() not in addresses and not is_number(match)]
    symbols = [match.span() for match in SYMBOLS.finditer(message) if match.start() not in addresses]
    if len(symbols) >= LEAST_SYMBOLS:
        coded.append((symbols[0][0], symbols[-1][1]))
    passed = addresses | {place for span in coded for place in range(*span)}
    tokens = [match for match in TOKEN.finditer(message) if match.start() not in passed]
    found = [*coded, *(span for sentence in sentences(message, tokens) for span in passages(sentence, vocabulary))]
    if not found and not tokens and sum(unicodedata.category(letter) == "So" for letter in message) >= LEAST_UNREAD:
        found = [(message.find(message.strip()), len(message.rstrip()))]
    return tuple(Quote(message[start:end], start, end) for start, end in sorted(found))


def is_number(match: re.Match[str]) -> bool:
    """Whether hexadecimal digits are a number, such as an account or a version, rather than letters in code."""
    digits = "".join(filter(str.isalnum, match["hex"] or ""))
    letters = bytes.fromhex(digits)
    return bool(letters) and sum(32 <= letter < 127 for letter in letters) < len(letters)


def sentences(message: str, tokens: list[re.Match[str]]) -> Iterator[list[re.Match[str]]]:
    """The words of a message, sentence by sentence."""
    number, numbers = 0, []
    for before, token in zip([None, *tokens], tokens, strict=False):
        number += before is not None and bool(re.search(r"[.!?\n;:。！？]", message[before.end() : token.start()]))
        numbers.append(number)
    for _, group in groupby(range(len(tokens)), key=numbers.__getitem__):
        yield [tokens[place] for place in group]


def passages(sentence: list[re.Match[str]], vocabulary: Vocabulary) -> Iterator[tuple[int, int]]:
    """The stretches of one sentence that can't be read."""
    written = [token.group() for token in sentence]
    kinds = [kind(word, vocabulary, first=place == 0) for place, word in enumerate(written)]
    strange = [place for place, each in enumerate(kinds) if each in (Word.STRANGE, Word.OTHER)]
    if len(strange) >= LEAST_UNREAD and len(strange) >= LEAST_OF_SENTENCE * len(kinds):
        yield sentence[strange[0]].start(), sentence[strange[-1]].end()
        return
    for readable, group in groupby(range(len(kinds)), key=lambda place: kinds[place] is Word.READ):
        places = list(group)
        here = [place for place in places if kinds[place] in (Word.STRANGE, Word.OTHER)]
        if readable or not here:
            continue
        beside = {place + step for place in here for step in (-1, 1)} & set(range(len(written))) - set(here)
        deeds = {place for place in here if written[place].islower()}
        named = [place for place in beside if place and is_named(written[place]) and not deeds.isdisjoint((place - 1, place + 1))]
        foreign = [*named, *(place for place in beside if written[place].lower() in FOREIGN)]
        if len(here) >= LEAST_UNREAD or foreign or any(kinds[place] is Word.OTHER for place in here):
            marked = [*here, *foreign]
            yield sentence[min(marked)].start(), sentence[max(marked)].end()


def is_named(written: str) -> bool:
    """Whether a word is written as names are: beside a strange word, "despedir Ana", it makes that a deed in another language."""
    return len(written) >= SHORTEST_NAME and written.isalpha() and written[0].isupper() and written[1:].islower()


def kind(written: str, vocabulary: Vocabulary, first: bool) -> Word:
    """What a written word tells, where ``first`` says whether it begins its sentence."""
    lower = written.lower()
    if written.isascii() and written.isalpha() and len(lower) > LONGEST_SMALL and lower not in SHARED and lower in english():
        return Word.READ
    plain = fold(written)[0]
    parts = [part for part in re.split(r"[-'’`]", plain) if part]
    foreign_letters = any(letter.isalpha() and not letter.isascii() and letter not in LETTERS_OF_LOANS for letter in written)
    if all(known(part, vocabulary) for part in parts) or known(" ".join(expand(plain)), vocabulary) or known(plain, vocabulary):
        return Word.OPEN if plain in SHARED or len(plain) <= LONGEST_SMALL or (foreign_letters and written.isalpha()) else Word.READ
    letters = [letter for letter in written if letter.isalpha()]
    other = sum(not unicodedata.name(letter, "LATIN").startswith(("LATIN", "FULLWIDTH LATIN", "MATHEMATICAL")) for letter in letters)
    if other > len(letters) / 2:
        return Word.OTHER
    named = written[0].isupper() and not first
    short = len(plain) < SHORTEST_STRANGE or (written.isupper() and len(written) <= LONGEST_ABBREVIATION) or any(map(str.isdigit, plain))
    if named or short or plain in SHARED:
        return Word.OPEN
    return Word.OTHER if foreign_letters and written[0].islower() else Word.STRANGE


def known(word: str, vocabulary: Vocabulary) -> bool:
    """Whether a word is English, borrowed by it, or was meant to be one that the rule files speak of."""
    if all(part in vocabulary.known or part in english() or part in BORROWED for part in word.split()):
        return True
    return word.isalpha() and vocabulary.meant(word) in vocabulary.known
