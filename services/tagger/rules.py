"""
What a run of capitalised words names, by its words and by what stands around it. English.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Literal, NamedTuple

from schemas.parts import EntityType
from services.tagger.document import Text, Token
from services.tagger.lexicon import Lexicon
from services.tagger.runs import Run

MAX_PERSON_WORDS = 5

NameType = EntityType | Literal["place"]


class Reading(NamedTuple):
    """
    A type, how sure it is in 0..1, and what tells it, in words for people.
    """

    type: NameType
    score: float
    why: str


def by_words(run: Run, text: Text, lexicon: Lexicon) -> Reading | None:
    """
    Read a run of two words or more by its own words.
    """
    tokens = text.tokens[run.start : run.stop]
    is_given = tokens[0].norm in lexicon.given_names and len(tokens) <= MAX_PERSON_WORDS
    if is_given and len(tokens) == 2 and not _is_corporate(tokens[1].norm):
        return Reading("person", 0.85, f"given name {tokens[0].text!r}")
    reading = _by_head(tokens, lexicon) or _by_tail(tokens, lexicon)
    if reading is None and (is_given or _has_initial(tokens)):
        return Reading("person", 0.8, f"given name or initial {tokens[0].text!r}")
    return reading


def _by_head(tokens: tuple[Token, ...], lexicon: Lexicon) -> Reading | None:
    first = tokens[0].norm
    if first in lexicon.event_heads:
        return Reading("event", 0.75, f"events begin with {tokens[0].text!r}")
    for head, joint in pairwise(tokens):
        if head.norm in lexicon.event_tails and joint.norm == "of":
            return Reading("event", 0.7, f"events are a {head.text!r} of something")
        if head.norm in lexicon.org_heads and joint.norm in {"of", "for", "on"}:
            return Reading("organisation", 0.85, f"organisations are a {head.text!r} of something")
    return Reading("place", 0.6, f"places begin with {tokens[0].text!r}") if first in lexicon.place_heads else None


def _by_tail(tokens: tuple[Token, ...], lexicon: Lexicon) -> Reading | None:
    last = tokens[-1].norm
    if last in lexicon.event_tails:
        return Reading("event", 0.6, f"events end with {tokens[-1].text!r}")
    if last in lexicon.org_tails or any(" & " in token.gap for token in tokens[1:]):
        return Reading("organisation", 0.8, f"organisations end with {tokens[-1].text!r}, or have &")
    return Reading("place", 0.6, f"places end with {tokens[-1].text!r}") if last in lexicon.place_tails else None


def _is_corporate(word: str) -> bool:
    return word in {"inc", "ltd", "plc", "corp", "university", "foundation", "airport", "college", "school", "hospital"}


def _has_initial(tokens: tuple[Token, ...]) -> bool:
    return len(tokens) in {2, 3} and any(len(token.text) == 1 for token in tokens[:-1]) and len(tokens[-1].text) > 2


def by_lists(run: Run, text: Text, lexicon: Lexicon) -> Reading | None:
    """
    Read a run that nothing else speaks for by lists of people's names.
    """
    tokens = text.tokens[run.start : run.stop]
    if not 2 <= len(tokens) <= 3 or not all(_is_wordlike(token, lexicon) for token in tokens):
        return None
    if tokens[0].norm not in lexicon.listed_given:
        return None
    if tokens[-1].norm in lexicon.listed_family:
        return Reading("person", 0.75 if len(tokens) == 2 else 0.65, "given and family name of a list")
    return Reading("person", 0.6, f"given name {tokens[0].text!r} of a list") if len(tokens) == 2 else None


def by_surroundings(run: Run, text: Text, lexicon: Lexicon) -> Reading | None:
    """
    Read a run that nothing else speaks for by the word before it or after it: "the town of Name", "Name, who".
    """
    tokens = text.tokens[run.start : run.stop]
    before = text.tokens[run.start - 1].norm if run.start and tokens[0].gap == " " else ""
    if before in lexicon.org_words:
        return Reading("organisation", 0.65, f"behind {before!r}")
    if not all(_is_wordlike(token, lexicon) for token in tokens):
        return None
    after = text.tokens[run.stop] if run.stop < len(text.tokens) else None
    if before == "of" and run.start > 1 and text.tokens[run.start - 2].norm in lexicon.place_tails:
        return Reading("place", 0.65, f"behind {text.tokens[run.start - 2].norm!r} of")
    if after is not None and after.norm == "who" and after.gap in {" ", ", "}:
        return Reading("person", 0.6, "before 'who'")
    if len(tokens) == 1:
        is_speaker = _speaks(run, text, lexicon) and not _is_plural(tokens[0], lexicon)
        return Reading("person", 0.55, "beside a verb of speech") if is_speaker else None
    return Reading("person", 0.55, "behind 'by'") if before == "by" and len(tokens) == 2 else None


def _is_plural(token: Token, lexicon: Lexicon) -> bool:
    """
    Whether a word that begins a sentence looks like many of a kind: "Prosecutors said".
    """
    return token.opens and token.norm.endswith("s") and token.norm not in lexicon.listed_family


def is_landform(run: Run, text: Text, lexicon: Lexicon) -> bool:
    """
    Whether the word behind a run is a landform that it names: "the Badia desert".
    """
    after = text.tokens[run.stop] if run.stop < len(text.tokens) else None
    return after is not None and after.gap == " " and after.text.islower() and after.norm in lexicon.landforms


def _is_wordlike(token: Token, lexicon: Lexicon) -> bool:
    is_plain = token.text[1:].islower() and token.text.isalpha()
    return is_plain and not any(
        token.norm in words for words in (lexicon.stopwords, lexicon.prefixes, lexicon.not_names)
    )


def by_context(run: Run, text: Text, lexicon: Lexicon) -> Reading | None:
    """
    Read a run by a title or role before it, an age after it, or a verb of speech beside it.
    """
    if len(run) > MAX_PERSON_WORDS:
        return None
    if run.is_titled or _follows_role(run, text, lexicon):
        return Reading("person", 0.85 if len(run) > 1 else 0.65, "behind a title or role")
    if len(run) > 1 and (_is_apposed(run, text, lexicon) or _has_age(run, text)):
        return Reading("person", 0.8, "beside a role, or with an age")
    if len(run) in {2, 3} and _speaks(run, text, lexicon):
        return Reading("person", 0.6, "beside a verb of speech")
    return None


def _follows_role(run: Run, text: Text, lexicon: Lexicon) -> bool:
    before = text.tokens[run.start - 1] if run.start else None
    first = text.tokens[run.start]
    return before is not None and first.is_linked and first.gap == " " and before.norm in lexicon.roles


def _is_apposed(run: Run, text: Text, lexicon: Lexicon) -> bool:
    """
    "The spokesman for the fighters, Name, said" and "Name, the director of the bank, said".
    """
    if run.start and text.tokens[run.start].gap == ", ":
        before = text.tokens[max(0, run.start - 7) : run.start]
        ends = run.stop >= len(text.tokens) or text.tokens[run.stop].gap.startswith((",", "."))
        if ends and any(token.norm in lexicon.roles for token in before):
            return True
    after = text.tokens[run.stop : run.stop + 5]
    return bool(after) and after[0].gap == ", " and any(token.norm in lexicon.roles for token in _phrase(after))


def _phrase(tokens: tuple[Token, ...]) -> tuple[Token, ...]:
    for index, token in enumerate(tokens[1:], start=1):
        if "," in token.gap or token.opens:
            return tokens[:index]
    return tokens


def _has_age(run: Run, text: Text) -> bool:
    if run.stop >= len(text.tokens):
        return False
    token = text.tokens[run.stop]
    return token.gap == ", " and token.text.isdigit() and 5 <= int(token.text[:4]) <= 110


def _speaks(run: Run, text: Text, lexicon: Lexicon) -> bool:
    after = text.tokens[run.stop] if run.stop < len(text.tokens) else None
    before = text.tokens[run.start - 1] if run.start else None
    return (after is not None and after.gap == " " and after.norm in lexicon.speech) or (
        before is not None and text.tokens[run.start].gap == " " and before.norm in lexicon.speech - {"told", "asked"}
    )


_ACRONYM = re.compile(r"[A-Z]{2,6}|[A-Z]+&[A-Z]{2,}|[A-Z]{2,}&[A-Z]+")


def is_acronym(word: str) -> bool:
    """
    Whether a word is written like an acronym.
    """
    return bool(_ACRONYM.fullmatch(word.replace(".", "")))


def initials_of(tokens: tuple[Token, ...]) -> str:
    """
    The capital initials of a name, e.g. `SDF`.
    """
    return "".join(token.text[0] for token in tokens if token.is_capital)
