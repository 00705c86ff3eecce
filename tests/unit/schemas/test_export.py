from __future__ import annotations

from schemas.export import FOLDER, TOPICS_PAGE, rendered, topics_page


def test_the_committed_schemas_are_those_of_the_models() -> None:
    """
    No model changes without the document that subscribers read; `make schemas` writes it anew.
    """
    committed = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.iterdir()}

    assert committed == rendered()


def test_the_page_about_topics_is_made_from_the_table() -> None:
    """
    What operators read of topics is what is created.
    """
    assert TOPICS_PAGE.read_text(encoding="utf-8") == topics_page()
