"""
What consent walls, login walls, error pages and bot checks say, in the languages of `data/walls.toml`.

Each test gives the share of a text, 0 to 1, whose paragraphs say it: an article may hold such a sentence, a wall little
else. What stands in quotation marks is said by somebody else, and does not count.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal

from services.cleaner.lines import fold

NEAR = 90
"""Characters between the two halves of a phrase, at most."""

MAX_NAME_WORDS = 4
"""A longer part of a title is no site's name."""

MAX_PARAGRAPH_CHARS = 3000
MAX_TITLE_CHARS = 120

_PARTS = re.compile(r"\s+[-–—|·•]\s+|\s*\|\s*")
_STATUS = r"(?:http )?(?:40[0134568]|41[0-9]|42[0-9]|451|50[0-4]|52[0-6])"
_QUOTED = re.compile(r"“[^”]{4,}”|\"[^\"]{4,}\"|«[^»]{4,}»|„[^“”]{4,}[“”]|「[^」]{4,}」")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")

Pattern = re.Pattern[str]
Kind = Literal["login", "error", "bot", "script"]


class Phrases:
    """
    Phrases to look for in folded texts. Only those of which the longest word is there are looked for at all, and only
    they are compiled: of a thousand phrases a page holds a handful.
    """

    def __init__(self, phrases: Iterable[str]) -> None:
        self._sources = tuple(dict.fromkeys(_source(phrase) for phrase in phrases if phrase))

    def within(self, has: Callable[[str], bool]) -> tuple[Pattern, ...]:
        """
        Those that may be in a text, or in a part of it, which tells of a word whether it holds it.
        """
        return tuple([_compiled(source) for word, source in self._sources if has(word)])


@dataclass(frozen=True)
class Walls:
    """
    Phrases by kind; pairs of (one half, the other) by language; expressions for whole titles.
    """

    pairs: Mapping[str, Sequence[tuple[Phrases, Phrases]]]
    alone: Mapping[str, Phrases]
    titles: Mapping[str, Pattern]


@cache
def load_walls() -> Walls:
    """
    Read the phrases.
    """
    data = tomllib.loads(resources.files("services.cleaner").joinpath("data/walls.toml").read_text(encoding="utf-8"))
    regret = _any(data["error"]["lead"]["all"])
    lead = rf"(?:(?:{regret}|{_STATUS})\W+)*"
    errors = _any(_all(data["error"]["titles"]))
    alone = {kind: Phrases(_all(data[kind]["alone"])) for kind in ("login", "error", "bot", "script")}
    return Walls(
        pairs={
            "consent": _pairs(data["consent"]["own"], data["consent"]["thing"]),
            "login": _pairs(data["login"]["act"], data["login"]["aim"]),
        },
        alone={**alone, "choice": Phrases(_all(data["consent"]["choice"]))},
        titles={
            "error": re.compile(rf"{lead}(?:{errors})(?:\W+{_STATUS})?|{lead}{_STATUS}(?:\W+(?:{regret}))?"),
            "bot": re.compile(_any(_all(data["bot"]["titles"]))),
            "index": re.compile(_any(_all(data["index"]["titles"]), is_open=True)),
        },
    )


class Wording:
    """
    A short text, asked for what it says.
    """

    def __init__(self, paragraphs: Sequence[str]) -> None:
        self._folded = [fold(_QUOTED.sub(" ", text[:MAX_PARAGRAPH_CHARS])) for text in paragraphs]
        self._weights = list(map(_weight, paragraphs))
        self._all = "\n".join(self._folded)
        self._has = cache(self._all.__contains__)
        """Languages share words: `cookie` is asked for in twenty of them."""

    def share(self, kind: Kind) -> float:
        """
        Of paragraphs that say it: log in to read on, nothing is here, are you human, JavaScript is needed.
        """
        walls = load_walls()
        alone, pairs = walls.alone[kind].within(self._has), self._pairs(kind)
        title = walls.titles.get(kind)
        return self._share(
            lambda text: (
                any(phrase.search(text) for phrase in alone)
                or any(_is_near(one, other, text) for one, other in pairs)
                or bool(title and len(text) <= MAX_TITLE_CHARS and title.fullmatch(text))
            )
        )

    def consent_share(self) -> float:
        """
        Of paragraphs about cookies and choices, where the site tells in its own name that it uses them and asks for a
        choice; else 0.
        """
        pairs = self._pairs("consent")
        if not any(_is_near(one, other, text) for one, other in pairs for text in self._folded):
            return 0.0
        choices = load_walls().alone["choice"].within(self._has)
        if not any(phrase.search(self._all) for phrase in choices):
            return 0.0
        words = [*choices, *(phrase for _, things in pairs for phrase in things)]
        return self._share(lambda text: any(phrase.search(text) for phrase in words))

    def _pairs(self, kind: str) -> list[tuple[tuple[Pattern, ...], tuple[Pattern, ...]]]:
        found = ((one, other.within(self._has)) for one, other in load_walls().pairs.get(kind, ()))
        return [(one.within(self._has), others) for one, others in found if others]

    def _share(self, says: Callable[[str], bool]) -> float:
        total = sum(self._weights)
        said = sum(weight for text, weight in zip(self._folded, self._weights, strict=True) if text and says(text))
        return said / total if total else 0.0


def is_titled(title: str, kind: Literal["error", "bot", "index"]) -> bool:
    """
    Is a title one of a kind, with nothing beside it but a site's short name?
    """
    pattern = load_walls().titles[kind]
    if len(title) > MAX_TITLE_CHARS:
        return False
    parts = [part for part in _PARTS.split(title) if part]
    is_phrase = [bool(pattern.fullmatch(fold(part))) for part in parts]
    others = (part for part, found in zip(parts, is_phrase, strict=True) if not found)
    is_named = any(is_phrase) and all(len(part.split()) <= MAX_NAME_WORDS for part in others)
    return is_named or bool(pattern.fullmatch(fold(title)))


def _weight(text: str) -> int:
    """
    Characters as of an alphabet: one of Chinese, Japanese or Korean says as much as three.
    """
    return len(text) if text.isascii() else len(text) + 2 * len(_UNSPACED.findall(text))


def _is_near(one: Sequence[Pattern], other: Sequence[Pattern], text: str) -> bool:
    ends = [match.span() for phrase in other for match in phrase.finditer(text)]
    return bool(ends) and any(
        start - match.end() <= NEAR and match.start() - end <= NEAR
        for phrase in one
        for match in phrase.finditer(text)
        for start, end in ends
    )


def _pairs(one: Mapping[str, list[str]], other: Mapping[str, list[str]]) -> tuple[tuple[Phrases, Phrases], ...]:
    return tuple((Phrases(one[name]), Phrases(other[name])) for name in one if name in other)


def _all(phrases: Mapping[str, list[str]]) -> list[str]:
    return [phrase for found in phrases.values() for phrase in found]


def _any(phrases: Iterable[str], *, is_open: bool = False) -> str:
    sources = dict.fromkeys(_source(phrase, is_open=is_open)[1] for phrase in phrases if phrase)
    return "|".join(sorted(sources, key=len, reverse=True))


@cache
def _compiled(source: str) -> Pattern:
    return re.compile(source)


def _source(phrase: str, *, is_open: bool = False) -> tuple[str, str]:
    """
    The longest word of a phrase, folded, and an expression for all of it; scripts that set words apart match whole
    words only.
    """
    pairs = [(fold(word.removesuffix("*")), word.endswith("*")) for word in phrase.split()]
    stems = [(stem, is_stem) for stem, is_stem in pairs if stem]
    text = r"\W+".join(re.escape(stem) + (r"\w*" if is_stem else "") for stem, is_stem in stems)
    longest = max((word for stem, _ in stems for word in re.findall(r"\w+", stem)), key=len)
    if is_open and phrase.endswith("*"):
        text += r"\b.*"
    if _UNSPACED.search(phrase):
        return longest, text
    return longest, rf"(?<![a-z0-9]){text}(?![a-z0-9])" if text.isascii() else rf"(?<!\w){text}(?!\w)"
