from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from schemas.parts import Author
from schemas.state import LedgerEntry
from services.tagger.ledger import PageFacts, Verdict, judge, page_facts
from tests.unit.tagger.conftest import START, make_article

BODY = " ".join(f"word{n}" for n in range(300))
EDITED = BODY + " " + " ".join(f"more{n}" for n in range(200))
TOUCHED = BODY + " a comma"


def facts(number: int, body: str = BODY, *, generation: int = 1, headline: str = "A headline") -> PageFacts:
    return page_facts(make_article(body, headline, page=number), generation)


def gone(number: int, *, generation: int = 1) -> PageFacts:
    """
    The page is gone.
    """
    return page_facts(make_article("", "", page=number, pub_status="withdrawn"), generation)


def after(*pages: PageFacts) -> LedgerEntry:
    """
    The entry after some pages in turn.
    """
    entry: LedgerEntry | None = None
    for each in pages:
        entry = judge(entry, each).entry or entry
    assert entry is not None
    return entry


def test_the_first_page_is_version_one() -> None:
    """
    An article that is not known gets version 1, without changes against a version before.
    """
    verdict = judge(None, facts(1))

    assert verdict.kind == "publish"
    assert verdict.entry is not None
    assert (verdict.entry.version, verdict.entry.changed_fields, verdict.entry.change_ratio) == (1, [], None)


def test_a_changed_title_is_the_next_version() -> None:
    """
    A new headline makes version 2 and is named; nothing of the body is new.
    """
    entry = after(facts(1), facts(2, headline="Another headline"))

    assert (entry.version, entry.changed_fields, entry.change_ratio) == (2, ["headline"], 0.0)


def test_a_changed_body_says_how_much_is_new() -> None:
    """
    A body that grew by two thirds makes a version whose ratio is near two fifths.
    """
    entry = after(facts(1), facts(2, EDITED))

    assert (entry.version, entry.changed_fields) == (2, ["articleBody"])
    assert entry.change_ratio is not None
    assert 0.2 < entry.change_ratio < 0.6


def test_a_changed_author_is_the_next_version() -> None:
    """
    A byline is part of what a reader reads.
    """
    signed = page_facts(make_article(BODY, page=2, author=[Author(name="Ada Pole")]), 1)

    assert after(facts(1), signed).changed_fields == ["author"]


def test_a_page_that_reads_the_same_is_unchanged() -> None:
    """
    A later page with equal text is dropped; the entry moves on to it and keeps what was published.
    """
    first = after(facts(1))
    verdict = judge(first, facts(2))

    assert verdict.kind == "unchanged"
    assert verdict.entry is not None
    assert verdict.entry.page_id == facts(2).page_id
    assert verdict.entry.published_page_id == first.published_page_id
    assert verdict.entry.version == 1


def test_a_clock_or_a_date_makes_no_version() -> None:
    """
    White space and re-stamped dates are not read as a change.
    """
    restamped = make_article(BODY.replace(" ", "  "), page=2, date_published="2026-03-02", date_modified="2026-03-02")

    assert judge(after(facts(1)), page_facts(restamped, 1)).kind == "unchanged"


def test_an_older_page_is_superseded() -> None:
    """
    A page from before the newest known one never reaches the live topic.
    """
    assert judge(after(facts(2)), facts(1, EDITED)).kind == "superseded"


def test_the_newest_page_again_is_published_again_as_it_was() -> None:
    """
    A replay of the published page has the stored version, changes and ratio, and leaves the entry as it is.
    """
    entry = after(facts(1), facts(2, EDITED))
    verdict = judge(entry, facts(2, EDITED))

    assert verdict == Verdict("publish", entry)


def test_an_unchanged_page_again_is_unchanged() -> None:
    """
    A replay of the newest page, which had changed nothing, is dropped again.
    """
    assert judge(after(facts(1), facts(2)), facts(2)).kind == "unchanged"


def test_the_published_page_is_published_again_after_an_unchanged_one() -> None:
    """
    A replay reaches articles that were fetched again without a change: version 1 is published again as it was.
    """
    entry = after(facts(1), facts(2))
    verdict = judge(entry, facts(1))

    assert verdict == Verdict("publish", entry)


def test_a_little_new_text_of_another_generation_is_a_reissue() -> None:
    """
    What another cleaner made of the text keeps the version, and the stored changes.
    """
    entry = after(facts(1), facts(2, EDITED), facts(3, EDITED + " credits", generation=2))

    assert (entry.version, entry.changed_fields) == (2, ["articleBody"])
    assert entry.published_page_id == facts(3).page_id


def test_much_new_text_of_another_generation_is_a_version() -> None:
    """
    A later page with a tenth and more of new text is the publisher's doing, whoever cleaned it.
    """
    assert after(facts(1), facts(2, EDITED, generation=2)).version == 2


def test_a_little_new_text_of_the_same_generation_is_a_version() -> None:
    """
    Two words more are an edit.
    """
    assert after(facts(1), facts(2, TOUCHED)).version == 2


def test_the_published_page_cleaned_anew_keeps_its_version() -> None:
    """
    One page is one revision, however another generation reads it.
    """
    entry = after(facts(1), facts(1, EDITED, generation=2))

    assert (entry.version, entry.generation) == (1, 2)
    assert judge(entry, facts(1)).kind == "superseded"


def test_an_unchanged_page_cleaned_anew_carries_the_new_text() -> None:
    """
    After a replay with a new cleaner the article is issued again, though its newest page had changed nothing.
    """
    known = after(facts(1), facts(2))
    again = [facts(1, TOUCHED, generation=2), facts(2, TOUCHED, generation=2)]

    assert [judge(known, each).kind for each in again] == ["superseded", "publish"]


def test_a_replay_of_all_pages_ends_with_the_newest_cleaned_anew() -> None:
    """
    That the published page came first, and reads as it did, does not stand in for the newest one.
    """
    known = after(facts(2, EDITED), facts(3, EDITED))
    again = facts(2, EDITED, generation=2)
    verdict = judge(judge(known, again).entry, facts(3, generation=2))

    assert verdict.entry is not None
    assert verdict.entry.field_digests == dict(facts(3).digests)


def test_a_withdrawal_is_the_next_version() -> None:
    """
    It names what changed, and keeps the URL that the article had; a second one changes nothing.
    """
    entry = after(facts(1), gone(2))

    assert (entry.version, entry.pub_status, entry.changed_fields) == (2, "withdrawn", ["pubStatus"])
    assert entry.url == facts(1).url
    assert judge(entry, gone(3)).kind == "unchanged"
    assert judge(entry, facts(1)).kind == "superseded"
    assert judge(None, gone(1)) == Verdict("unknown")


def test_a_withdrawal_by_another_generation_is_no_reissue() -> None:
    """
    Though nothing of its text is new.
    """
    assert after(facts(1), gone(2, generation=2)).version == 2
    assert after(facts(1), gone(2), facts(3, generation=2)).version == 3


@given(st.lists(st.tuples(st.integers(2, 6), st.booleans(), st.integers(1, 2)), max_size=8))
def test_withdrawals_in_any_order_end_with_the_newest(course: list[tuple[int, bool, int]]) -> None:
    """
    Whatever comes late, the article stands as its newest page says.
    """
    told = {number: (is_gone, generation) for number, is_gone, generation in course}
    entry = after(facts(1))
    for number, (is_gone, generation) in told.items():
        page = gone(number, generation=generation) if is_gone else facts(number, EDITED, generation=generation)
        entry = judge(entry, page).entry or entry

    assert (entry.pub_status == "withdrawn") == (told[max(told)][0] if told else False)


Pages = st.lists(
    st.tuples(st.integers(1, 5), st.sampled_from([BODY, EDITED, TOUCHED]), st.integers(1, 2)), min_size=1, max_size=8
)


def _published(history: Sequence[tuple[int, str, int]]) -> tuple[list[tuple[datetime, int]], LedgerEntry]:
    entry: LedgerEntry | None = None
    keys = []
    for number, body, generation in history:
        verdict = judge(entry, facts(number, body, generation=generation))
        entry = verdict.entry or entry
        if verdict.kind == "publish":
            assert entry is not None
            keys.append((START + timedelta(hours=number), entry.version))
    assert entry is not None
    return keys, entry


@given(Pages)
def test_no_key_goes_backwards(history: list[tuple[int, str, int]]) -> None:
    """
    In whatever order pages come, what is published never goes back in time or in version.
    """
    keys, _ = _published(history)

    assert keys == sorted(keys)


@given(Pages, st.randoms(use_true_random=False))
def test_a_history_in_any_order_leaves_the_newest(history: list[tuple[int, str, int]], random: Random) -> None:
    """
    A page says one thing, so the newest page's text stands at the end, however its history was shuffled.
    """
    told = {(number, generation): body for number, body, generation in history}
    shuffled = [(number, body, generation) for (number, generation), body in told.items()]
    random.shuffle(shuffled)
    newest = max(shuffled, key=lambda each: (each[0], each[2]))
    _, entry = _published(shuffled)

    assert entry.revised_at == START + timedelta(hours=newest[0])
    assert entry.field_digests == dict(facts(newest[0], newest[1]).digests)


@given(Pages)
def test_a_replay_of_a_page_that_was_just_taken_changes_nothing(history: list[tuple[int, str, int]]) -> None:
    """
    Judging the last page again leaves the entry as it is.
    """
    _, entry = _published(history)
    number, body, generation = history[-1]
    verdict = judge(entry, facts(number, body, generation=generation))

    assert verdict.entry is None or verdict.entry == entry


def test_pages_of_one_instant_have_an_order() -> None:
    """
    Of two pages fetched in the same millisecond one is the newer, whichever comes first.
    """
    one = page_facts(make_article(BODY, page_id=UUID(int=1)), 1)
    two = page_facts(make_article(EDITED, page_id=UUID(int=2)), 1)

    assert after(one, two).field_digests == after(two, one).field_digests
