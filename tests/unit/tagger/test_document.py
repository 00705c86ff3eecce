from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from services.tagger.document import document_of, normalise, read
from tests.unit.tagger.conftest import make_article


def test_a_possessive_ending_is_no_part_of_a_word() -> None:
    """
    "Coalition's" names the Coalition, under either apostrophe.
    """
    tokens = read("articleBody", "The Coalition’s men and Ada's dog").tokens

    assert [token.text for token in tokens] == ["The", "Coalition", "men", "and", "Ada", "dog"]


def test_an_abbreviated_country_is_one_word() -> None:
    """
    "U.S." is not cut at its points.
    """
    assert "U.S." in [token.text for token in read("articleBody", "The U.S. Army left.").tokens]


def test_a_sentence_opens_after_a_full_stop_but_not_after_a_title() -> None:
    """
    "Dr. Vole" goes on; "left. Then" begins anew.
    """
    tokens = {token.text: token for token in read("articleBody", "Dr. Vole left. Then Mr. Stoat came").tokens}

    assert not tokens["Vole"].opens
    assert tokens["Then"].opens
    assert not tokens["Stoat"].opens


def test_spellings_of_a_word_meet() -> None:
    """
    Case, diacritics and apostrophes do not count.
    """
    assert normalise("Sána’A") == "sanaa"


def test_a_title_in_capitals_tells_no_names() -> None:
    """
    Where each word has a capital, capitals say nothing.
    """
    assert not read("headline", "Five Reasons Why Ponds Freeze").is_cased
    assert read("headline", "Why ponds in Norway freeze so early").is_cased


def test_texts_come_in_reading_order() -> None:
    """
    Headline, standfirst, body; a standfirst that is absent is left out.
    """
    full = document_of(make_article("Body.", "Head", description="Lead."))

    assert [text.field for text in full.texts] == ["headline", "description", "articleBody"]
    assert [text.field for text in document_of(make_article("Body.")).texts] == ["headline", "articleBody"]


@given(st.text(max_size=400))
def test_tokens_stand_where_they_say(text: str) -> None:
    """
    In any text each token is its span, and spans ascend without overlap.
    """
    tokens = read("articleBody", text).tokens

    assert all(text[token.start : token.end] == token.text for token in tokens)
    assert all(one.end <= two.start for one, two in pairwise(tokens))
