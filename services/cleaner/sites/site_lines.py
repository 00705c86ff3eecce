"""
Lines that a site repeats from page to page: where the lines of a body stand, what is cut of them, what is told of them.

    body, as the rules left it --> sight             --> Sighting, to be counted (`line_counts`)
                               --> strip_site_lines  --> body, with a mark for each line that was cut

A line is a passage of one line, a line of a paragraph or a quote, or a whole list. Rows of tables are none, nor are
single items of lists: ingredients, clubs and prices recur, and are what the article is about.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum
from functools import lru_cache

from services.cleaner.document import Body, Cut, Line, Part, Passage, clean_text, passages, without
from services.cleaner.lines import fold

RULE = "site-line"

MAX_LINE_CHARS = 300
"""A longer line is prose."""

MAX_SIGHTED = 60
"""Lines of a page that are told of: half from its beginning, half from its end."""

DIGEST_BYTES = 8

PROSE_CHARS, PROSE_CHARS_WIDE, LONG_CHARS = 60, 25, 150
"""A sentence so long is prose; in scripts with full-width stops, a shorter one; a long text is without a stop."""

_STOPS, _CLOSING = frozenset(".!?:…؟।።။"), "'\"”’»)]"
_WIDE_STOPS, _WIDE_CLOSING = frozenset("。！？："), _CLOSING + "」』）"


class Standing(IntEnum):
    """
    What the place of a line says of it.

    FREE: at an end of the body, or no sentence.
    GUARDED: a sentence between prose, or a heading with something of its own under it: it takes far more to cut it.
    FIXED: a heading with something of its own, between prose. It is the article's, however often it is seen.
    """

    FREE = 0
    GUARDED = 1
    FIXED = 2


@dataclass(frozen=True)
class KnownLines:
    """
    The lines of a page's site, as known when the page was fetched.

    Attributes:
        digest: Names them; part of the id of what is made with them. Empty where nothing is known.
        shares: Digest of a line to the share of articles that it stood in, percent.
    """

    digest: str = ""
    shares: Mapping[bytes, int] = field(default_factory=dict)


NO_LINES = KnownLines()


@dataclass(frozen=True, slots=True)
class Sighting:
    """
    What is to be counted of a page.

    Attributes:
        prose: Digest of its running text: pages with equal ones are one article under several addresses.
        free: The digests of its lines that stand so, each once, joined; `guarded` likewise.
    """

    prose: bytes
    free: bytes = b""
    guarded: bytes = b""


@dataclass(frozen=True, slots=True)
class _Placed:
    """
    A line in its place; `line` is None where it is all of its passage.
    """

    part: Passage
    line: Line | None
    text: str
    digest: bytes
    standing: Standing


@lru_cache(maxsize=2048)
def digest_of(line: str) -> bytes | None:
    """
    What a line is known by: 8 bytes of its folded text. None: there is no text in it.
    """
    folded = fold(line)
    return _hash(folded) if folded else None


def sight(body: Body, known: KnownLines = NO_LINES) -> Sighting:
    """
    Tell of the lines of a body, before any of them is cut.

    Args:
        body: As the rules left it.
        known: Lines that count as none of its prose.
    """
    placed = list(_placed(body, known))
    half = MAX_SIGHTED // 2
    told = placed if len(placed) <= MAX_SIGHTED else [*placed[:half], *placed[-half:]]
    found: dict[bytes, Standing] = {}
    for line in told:
        found[line.digest] = max(line.standing, found.get(line.digest, Standing.FREE))
    free, guarded = (
        b"".join(digest for digest, standing in found.items() if standing == wanted)
        for wanted in (Standing.FREE, Standing.GUARDED)
    )
    return Sighting(_prose_digest(body, known), free, guarded)


def strip_site_lines(body: Body, known: KnownLines, min_chars: int) -> Body:
    """
    Cut the known lines from a body, each with a mark, where it stands as it may be cut.

    Args:
        body: As the rules left it.
        known: What to cut.
        min_chars: What has to be left of the text; a line that would leave less stays.
    """
    gone = _chosen(body, known, min_chars) if known.shares else []
    if not gone:
        return body
    whole = {id(line.part) for line in gone if line.line is None}
    single = {id(line.part): [g for g in gone if g.part is line.part] for line in gone if line.line is not None}
    return tuple(piece for part in body for piece in _cut(part, whole, single.get(id(part), ()), known))


def _cut(part: Part, whole: set[int], single: Sequence[_Placed], known: KnownLines) -> Body:
    if not isinstance(part, Passage) or not (single or id(part) in whole):
        return (part,)
    if id(part) in whole:
        return (_mark(Cut(RULE, part.text), known),)
    left = without(part, [(line.line, RULE) for line in single if line.line is not None])
    return tuple(_mark(piece, known) if isinstance(piece, Cut) else piece for piece in left)


def _mark(cut: Cut, known: KnownLines) -> Cut:
    return replace(cut, sure=known.shares.get(digest_of(_flat(cut.text)) or b"", 0) / 100)


def _chosen(body: Body, known: KnownLines, min_chars: int) -> list[_Placed]:
    left = len(clean_text(body))
    chosen = []
    for line in _placed(body, known):
        after = left - len(line.text) - (1 if line.line is not None else 2)
        if line.digest in known.shares and line.standing != Standing.FIXED and after >= max(min_chars, 1):
            chosen.append(line)
            left = after
    return chosen


def _placed(body: Body, known: KnownLines) -> Iterator[_Placed]:
    """
    The lines of a body that may be a site's, each with its standing.
    """
    parts = list(passages(body))
    is_known = _knower(known)
    prose = [index for index, part in enumerate(parts) if _is_prose(part.text) and not is_known(part)]
    first, last = (prose[0], prose[-1]) if prose else (0, 0)
    for index, part in enumerate(parts):
        below = parts[index + 1] if index + 1 < len(parts) else None
        has_own = _is_heading(part) and below is not None and not _is_heading(below) and not is_known(below)
        for line in _lines(part):
            text = part.text if line is None else line.text
            digest = digest_of(_flat(text)) if len(text) <= MAX_LINE_CHARS else None
            if digest is not None:
                standing = _standing(part, text, is_between=first < index < last, has_own=has_own)
                yield _Placed(part, line, text, digest, standing)


def _lines(part: Passage) -> Sequence[Line | None]:
    if part.kind == "table":
        return ()
    return (None,) if part.kind == "list" or len(part.lines) == 1 else part.lines


def _standing(part: Passage, text: str, *, is_between: bool, has_own: bool) -> Standing:
    if has_own:
        return Standing.FIXED if is_between else Standing.GUARDED
    is_guarded = is_between and part.kind != "list" and _is_sentence(text)
    return Standing.GUARDED if is_guarded else Standing.FREE


def _knower(known: KnownLines) -> Callable[[Passage], bool]:
    """
    Is all of a passage known?
    """
    if not known.shares:
        return lambda _: False
    return lambda part: all(
        _is_known(part.text if line is None else line.text, known) for line in _lines(part) or (None,)
    )


def _is_known(text: str, known: KnownLines) -> bool:
    return len(text) <= MAX_LINE_CHARS and digest_of(_flat(text)) in known.shares


def _is_heading(part: Passage) -> bool:
    """
    Marked as a heading, or one line that is all bold and leads nowhere.
    """
    if part.kind != "paragraph" or len(part.lines) > 1:
        return part.kind == "heading"
    spans = [span for cell in part.lines[0].cells for span in cell.spans]
    bold = sum(span.end - span.start for span in spans if span.is_bold and not span.href)
    return bold > 0 and bold + 2 >= len(part.text)


def _is_sentence(text: str) -> bool:
    return _has_stop(text) or _has_wide_stop(text)


def _is_prose(text: str) -> bool:
    if len(text) >= LONG_CHARS:
        return True
    return (len(text) >= PROSE_CHARS and _has_stop(text)) or (len(text) >= PROSE_CHARS_WIDE and _has_wide_stop(text))


def _has_stop(text: str) -> bool:
    return text.rstrip(_CLOSING)[-1:] in _STOPS


def _has_wide_stop(text: str) -> bool:
    return text.rstrip(_WIDE_CLOSING)[-1:] in _WIDE_STOPS


def _prose_digest(body: Body, known: KnownLines) -> bytes:
    is_known = _knower(known)
    unknown = [part.text for part in passages(body) if not is_known(part)]
    running = [text for text in unknown if _is_prose(text)] or unknown
    return _hash("\n".join(running))


def _hash(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=DIGEST_BYTES).digest()


def _flat(text: str) -> str:
    return text.replace("\n", " ")
