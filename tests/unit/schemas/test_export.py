from __future__ import annotations

from schemas.export import FOLDER, rendered


def test_the_committed_schemas_are_those_of_the_models() -> None:
    """
    No model changes without the document that subscribers read; `make schemas` writes it anew.
    """
    committed = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.iterdir()}

    assert committed == rendered()
