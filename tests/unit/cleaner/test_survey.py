"""
The one walk over a page.
"""

import pytest

from services.cleaner.page.parsing import parse_html
from services.cleaner.page.survey import MAX_ELEMENTS, MAX_KEPT, Survey, survey


def _survey(body: str) -> Survey:
    tree = parse_html(f"<html><head><title>The dam</title></head><body>{body}</body></html>")
    assert tree is not None
    return survey(tree)


@pytest.mark.parametrize(
    ("kind", "element"),
    [
        ("authors", '<p class="Byline-Name">Ada</p>'),
        ("authors", '<a href="/autor/ada">Ada</a>'),
        ("authors", '<b itemprop="author">Ada</b>'),
        ("leads", '<p id="standfirst">The dam held.</p>'),
        ("walls", '<div class="c-paywall">Subscribe</div>'),
        ("led", "<p>By Ada Berg</p>"),
        ("times", "<time>May</time>"),
        ("headings", "<h3>Dam</h3>"),
    ],
)
def test_elements_are_sorted_by_what_marks_them(kind: str, element: str) -> None:
    """
    Tag, class or id, link, microdata, first word.
    """
    assert len(getattr(_survey(f"<p>x</p>{element}"), kind)) == 1


def test_a_title_within_a_picture_is_not_the_pages() -> None:
    """
    A title that was pushed out of the head is.
    """
    assert len(_survey("<svg><title>Logo</title></svg>").titles) == 1


def test_a_page_without_end_is_walked_in_part() -> None:
    """
    Work is bounded by the number of its elements, and of those of one kind.
    """
    found = _survey('<p class="byline">By</p>' * MAX_ELEMENTS + "<h1>The dam</h1>")

    assert len(found.authors) == MAX_KEPT
    assert found.headings == []
