"""
The series: what a consumer of `news.article.tagged` meets sooner or later, in one short stretch, the same each time.

    CASES --series()--> steps, each a transaction --expected()--> the table that a right consumer has at the end
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from schemas.events import ArticleTagged
from schemas.ids import article_id, derived_id
from schemas.parts import Timeline
from services.cli.rows import Row, row_of
from services.cli.verifying.texts import TEXTS, large_body

BEGAN = datetime(2026, 3, 1, 12, tzinfo=UTC)

LONG_AGO = datetime(2009, 4, 17, 6, 30, tzinfo=UTC)


@dataclass(frozen=True)
class Write:
    """
    One record of the series.

    Attributes:
        case: The article that it is about, by a name of ours.
        event: The event; None is a tombstone.
        event_id: `ce_id`.
        more: Fields and headers that no reader of today knows.
    """

    case: str
    event: ArticleTagged | None
    event_id: UUID
    more: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """
        The article id.
        """
        return str(id_of(self.case))

    @property
    def row(self) -> Row | None:
        """
        The row that this record alone leads to.
        """
        return None if self.event is None else row_of(self.event.model_dump(mode="json", by_alias=True))


@dataclass(frozen=True)
class Step:
    """
    One transaction, committed or aborted.
    """

    writes: tuple[Write, ...]
    is_committed: bool = True


def id_of(case: str) -> UUID:
    """
    The id of the article that a case is about.
    """
    return article_id(_url(case))


def _url(case: str) -> str:
    return f"https://verify.example/{case}"


def write(case: str, version: int = 1, *, turn: int = 0, at: datetime = BEGAN, **fields: Any) -> Write:
    """
    A version of an article; `turn` tells events apart that carry the same version.
    """
    text = f"Version {version} of the article {case}."
    moment = at + timedelta(minutes=version)
    known: dict[str, Any] = {
        "article_id": id_of(case),
        "page_id": derived_id(str(id_of(case)), "page", str(version), "verify"),
        "url": _url(case),
        "site": "verify.example",
        "headline": f"{case}, version {version}",
        "article_body": text,
        "date_published": at.isoformat(),
        "in_language": "en",
        "timeline": Timeline(fetched_at=moment),
        "version": version,
        "pub_status": "usable" if version == 1 else "corrected",
        "revised_at": moment,
        "changed_fields": [] if version == 1 else ["headline", "articleBody"],
        "word_count": len(text.split()),
        "reading_time_s": 1,
    }
    event_id = derived_id(str(id_of(case)), "verify", f"{version}/{turn}", "verify")
    return Write(case, ArticleTagged(**known | fields), event_id)


def withdrawn(case: str, version: int) -> Write:
    """
    A withdrawal: the page is gone, and its text with it.
    """
    return write(case, version, pub_status="withdrawn", headline="", article_body="", word_count=0, reading_time_s=0)


def tombstone(case: str) -> Write:
    """
    A takedown: the record has a key, and no value.
    """
    return Write(case, None, derived_id(str(id_of(case)), "verify", "tombstone", "verify"))


def newer(case: str) -> Write:
    """
    What a later minor version may bring: fields and headers that nobody knows yet.
    """
    more = {
        "fields": {"sentiment": {"score": 0.4, "source": "a later release"}, "editions": ["morning", "evening"]},
        "headers": {"ce_dataschema": "schemas/json/news.article.tagged.v1.schema.json?minor=99", "ce_later": "yes"},
    }
    return replace(write(case), more=more)


@cache
def series() -> Sequence[Step]:
    """
    All of it, in order. Of an article on the live topic no version ever follows a higher one; nor does it here.
    """
    bare = write("bare", date_published=None, in_language=None)
    scripts = [
        write(case, headline=headline, article_body=body, in_language=language)
        for case, language, headline, body in TEXTS
    ]
    return (
        Step((write("new"), write("updated"), write("reissued"), write("repeated"), write("withdrawn"))),
        Step((write("returned"), write("taken-down"), write("kept"), bare)),
        Step((write("aborted"), write("updated", 9, turn=1), write("kept", 2)), is_committed=False),
        Step((write("updated", 2), withdrawn("withdrawn", 2), withdrawn("returned", 2))),
        Step(tuple(scripts)),
        Step((write("aborted", 2), write("kept", 3)), is_committed=False),
        Step((write("large", article_body=large_body(), word_count=2, reading_time_s=1),)),
        Step((tombstone("taken-down"), tombstone("never-seen"), newer("newer"))),
        Step((write("reissued", turn=1, article_body="The same version, cleaned by a later release."),)),
        Step((write("repeated"), write("returned", 3), write("updated", 3))),
        Step((write("backfilled", at=LONG_AGO),)),
        Step((write("aborted-last"),), is_committed=False),
    )


def expected() -> dict[str, Row]:
    """
    The table at the end: of each article the last committed record, by case; what was taken down is not in it.
    """
    last: dict[str, Row | None] = {}
    for step in series():
        if step.is_committed:
            last |= {write.case: write.row for write in step.writes}
    return {case: row for case, row in last.items() if row is not None}
