"""
What a robots.txt allows, by RFC 9309; and Crawl-delay, which is older than the RFC and not in it.

Own code, because the rules are what being a good guest rests on: the answer must not depend on hash order, and no
pattern may take more than linear time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from services.fetcher.urls import unify_escapes

MAX_ROBOTS_BYTES = 500 * 1024
"""RFC 9309, 2.5: at least 500 KiB are read; what lies behind is ignored."""

MAX_SITEMAPS = 50

_UNSAFE = re.compile(r"[^\x21\x23-\x3b=\x3f-\x5b\]_a-z|~]+")
_SITEMAP = re.compile(r"^[ \t]*sitemap[ \t]*:[ \t]*([^\s#]+)", re.IGNORECASE | re.MULTILINE)
_PRODUCT = re.compile(r"[A-Za-z_-]+")
_LINE_END = re.compile(r"\r\n|\r|\n")
_FIELDS = {
    "user-agent": "agent",
    "useragent": "agent",
    "user agent": "agent",
    "allow": "allow",
    "disallow": "disallow",
    "dissallow": "disallow",
    "dissalow": "disallow",
    "disalow": "disallow",
    "diasllow": "disallow",
    "disallaw": "disallow",
    "crawl-delay": "delay",
}
"""Field names, with the misspellings that are common enough to be meant (google/robotstxt accepts the same)."""


@dataclass(frozen=True)
class Rules:
    """
    The rules of one robots.txt for one agent.

    Attributes:
        patterns: `(pattern, is allowed)`, longest first; among equals the allowing one first.
        crawl_delay_s: Seconds between two requests, where stated.
    """

    patterns: tuple[tuple[str, bool], ...] = ()
    crawl_delay_s: float | None = None

    def is_allowed(self, url: str) -> bool:
        """
        Whether the URL may be fetched: the longest matching pattern decides, none allows.
        """
        if not self.patterns:
            return True
        path = _matched_path(url)
        return next((allowed for pattern, allowed in self.patterns if _matches(pattern, path)), True)


@dataclass
class _Group:
    rules: list[tuple[str, bool]]
    delay_s: float | None = None


def matches(pattern: str, url: str) -> bool:
    """
    Whether a pattern, as it stands in a robots.txt, matches a URL.
    """
    return _matches(_pattern(pattern), _matched_path(url))


def decode_robots(body: bytes) -> str:
    """
    The text of a robots.txt; bytes that are no UTF-8 are replaced, a byte order mark is dropped.
    """
    return body[:MAX_ROBOTS_BYTES].decode("utf-8", "replace").lstrip("\ufeff")


@lru_cache(maxsize=512)
def rules_for(text: str, agent: str) -> Rules:
    """
    The rules for an agent, named by its product token: all groups that name it, else all groups for `*`.
    """
    groups = _groups(text)
    group = groups.get(agent.lower(), groups.get("*"))
    if group is None:
        return Rules()
    patterns = sorted(set(group.rules), key=lambda rule: (-len(rule[0]), not rule[1], rule[0]))
    return Rules(tuple(patterns), group.delay_s)


def sitemaps_of(text: str) -> tuple[str, ...]:
    """
    The sitemaps that a robots.txt names (sitemaps.org; for every agent, wherever the line stands), at most fifty.
    """
    return tuple(dict.fromkeys(_SITEMAP.findall(text)))[:MAX_SITEMAPS]


def _groups(text: str) -> dict[str, _Group]:
    groups: dict[str, _Group] = {}
    current: list[_Group] = []
    is_naming = False
    for field, value in _lines(text):
        if field == "agent":
            current = [*(current if is_naming else []), groups.setdefault(_agent_of(value), _Group([]))]
            is_naming = True
        elif field == "delay":
            for group in current:
                group.delay_s = group.delay_s if group.delay_s is not None else _seconds(value)
        else:
            is_naming = False
            if value:
                for group in current:
                    group.rules.append((_pattern(value), field == "allow"))
    return groups


def _lines(text: str) -> Iterator[tuple[str, str]]:
    for line in _LINE_END.split(text):
        plain = line.partition("#")[0].strip()
        name, colon, value = plain.partition(":")
        if not colon:
            # A missing colon is forgiven where the line has two words.
            name, _, value = plain.partition(" ") if len(plain.split()) == 2 else (plain, "", "")
        field = _FIELDS.get(name.strip().lower())
        if field is not None:
            yield field, value.strip()


def _agent_of(value: str) -> str:
    if value == "*" or value.startswith(("* ", "*\t")):
        return "*"
    found = _PRODUCT.match(value)
    return found[0].lower() if found else ""


def _seconds(value: str) -> float | None:
    found = re.match(r"[0-9]{1,9}(?:\.[0-9]{1,9})?", value)
    return float(found[0]) if found else None


def _path_of(url: str) -> str:
    rest = re.sub(r"^[A-Za-z][A-Za-z0-9+.-]*:", "", url)
    if rest.startswith("//"):
        after_authority = re.search(r"[/?#;]", rest[2:])
        rest = rest[2 + after_authority.start() :] if after_authority else ""
    path = rest.partition("#")[0]
    return path if path.startswith("/") else f"/{path}"


def _matched_path(url: str) -> str:
    return _normalise(_path_of(url)).replace("$", "%24").replace("*", "%2A")


def _pattern(value: str) -> str:
    """
    RFC 9309, 2.2.3: `*` and a final `$` are special, any other `$` stands for itself.
    """
    body, end = (value[:-1], "$") if value.endswith("$") else (value, "")
    return _normalise(body).replace("$", "%24") + end


def _normalise(text: str) -> str:
    """
    RFC 9309, 2.2.2: what may not stand in a URL is escaped, escapes of unreserved characters are undone.
    """
    escaped = _UNSAFE.sub(lambda found: "".join(f"%{b:02X}" for b in found[0].encode("utf-8", "replace")), text)
    return unify_escapes(escaped)


def _matches(pattern: str, path: str) -> bool:
    """
    Whether a pattern matches the start of a path; `*` is any text, a final `$` the end. Linear in the path.
    """
    is_anchored = pattern.endswith("$")
    first, *rest = (pattern[:-1] if is_anchored else pattern).split("*")
    if not path.startswith(first):
        return False
    if not rest:
        return not is_anchored or len(path) == len(first)
    place = len(first)
    for piece in rest[:-1] if is_anchored else rest:
        found = path.find(piece, place)
        if found < 0:
            return False
        place = found + len(piece)
    return not is_anchored or (path.endswith(rest[-1]) and len(path) - len(rest[-1]) >= place)
