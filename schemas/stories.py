"""
Which articles say the same: what the tagger tells of each version for the search, what the linker remembers of it, and
what it tells the world.

    ArticleFingerprint -> StoryLinked        WindowEntry beside
"""

from __future__ import annotations

import struct
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import Field

from schemas.base import Event, Instant, Part
from schemas.packing import EPOCH, ID_BYTES, MS
from schemas.parts import PubStatus

MAX_FEATURES = 32
"""Features of a fingerprint, the weightiest."""

Base64 = Annotated[str, Field(max_length=1024)]


class ArticleFingerprint(Event):
    """
    What a search for the same text and the same story has to know of a version of an article. Small: most have 1 KB.
    """

    ce_type: ClassVar[str] = "news.article.fingerprint.v1"

    article_id: UUID
    page_id: UUID = Field(description="the page that the version was made from")
    url: str
    site: str
    in_language: str | None = None
    version: int = Field(ge=1)
    pub_status: PubStatus = "usable"
    revised_at: Instant = Field(description="when this version was fetched")
    published_at: Instant | None = Field(None, description="by its publisher; only where the moment is known exactly")
    word_count: int = Field(ge=0)
    sketch: Base64 = Field("", description="a sample of the body's word shingles, see docs/stories.md")
    features: dict[str, int] = Field(
        default_factory=dict,
        max_length=MAX_FEATURES,
        description="what it is about, with weights in percent: names, places, numbers, words",
    )

    def occurred_at(self) -> datetime:
        return self.revised_at

    def subject(self) -> str:
        return self.url

    def attributes(self) -> Mapping[str, str]:
        return {"site": self.site, "language": self.in_language or "und"}


class WindowEntry(Event):
    """
    An article of the last days as the linker remembers it: how to find it again, and what was said of it.
    """

    ce_type: ClassVar[str] = "news.story.window.v1"
    is_many: ClassVar[bool] = True

    article_id: UUID
    url: str
    in_language: str | None = Field(None, max_length=64)
    version: int = Field(ge=1)
    seen_at: Instant = Field(description="the window goes by it: when its last version was fetched")
    digest: str = Field(description="of what the last fingerprint says, 16 hexadecimal digits")
    first_article_id: UUID = Field(description="of the articles with this text, the first one; it may be this one")
    first_seen: Instant
    similarity: float = Field(1.0, ge=0, le=1, description="to the first one's text")
    story_id: UUID
    story_since: Instant
    joined_id: UUID | None = Field(None, description="the article by which it came to its story")
    sketch: Base64 = Field("", description="only of the first with a text: others are found by it")
    features: Base64 = Field("", description="hashes (4 bytes each), then weights in percent (a byte each)")

    def occurred_at(self) -> datetime:
        return self.seen_at

    def subject(self) -> str:
        return self.url

    def packed(self, key: str) -> bytes:
        try:
            return _pack(self, key)
        except (ValueError, struct.error, Base64Error):
            return super().packed(key)

    @classmethod
    def unpacked(cls, key: str, value: bytes) -> WindowEntry:
        return super().unpacked(key, value) if value.startswith(b"{") else _unpack(key, value)


class SameText(Part):
    """
    The group of articles that have one text, whole or in part: syndicated, copied, published again.
    """

    group_id: UUID
    first_article_id: UUID = Field(description="the first that came by")
    first_seen: Instant
    similarity: float = Field(
        ge=0, le=1, description="share of the shorter text that is in the other, against the first one; 1 for itself"
    )
    is_first: bool


class SharedFeature(Part):
    """
    Something that two articles are about.
    """

    feature: str = Field(description="place:170794, person:ada quill, headline:en:dam, ...")
    weight: float = Field(ge=0, le=1, description="its share in their likeness")


class StoryMembership(Part):
    """
    The story that an article belongs to.
    """

    story_id: UUID
    size: int = Field(ge=1, description="articles of it in the window, this one included")
    first_seen: Instant
    change: Literal["began", "joined", "merged", "split"] = Field(
        description="began: with this article; merged, split: it was in another story before, which is `fromStoryId`"
    )
    from_story_id: UUID | None = None
    joined_article_id: UUID | None = Field(None, description="the article that it is most like")
    similarity: float | None = Field(None, ge=0, le=1, description="to that one")
    because: list[SharedFeature] = Field(default_factory=list, max_length=10, description="what the two share")


class StoryLinked(Event):
    """
    Which articles say what this one says. It depends on what came before it: see docs/stories.md.
    """

    ce_type: ClassVar[str] = "news.story.linked.v1"

    article_id: UUID
    url: str
    in_language: str | None = None
    version: int = Field(ge=1, description="of the article, as in ArticleTagged")
    linked_at: Instant = Field(description="when the version was fetched that led to this; it may be another article's")
    same_text: SameText
    story: StoryMembership

    def occurred_at(self) -> datetime:
        return self.linked_at

    def subject(self) -> str:
        return self.url

    def attributes(self) -> Mapping[str, str]:
        return {"story": str(self.story.story_id), "change": self.story.change}


_FIXED = struct.Struct(">BIqqq8s16s16s16sHBHH")
"""
Flags, version, seen, first seen, story since (ms), digest, first article, story, joined, similarity, and the lengths of
language, features and sketch.
"""

_HAS_LANGUAGE, _HAS_JOINED = 1, 2
_PARTS = 10_000


def _pack(entry: WindowEntry, key: str) -> bytes:
    """
    The form in which a table keeps an entry: its key is not repeated, ids and numbers are bytes.

    Raises:
        ValueError, struct.error: It does not fit.
    """
    if str(entry.article_id) != key or round(entry.similarity * _PARTS) / _PARTS != entry.similarity:
        raise ValueError("does not fit the form")
    language, sketch, features = (entry.in_language or "").encode(), b64decode(entry.sketch), b64decode(entry.features)
    if entry.in_language == "" or (b64encode(sketch), b64encode(features)) != (
        entry.sketch.encode(),
        entry.features.encode(),
    ):
        raise ValueError("does not fit the form")
    fixed = _FIXED.pack(
        _HAS_LANGUAGE * (entry.in_language is not None) | _HAS_JOINED * (entry.joined_id is not None),
        entry.version,
        (entry.seen_at - EPOCH) // MS,
        (entry.first_seen - EPOCH) // MS,
        (entry.story_since - EPOCH) // MS,
        bytes.fromhex(entry.digest),
        entry.first_article_id.bytes,
        entry.story_id.bytes,
        entry.joined_id.bytes if entry.joined_id else bytes(ID_BYTES),
        round(entry.similarity * _PARTS),
        len(language),
        len(features),
        len(sketch),
    )
    return b"".join((fixed, language, features, sketch, entry.url.encode("utf-8", "surrogatepass")))


def _unpack(key: str, packed: bytes) -> WindowEntry:
    flags, version, seen, first, since, digest, leader, story, joined, parts, *lengths = _FIXED.unpack_from(packed)
    features_at = _FIXED.size + lengths[0]
    sketch_at = features_at + lengths[1]
    url_at = sketch_at + lengths[2]
    return _ANY.model_copy(
        update={
            "article_id": UUID(key),
            "url": packed[url_at:].decode("utf-8", "surrogatepass"),
            "in_language": packed[_FIXED.size : features_at].decode() if flags & _HAS_LANGUAGE else None,
            "version": version,
            "seen_at": EPOCH + seen * MS,
            "digest": digest.hex(),
            "first_article_id": UUID(bytes=leader),
            "first_seen": EPOCH + first * MS,
            "similarity": parts / _PARTS,
            "story_id": UUID(bytes=story),
            "story_since": EPOCH + since * MS,
            "joined_id": UUID(bytes=joined) if flags & _HAS_JOINED else None,
            "sketch": b64encode(packed[sketch_at:url_at]).decode(),
            "features": b64encode(packed[features_at:sketch_at]).decode(),
        }
    )


_ANY = WindowEntry(
    article_id=UUID(int=0),
    url="",
    version=1,
    seen_at=EPOCH,
    digest="0" * 16,
    first_article_id=UUID(int=0),
    first_seen=EPOCH,
    story_id=UUID(int=0),
    story_since=EPOCH,
)
"""To be copied, with all fields: much less time than it takes to make an entry from nothing."""
