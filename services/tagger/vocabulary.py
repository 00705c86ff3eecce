"""
IPTC Media Topics as a table: ours, or one made of IPTC's own file, with names in other languages and later releases.

IPTC publishes the vocabulary as JSON in the terms of SKOS: `conceptSet`, each concept with `qcode`, `prefLabel` by
language, `broader` and `exactMatch`, and `retired` where it is. Definitions are not kept.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from services.tagger.data_files import parse_tsv

HEAD = """\
# IPTC Media Topics: id, English name, parent's id, Wikidata id, names in other languages. Live concepts only.
# (c) International Press Telecommunications Council (IPTC), https://iptc.org/standards/media-topics/
# Licensed under Creative Commons Attribution 4.0, https://creativecommons.org/licenses/by/4.0/
# Changed: reduced to these columns by `news-ingest vocabulary load`.
"""

_CODE = re.compile(r"(\d{8})$")
_WIKIDATA = re.compile(r"wikidata\.org/\w+/(Q\d+)$")
_ENGLISH = ("en-GB", "en", "en-US")
_BETWEEN, _IS = "|", "="


@dataclass(frozen=True)
class Topic:
    """
    A Media Topic; `parent` is an id, absent at the top; `labels` are its names by primary language subtag.
    """

    id: str
    name: str
    parent: str | None
    wikidata: str | None
    labels: Mapping[str, str] = field(default_factory=dict, hash=False)


class _Concept(BaseModel):
    model_config = ConfigDict(extra="ignore")

    qcode: str = Field(pattern=r"^medtop:\d{8}$")
    labels: dict[str, str] = Field(alias="prefLabel", default_factory=dict)
    broader: list[str] = []
    same: list[str] = Field(alias="exactMatch", default_factory=list)
    close: list[str] = Field(alias="closeMatch", default_factory=list)
    retired: Any = None


class _File(BaseModel):
    model_config = ConfigDict(extra="ignore")

    concepts: list[_Concept] = Field(alias="conceptSet", min_length=1)


def read_iptc(text: str) -> dict[str, Topic]:
    """
    Read IPTC's own file; topics that are retired, or without an English name, are left out.

    Raises:
        ValueError: It is no such file; the message says where it differs.
    """
    try:
        concepts = _File.model_validate(json.loads(text)).concepts
    except ValidationError as error:
        first = error.errors()[0]
        raise ValueError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from None
    live = {concept.qcode: concept for concept in concepts if not concept.retired and _english(concept)}
    return {code: _topic(live[code], live) for code in sorted(live)}


def _english(concept: _Concept) -> str:
    return next((concept.labels[code] for code in _ENGLISH if code in concept.labels), "")


def _topic(concept: _Concept, live: Mapping[str, _Concept]) -> Topic:
    above = (f"medtop:{found[1]}" for name in concept.broader if (found := _CODE.search(name)))
    same = (found[1] for name in (*concept.same, *concept.close) if (found := _WIKIDATA.search(name)))
    labels = {code.partition("-")[0].lower(): _plain(name) for code, name in sorted(concept.labels.items())}
    labels.pop("en", None)
    parent = next((code for code in above if code in live), None)
    return Topic(concept.qcode, _plain(_english(concept)), parent, next(same, None), labels)


def _plain(name: str) -> str:
    return " ".join(name.replace(_BETWEEN, " ").split())


def write_table(topics: Mapping[str, Topic]) -> str:
    """
    Write topics as the tagger reads them.
    """
    return HEAD + "".join(_row(topic) for topic in topics.values())


def _row(topic: Topic) -> str:
    labels = _BETWEEN.join(f"{code}{_IS}{name}" for code, name in sorted(topic.labels.items()))
    return "\t".join((topic.id, topic.name, topic.parent or "", topic.wikidata or "", labels)).rstrip("\t") + "\n"


def parse_table(text: str) -> dict[str, Topic]:
    """
    Read a table of topics.

    Raises:
        ValueError: It is none.
    """
    topics = {row[0]: _read(row) for row in parse_tsv(text)}
    if not topics:
        raise ValueError("there is no topic in it")
    if lost := sorted(topic.id for topic in topics.values() if topic.parent and topic.parent not in topics):
        raise ValueError(f"the parent of {lost[0]} is not in it")
    return topics


def _read(row: list[str]) -> Topic:
    code, name, parent, wikidata, labels = (*row, "", "", "", "")[:5]
    if not (code.startswith("medtop:") and name):
        raise ValueError(f"not a table that `news-ingest vocabulary load` has written: {row[0][:60]!r}")
    named = (each.partition(_IS) for each in labels.split(_BETWEEN) if each)
    return Topic(code, name, parent or None, wikidata or None, {language: text for language, _, text in named})
