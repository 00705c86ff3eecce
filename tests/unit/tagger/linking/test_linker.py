from __future__ import annotations

import random
from datetime import timedelta
from uuid import UUID

import pytest

from schemas import topics
from schemas.ids import text_group_id
from schemas.stories import WindowEntry
from tests.unit.tagger.linking.conftest import START, Desk, fingerprint, said
from tests.unit.tagger.linking.texts import text

DAM = "Quill Ribadeo dam burst mud rescue"
DAM_AGAIN = "Quill Ribadeo dam collapse mud search"
FERRY = "Nordlyset Bergen ferry rocks fog lifeboat"
AGENCY = text(random.Random(3), 300)


def test_an_article_alone_begins_a_story_and_is_the_first_with_its_text() -> None:
    """
    It says so, with the moment at which it was seen.
    """
    desk = Desk()
    desk.give(fingerprint(1, about=DAM, text=AGENCY))

    assert desk.last.same_text.is_first
    assert desk.last.same_text.group_id == text_group_id(UUID(int=1))
    assert desk.last.same_text.first_seen == desk.last.story.first_seen == START
    assert (desk.last.story.change, desk.last.story.size) == ("began", 1)


def test_a_syndicated_text_names_the_first_that_had_it() -> None:
    """
    With how much of it is there; it is of the same story, whatever its headline.
    """
    desk = Desk()
    desk.give(fingerprint(1, about=DAM, text=AGENCY), fingerprint(2, about="water", text=AGENCY[:200], hours=2))
    link = desk.last

    assert (link.same_text.first_article_id, link.same_text.is_first) == (UUID(int=1), False)
    assert (link.same_text.similarity, link.same_text.first_seen) == (1.0, START)
    assert link.story.story_id == desk.link(1).story.story_id


def test_a_copy_of_a_copy_names_the_first() -> None:
    """
    However many there are between.
    """
    desk = Desk()
    desk.give(*(fingerprint(n, text=AGENCY[: 300 - 20 * n], hours=n) for n in range(1, 6)))

    assert {link.same_text.first_article_id for link in desk.links} == {UUID(int=1)}


def test_another_report_joins_the_story_and_says_why() -> None:
    """
    The story keeps its id; what the two share is named, the weightiest first.
    """
    desk = Desk()
    desk.give(fingerprint(1, about=DAM), fingerprint(2, about=DAM_AGAIN, hours=3))
    story = desk.last.story

    assert story.story_id == desk.link(1).story.story_id
    assert (story.change, story.size, story.joined_article_id) == ("joined", 2, UUID(int=1))
    assert {shared.feature for shared in story.because} >= {"person:quill", "person:ribadeo", "word:en:dam"}
    assert sum(shared.weight for shared in story.because) == pytest.approx(1.0, abs=0.01)


@pytest.mark.parametrize("about", ["Quill Ribadeo museum ships opening", "Nashik India dam burst village boats", FERRY])
def test_the_same_people_or_the_same_kind_of_event_are_not_enough(about: str) -> None:
    """
    Who and what have to meet.
    """
    desk = Desk()
    desk.give(fingerprint(1, about=DAM), fingerprint(2, about=about))

    assert desk.last.story.change == "began"


def test_names_join_articles_in_two_languages() -> None:
    """
    Words of two languages are never compared.
    """
    desk = Desk()
    german = {"person:quill": 60, "person:ribadeo": 60, "number:280": 40, "word:de:damm": 60}
    english = {"person:quill": 60, "person:ribadeo": 60, "number:280": 40, "word:en:dam": 60}
    desk.give(fingerprint(1, features=english), fingerprint(2, features=german, in_language="de"))

    assert desk.last.story.change == "joined"


def test_old_articles_are_less_like() -> None:
    """
    The same words three days later are half as much alike.
    """
    desk = Desk()
    desk.give(fingerprint(1, about=DAM), fingerprint(2, about=DAM), fingerprint(3, about=DAM, hours=71))

    assert desk.link(2).story.similarity == 1.0
    assert desk.link(3).story.similarity == pytest.approx(0.5, abs=0.01)


def bridged() -> Desk:
    """
    Two stories that one article belongs to: two of the first, one of the second.
    """
    desk = Desk(min_story_likeness=0.15)
    desk.give(
        fingerprint(1, about="Ada Ben alpha beta gamma"),
        fingerprint(2, about="Ada Ben alpha beta gamma delta"),
        fingerprint(3, about="Cyd Dan omega sigma theta"),
        fingerprint(4, about="Ada Ben Cyd Dan alpha beta gamma omega sigma theta"),
    )
    return desk


def test_two_stories_become_one_by_an_article_that_fits_both() -> None:
    """
    The larger keeps its id; each article of the smaller is told where it is now, and where it was.
    """
    desk = bridged()
    moved = desk.link(3)

    assert [link.article_id.int for link in desk.links] == [1, 2, 3, 4, 3]
    assert {desk.link(n).story.story_id for n in (1, 2, 3, 4)} == {desk.links[0].story.story_id}
    assert (moved.story.change, moved.story.from_story_id) == ("merged", desk.links[2].story.story_id)
    assert moved.story.size == 4


def test_a_story_splits_when_what_held_it_together_is_withdrawn() -> None:
    """
    The larger part keeps the id; the other gets one of its own, and says which it had.
    """
    desk = Desk(min_story_likeness=0.15)
    desk.give(
        fingerprint(1, about="Ada Ben alpha beta gamma"),
        fingerprint(2, about="Ada Ben alpha beta gamma delta"),
        fingerprint(3, about="Ada Ben Cyd Dan alpha beta omega sigma theta"),
        fingerprint(4, about="Cyd Dan omega sigma theta"),
    )
    whole = {desk.link(n).story.story_id for n in (1, 2, 3, 4)}
    desk.give(fingerprint(3, version=2, pub_status="withdrawn", hours=4))
    told = desk.last

    assert len(whole) == 1
    assert (told.article_id, told.story.change, told.story.size) == (UUID(int=4), "split", 1)
    assert {told.story.from_story_id} == whole != {told.story.story_id}
    assert desk.window == [1, 2, 4]


def test_an_article_that_is_rewritten_leaves_its_story() -> None:
    """
    The story stays with the others.
    """
    desk = Desk()
    desk.give(
        fingerprint(1, about=DAM),
        fingerprint(2, about=DAM_AGAIN),
        fingerprint(2, about=FERRY, version=2, hours=5),
    )

    assert desk.last.story.change == "split"
    assert desk.last.story.from_story_id == desk.link(1).story.story_id != desk.last.story.story_id
    assert desk.last.version == 2


def test_an_article_that_is_edited_keeps_its_story_and_its_text() -> None:
    """
    Also where it was alone.
    """
    desk = Desk()
    desk.give(fingerprint(1, about=DAM, text=AGENCY))
    before = desk.last
    desk.give(fingerprint(1, about=DAM_AGAIN, text=AGENCY[20:], version=2, hours=1))

    assert desk.last.story.story_id == before.story.story_id
    assert desk.last.same_text == before.same_text


def test_what_is_published_again_changes_nothing() -> None:
    """
    A replay leads to no second link, and an old version to none at all.
    """
    desk = Desk()
    newest = fingerprint(1, about=DAM, version=2)
    ends = [desk.give(each).reason for each in (newest, newest, fingerprint(1, about=DAM))]

    assert ends == ["EMITTED", "UNCHANGED", "SUPERSEDED"]
    assert len(desk.links) == 1


@pytest.mark.parametrize("is_deleted", [True, False])
def test_what_is_gone_leaves_the_window(is_deleted: bool) -> None:
    """
    Withdrawn or deleted: nothing is compared with it any more, and the table forgets it.
    """
    desk = Desk()
    desk.give(fingerprint(1, about=DAM, text=AGENCY))
    end = desk.delete(1) if is_deleted else desk.give(fingerprint(1, version=2, pub_status="withdrawn"))
    desk.give(fingerprint(2, about=DAM, text=AGENCY))

    assert end.reason == ("DELETED" if is_deleted else "WITHDRAWN")
    assert (desk.last.story.change, desk.last.same_text.is_first) == ("began", True)
    assert desk.window == [2]


def test_what_is_not_known_can_go_twice() -> None:
    """
    A deletion of nothing is an end like another; so is one of what is no article.
    """
    desk = Desk()
    strange = desk.driver.record(topics.ARTICLE_FINGERPRINTS.name, b"no id", None, {})

    assert [desk.delete(1).reason, desk.driver.pipe_record(strange).reason] == ["DELETED", "DELETED"]


def test_articles_leave_by_age() -> None:
    """
    In the transaction of one that comes, the oldest first; what is too old when it comes is not compared.
    """
    desk = Desk(window_hours=10)
    desk.give(fingerprint(1), fingerprint(2, hours=5), fingerprint(3, hours=14))
    late = desk.give(fingerprint(4, hours=1))

    assert desk.window == [2, 3]
    assert late.reason == "TOO_OLD"


def test_articles_leave_by_number() -> None:
    """
    The newest stay, however many come; where they come in no order, about the newest.
    """
    desk = Desk(max_articles=20)
    order = random.Random(1).sample(range(1, 201), 200)
    desk.give(*(fingerprint(number, hours=number / 4, about=f"w{number}") for number in order))

    assert len(desk.window) == 20
    assert set(range(185, 201)) <= set(desk.window)


def test_a_date_in_the_future_drives_nobody_out() -> None:
    """
    It counts as now.
    """
    desk = Desk()
    desk.give(fingerprint(1, hours=24 * 30 - 1), fingerprint(2, hours=24 * 400))

    assert desk.window == [1, 2]


def test_a_linker_that_starts_again_says_what_it_would_have_said() -> None:
    """
    Its table is all that it knows.
    """
    desk = bridged()
    heir = desk.again(min_story_likeness=0.15)
    coming = [
        fingerprint(5, about="Cyd Dan omega sigma", text=AGENCY, hours=2),
        fingerprint(6, about="Cyd omega", text=AGENCY[:250], hours=3),
        fingerprint(1, version=2, pub_status="withdrawn", hours=4),
    ]
    count = len(desk.driver.records)
    desk.give(*coming)
    heir.give(*coming)

    assert said(heir.driver.records) == said(desk.driver.records[count:])


def test_the_process_shows_how_many_articles_it_compares() -> None:
    """
    Those of the window.
    """
    desk = Desk()
    desk.give(fingerprint(1), fingerprint(2))

    assert desk.driver._processor.figures() == {"articles": 2}


@pytest.mark.parametrize(
    "unusual",
    [{}, {"in_language": None}, {"joined_id": UUID(int=3)}, {"similarity": 0.12345}, {"digest": "no"}, {"sketch": "?"}],
)
def test_an_entry_of_the_window_is_packed_and_unpacked(unusual: dict[str, object]) -> None:
    """
    What does not fit the form is kept as it is on the wire.
    """
    desk = Desk()
    desk.give(fingerprint(1, about=DAM, text=AGENCY))
    entry = desk.driver.tables[topics.STORY_WINDOW.name].get(str(UUID(int=1)))
    assert isinstance(entry, WindowEntry)
    entry = entry.model_copy(update={"seen_at": START + timedelta(seconds=1.5), **unusual})
    packed = entry.packed(str(entry.article_id))

    assert WindowEntry.unpacked(str(entry.article_id), packed) == entry
    assert len(packed) <= len(entry.to_wire()[0])
