"""
One input of the fuzzer: a page, made of a seed and a number, the same in every process; and its form in a file.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from bench.fuzz.bytewise import BYTEWISE
from bench.fuzz.corpus import NOWHERE, Entry
from bench.fuzz.hints import page_meta
from bench.fuzz.markup import MARKUP
from bench.fuzz.odd import odd_text, size
from schemas.events import MAX_BODY_BYTES, PageFetched, PageMeta

MARKDOWN = ("# {}\n\n", "## {}\n\n", "* {}\n", "- {}\n", "1. {}\n", "> {}\n\n", "| {} | {} |\n|---|---|\n",
            "```\n{}\n```\n",
            "[{}](http://x.example/)\n", "{}\n====\n", "{}\n\n", "{}\n", "    {}\n", "---\ntitle: {}\n---\n",
            "**{}**\n\n", "![{}](x.png)\n")  # fmt: skip


@dataclass(frozen=True)
class Input:
    """
    A page, and how it came about.
    """

    seed: int
    index: int
    page: PageFetched
    steps: tuple[str, ...]

    def with_page(self, body: bytes, meta: PageMeta) -> Input:
        """
        The same input with other content.
        """
        return Input(self.seed, self.index, PageFetched(meta=meta, body=body), self.steps)

    def as_json(self) -> dict[str, Any]:
        """
        For a file: all that is needed to run it again.
        """
        return {
            "seed": self.seed,
            "index": self.index,
            "steps": list(self.steps),
            "meta": json.loads(self.page.meta.model_dump_json(by_alias=True, exclude_none=True)),
            "body": base64.b64encode(self.page.body).decode(),
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Input:
        """
        Read what `as_json` wrote.

        Raises:
            KeyError, ValueError: It is something else.
        """
        meta = PageMeta.model_validate_json(json.dumps(stored["meta"]))
        page = PageFetched(meta=meta, body=base64.b64decode(stored["body"]))
        return cls(stored["seed"], stored["index"], page, tuple(stored["steps"]))


def make_input(corpus: Sequence[Entry], seed: int, index: int) -> Input:
    """
    Input number `index` of a seed.
    """
    rng = Random(f"{seed}/{index}")
    first, other = (_choose(rng, corpus) for _ in range(2))
    body, url, steps = _base(rng, first)
    donor = other.read() if rng.random() < 0.3 else body
    for _ in range(rng.choice((1, 1, 1, 2, 2, 3, 5))):
        mutation = rng.choice(BYTEWISE if rng.random() < 0.35 else MARKUP)
        body = mutation(rng, body, donor)[:MAX_BODY_BYTES]
        steps = (*steps, mutation.__name__)
    return Input(seed, index, PageFetched(meta=page_meta(rng, body, url), body=body), steps)


def _choose(rng: Random, corpus: Sequence[Entry]) -> Entry:
    """
    The smallest of three: much is tried on small pages, something on large ones.
    """
    return min((rng.choice(corpus) for _ in range(3)), key=lambda entry: entry.size)


def _base(rng: Random, entry: Entry) -> tuple[bytes, str, tuple[str, ...]]:
    kind = rng.random()
    if kind < 0.75:
        return entry.read(), entry.url, ("page",)
    if kind < 0.82:
        text = re.sub(rb"<(script|style)\b.*?</\1>|<[^>]*>", b"\n", entry.read(), flags=re.DOTALL)
        return re.sub(rb"\n\s*\n+", b"\n\n", text), entry.url, ("text",)
    if kind < 0.9:
        lines = (rng.choice(MARKDOWN).replace("{}", odd_text(rng, 600)) for _ in range(size(rng, 200)))
        return "".join(lines).encode("utf-8", "surrogatepass"), NOWHERE + "note.md", ("markdown",)
    if kind < 0.98:
        inner = "".join(f"<p>{odd_text(rng)}</p>" for _ in range(size(rng, 30)))
        return (
            f"<html><head><title>{odd_text(rng, 90)}</title></head><body>{inner}</body></html>".encode(),
            NOWHERE,
            ("made",),
        )
    return b"", NOWHERE, ("empty",)
