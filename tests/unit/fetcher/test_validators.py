"""
What makes the next request conditional.
"""

from __future__ import annotations

import pytest

from services.fetcher.validators import validators_of


def test_validators_are_kept_as_they_are() -> None:
    """
    They are opaque: weak ones, bare ones and dates that are none may be right all the same.
    """
    assert validators_of({"etag": 'W/"a b"', "last-modified": "yesterday"}) == {
        "etag": 'W/"a b"',
        "last_modified": "yesterday",
    }


@pytest.mark.parametrize("tag", ['"\xe9"', '"a\tb"', '"\ufffd"', "a" * 501, ""])
def test_what_cannot_be_said_back_is_not_kept(tag: str) -> None:
    """
    Other bytes than visible ASCII are no header of ours, and one of kilobytes is more than it saves.
    """
    assert validators_of({"etag": tag}) == {"etag": None, "last_modified": None}
