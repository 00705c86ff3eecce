from __future__ import annotations

from pathlib import Path

from services.tagger.registry import chosen
from services.tagger.settings import TaggerSettings
from services.tagger.support import render

PAGE = Path(__file__).parents[3] / "docs" / "languages.md"


def test_the_page_of_languages_is_that_of_the_facets() -> None:
    """
    `make docs` writes it; what it says is what the facets declare.
    """
    assert PAGE.read_text(encoding="utf-8") == render(chosen(TaggerSettings()))
