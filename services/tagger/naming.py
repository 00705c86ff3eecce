"""
Pieces: the names of one document, each span read once by the alias table, the gazetteer and the rules.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from services.tagger.aliases import Aliases, AliasSpan, Known
from services.tagger.document import Document, Text
from services.tagger.evidence import Evidence
from services.tagger.lexicon import Lexicon
from services.tagger.places import PlaceResolver, Resolved, stands_between
from services.tagger.rules import Reading, by_context, by_lists, by_surroundings, by_words, is_landform
from services.tagger.runs import Run, RunFinder
from services.tagger.tongues import LocalNames

LOCAL_SCORE = 0.9


@dataclass(frozen=True)
class Piece:
    """
    A span that names something, with what it was read as; without a reading it is a name of we know not what.

    Attributes:
        words: The words as written.
        known: The entry of the alias table.
        place: The place of the gazetteer.
        reading: What the rules say.
    """

    text: int
    start: int
    stop: int
    words: tuple[str, ...]
    known: Known | None = None
    place: Resolved | None = None
    reading: Reading | None = None


Covered = dict[tuple[int, int], Piece]
"""Pieces of the alias table by text and token."""


class Namer:
    """
    Reads documents.
    """

    def __init__(self, aliases: Aliases, places: PlaceResolver, lexicon: Lexicon, local: LocalNames) -> None:
        self._aliases = aliases
        self._places = places
        self._lexicon = lexicon
        self._local = local
        self._joined = places.joined

    def pieces(self, document: Document) -> list[Piece]:
        """
        The names of a document in reading order; spans never overlap.
        """
        evidence = self._places.evidence(document)
        spans: dict[int, list[AliasSpan]] = {}
        for span in self._aliases.find(document):
            spans.setdefault(span.text, []).append(span)
        known = [p for i, text in enumerate(document.texts) for p in _known_pieces(text, spans.get(i, []))]
        covered = {(piece.text, at): piece for piece in known for at in range(piece.start, piece.stop)}
        found: list[Piece] = []
        found += self._local_pieces(document, covered)
        if document.language == "en":
            for run in RunFinder(document, self._lexicon, self._joined).runs():
                found += self._read_run(document.texts[run.text], run, evidence, covered)
        known = list({id(piece): piece for piece in covered.values()}.values())
        ordered = sorted(known + found, key=lambda piece: (piece.text, piece.start))
        return _between(document, ordered, self._lexicon.distances)

    def _local_pieces(self, document: Document, covered: Covered) -> Iterator[Piece]:
        for span in self._local.find(document):
            if not any((span.text, at) in covered for at in range(span.start, span.stop)):
                words = tuple(token.text for token in document.texts[span.text].tokens[span.start : span.stop])
                yield Piece(span.text, span.start, span.stop, words, place=Resolved(span.site, LOCAL_SCORE))

    def _read_run(self, text: Text, run: Run, evidence: Evidence, covered: Covered) -> list[Piece]:
        """
        Read a run as a whole where that makes a name, else in parts; known names inside it come off first.
        """
        whole = by_words(run, text, self._lexicon) if len(run) > 1 else None
        known = (covered.get((run.text, at)) for at in range(run.start, run.stop)) if covered else ()
        inside = list({id(piece): piece for piece in known if piece is not None}.values())
        if whole is not None and inside and all(_is_inner(piece, run) for piece in inside):
            for at in range(run.start, run.stop):
                covered.pop((run.text, at), None)
            inside = []
        found: list[Piece] = []
        position = run.start
        for stop, following in [*((piece.start, piece.stop) for piece in inside), (run.stop, run.stop)]:
            if stop > position:
                part = Run(run.text, position, stop, run.is_titled and position == run.start)
                found += self._parts(text, part, evidence)
            position = following
        return found

    def _parts(self, text: Text, whole: Run, evidence: Evidence) -> list[Piece]:
        run = _without_small_ends(whole, text)
        if not len(run):
            return []
        place = self._places.read(text, run.start, run.stop, evidence)
        reading = self._reading(text, run)
        if place is not None and (reading is None or reading.type == "place" or place.site.kind != "city"):
            return [self._piece(text, run, place=place)]
        if reading is None and place is None and len(run) > 1:
            reading = self._team(text, run, evidence)
        if reading is None and len(run) > 1 and (cut := self._cut(text, run, evidence)):
            return [piece for part in cut for piece in self._parts(text, part, evidence)]
        return self._unlisted(text, run, evidence) if reading is None else [self._piece(text, run, reading=reading)]

    def _unlisted(self, text: Text, run: Run, evidence: Evidence) -> list[Piece]:
        """
        Read what its own words do not tell by what stands around it.
        """
        if is_landform(run, text, self._lexicon):
            named = replace(run, stop=run.stop + 1)
            return [self._piece(text, named, reading=Reading("place", 0.65, "before a landform"))]
        reading = by_lists(run, text, self._lexicon) or by_surroundings(run, text, self._lexicon)
        if reading is None and (place := self._places.read_behind(text, run.start, run.stop, evidence)):
            return [self._piece(text, run, place=place)]
        if reading is None and len(run) == 1 and text.tokens[run.start].norm in self._lexicon.stopwords:
            return []
        return [self._piece(text, run, reading=reading)]

    def _reading(self, text: Text, run: Run) -> Reading | None:
        if len(run) == 1 and self._places.is_demonym(text.tokens[run.start]):
            return None
        context = by_context(run, text, self._lexicon)
        words = by_words(run, text, self._lexicon) if len(run) > 1 else None
        if context is not None and (words is None or words.type == "person" or run.is_titled):
            return max(context, words or context, key=lambda reading: reading.score)
        return words

    def _team(self, text: Text, run: Run, evidence: Evidence) -> Reading | None:
        """
        A place and a plural make a team: "Boston Celtics".
        """
        if not text.tokens[run.stop - 1].norm.endswith("s"):
            return None
        stops = range(run.stop - 1, max(run.start, run.stop - 3), -1)
        is_team = any(self._places.read(text, run.start, stop, evidence) for stop in stops)
        return Reading("organisation", 0.65, "a place and a plural") if is_team else None

    def _cut(self, text: Text, run: Run, evidence: Evidence) -> tuple[Run, Run] | None:
        """
        Cut a place or a people's name off the front of a run that is no name as a whole.
        """
        for stop in range(run.stop - 1, run.start, -1):
            gap = text.tokens[stop].gap
            is_people = stop == run.start + 1 and self._places.is_demonym(text.tokens[run.start])
            is_hyphened = gap in {"-", "\u2010", "\u2011"}
            if is_people or (is_hyphened and self._places.read(text, run.start, stop, evidence)):
                return Run(run.text, run.start, stop, run.is_titled), Run(run.text, stop, run.stop)
        return None

    def _piece(self, text: Text, run: Run, place: Resolved | None = None, reading: Reading | None = None) -> Piece:
        words = tuple(token.text for token in text.tokens[run.start : run.stop])
        return Piece(run.text, run.start, run.stop, words, place=place, reading=reading)


def _without_small_ends(run: Run, text: Text) -> Run:
    start, stop = run.start, run.stop
    while start < stop and not text.tokens[start].is_capital:
        start += 1
    while stop > start and not text.tokens[stop - 1].is_capital:
        stop -= 1
    return run if stop - start == len(run) else Run(run.text, start, stop, run.is_titled)


def _is_inner(piece: Piece, run: Run) -> bool:
    return run.start <= piece.start and piece.stop <= run.stop and len(piece.words) < len(run)


def _known_pieces(text: Text, spans: list[AliasSpan]) -> list[Piece]:
    return [
        Piece(
            span.text,
            span.start,
            span.stop,
            tuple(token.text for token in text.tokens[span.start : span.stop]),
            known=span.known,
        )
        for span in spans
    ]


def _between(document: Document, pieces: list[Piece], distances: frozenset[str]) -> list[Piece]:
    """
    Read the unread of "between X and Y" as places.
    """
    found = list(pieces)
    for index, (first, second) in enumerate(pairwise(pieces)):
        if first.text != second.text or first.known or second.known:
            continue
        if stands_between(
            document.texts[first.text], (first.start, first.stop), (second.start, second.stop), distances
        ):
            for at in (index, index + 1):
                if found[at].place is None and found[at].reading is None:
                    found[at] = replace(
                        found[at], reading=Reading("place", 0.6, "one of two places with a distance between")
                    )
    return found
