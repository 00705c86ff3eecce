"""
Articles of our own making that other standards have to tell: languages, a live blog, a later version, a withdrawal.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from schemas.events import ArticleTagged
from schemas.parts import (
    Author,
    Entity,
    Image,
    Keyword,
    LiveEntry,
    Mention,
    Place,
    Publisher,
    Subject,
    Timeline,
    Truncation,
)

FETCHED_AT = datetime(2026, 3, 1, 12, 0, 0, 250_000, tzinfo=UTC)

BODY = "Margaret Quill said in Lunde that the dam held. The Upland Drainage Board agrees."
UPDATES = "08:10 Das Wasser steigt.\n\n09:30 Der Damm hält."


def article(**fields: Any) -> ArticleTagged:
    """
    An article of which little is known.
    """
    given: dict[str, Any] = {
        "article_id": UUID("83feb107-967e-5eda-9875-0a20054be5d2"),
        "page_id": UUID("a43033fc-ff4f-533b-95cf-b9c4239be8f8"),
        "url": "https://example.org/news/1",
        "site": "example.org",
        "headline": "The dam held",
        "article_body": BODY,
        "timeline": Timeline(fetched_at=FETCHED_AT),
        "version": 1,
        "revised_at": FETCHED_AT,
        "word_count": 14,
        "reading_time_s": 4,
    }
    return ArticleTagged(**given | fields)


def entity(kind: Any, name: str, wikidata: str | None = None) -> Entity:
    """
    Something that the article speaks of.
    """
    mention = Mention(start=0, end=len(name), text=name)
    return Entity(
        type=kind, name=name, mentions=[mention], salience=0.5, score=0.9, source="names 1", wikidata=wikidata
    )


LUNDE = Place(
    name="Lunde",
    mentions=[],
    geonames_id=3146895,
    latitude=59.29,
    longitude=9.1,
    country_code="NO",
    score=0.8,
    source="places 1",
)

FULL: dict[str, Any] = {
    "description": "After three days of rain the water falls.",
    "article_body_markdown": BODY,
    "article_body_html": f"<p>{BODY}</p>",
    "author": [
        Author(name="Ada Rivers", url="https://example.org/staff/ada"),
        Author(type="Organization", name="Upland News"),
    ],
    "publisher": Publisher(name="The Example", url="https://example.org/"),
    "date_published": "2026-03-01T09:30:00+01:00",
    "date_published_utc": "2026-03-01T08:30:00Z",
    "date_modified": "2026-03-01",
    "in_language": "en",
    "article_section": "Weather",
    "publisher_keywords": ["dam", "flood"],
    "is_accessible_for_free": True,
    "image": [
        Image(url="https://example.org/dam & river.jpg", caption="The dam", credit="Photo: Ada Rivers"),
        Image(url="https://example.org/水.jpg"),
    ],
    "reserved": ["tdm", "noai"],
    "subjects": [
        Subject(id="medtop:20000154", name="flood", score=0.914, source="categories 1", wikidata="Q8068"),
        Subject(id="medtop:17000000", name="weather", score=0.6, source="categories 1"),
    ],
    "entities": [
        entity("person", "Margaret Quill"),
        entity("organisation", "Upland Drainage Board", "Q1"),
        entity("place", "Lunde"),
        entity("place", "Upland"),
        entity("event", "Spring Flood"),
        entity("product", "Sandbag 3"),
    ],
    "places": [LUNDE],
    "keywords": [Keyword(text="dam", score=0.7, source="keywords 1"), Keyword(text="rain", score=0.5, source="k 1")],
}

CASES: dict[str, ArticleTagged] = {
    "sparse": article(),
    "english-all-fields": article(**FULL),
    "english-second-version": article(
        **FULL
        | {
            "version": 2,
            "pub_status": "corrected",
            "changed_fields": ["headline", "articleBody"],
            "change_ratio": 0.2,
            "correction": ["Correction: the board agrees."],
            "revised_at": FETCHED_AT + timedelta(hours=1),
        }
    ),
    "chinese-opinion": article(
        headline="大坝守住了",
        article_body="三天大雨之后，水位开始下降。",
        in_language="zh",
        additional_type="OpinionNewsArticle",
        date_published="2026-03-01",
        author=[Author(name="李河")],
    ),
    "arabic-press-release": article(
        headline="السد صمد",
        article_body="بعد ثلاثة أيام من المطر بدأت المياه تنخفض.",
        in_language="ar",
        additional_type="PressRelease",
        url="https://example.org/أخبار/1",
        date_published="2026-03-01T09:30",
    ),
    "german-live-blog": article(
        headline="Hochwasser: der Tag",
        article_body=UPDATES,
        in_language="de",
        additional_type="LiveBlogPosting",
        live_blog_update=[
            LiveEntry(headline="Wasser", date_published="2026-03-01T08:10:00+01:00", start=0, end=24),
            LiveEntry(date_published="09:30 Uhr", start=26, end=len(UPDATES)),
        ],
    ),
    "spanish-paywall": article(
        headline="La presa aguantó",
        article_body="Tras tres días de lluvia, el agua baja.",
        in_language="es",
        is_accessible_for_free=False,
        truncation=Truncation(evidence=["prompt"], prompt="Suscríbase"),
    ),
    "excerpt": article(
        article_body="Margaret Quill said in Lunde that the dam held.", article_body_extent="excerpt", in_language="en"
    ),
    "withdrawn": article(
        headline="",
        article_body="",
        version=3,
        pub_status="withdrawn",
        changed_fields=["pubStatus"],
        word_count=0,
        reading_time_s=0,
    ),
}
