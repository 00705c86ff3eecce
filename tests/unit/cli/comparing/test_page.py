from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

import pytest

from services.cli.comparing.cases import Case
from services.cli.comparing.page import MAX_EXAMPLES, check_target, to_page, write_page
from services.cli.comparing.report import report_of
from services.cli.errors import OutputFileError
from tests.unit.cli.comparing.given import article, case
from tests.unit.cli.comparing.test_showing import outcome_of

HOSTILE = '<script src="https://x.example/a.js">alert(1)</script><img src=x onerror=alert(2)>&amp;'


class Tags(HTMLParser):
    """
    Collects what a browser would see.
    """

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def page_of(*cases: Case, examples: int = 3) -> str:
    """
    The page on some cases.
    """
    by_id = {case.id: case for case in cases}
    return "".join(to_page(outcome_of(report_of(cases, examples)), by_id.__getitem__))


def test_differences_stand_side_by_side() -> None:
    """
    With the words that came and went.
    """
    page = page_of(case(was_cleaned=article("The old dam held."), cleaned=article("The new dam held.")))

    assert '<td dir="auto">The <del>old </del>dam held.<td dir="auto">The <ins>new </ins>dam held.' in page
    assert "1 read the same" not in page


def test_what_pages_say_is_text_and_nothing_is_loaded() -> None:
    """
    Headlines, bodies and URLs come from strangers.
    """
    hostile = case(cleaned=article(HOSTILE, headline=HOSTILE), url=f"https://x.example/{HOSTILE}", site="<b>x")
    dropped = case(1, end=f"dropped: {HOSTILE}", cleaned=None, was_cleaned=article(headline=HOSTILE), site="<b>x")
    seen = Tags()
    seen.feed(page_of(hostile, dropped))

    assert not {"script", "img", "b", "a", "link", "iframe"} & {tag for tag, _ in seen.found}
    assert not {"src", "href", "onerror"} & {name for _, attributes in seen.found for name in attributes}
    assert HOSTILE in seen.text
    assert any("default-src 'none'" in (attributes.get("content") or "") for _, attributes in seen.found)


def test_lists_in_another_order_are_shown() -> None:
    """
    Entry by entry they are the same.
    """
    one, other = [{"name": "A. One"}, {"name": "B. Two"}], [{"name": "B. Two"}, {"name": "A. One"}]
    page = page_of(case(was_cleaned=article(author=one), cleaned=article(author=other)))

    assert "1 in another order" in page
    assert "<ins>" in page


def test_what_is_newly_accepted_or_dropped_is_shown_as_it_begins() -> None:
    """
    On the side that has it.
    """
    page = page_of(case(was_cleaned=None, was_tagged=None), case(1, end="dropped: TOO_SHORT", cleaned=None))

    assert page.count("<ins>A dam held</ins>") == page.count("<del>A dam held</del>") == 1
    assert page.count("<ins>One.</ins>") == page.count("<del>One.</del>") == 1
    assert "newly accepted" in page
    assert "newly dropped: TOO_SHORT" in page


def test_a_page_has_so_many_examples_and_no_more() -> None:
    """
    A browser has to show it.
    """
    cases = [case(number, site=f"site-{number}.example", cleaned=article("Other.")) for number in range(700)]

    assert page_of(*cases).count("<h3>") == MAX_EXAMPLES


def test_a_path_that_cannot_be_written_is_told_before_the_work(tmp_path: Path) -> None:
    """
    And after it too, should it have changed.
    """
    with pytest.raises(OutputFileError, match="cannot be written"):
        check_target(tmp_path / "none" / "x.html")
    with pytest.raises(OutputFileError, match="cannot be written"):
        write_page(outcome_of(report_of([], 1)), lambda _: case(), tmp_path)
