from __future__ import annotations

from services.cli.comparing.report import SiteReport, is_change, name_of, report_of
from tests.unit.cli.comparing.given import SITE, article, case, tags


def only(*cases: object, examples: int = 3) -> SiteReport:
    """
    The report on the one site.
    """
    return report_of(cases, examples).sites[SITE]  # type: ignore[arg-type]


def test_lengths_are_summed_up_by_their_median() -> None:
    """
    Of what differs, and says something on both sides.
    """
    was = article("x" * 100)
    lengths = [90, 80, 120, 100, 5]
    cases = [case(number, was_cleaned=was, cleaned=article("x" * size)) for number, size in enumerate(lengths)]
    body = only(*cases, case(9, was_cleaned=was, cleaned=article(""))).fields["articleBody"]

    assert (body.compared, body.changed, body.shorter, body.longer, body.lost) == (6, 5, 3, 1, 1)
    assert body.median_percent == 80


def test_entries_of_lists_are_counted_by_what_came_and_went() -> None:
    """
    Another order alone is told apart.
    """
    was = tags(keywords=[{"text": "dam"}, {"text": "river"}])
    grown = tags(keywords=[{"text": "dam"}, {"text": "storm"}, {"text": "rain"}])
    turned = tags(keywords=[{"text": "river"}, {"text": "dam"}])
    found = only(case(1, was_tagged=was, tagged=grown), case(2, was_tagged=was, tagged=turned)).fields["keywords"]

    assert (found.changed, found.added, found.removed, found.moved) == (2, 2, 1, 1)


def test_only_the_first_examples_are_kept() -> None:
    """
    Of each field, and of each change of ends.
    """
    bodies = [case(number, cleaned=article("Other.")) for number in range(9)]
    drops = [case(number, end="dropped: TOO_SHORT", cleaned=None, tagged=None) for number in range(10, 19)]
    found = only(*bodies, *drops, examples=2)

    assert found.fields["articleBody"].examples == ["p0", "p1"]
    assert found.end_examples[("published", "dropped: TOO_SHORT")] == ["p10", "p11"]


def test_an_article_that_differs_in_two_fields_is_counted_once() -> None:
    """
    Fields count for themselves.
    """
    found = only(case(cleaned=article("Other.", url="https://x.example/"), tagged=tags(inLanguage="de")), case(1))

    assert (found.inputs, found.compared, found.otherwise) == (2, 2, 1)
    assert [name for name, _ in found.changed_fields()] == ["articleBody", "url", "inLanguage"]


def test_sites_with_most_changes_come_first_and_those_without_any_are_left_out() -> None:
    """
    They count in the sums.
    """
    quiet = case(1, site="quiet.example")
    few, many = case(2, site="few.example", cleaned=article("Other.")), case(3, cleaned=article("Other."))
    report = report_of([quiet, few, many, case(4, end="dropped: TOO_SHORT", cleaned=None)], 3)

    assert [name for name, _ in report.ordered()] == [SITE, "few.example"]
    assert report.total.inputs == 4


def test_a_change_of_ends_is_one_that_is_known() -> None:
    """
    Drops have no reason on record, and what gave way to a later page none at all.
    """
    assert is_change(("published", "dropped: TOO_SHORT"))
    assert is_change(("not published", "published"))
    assert is_change(("not published", "dead letter: WORK_TIMEOUT"))
    assert is_change(("dead letter: WORK_TIMEOUT", "dropped: TOO_SHORT"))
    assert not is_change(("not published", "dropped: TOO_SHORT"))
    assert not is_change(("unknown", "published"))


def test_changes_of_ends_have_words() -> None:
    """
    With what an input was before, where that is a letter.
    """
    names = [
        name_of(("not published", "published")),
        name_of(("dead letter: UNDECODABLE", "published")),
        name_of(("published", "dropped: TOO_SHORT")),
        name_of(("published", "dead letter: STAGE_FAILED")),
    ]

    assert names == [
        "newly accepted",
        "newly accepted, was a dead letter: UNDECODABLE",
        "newly dropped: TOO_SHORT",
        "newly a dead letter: STAGE_FAILED",
    ]
