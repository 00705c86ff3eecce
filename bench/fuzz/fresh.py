"""
Real pages made over and over again, each time with something new at many places.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from random import Random

from schemas.events import PageFetched, PageMeta
from schemas.ids import article_id, sha256_hex

FRESH = 30
"""Places of a page at which something new is put."""

SYLLABLES = ("ba", "de", "ki", "lo", "mu", "na", "re", "si", "to", "vu", "ga", "he")
TAG = re.compile(rb"<(?:p|div|span|li|h[1-6]|title|a)\b[^<>]{0,500}>", re.IGNORECASE)


class Pages:
    """
    Pages without end, no two alike.
    """

    def __init__(self, bodies: Sequence[bytes], seed: int) -> None:
        self._bodies = bodies
        self._rng = Random(seed)
        self._order: list[int] = []

    def make(self, number: int) -> PageFetched:
        """
        Page `number`: each body comes once before any comes again, in an order that changes.
        """
        if not self._order:
            self._order = self._rng.sample(range(len(self._bodies)), len(self._bodies))
        body = self._freshened(self._bodies[self._order.pop()], number)
        url = f"https://news{number}.example/{self._word()}/{number}"
        meta = PageMeta.of(
            sha256_hex(body),
            url=url,
            article_id=article_id(url),
            fetched_at=datetime(2026, 1, 1, tzinfo=UTC),
            content_type="text/html",
        )
        return PageFetched(meta=meta, body=body)

    def _freshened(self, body: bytes, number: int) -> bytes:
        name = f"{self._word().title()} {self._word().title()}{number}"
        head = f'<meta name="author" content="{name}"><meta name="keywords" content="{self._word()}{number}">'
        tags = list(TAG.finditer(body))
        chosen = sorted(self._rng.sample(tags, min(FRESH, len(tags))), key=lambda tag: tag.start())
        parts, end = [], 0
        for tag in chosen:
            classed = re.sub(rb'(?<=class=")', f"{self._word()}-{number} ".encode(), tag[0], count=1)
            parts += [body[end : tag.start()], classed, f"{self._word()}{number} {self._word()} ".encode()]
            end = tag.end()
        whole = b"".join((*parts, body[end:]))
        return re.sub(rb"(?<=<head>)|$", head.encode(), whole, count=1)

    def _word(self) -> str:
        return "".join(self._rng.choices(SYLLABLES, k=4))
