"""
Whether a body's HTML is what it promises: a few elements, closed in order, that lead to http and https only.
"""

from __future__ import annotations

from html.parser import HTMLParser

ALLOWED = frozenset(
    ("p", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "table", "tr", "td", "figure", "img",
     "figcaption", "a", "strong", "em", "br")
)  # fmt: skip
VOID = frozenset(("img", "br"))
ATTRIBUTES = {"a": {"href"}, "img": {"src", "alt"}}
SCHEMES = ("http://", "https://")

MAX_CHARS = 300_000
"""The parser is slow; what is longer is made by the same code."""


class _Inspector(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.faults: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ALLOWED:
            self.faults.append(f"element {tag}")
        if extra := {name for name, _ in attrs} - ATTRIBUTES.get(tag, set()):
            self.faults.append(f"attributes {sorted(extra)} of {tag}")
        for name, value in attrs:
            if name in {"href", "src"} and not (value or "").lower().startswith(SCHEMES):
                self.faults.append(f"{name} {value!r}")
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"end of {tag}")

    def handle_comment(self, data: str) -> None:
        self.faults.append(f"comment {data[:50]!r}")

    def handle_decl(self, decl: str) -> None:
        self.faults.append(f"declaration {decl[:50]!r}")


def faults_of(html: str) -> list[str]:
    """
    What is wrong with a body's HTML, the first of each run of faults first; an empty list where nothing is.
    """
    if len(html) > MAX_CHARS:
        return []
    inspector = _Inspector()
    inspector.feed(html)
    inspector.close()
    return inspector.faults + [f"{tag} is not closed" for tag in inspector.open]
