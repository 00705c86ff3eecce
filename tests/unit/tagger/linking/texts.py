"""
Texts of random words, as words are spread: a few are in every text, most in hardly any.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

from services.tagger.linking.same_text import Texts
from services.tagger.linking.sketches import Sketch, sketch

WORDS = 20_000

Text = list[str]


def text(rng: random.Random, length: int) -> Text:
    """
    A text of its own.
    """
    return [f"w{int(WORDS * rng.random() ** 3)}" for _ in range(length)]


def with_footers(count: int, seed: int) -> Iterator[Text]:
    """
    Articles of 20 to 300 words, with one of forty footers of up to eighty, and some with a header too.
    """
    rng = random.Random(seed)
    footers = [text(rng, rng.randint(15, 80)) for _ in range(40)]
    for _ in range(count):
        header = rng.choice(footers)[:25] if rng.random() < 0.3 else []
        yield [*header, *text(rng, rng.randint(20, 300)), *rng.choice(footers)]


def grouped(texts: Iterator[Text] | Sequence[Text], least: float = 0.4) -> list[int]:
    """
    For each text the number of the first that has it, in the order in which they come.
    """
    known: list[Sketch] = []
    index, firsts = Texts(known.__getitem__), []
    for number, words in enumerate(texts):
        sample = sketch(words)
        known.append(sample)
        match = index.find(sample, least)
        firsts.append(match.article if match else number)
        if match is None:
            index.add(sample, number)
    return firsts
