"""
Where links and emphasis are in a tidy text.
"""

from html import escape

from hypothesis import given
from hypothesis import strategies as st

from services.cleaner.body.extract import fragment_body
from services.cleaner.document import Passage

WORDS = st.text(alphabet="ab é\u00a0\u200b\u00ad\t 字", min_size=0, max_size=8)
PIECES = st.lists(st.tuples(WORDS, st.booleans()), min_size=1, max_size=8)


@given(PIECES)
def test_a_span_covers_just_the_text_of_its_link(pieces: list[tuple[str, bool]]) -> None:
    """
    Whatever white space and invisible characters stand in and around it.
    """
    marked = [
        f'<a href="/{n}">{escape(text)}</a>' if is_link else escape(text) for n, (text, is_link) in enumerate(pieces)
    ]
    body = fragment_body(f"<p>{''.join(marked)}</p>", "https://news.example.org/")

    found: dict[str | None, str] = {}
    for part in body:
        assert isinstance(part, Passage)
        text = part.lines[0].cells[0]
        found |= {span.href: text.text[span.start : span.end] for span in text.spans}
    expected = {
        f"https://news.example.org/{n}": " ".join(text.replace("\u200b", "").replace("\u00ad", "").split())
        for n, (text, is_link) in enumerate(pieces)
        if is_link
    }
    assert found == {href: text for href, text in expected.items() if text}


def test_spans_of_a_line_behind_a_break_are_counted_from_its_start() -> None:
    """
    Each line has its own.
    """
    [first, second] = fragment_body(
        '<p>It held. <b>All</b> night.<br>Then <a href="/x">the river</a> fell.</p>', "https://e.org/"
    )
    assert isinstance(first, Passage)
    assert isinstance(second, Passage)

    texts = [part.lines[0].cells[0] for part in (first, second)]
    assert [text.text[span.start : span.end] for text in texts for span in text.spans] == ["All", "the river"]


def test_an_address_that_is_broken_over_lines_is_made_whole() -> None:
    """
    As browsers do; nothing that cannot be seen is left in it.
    """
    [part] = fragment_body('<p><a href="htt\np://e.org/a\tb c">x</a></p>', "https://e.org/")
    assert isinstance(part, Passage)

    assert [span.href for span in part.lines[0].cells[0].spans] == ["http://e.org/ab%20c"]
