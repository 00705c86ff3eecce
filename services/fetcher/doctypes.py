"""
XML without what it declares of itself: no entity, neither from inside nor from outside, and no DTD.

What feeds use of them is known without a declaration; what else stands there is made to grow, or to load something.
"""

from __future__ import annotations

import re

_BEGIN = re.compile(rb"<!DOCTYPE\b", re.IGNORECASE)
_SKIPPED = rb"<!--(?:.*?-->|.*+)|'[^']*'|\"[^\"]*\""
_REST = re.compile(rb"(?:%b|[^\[>'\"])*+(?:\[(?:%b|[^\]'\"])*+\]\s*+)?+>" % (_SKIPPED, _SKIPPED), re.DOTALL)
"""To the end, with what it declares inside. Possessive, and tried once: linear in the document."""


def without_doctype(body: bytes) -> bytes:
    """
    The document without its DOCTYPE; one that does not end is left to the parser, which refuses it.
    """
    begin = _BEGIN.search(body)
    rest = _REST.match(body, begin.end()) if begin else None
    return body[: begin.start()] + body[rest.end() :] if begin and rest else body
