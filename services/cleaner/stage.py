"""
The cleaner's stage: one fetched page in, one article, a drop or a dead letter out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from textwrap import shorten

from schemas import topics
from schemas.events import ArticleCleaned, PageFetched, PageMeta
from schemas.ids import article_id
from schemas.parts import Provenance, Timeline
from services.cleaner.body.accounts import best_account, gather_accounts
from services.cleaner.body.extract import Found, load_models, main_content
from services.cleaner.body.headings import short_subheadings
from services.cleaner.body.live_blog import NO_UPDATES, LiveBlog, place_updates, read_live_blog
from services.cleaner.body.pictures import with_pictures
from services.cleaner.boilerplate.repeats import strip_repeats
from services.cleaner.boilerplate.rules import Rules, load_rules, strip_boilerplate
from services.cleaner.document import Body, Cut, clean_text, passages, removals, texts
from services.cleaner.metadata.corrections import find_corrections
from services.cleaner.metadata.describe import Metadata, describe, describe_text
from services.cleaner.metadata.paywall import find_truncation
from services.cleaner.page.decode import Decoded, Undecodable, decode
from services.cleaner.page.parsing import drop_unseen, parse_html
from services.cleaner.page.signals import gather_signals
from services.cleaner.refusals.not_articles import Sight, why_no_article
from services.cleaner.refusals.page_shape import read_shape
from services.cleaner.refusals.walls import load_walls
from services.cleaner.rendering import to_html, to_markdown
from services.cleaner.settings import CleanerSettings
from services.cleaner.sites.site_lines import NO_LINES, KnownLines, Sighting, sight, strip_site_lines
from services.cleaner.texts.plain_text import read_text
from services.runtime.outcome import DeadLetter, Drop, Emission, Emit, Outcome

GENERATION = 1
"""Raised by each release that changes outcomes."""

MAX_MADE_HEADLINE_CHARS = 120
MAX_RENDERED_CHARS = 500_000
"""A longer rendering, or one of a longer body, is left out, so that the event stays within the size of a record."""


@dataclass(frozen=True)
class Draft:
    """
    An article on its way: everything but the identity that it copies from its page.

    Attributes:
        metadata: Its other fields.
        body: Its text, and the marks of what was taken out of it.
        source: Where the text comes from: html, json-ld, feed, text.
        found: What was found in the page's markup; None in a page without.
        titles: The headline in all the forms in which the page states it.
        headings: Folded one-word subheadings.
        live: The updates of a live blog.
        sighting: What is to be counted of the lines that the rules left.
    """

    metadata: Metadata
    body: Body
    source: str
    found: Found | None = None
    titles: Sequence[str] = ()
    headings: frozenset[str] = frozenset()
    live: LiveBlog = NO_UPDATES
    sighting: Sighting | None = None


@dataclass(frozen=True)
class Study:
    """
    What became of a page, and the draft that it was judged by, if it came that far.
    """

    outcome: Outcome
    draft: Draft | None = None


def clean(page: PageFetched, settings: CleanerSettings, lines: KnownLines = NO_LINES) -> Outcome:
    """
    Turn one fetched page into one cleaned article.

    Pure: equal inputs give equal outcomes, so a replay gives the same events again.

    Args:
        page: An answer with a status of success, its body as delivered, at most 5 MiB; or a withdrawal.
        settings: Limits, in characters.
        lines: Those that the page's site repeats, as known when it was fetched.

    Returns:
        Emit: one article for `news.article.cleaned`.
        Drop: NOT_SUCCESSFUL, CONSENT_WALL, LOGIN_WALL, ERROR_PAGE, BOT_CHECK, INDEX_PAGE, VIDEO_ONLY, GALLERY_ONLY,
            NEEDS_JAVASCRIPT, NO_MAIN_CONTENT or TOO_SHORT. Expected; counted; never retried.
        DeadLetter: UNDECODABLE. Kept with its input, so that a later fix can replay it.
    """
    return study(page, settings, lines).outcome


def study(page: PageFetched, settings: CleanerSettings, lines: KnownLines = NO_LINES) -> Study:
    """
    The same, with what led to it.
    """
    if page.meta.pub_status == "withdrawn":
        return Study(withdrawn(page.meta))
    if not 200 <= page.meta.status < 300:
        return Study(Drop("NOT_SUCCESSFUL", f"status {page.meta.status}"))
    decoded = decode(page.body, page.meta.content_type, page.meta.hints.language)
    if isinstance(decoded, Undecodable):
        return Study(DeadLetter("UNDECODABLE", decoded.detail))
    rules = load_rules()
    read = _draft_text if is_plain_text(decoded.text, page.meta.content_type) else _draft_html
    draft = read(decoded, page.meta, rules)
    if isinstance(draft, Drop):
        return Study(draft)
    wall = why_no_article(Sight(draft.metadata, draft.body)) if draft.source != "html" else None
    if wall:
        return Study(Drop(*wall), draft)
    draft = _headed(_strip_site(_strip(draft, rules), lines, settings))
    return Study(_judge(draft, page.meta, settings), draft)


def withdrawn(page: PageMeta) -> Outcome:
    """
    The article of a page that is gone: what it is, and nothing of what it said.
    """
    article = ArticleCleaned(
        article_id=page.article_id,
        page_id=page.page_id,
        url=page.url,
        site=page.site,
        source_url=page.source_url,
        headline="",
        article_body="",
        timeline=Timeline(discovered_at=page.discovered_at, fetched_at=page.fetched_at),
        labels=page.hints.labels,
        generation=GENERATION,
        pub_status="withdrawn",
    )
    return Emit((Emission(topics.ARTICLE_CLEANED, article),), reason="WITHDRAWN")


def warm() -> None:
    """
    Load what the first page would have to wait for.
    """
    load_rules()
    load_walls()
    load_models()


def is_plain_text(text: str, content_type: str | None) -> bool:
    """
    Is this a text without markup? What is called HTML, or begins like it, is HTML.
    """
    kind = (content_type or "").partition(";")[0].strip().lower()
    start = text[:2000].lstrip().lower()
    looks_like_html = start.startswith(("<!doctype html", "<html")) or "<body" in start or "<head" in start
    if kind in {"text/html", "application/xhtml+xml"} or looks_like_html:
        return False
    return kind in {"text/plain", "text/markdown", "text/x-markdown"} or "</" not in text


def _draft_text(decoded: Decoded, page: PageMeta, rules: Rules) -> Draft | Drop:
    article = read_text(decoded.text, rules, content_type=page.content_type or "", base=page.url)
    if not any(passages(article.body)):
        return Drop("NO_MAIN_CONTENT")
    stated = describe_text(page)
    own = {"headline": article.headline, "description": article.standfirst}
    found = {name: text for name, text in own.items() if text}
    provenance = stated.provenance | dict.fromkeys(found, Provenance(source="text"))
    return Draft(
        metadata=replace(stated, **found, provenance=provenance),  # type: ignore[arg-type]
        body=article.body,
        source="text",
    )


def _draft_html(decoded: Decoded, page: PageMeta, rules: Rules) -> Draft | Drop:
    tree = parse_html(decoded.text if decoded.utf8 is None else decoded.utf8)
    if tree is None:
        return Drop("NO_MAIN_CONTENT")
    signals = gather_signals(tree, page)
    metadata = describe(signals, page, tree)
    shape = read_shape(tree, signals)
    unseen = drop_unseen(tree, signals.marks, rules)
    headings = short_subheadings(tree)
    accounts = gather_accounts(tree, signals, page.hints.content, metadata.headline)
    live = read_live_blog(signals)
    found = main_content(tree, page.url)
    titles = [metadata.headline or "", *signals.headings, signals.meta_first("og:title") or "", signals.title or ""]
    reason = why_no_article(Sight(metadata, found.body, titles, found.judged.blocks, shape))
    body, source = best_account(replace(found, body=()) if reason else found, accounts)
    if reason and source == "html":
        return Drop(*reason)
    metadata = replace(metadata, truncation=find_truncation(signals, texts(body)))
    return Draft(metadata, (*unseen, *body), source, found, titles, headings, live)


def _strip(draft: Draft, rules: Rules) -> Draft:
    stripped = strip_boilerplate(draft.body, rules, draft.headings)
    return replace(draft, body=strip_repeats(stripped, draft.titles, draft.metadata.author))


def _strip_site(draft: Draft, lines: KnownLines, settings: CleanerSettings) -> Draft:
    sighting = sight(draft.body, lines)
    return replace(draft, body=strip_site_lines(draft.body, lines, settings.min_chars), sighting=sighting)


def _judge(draft: Draft, page: PageMeta, settings: CleanerSettings) -> Outcome:
    body = clean_text(draft.body)
    if not body:
        return Drop("NO_MAIN_CONTENT")
    if len(body) < settings.min_chars:
        return Drop("TOO_SHORT", f"{len(body)} < {settings.min_chars} characters")
    metadata = draft.metadata
    formats = settings.formats if len(body) <= MAX_RENDERED_CHARS else ()
    article = ArticleCleaned(
        article_id=page.article_id,
        page_id=page.page_id,
        url=_url(page),
        site=page.site,
        source_url=page.source_url,
        article_body=body,
        article_body_markdown=_fitting(to_markdown(draft.body)) if "markdown" in formats else None,
        article_body_html=_fitting(to_html(draft.body)) if "html" in formats else None,
        timeline=Timeline(discovered_at=page.discovered_at, fetched_at=page.fetched_at),
        reserved=page.reserved,
        labels=page.hints.labels,
        correction=find_corrections(texts(draft.body)) or None,
        live_blog_update=place_updates(draft.live, body) or None,
        generation=GENERATION,
        removed=removals(draft.body)[: settings.max_removed],
        **vars(metadata)
        | {
            "image": with_pictures(metadata.image, draft.body),
            "provenance": metadata.provenance | {"articleBody": _body_provenance(draft)},
        },
    )
    return Emit((Emission(topics.ARTICLE_CLEANED, article),))


def _fitting(rendered: str) -> str | None:
    return rendered if len(rendered) <= MAX_RENDERED_CHARS else None


def _body_provenance(draft: Draft) -> Provenance:
    if draft.source != "html" or draft.found is None:
        return Provenance(source=draft.source)
    return Provenance(source="trafilatura" if draft.found.is_library else "html", score=draft.found.surety)


def _headed(draft: Draft) -> Draft:
    """
    An article that names no headline is called by the start of its text; a line that is all headline leaves the body.
    """
    found = list(passages(draft.body))
    if draft.metadata.headline or not found:
        return draft
    first = found[0].text
    headline = shorten(first, MAX_MADE_HEADLINE_CHARS, placeholder="…")
    provenance = draft.metadata.provenance | {"headline": Provenance(source="text")}
    headed = replace(draft, metadata=replace(draft.metadata, headline=headline, provenance=provenance))
    if len(found) == 1 or headline != first or (first.endswith(".") and len(first) >= len(found[1].text)):
        return headed
    cut = Cut("title-repeated", first)
    return replace(headed, body=tuple(cut if part is found[0] else part for part in headed.body))


def _url(page: PageMeta) -> str:
    """
    The canonical URL, only if the fetcher believed it: then the article's id is made of it.
    """
    canonical = page.canonical_url
    return canonical if canonical and article_id(canonical) == page.article_id else page.url
