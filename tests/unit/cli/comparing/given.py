"""
Entries of the spool, for tests.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from services.cli.comparing.cases import PUBLISHED, Case, Entry, case_of

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SITE = "hill-gazette.example"


def article(body: str = "One.\n\nTwo.", **fields: Any) -> bytes:
    """
    A cleaned article, as JSON.
    """
    return json.dumps({"headline": "A dam held", "articleBody": body, **fields}).encode()


def tags(**fields: Any) -> bytes:
    """
    A tagged one.
    """
    return json.dumps({"inLanguage": "en", **fields}).encode()


def entry(number: int = 0, **fields: Any) -> Entry:
    """
    An input that was published, and would be, an hour ago.
    """
    url = f"https://{SITE}/{number}"
    known = {"arrived": NOW - timedelta(hours=1), "end": PUBLISHED}
    same = {"cleaned": article(), "was_cleaned": article(), "tagged": tags(), "was_tagged": tags()}
    return Entry(
        **{"id": f"p{number}", "article_id": f"a{number}", "site": SITE, "url": url, **known, **same, **fields}
    )


def case(number: int = 0, **fields: Any) -> Case:
    """
    The case of such an entry.
    """
    return case_of(entry(number, **fields), NOW, tags_only=False)
