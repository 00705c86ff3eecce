from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest

from deploy.demo.staging import loopback_environ
from deploy.demo.verdict import Seen, judge, judge_all
from deploy.demo.world import Page, load_world
from schemas.dead_letters import Letter
from schemas.events import ArticleTagged
from schemas.parts import Origin, Timeline
from services.cli.outcomes import Committed

URL = "http://127.0.0.1:1/x"
AT = datetime(2026, 3, 14, tzinfo=UTC)


def page(expect: str, **changes: str) -> Page:
    fields = {"language": "en", "headline": "Ferry", "body": "The north pier", "reason": "BODY_TOO_LARGE"}
    return Page("p", "/x", "x", expect, **{**fields, **changes})  # type: ignore[arg-type]


def article(**changes: object) -> ArticleTagged:
    fields: dict[str, object] = {
        "article_id": UUID(int=1),
        "page_id": UUID(int=2),
        "url": URL,
        "site": "127.0.0.1",
        "headline": "Ferry returns",
        "article_body": "The north pier is calm.",
        "in_language": "en",
        "timeline": Timeline(fetched_at=AT),
        "version": 1,
        "revised_at": AT,
        "word_count": 5,
        "reading_time_s": 1,
    }
    return ArticleTagged.model_validate(fields | changes)


def letter(reason: str) -> Letter:
    origin = Origin(topic="news.fetch.requested", partition=0, offset=0)
    return Letter(
        reason=reason,
        stage="fetcher",
        subject=URL,
        origin=origin,
        origin_timestamp=AT,
        original_bytes=1,
        original_sha256="",
    )


def said(service: str, outcome: str, reason: str) -> Committed:
    return Committed(service, outcome, reason, "", URL)


def test_an_article_as_expected_is_met() -> None:
    """
    Once, in its language, with its headline and body, without chrome.
    """
    assert judge(page("tagged"), URL, Seen(articles=[article()])).is_met


@pytest.mark.parametrize(
    ("articles", "wrong"),
    [
        ([], "no event"),
        ([article(), article()], "2 events"),
        ([article(in_language="de")], "language de"),
        ([article(headline="Other")], "headline is"),
        ([article(article_body="Else.")], "the body lacks"),
        ([article(article_body="The north pier. Back to top")], "the body holds"),
    ],
)
def test_whatever_is_wrong_with_an_article_is_named(articles: list[ArticleTagged], wrong: str) -> None:
    """
    The summary says what is missing.
    """
    assert wrong in judge(page("tagged"), URL, Seen(articles=articles)).wrong


def test_a_page_that_robots_txt_forbids_must_not_even_be_asked_for() -> None:
    """
    The site's own list of requests is the witness.
    """
    outcomes = [said("fetcher", "drop", "ROBOTS_DISALLOWED")]

    assert judge(page("refused"), URL, Seen(outcomes=outcomes)).is_met
    assert not judge(page("refused"), URL, Seen(outcomes=outcomes, requests={"p": ["/x"]})).is_met
    assert not judge(page("refused"), URL, Seen()).is_met


def test_a_page_without_an_article_has_to_be_dropped_by_the_cleaner() -> None:
    """
    Its reason is shown.
    """
    verdict = judge(page("dropped"), URL, Seen(outcomes=[said("cleaner", "drop", "TOO_SHORT")]))

    assert (verdict.is_met, verdict.happened) == (True, "dropped: TOO_SHORT")


def test_a_dead_letter_needs_the_right_reason() -> None:
    """
    Any other would be a bug that hides.
    """
    assert judge(page("dead"), URL, Seen(letters=[letter("BODY_TOO_LARGE")])).is_met
    assert "STAGE_FAILED" in judge(page("dead"), URL, Seen(letters=[letter("STAGE_FAILED")])).happened


def test_nothing_seen_is_nothing_met() -> None:
    """
    The demo cannot pass by doing nothing.
    """
    world = load_world()
    verdicts = judge_all(world, {publisher.id: "http://x" for publisher in world}, Seen())

    assert not any(verdict.is_met for verdict in verdicts)


def test_the_demo_is_the_same_whatever_the_shell_has_set() -> None:
    """
    Only this machine may be fetched from, and no setting of the shell leaks in.
    """
    environ = loopback_environ(
        {"PATH": "/bin", "NEWS_CLEANER_MIN_CHARS": "9", "KAFKA_BOOTSTRAP_SERVERS": "x:1"}, [8081]
    )

    assert "NEWS_CLEANER_MIN_CHARS" not in environ
    assert "KAFKA_BOOTSTRAP_SERVERS" not in environ
    assert environ["NEWS_FETCHER_ALLOWED_NETWORKS"] == "127.0.0.0/8"
    assert environ["NEWS_FETCHER_ALLOWED_PORTS"] == "8081"
    assert environ["PATH"] == "/bin"
