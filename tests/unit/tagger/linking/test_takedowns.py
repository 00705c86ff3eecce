from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from schemas import topics
from schemas.takedowns import Takedown
from services.runtime.processor import Conclusion
from tests.unit.tagger.linking.conftest import Desk, fingerprint

NOW = datetime(2026, 4, 1, tzinfo=UTC)


def take_down(desk: Desk, number: int) -> Conclusion:
    """
    Tell that an article is taken down.
    """
    id_ = UUID(int=number)
    told = Takedown(
        takedown_id=id_, article_ids=[id_], sites=[], reason="a court's order", by="ada", began_at=NOW, changed_at=NOW
    )
    return desk.driver.pipe(told, topics.TAKEDOWNS)


def deleted(conclusion: Conclusion) -> set[tuple[str, int]]:
    """
    Which articles' records were deleted, by topic.
    """
    return {(r.topic, UUID(r.key.decode()).int) for r in conclusion.records if r.value is None}


def test_an_article_that_is_taken_down_leaves_the_window_and_its_link_is_deleted() -> None:
    """
    In the transaction that reads the takedown; others stay.
    """
    desk = Desk()
    desk.give(fingerprint(1, about="Quill dam"), fingerprint(2, about="Bergen ferry"))
    heard = take_down(desk, 1)

    assert heard.reason == "RETRACTED"
    assert deleted(heard) == {("news.story.linked", 1), ("news.story.window", 1)}
    assert desk.window == [2]


def test_the_link_of_an_article_that_has_left_the_window_is_deleted_too() -> None:
    """
    It stands on its topic for a year.
    """
    assert deleted(take_down(Desk(), 1)) == {("news.story.linked", 1)}


def test_what_the_article_held_together_falls_apart() -> None:
    """
    As it does after a withdrawal: those that are in another story now are told.
    """
    desk = Desk()
    desk.give(
        fingerprint(1, about="Quill Ribadeo dam burst"),
        fingerprint(2, about="Quill Ribadeo dam burst mud rescue Nordlyset Bergen ferry fog", hours=1),
        fingerprint(3, about="mud rescue Nordlyset Bergen ferry fog", hours=2),
    )
    before = len({desk.link(number).story.story_id for number in (1, 2, 3)})
    take_down(desk, 2)

    assert before == 1
    assert desk.link(1).story.story_id != desk.link(3).story.story_id


def test_nothing_is_said_of_the_article_any_more() -> None:
    """
    However often its fingerprint comes.
    """
    desk = Desk()
    take_down(desk, 1)
    end = desk.give(fingerprint(1, about="Quill dam"))

    assert (end.outcome, end.reason, desk.window) == ("drop", "TAKEN_DOWN", [])
