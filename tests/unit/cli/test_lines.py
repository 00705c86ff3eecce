from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from schemas.events import ArticleTagged
from schemas.parts import Entity, Place, Subject, Timeline
from services.cli.lines import article_line

FETCHED = datetime(2026, 3, 14, 8, 30, tzinfo=UTC)


def article(**changes: object) -> ArticleTagged:
    fields: dict[str, object] = {
        "article_id": UUID(int=1),
        "page_id": UUID(int=2),
        "url": "https://a.example/x",
        "site": "a.example",
        "headline": "Ferry\nreturns \x1b[31m",
        "article_body": "Text.",
        "in_language": "en",
        "timeline": Timeline(fetched_at=FETCHED),
        "version": 1,
        "revised_at": FETCHED,
        "word_count": 1,
        "reading_time_s": 1,
        "subjects": [Subject(id="medtop:04000000", name="economy", score=0.9, source="s")],
        "entities": [
            Entity(type="person", name=name, mentions=[], salience=salience, score=1, source="s")
            for name, salience in (("Minor", 0.1), ("Major", 0.9))
        ],
    }
    return ArticleTagged.model_validate(fields | changes)


def test_a_line_holds_what_a_person_wants_to_see() -> None:
    """
    The weightiest entity first, nothing that steers a terminal, and the time since the fetch.
    """
    line = article_line(article(), FETCHED + timedelta(seconds=2.5))

    assert (line.headline, line.language, line.subject, line.entities) == (
        "Ferry returns �[31m",
        "en",
        "economy",
        "Major, Minor",
    )
    assert line.seconds == 2.5
    assert "economy" in line.text()
    assert "v1" not in line.text()


def test_without_entities_places_stand_in() -> None:
    """
    A language without a model for names still has places.
    """
    place = Place(name="Bergen", mentions=[], score=1, source="s")

    assert article_line(article(entities=None, places=[place]), FETCHED).entities == "Bergen"


def test_a_later_version_is_marked() -> None:
    """
    A correction or withdrawal is not mistaken for news.
    """
    line = article_line(article(version=3, pub_status="withdrawn", subjects=None), FETCHED)

    assert "[v3 withdrawn]" in line.text()
    assert line.subject == "-"
