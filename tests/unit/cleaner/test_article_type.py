"""
What kind of article a page is.
"""

import pytest

from services.cleaner.metadata.article_type import find_type
from services.cleaner.page.linked_data import LinkedData
from services.cleaner.page.signals import Signals


def _type(kind: str | None = None, url: str = "https://news.example.org/dam", **meta: str) -> tuple[str | None, str]:
    linked = LinkedData(({"@type": kind},)) if kind else LinkedData()
    stated = {name.replace("_", ":"): (value,) for name, value in meta.items()}
    found, source = find_type(Signals(url=url, linked=linked, meta=stated))
    return found, source.source if source else ""


@pytest.mark.parametrize(
    ("kind", "url", "expected"),
    [
        ("OpinionNewsArticle", "https://news.example.org/dam", ("OpinionNewsArticle", "json-ld")),
        ("LiveBlogPosting", "https://news.example.org/opinion/dam", ("LiveBlogPosting", "json-ld")),
        ("NewsArticle", "https://news.example.org/local/dam", ("NewsArticle", "json-ld-general")),
        ("NewsArticle", "https://news.example.org/meinung/dam", ("OpinionNewsArticle", "url")),
        (None, "https://news.example.org/fotostrecken/dam", ("ImageGallery", "url")),
        (None, "https://news.example.org/pressemitteilungen/dam", ("PressRelease", "url")),
        (None, "https://news.example.org/dam", (None, "")),
        (None, "https://news.example.org/opinion", (None, "")),
    ],
)
def test_the_special_comes_before_the_general(kind: str | None, url: str, expected: tuple[str | None, str]) -> None:
    """
    Stated types first, then the folders of the address; what nothing tells stays open.
    """
    assert _type(kind, url) == expected


def test_the_section_tells_the_type_too() -> None:
    """
    In the words of its language.
    """
    assert _type("NewsArticle", article_section="Kommentare") == ("OpinionNewsArticle", "section")
