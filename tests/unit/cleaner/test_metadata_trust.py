"""
The documented order of trust.
"""

import re
from pathlib import Path

from services.cleaner.metadata import TRUST

PAGE = Path(__file__).parents[3] / "docs" / "metadata.md"


def test_the_documented_order_of_trust_is_the_codes() -> None:
    """
    The table in the docs has the same fields and the same sources in the same order.
    """
    rows = re.findall(r"^\| `(\w+)` \| ([\w, -]+) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)

    assert {field: tuple(sources.split(", ")) for field, sources in rows} == dict(TRUST)
    assert [field for field, _ in rows] == list(TRUST)
