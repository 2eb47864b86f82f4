"""How hard a text is to read: the Flesch-Kincaid grade."""

import re


def grade(text: str) -> float:
    """The US school grade at which a text can be read; the age is about five more.

    0.39 words per sentence + 11.8 syllables per word - 15.59 (Kincaid et al. 1975, Naval Technical Training Command
    Research Branch Report 8-75). Syllables are groups of vowels, without a silent e at the end.

    >>> round(grade("The cat sat on the mat. The dog ran."), 1)
    -2.0
    """
    sentences = [part for part in re.split(r"[.!?:;]\s|\n", text) if re.search("[a-z]", part)]
    words = [word for part in sentences for word in re.findall(r"[A-Za-z']+", part)]
    return 0.39 * len(words) / len(sentences) + 11.8 * sum(map(_syllables, words)) / len(words) - 15.59


def _syllables(word: str) -> int:
    word = re.sub(r"(?<=[^aeiouyl])e$|'s$", "", word.lower())
    return max(len(re.findall(r"[aeiouy]+", word)), 1)
