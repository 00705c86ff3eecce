"""
What each case is in each standard, kept as files: `python -m tests.unit.schemas.exports.golden` writes them anew.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from schemas.events import ArticleTagged
from schemas.exports import jsonld, ninjs
from tests.unit.schemas.exports.cases import CASES

FOLDER = Path(__file__).parents[3] / "fixtures" / "exports"

STANDARDS: dict[str, Callable[[ArticleTagged], dict[str, Any]]] = {
    "ninjs": ninjs.item,
    "jsonld": jsonld.news_article,
}


def golden(case: str, standard: str) -> Path:
    """
    Where the expected object of a case is.
    """
    return FOLDER / f"{case}.{standard}.json"


def written(value: Any) -> str:
    """
    An object as it is kept.
    """
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    for case, article in CASES.items():
        for standard, export in STANDARDS.items():
            golden(case, standard).write_text(written(export(article)), encoding="utf-8")
