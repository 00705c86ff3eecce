"""
Lines that are no part of any article, told by their whole text: skip links, share bars, pleas to subscribe.

The phrases are data, a file a language beside this module. All files hold for every page: sites mix languages. A line
is removed only if all of it is a phrase, so the same words inside a sentence stay.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources

from services.cleaner.document import Body, Cut, Part, Passage, without
from services.cleaner.lines import fold

MAX_LINE_CHARS = 160
"""A longer line is prose."""

MAX_COPYRIGHT_WORDS = 8
"""A line that begins with the sign and is not longer names an owner."""

HEADING_RULES = frozenset({"menu", "back-to-top", "related", "comments", "follow"})
"""Rules whose shortest phrases ("Home", "Topics") also head a section of an article."""

_MARKS_ONLY = "marks-only"
_NAMES = "e-?mails?|mails?|e-?post|e-?posta|correo|posta|почте|sms|mejl|print|lien|link|amigos|friends|social media"
_NETWORKS = (
    "facebook|fb|twitter|x|whats ?app|linkedin|telegram|instagram|pinterest|reddit|tumblr|bluesky|mastodon|threads|xing"
    "|flipboard|pocket|messenger|viber|vk|line|youtube|tiktok|google news|google\\+?|reseaux sociaux|redes sociales"
    "|redes sociais|social|sociala medier|вконтакте|телеграме?|одноклассниках|фейсбуке?|соцсетях|социальных сетях"
    "|друзьями|فيسبوك|تويتر|واتساب|تلغرام|انستغرام|البريد الالكتروني|facebooku|twitterze|instagramie|whatsappie"
)
_JOINED = rf"(?:(?:{_NETWORKS}|{_NAMES})(?:\W+(?:(?:and|or|und|oder|et|ou|y|o|e|i|en|of|och|eller|ve|и|или|و)\s)?|$))+"
"""What `<networks>` stands for in a pattern: names of places to share to, joined as each language joins them."""


@dataclass(frozen=True)
class Rules:
    """
    Whole-line rules.

    Attributes:
        phrases: Folded line to the class of its rule.
        patterns: A class and an expression that a folded line has to match as a whole.
    """

    phrases: dict[str, str]
    patterns: tuple[tuple[str, re.Pattern[str]], ...]

    def match(self, line: str) -> str | None:
        """
        The class of the rule that a line falls under, or None: it is text.
        """
        if len(line) > MAX_LINE_CHARS:
            return None
        folded = fold(line)
        if not folded:
            return _MARKS_ONLY
        if line.lstrip(" (").startswith("©") and len(line.split()) <= MAX_COPYRIGHT_WORDS:
            return "copyright"
        found = self.phrases.get(folded)
        if found is None:
            found = next((rule for rule, pattern in self.patterns if pattern.fullmatch(folded)), None)
        return found


@cache
def load_rules() -> Rules:
    """
    Read the rules of all languages. The first language in alphabetical order names a phrase's class.
    """
    phrases: dict[str, str] = {}
    patterns: dict[str, list[str]] = {}
    for _, content in _files():
        for rule, table in tomllib.loads(content).items():
            for phrase in table.get("phrases", ()):
                phrases.setdefault(fold(phrase), rule)
            patterns.setdefault(rule, []).extend(
                f"(?:{text.replace('<networks>', _JOINED)})" for text in table.get("patterns", ())
            )
    compiled = tuple((rule, re.compile("|".join(texts))) for rule, texts in sorted(patterns.items()) if texts)
    return Rules(phrases, compiled)


def rule_digests() -> list[str]:
    """
    SHA-256 of each rule file, for the fingerprint.
    """
    return [f"boilerplate/{name}={hashlib.sha256(content.encode()).hexdigest()}" for name, content in _files()]


def strip_boilerplate(body: Iterable[Part], rules: Rules, headings: frozenset[str] = frozenset()) -> Body:
    """
    Cut boilerplate passages, and boilerplate lines within passages.

    Args:
        body: What was found.
        rules: What to remove.
        headings: Folded one-word subheadings of the article, which stay under rules that they may share a word with.
    """
    return tuple(left for part in body for left in _strip(part, rules, headings))


def _strip(part: Part, rules: Rules, headings: frozenset[str]) -> Body:
    if not isinstance(part, Passage):
        return (part,)
    rule = rules.match(part.text.replace("\n", " "))
    if rule and not (rule in HEADING_RULES and fold(part.text) in headings):
        return (Cut(rule, part.text),)
    if len(part.lines) == 1:
        return (part,)
    gone = [(line, rule) for line in part.lines if (rule := rules.match(line.text))]
    return without(part, gone) if gone else (part,)


def _files() -> Iterator[tuple[str, str]]:
    folder = resources.files("services.cleaner") / "boilerplate"
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        if file.name.endswith(".toml"):
            yield file.name, file.read_text("utf-8")
