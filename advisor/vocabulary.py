"""The words that the rule files speak of, and which of them a misspelt or disguised one was meant to be."""

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

SHORTEST_SWAPPED, SHORTEST_MENDED = 4, 6
LONGEST_MENDED = 40
DIGITS_AS_LETTERS = str.maketrans("013457@$!|8", "oieastasiib")


@cache
def english() -> dict[str, int]:
    """Some 80,000 English words with how often each is met, so that a correct word is never taken for a misspelt one.

    Source: the frequency dictionary that ``symspellpy`` carries.
    """
    package = find_spec("symspellpy")
    if package is None or package.origin is None:
        raise FileNotFoundError("symspellpy is not installed: pip install symspellpy")
    lines = (Path(package.origin).parent / "frequency_dictionary_en_82_765.txt").read_text(encoding="utf-8-sig").splitlines()
    return {word: int(count) for word, count in (line.split(" ", 1) for line in lines)}


class Vocabulary:
    """A set of known words that forgives one slip.

    Args:
        known: The words, in lower case; of several that a hidden letter leaves open, the first is taken.
    """

    def __init__(self, known: Iterable[str] = ()) -> None:
        ordered = dict.fromkeys(known)
        self.known = frozenset(ordered)
        self._by_first: dict[str, list[str]] = {}
        for word in ordered:
            if len(word) >= SHORTEST_SWAPPED and word.isalpha():
                self._by_first.setdefault(word[0], []).append(word)
        self._mended = lru_cache(maxsize=20_000)(self._mend)

    def meant(self, word: str) -> str:
        """The known word that was meant, or the word itself where it is known, correct, or nothing like one."""
        if word in self.known:
            return word
        if "*" in word or "#" in word:
            pattern = re.compile(re.sub(r"[*#]", ".", re.escape(word).replace(r"\*", "*").replace(r"\#", "#")))
            fitting = [each for each in self._by_first.get(word[0], ()) if len(each) == len(word) and pattern.fullmatch(each)]
            return fitting[0] if fitting else word
        if not word.isalpha():
            plain = word.translate(DIGITS_AS_LETTERS)
            return plain if plain in self.known and any(letter.isalpha() for letter in word) else word
        return self._mended(word) if len(word) >= SHORTEST_SWAPPED else word

    def _mend(self, word: str) -> str:
        if word in english():
            return word
        drawn = re.sub(r"(.)\1{2,}", r"\1", word)
        if drawn in self.known:
            return drawn
        if len(word) > LONGEST_MENDED:
            return word
        for place in range(len(word) - 1):
            swapped = word[:place] + word[place + 1] + word[place] + word[place + 2 :]
            if swapped in self.known:
                return swapped
        if len(word) < SHORTEST_MENDED:
            return word
        near = extract(word, self._by_first.get(word[0], ()), scorer=OSA.distance, score_cutoff=1, limit=None)
        return max((str(each) for each, *_ in near), key=likelihood, default=word)


def likelihood(meant: str) -> tuple[int, int]:
    """How likely a word was meant, of several that are one slip away: a letter is left out more often than put in."""
    return len(meant), english().get(meant, 0)
