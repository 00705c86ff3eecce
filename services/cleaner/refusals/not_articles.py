"""
Pages that answer with success and are no article, told from short articles by what they say and how they are made.

A wall, an error page and a check for machines are short and say little else; a list of articles is all links and
teasers; a page of one video, or of pictures, says so and has next to no text. A page whose statements for machines name
an author or a day of publication is never taken for one of them, unless next to nothing but a wall's words is in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.cleaner.body.blocks import Block
from services.cleaner.document import Body, texts
from services.cleaner.metadata.describe import Metadata
from services.cleaner.refusals.page_shape import Shape
from services.cleaner.refusals.walls import Wording, is_titled

MAX_WALL_CHARS = 4000
"""A longer text is more than a wall's."""

MAX_ERROR_CHARS = 800
MIN_SHARE = 0.25
"""Of a wall's text in its own words; an article may hold a sentence of them."""

LONG_SHARE = 0.5
"""The same of a text that is long for a wall."""

WHOLE = 0.8
"""The same of a page that states an author or a day: all but nothing else."""

FORM_SHARE = 0.1
"""The same of a page with a field for a password."""

SHORT_CHARS = 350
"""Less text than this beside a video, or pictures, is its caption; and all that the page holds is looked at."""

MAX_NOTICE_CHARS = 100
"""With more text beside it, a plea for JavaScript is about something else on the page."""

MIN_TEASERS = 5
MAX_TEASER_CHARS = 450
MIN_LINKS = 5
"""So many lines that are links make a list of them."""

MIN_LINK_SHARE = 0.9
MAX_PROSE_CHARS = 160
"""A line as long as this may be a linked paragraph."""

MIN_IMAGES = 4

NO_SHAPE = Shape()
_STATED = frozenset({"json-ld", "meta", "microdata"})

Reason = tuple[str, str]


@dataclass(frozen=True)
class Sight:
    """
    What is known of a page when it is asked whether it is an article.

    Attributes:
        metadata: Its fields.
        body: What was found in its markup, before boilerplate lines are taken out.
        titles: What it calls itself.
        blocks: All its text, block by block, the body's too.
        shape: Its structure.
    """

    metadata: Metadata
    body: Body
    titles: Sequence[str] = ()
    blocks: Sequence[Block] = ()
    shape: Shape = NO_SHAPE


def why_no_article(sight: Sight) -> Reason | None:
    """
    `(reason, detail)` where a page is no article, else None.

    Reasons: ERROR_PAGE, BOT_CHECK, CONSENT_WALL, LOGIN_WALL, INDEX_PAGE, VIDEO_ONLY, GALLERY_ONLY, NEEDS_JAVASCRIPT,
    NO_MAIN_CONTENT.
    """
    found = texts(sight.body)
    reason = _wall(sight, found)
    if not reason and _size(found) < SHORT_CHARS:
        reason = _wall(sight, [block.text for block in sight.blocks])
    return reason or _index(sight, found) or _without_text(sight, _size(found))


def _wall(sight: Sight, paragraphs: Sequence[str]) -> Reason | None:
    size = _size(paragraphs)
    if not 0 < size <= MAX_WALL_CHARS:
        return None
    is_stated = _is_stated(sight.metadata)
    least = WHOLE if is_stated else MIN_SHARE
    is_short = size <= MAX_ERROR_CHARS
    wording = Wording(paragraphs)
    reason = _error(sight, wording, is_stated=is_stated) if is_short else None
    if not reason and wording.consent_share() >= (least if is_short else max(least, LONG_SHARE)):
        reason = "CONSENT_WALL"
    if not reason and is_short:
        asked = FORM_SHARE if sight.shape.has_password and not is_stated else least
        reason = "LOGIN_WALL" if wording.share("login") >= asked else None
    return (reason, f"{size} characters") if reason else None


def _error(sight: Sight, wording: Wording, *, is_stated: bool) -> str | None:
    least = WHOLE if is_stated else MIN_SHARE
    share = wording.share("bot")
    if share >= least or (share and sight.shape.is_challenge and not is_stated):
        return "BOT_CHECK"
    if not is_stated:
        if any(is_titled(title, "bot") for title in sight.titles):
            return "BOT_CHECK"
        if sight.shape.is_error or any(is_titled(title, "error") for title in sight.titles):
            return "ERROR_PAGE"
    if wording.share("script") >= least:
        return "NEEDS_JAVASCRIPT"
    return "ERROR_PAGE" if wording.share("error") >= least else None


def _index(sight: Sight, found: Sequence[str]) -> Reason | None:
    """
    A list of articles: nothing but links; or teasers and no long paragraph, on a page that says that it is a list.
    """
    lines = [line for text in found for line in text.split("\n")]
    if max(map(len, lines), default=0) > MAX_TEASER_CHARS:
        return None
    if _is_link_list(lines, sight.blocks):
        return "INDEX_PAGE", f"{len(lines)} lines of links"
    shape = sight.shape
    if shape.teasers < MIN_TEASERS or shape.is_article:
        return None
    votes = shape.list_votes + any(is_titled(title, "index") for title in sight.titles)
    is_one = _is_stated(sight.metadata) and not shape.articles
    return ("INDEX_PAGE", f"{shape.teasers} teasers") if votes >= (3 if is_one else 1) else None


def _is_link_list(lines: Sequence[str], blocks: Sequence[Block]) -> bool:
    if len(lines) < MIN_LINKS or max(map(len, lines)) > MAX_PROSE_CHARS:
        return False
    links = {block.text for block in blocks if block.link_chars >= MIN_LINK_SHARE * len(block.text)}
    return sum(line in links for line in lines) >= MIN_LINK_SHARE * len(lines)


def _without_text(sight: Sight, size: int) -> Reason | None:
    if size >= SHORT_CHARS:
        return None
    shape = sight.shape
    if not shape.articles and not shape.kind.startswith("article"):
        if shape.is_video:
            return "VIDEO_ONLY", f"{size} characters"
        if shape.is_gallery and shape.images >= MIN_IMAGES:
            return "GALLERY_ONLY", f"{shape.images} images"
    if not (size and _is_stated(sight.metadata)) and _is_drawn_by_script(sight, size):
        return "NEEDS_JAVASCRIPT", f"{size} characters"
    return None if size else ("NO_MAIN_CONTENT", "nothing found")


def _is_drawn_by_script(sight: Sight, size: int) -> bool:
    if 2 * size >= SHORT_CHARS or sum(len(block.text) for block in sight.blocks) >= SHORT_CHARS:
        return False
    is_asked = size < MAX_NOTICE_CHARS and Wording([sight.shape.noscript]).share("script") > 0
    return sight.shape.has_empty_root or (is_asked and sight.shape.has_code)


def _size(paragraphs: Sequence[str]) -> int:
    return sum(map(len, paragraphs))


def _is_stated(metadata: Metadata) -> bool:
    names = ("author", "datePublished")
    return any(name in metadata.provenance and metadata.provenance[name].source in _STATED for name in names)
