"""
The start of a page, parsed once for all that is read off it: which article it is, what its publisher reserves.
"""

from __future__ import annotations

from selectolax.lexbor import LexborHTMLParser

HEAD_BYTES = 256 * 1024
"""Where a page states such things, if it does; the head of the largest pages measured ends far before."""


def read_head(body: bytes) -> LexborHTMLParser:
    """
    Parse the start of a body, undecoded: what is looked for is ASCII in every encoding that is in use, but for UTF-16.
    """
    start = body[:HEAD_BYTES]
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        start = start.decode("utf-16", "ignore").encode()
    return LexborHTMLParser(start)
