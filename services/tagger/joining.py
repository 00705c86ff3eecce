"""
Which ways of writing are one name: "Long Name (LN)", a surname after the full name, an acronym that comes again.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import pairwise

from services.tagger.document import Document
from services.tagger.groups import Group
from services.tagger.naming import Piece
from services.tagger.rules import initials_of, is_acronym

Words = tuple[str, ...]

ACRONYM_SCORE = 0.5
DOUBTFUL_SCORE = 0.6
"""What the words alone hardly tell gives way to what a bracket says."""


def parenthesised(document: Document, pieces: Sequence[Piece], labels: dict[Words, Group]) -> dict[Words, Words]:
    """
    Names in brackets right after a name: its acronym, or, for an event, its other name. Maps the other to the name.
    """
    joined: dict[Words, Words] = {}
    for first, second in pairwise(pieces):
        if first.text != second.text or second.start != first.stop or first.known or second.known:
            continue
        text = document.texts[first.text]
        if not text.tokens[second.start].gap.endswith("(") or text.text[text.tokens[second.stop - 1].end :][:1] != ")":
            continue
        label = labels.get(first.words)
        if label is None:
            continue
        tokens = text.tokens[first.start : first.stop]
        spelled = len(second.words) == 1 and second.words[0].upper() == initials_of(tokens).upper()
        other = labels.get(second.words)
        is_open = other is None or other.score <= DOUBTFUL_SCORE
        if spelled or (label.type == "event" and is_open):
            joined[second.words] = first.words
    return joined


def surnames(pieces: Sequence[Piece], labels: Mapping[Words, Group]) -> dict[Words, Words]:
    """
    Single words that are the last of exactly one person's full name. Maps the word to the full name.
    """
    full: dict[str, list[Words]] = defaultdict(list)
    for words, label in labels.items():
        if label.type == "person" and len(words) > 1:
            full[words[-1]].append(words)
    known = {piece.words for piece in pieces if piece.known is not None}
    found: dict[Words, Words] = {}
    for surname, names in full.items():
        people = {labels[name].name for name in names}
        if len(people) == 1 and (surname,) not in known:
            found[(surname,)] = names[0]
    return found


def unread_acronyms(
    pieces: Sequence[Piece], labels: Mapping[Words, Group], joined: Mapping[Words, Words]
) -> dict[Words, Group]:
    """
    Acronyms that nothing explains: organisations, if they come twice or have three letters and more.
    """
    unread = [piece for piece in pieces if piece.words not in labels and piece.words not in joined]
    counts = Counter(piece.words for piece in unread if len(piece.words) == 1 and is_acronym(piece.words[0]))
    return {
        words: Group(words[0], "organisation", ACRONYM_SCORE)
        for words, count in counts.items()
        if count > 1 or len(words[0]) > 2
    }
