"""
What a subscriber sees of a page that is edited, and of one that is not.
"""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

from schemas import topics
from services.cleaner import document, stage
from tests.topology import site
from tests.topology.chain import Chain

EDITED = "Dam holds, families return"


@pytest.fixture
def chain() -> Chain:
    """
    The pipeline behind the fetcher, with nothing remembered.
    """
    return Chain()


def upgraded(chain: Chain, monkeypatch: pytest.MonkeyPatch) -> Chain:
    """
    The same with a later cleaner, which leaves a sentence out.
    """

    def shorter(body: Any) -> str:
        return document.clean_text(body).replace("Nobody was\nhurt.", "").replace("Nobody was hurt.", "")

    monkeypatch.setattr(stage, "GENERATION", stage.GENERATION + 1)
    monkeypatch.setattr(stage, "clean_text", shorter)
    return chain


def table(chain: Chain) -> dict[bytes, bytes | None]:
    """
    What a subscriber has who keeps the last record of each key.
    """
    return {record.key: record.value for record in chain.records}


def test_there_and_back_again_are_three_events_with_three_ids(chain: Chain) -> None:
    """
    A headline is edited, and the edit taken back: each is told, under one key.
    """
    for number, title in enumerate((site.TITLE, EDITED, site.TITLE)):
        chain.pipe(site.html(title=title), site.FIRST_FETCH + number * site.HOUR)

    assert [article.version for article in chain.articles] == [1, 2, 3]
    assert [article.changed_fields for article in chain.articles] == [[], ["headline"], ["headline"]]
    assert len({dict(record.headers)["ce_id"] for record in chain.records}) == 3
    assert len({record.key for record in chain.records}) == 1


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
def test_a_backfill_in_any_order_leaves_a_subscriber_at_the_newest(chain: Chain, order: tuple[int, ...]) -> None:
    """
    Versions of the past come in as they were found; the last record of the key is the newest page's.
    """
    titles = (site.TITLE, EDITED, "Families return to Harrow Valley")
    for number in order:
        chain.pipe(site.html(title=titles[number]), site.FIRST_FETCH + number * site.HOUR)

    [last] = table(chain).values()
    revised = [article.revised_at for article in chain.articles]
    assert topics.ARTICLE_TAGGED.event.from_wire(last or b"", {}).headline == titles[2]
    assert revised == sorted(revised)


def test_a_replay_through_a_later_cleaner_makes_no_new_version(chain: Chain, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    The text is another, the version is not: the publisher has changed nothing.
    """
    chain.pipe(site.html())
    upgraded(chain, monkeypatch).pipe(site.html())

    before, after = chain.articles
    assert before.article_body != after.article_body
    assert (before.version, after.version, after.changed_fields) == (1, 1, [])


def test_a_look_through_a_later_cleaner_makes_no_new_version(chain: Chain, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    The page came again with another advert, and its text is another only for the cleaner.
    """
    chain.pipe(site.html())
    upgraded(chain, monkeypatch).pipe(site.html(advert="Boots, half price."), site.FIRST_FETCH + site.HOUR)

    assert [article.version for article in chain.articles] == [1, 1]


def test_an_edit_is_a_new_version_though_the_cleaner_changed_too(chain: Chain, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    An upgrade hides no rewritten story.
    """
    story = tuple(
        f"{paragraph} The inquiry into the {number} gates began." for number, paragraph in enumerate(site.STORY)
    )
    chain.pipe(site.html())
    upgraded(chain, monkeypatch).pipe(site.html(story=(*story, *story[::-1])), site.FIRST_FETCH + site.HOUR)

    assert [article.version for article in chain.articles] == [1, 2]
