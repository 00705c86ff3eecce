"""
Entities and places: the names of an article gathered, one label a name, every mention with its span.

Light by design: a table of well-known names, a gazetteer and rules for English. A model is another facet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from schemas.parts import Entity, EntityType, Place
from services.tagger import tongues
from services.tagger.aliases import load_aliases
from services.tagger.atlas import load_gazetteer
from services.tagger.document import Document, Token
from services.tagger.facets import Annotate, Found
from services.tagger.groups import Group
from services.tagger.joining import parenthesised, surnames, unread_acronyms
from services.tagger.lexicon import load_lexicon
from services.tagger.naming import Namer, Piece
from services.tagger.places import PlaceResolver
from services.tagger.tongues import LocalNames

NAME = "names-rules"
VERSION = "1"
SOURCE = f"{NAME}/{VERSION}"

LANGUAGES = frozenset(("en", *tongues.LANGUAGES))
"""Names that no table has are read in English only."""

KNOWN_SCORE = 0.95

MAX_THINGS = 100
MAX_MENTIONS = 100
"""The most entities, places, and mentions of each that are published; an event stays well below what Kafka takes."""


@dataclass(frozen=True)
class NamesFacet:
    """
    The facet of entities and places.
    """

    min_score: float
    min_city_population: int
    aliases_file: str = ""
    name: str = NAME
    version: str = VERSION
    fields: tuple[str, ...] = ("entities", "places")
    languages: frozenset[str] | None = LANGUAGES
    is_deterministic: bool = True

    def load(self) -> Annotate:
        """
        Read the tables.
        """
        namer = load_namer(self.min_city_population, self.aliases_file)

        def annotate(document: Document, found: Found) -> Found:
            groups = [group for group in gather(document, namer.pieces(document)) if group.score >= self.min_score]
            return replace(found, entities=_entities(groups), places=_places(groups))

        return annotate


@lru_cache(maxsize=2)
def load_namer(min_city_population: int, aliases_file: str) -> Namer:
    """
    Read the tables.
    """
    lexicon = load_lexicon()
    gazetteer = load_gazetteer(min_city_population)
    return Namer(load_aliases(aliases_file), PlaceResolver(gazetteer, lexicon), lexicon, LocalNames(gazetteer))


def gather(document: Document, pieces: Sequence[Piece]) -> list[Group]:
    """
    Gather pieces into things: one label a name, surnames with their full names, acronyms with what they stand for.
    """
    labels = _labels(pieces)
    joined = parenthesised(document, pieces, labels)
    labels |= unread_acronyms(pieces, labels, joined)
    joined |= surnames(pieces, labels)
    groups: dict[tuple[str, str], Group] = {}
    for piece in pieces:
        words = joined.get(piece.words, piece.words)
        label = labels.get(words)
        if label is None:
            continue
        kind = "place" if label.type == "place" else label.type
        group = groups.setdefault((kind, label.name), replace(label, mentions=[]))
        group.mentions.append(document.texts[piece.text].mention(piece.start, piece.stop))
    _in_titles(document, groups, labels, joined)
    return [_finished(group) for group in groups.values()]


def _labels(pieces: Sequence[Piece]) -> dict[tuple[str, ...], Group]:
    """
    One label for each way of writing: the table's, else the type with the most evidence in the document.
    """
    votes: dict[tuple[str, ...], dict[str, list[Group]]] = {}
    for piece in pieces:
        label = _label(piece)
        if label is not None:
            votes.setdefault(piece.words, {}).setdefault(label.type, []).append(label)
    labels = {}
    for words, kinds in votes.items():
        best = max(kinds, key=lambda kind: (sum(label.score for label in kinds[kind]), kind))
        labels[words] = max(kinds[best], key=lambda label: label.score)
    return labels


def _label(piece: Piece) -> Group | None:
    if piece.known is not None:
        return Group(piece.known.name, piece.known.type, KNOWN_SCORE, wikidata=piece.known.wikidata)
    if piece.place is not None:
        return Group(piece.place.site.name, "place", piece.place.score, piece.place.site)
    if piece.reading is not None:
        return Group(_title(piece.words), piece.reading.type, piece.reading.score)
    return None


def _title(words: tuple[str, ...]) -> str:
    return " ".join(words)


def _in_titles(
    document: Document,
    groups: dict[tuple[str, str], Group],
    labels: dict[tuple[str, ...], Group],
    joined: dict[tuple[str, ...], tuple[str, ...]],
) -> None:
    """
    Find the names that the article has elsewhere in texts whose capitals say nothing.
    """
    forms = sorted({*labels, *joined}, key=lambda words: (-len(words), words))
    first: dict[str, list[tuple[str, ...]]] = {}
    for words in forms:
        first.setdefault(words[0], []).append(words)
    for text in document.texts:
        if text.is_cased:
            continue
        taken = {m.start for group in groups.values() for m in group.mentions if m.field == text.field}
        position = 0
        while position < len(text.tokens):
            form = _form_at(text.tokens, position, first)
            if form is None or text.tokens[position].start in taken:
                position += 1
                continue
            label = labels.get(joined.get(form, form))
            if label is not None and (group := groups.get((label.type, label.name))):
                group.mentions.append(text.mention(position, position + len(form)))
            position += len(form)


def _form_at(tokens: Sequence[Token], position: int, first: dict[str, list[tuple[str, ...]]]) -> tuple[str, ...] | None:
    word = tokens[position].text
    for words in first.get(word, ()):
        if tuple(token.text for token in tokens[position : position + len(words)]) == words:
            return words
    return None


def _finished(group: Group) -> Group:
    order = {"headline": 0, "description": 1, "articleBody": 2}
    group.mentions.sort(key=lambda mention: (order[mention.field], mention.start))
    group.score = round(min(0.95, group.score + 0.02 * (len(group.mentions) - 1)), 2)
    return group


def _entities(groups: list[Group]) -> tuple[Entity, ...]:
    total = sum(group.weight for group in groups) or 1.0
    found = []
    for group in groups:
        if group.type == "place":
            continue
        kind: EntityType = group.type
        found.append(
            Entity(
                type=kind,
                name=group.name,
                mentions=group.mentions[:MAX_MENTIONS],
                salience=round(group.weight / total, 3),
                score=group.score,
                source=SOURCE,
                wikidata=group.wikidata,
            )
        )
    return tuple(sorted(found, key=lambda entity: (-entity.salience, entity.name, entity.type))[:MAX_THINGS])


def _places(groups: list[Group]) -> tuple[Place, ...]:
    ranked = sorted((g for g in groups if g.type == "place"), key=lambda group: (-group.weight, group.name))
    return tuple(_place(group) for group in ranked[:MAX_THINGS])


def _place(group: Group) -> Place:
    site = group.site
    return Place(
        name=group.name,
        mentions=group.mentions[:MAX_MENTIONS],
        geonames_id=site.geonames_id if site else None,
        latitude=site.latitude if site else None,
        longitude=site.longitude if site else None,
        country_code=site.country if site else None,
        score=group.score,
        source=f"geonames,{SOURCE}" if site and site.geonames_id else SOURCE,
    )
