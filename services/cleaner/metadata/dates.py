"""
When an article was published and changed, as exactly as it was stated and no more so.

A stated time keeps its offset; a time without one stays a local time; a date stays a date. The page's own words for
machines come before those for people, the feed's, and what the URL looks like.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache

from htmldate import find_date
from lxml.html import HtmlElement

from schemas.parts import Hints, Provenance
from services.cleaner.metadata.seen_dates import seen_dates
from services.cleaner.page.linked_data import text_of
from services.cleaner.page.signals import Signals

PAGE_SOURCES = ("json-ld", "meta", "meta-date", "microdata", "json-ld-created", "time-element")
"""What a page states of the day of its publication, in the order of trust."""

SOURCES = (*PAGE_SOURCES, "feed", "url", "text")
MODIFIED_SOURCES = ("json-ld", "meta", "microdata", "feed")

EARLIEST = date(1990, 1, 1)
"""There were no pages before."""

MAX_AHEAD = timedelta(days=1)
"""A publisher's clock, or a local time without its zone, may be ahead by so much; more is a fault."""

MAX_STATED_CHARS = 200
"""A longer text is no time."""

_ISO = re.compile(
    r"(?P<year>\d{4})-?(?P<month>\d\d)-?(?P<day>\d\d)"
    r"(?:(?:T|\s+|\s*,\s*)(?P<hour>\d\d?):?(?P<minute>\d\d)(?::?(?P<second>\d\d)(?:[.,:]\d+)?)?"
    r"\s*(?P<zone>Z|UTC|GMT|[+-]\d\d:?(?:\d\d)?)?)?",
    re.IGNORECASE,
)
_NUMERIC = re.compile(
    r"(?:(?P<year>\d{4})[/.](?P<month>\d\d?)[/.](?P<day>\d\d?)|(?P<day2>\d\d?)(?:\.\s?|-)(?P<month2>\d\d?)(?:\.\s?|-)(?P<year2>\d{4}))"
    r"(?:\D{0,5}(?P<hour>\d\d?)[:.](?P<minute>\d\d))?(?!\d)"
)
_CJK = re.compile(r"(?P<year>\d{4})\s?[年년]\s?(?P<month>\d\d?)\s?[月월]\s?(?P<day>\d\d?)\s?[日일]")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ENGLISH = re.compile(
    r"(?:(?P<day>\d\d?)(?:st|nd|rd|th)?\s+(?P<month>[a-z]{3})[a-z]*\.?,?\s+|"
    r"(?P<month2>[a-z]{3})[a-z]*\.?\s+(?P<day2>\d\d?)(?:st|nd|rd|th)?,?\s+)(?P<year>\d{4})",
    re.IGNORECASE,
)
_EPOCH = re.compile(r"\d{10}(?:\d{3})?")
_URL = re.compile(
    r"[/_-](?P<year>(?:19|20)\d\d)[/-]?(?P<month>[01]\d)[/-]?(?P<day>[0-3]\d)(?!\d)"
    r"|/(?P<year2>(?:19|20)\d\d)/(?P<month2>\d\d?)/(?P<day2>\d\d?)(?=/)"
)
_RFC2822 = re.compile(r"[A-Za-z]{3},?\s+\d|\d\d?\s+[A-Za-z]{3}\s+\d{4}\s+\d\d:\d\d:\d\d")

_PUBLISHED = (
    "article:published_time", "og:article:published_time", "datepublished", "og:published_time", "published_time",
    "parsely-pub-date", "sailthru.date", "cxenseparse:recs:publishtime", "publish-date", "publish_date", "pubdate",
    "publishdate", "publication_date",
    "dc.date.issued", "dcterms.created", "dc.date.created", "published", "article.published", "article:published",
    "rnews:datepublished", "displaydate", "originalpublicationdate",
)  # fmt: skip
_DATED = ("date", "dc.date", "dcterms.date")
"""These do not say of what; on some sites it is the last change."""

_MODIFIED = ("article:modified_time", "og:updated_time", "datemodified", "last-modified", "dcterms.modified")

_NO_HINTS = Hints()


@dataclass(frozen=True)
class Stated:
    """
    A point in time as it was stated, and who stated it.

    Attributes:
        value: RFC 3339, or a local time without an offset, or a date.
        provenance: Its source and precision.
    """

    value: str
    provenance: Provenance

    @property
    def day(self) -> str:
        """
        The calendar day as stated.
        """
        return self.value[:10]


def find_published(
    signals: Signals, hints: Hints, fetched_at: datetime, tree: HtmlElement | None = None
) -> Stated | None:
    """
    Find the date of publication: the first statement in the order of trust, unless two others contradict it.

    Args:
        signals: What the page states.
        hints: What the feed stated.
        fetched_at: Nothing was published after it.
        tree: The page, for a last search of its text; None to leave that.
    """
    page = list(_valid(_page_statements(signals), fetched_at))
    url = list(_valid([("url", _in_url(signals.url))], fetched_at))
    seen = list(
        _valid((("text", seen.day) for seen in seen_dates(signals.marks) if not page or seen.rank < 2), fetched_at)
    )
    changed = find_modified(signals, _NO_HINTS, fetched_at)
    if page:
        return _refine(_outvoted(page, url, seen, changed) or page[0], page)
    feed = _valid([("feed", hints.published)], fetched_at)
    if found := next(iter((*feed, *url, *seen)), None):
        return found
    # Of a page that tells the day of its last change alone, the search finds that one; of one that shows no year, some
    # number that is no date.
    is_shown = bool(signals.marks.dated or signals.marks.times)
    searched = _search(tree, signals.url, fetched_at) if tree is not None and changed is None and is_shown else None
    return next(_valid([("text", searched)], fetched_at), None)


def _outvoted(
    page: Sequence[Stated], url: Sequence[Stated], seen: Sequence[Stated], changed: Stated | None
) -> Stated | None:
    """
    The statement of another day that the first must give way to: one that two kinds of witnesses agree on, of the
    page's other statements, its URL and its text; or an earlier one in the text where the first is the day of the last
    change, or may be.
    """
    first = page[0]
    texts = seen[:1] if len({one.day for one in seen}) == 1 else []
    others = [one for one in page[1:] if one.day != first.day and not (changed and one.day == changed.day)]
    witnesses = [one for one in (*others[:1], *url, *texts) if one.day != first.day]
    for one in witnesses:
        if len({other.provenance.source for other in witnesses if other.day == one.day}) > 1:
            return one
    is_change = first.provenance.source == "meta-date" or (changed is not None and first.day == changed.day)
    if texts and is_change and texts[0].day < first.day:
        return texts[0]
    return None


def find_modified(signals: Signals, hints: Hints, fetched_at: datetime) -> Stated | None:
    """
    Find the date of the last change.
    """
    stated: dict[str, Iterable[str | None]] = {
        "json-ld": (text_of(signals.linked.first("dateModified")),),
        "meta": (signals.meta_first(name) for name in _MODIFIED),
        "microdata": signals.items.get("dateModified", ()),
        "feed": (hints.modified,),
    }
    statements = ((source, value) for source in MODIFIED_SOURCES for value in stated[source])
    return next(_valid(statements, fetched_at), None)


def in_utc(value: str | None) -> str | None:
    """
    A time in UTC, where its offset was stated; a date or a local time has none.
    """
    if value is None or len(value) < 20:
        return None
    moment = datetime.fromisoformat(value)
    try:
        return moment.astimezone(UTC).isoformat().replace("+00:00", "Z") if moment.tzinfo else None
    except OverflowError:
        return None


@lru_cache(maxsize=256)
def parse_stated(text: str) -> tuple[str, str] | None:
    """
    Read a time in any of the forms that publishers use; a page states the same one several times.

    Returns:
        `(value, precision)`, precision one of instant, local, day; None where it is no time.
    """
    text = " ".join(text[:MAX_STATED_CHARS].split()).strip("\"' ")
    if _EPOCH.fullmatch(text):
        return _write(datetime.fromtimestamp(int(text[:10]), UTC)), "instant"
    if found := _ISO.match(text):
        return _from_groups(found)
    if _RFC2822.match(text) and (moment := _rfc2822(text)):
        return _write(moment), "instant" if moment.tzinfo else "local"
    for pattern in (_NUMERIC, _CJK, _ENGLISH):
        if found := pattern.search(text):
            return _from_groups(found)
    return None


def _page_statements(signals: Signals) -> Iterator[tuple[str, str | None]]:
    stated: dict[str, Iterable[str | None]] = {
        "json-ld": (text_of(signals.linked.first("datePublished")),),
        "meta": (signals.meta_first(name) for name in _PUBLISHED),
        "microdata": signals.items.get("datePublished", ()),
        "meta-date": (signals.meta_first(name) for name in _DATED),
        "json-ld-created": (text_of(signals.linked.first("dateCreated")),),
        "time-element": (
            *(value for value, is_marked in signals.times if is_marked),
            *(value for value, is_marked in signals.times[:1] if not is_marked),
        ),
    }
    return ((source, value) for source in PAGE_SOURCES for value in stated[source])


def _valid(statements: Iterable[tuple[str, str | None]], fetched_at: datetime) -> Iterator[Stated]:
    for source, text in statements:
        parsed = parse_stated(text) if text else None
        if parsed is None:
            continue
        value, precision = parsed
        moment = datetime.fromisoformat(value)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        if moment.date() >= EARLIEST and moment - fetched_at <= MAX_AHEAD:
            yield Stated(value, Provenance(source=source, precision=precision))


def _refine(first: Stated, others: list[Stated]) -> Stated:
    """
    Where the page states the same time twice, take the more exact statement: same day, or same local time.
    """
    for precision in ("instant", "local"):
        if first.provenance.precision in ("instant", precision):
            break
        for other in others:
            if other.provenance.precision == precision and other.value.startswith(first.value):
                return other
    return first


def _from_groups(found: re.Match[str]) -> tuple[str, str] | None:
    groups = {name: text for name, text in found.groupdict().items() if text}
    day = [groups.get(name) or groups.get(name + "2", "") for name in ("year", "month", "day")]
    month = _MONTHS.index(day[1].lower()) + 1 if day[1].lower() in _MONTHS else day[1]
    try:
        moment = datetime(int(day[0]), int(month), int(day[2]))  # noqa: DTZ001 - its zone is added below, if stated
        if "hour" not in groups:
            return moment.date().isoformat(), "day"
        moment = moment.replace(
            hour=int(groups["hour"]), minute=int(groups["minute"]), second=int(groups.get("second", "0"))
        )
        zone = _zone(groups.get("zone", ""))
        value = moment.isoformat() + zone
        datetime.fromisoformat(value)
    except ValueError:
        return None
    return value, "instant" if zone else "local"


def _zone(text: str) -> str:
    if not text:
        return ""
    if text.upper() in {"Z", "UTC", "GMT"}:
        return "Z"
    digits = text[1:].replace(":", "").ljust(4, "0")
    return f"{text[0]}{digits[:2]}:{digits[2:]}"


def _write(moment: datetime) -> str:
    return moment.replace(microsecond=0).isoformat().replace("+00:00", "Z")


def _rfc2822(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        return None


def _in_url(url: str) -> str | None:
    found = _URL.search(url)
    if not found:
        return None
    year, month, day = (found[name] or found[name + "2"] for name in ("year", "month", "day"))
    return f"{year}-{month:0>2}-{day:0>2}"


def _search(tree: HtmlElement, url: str, fetched_at: datetime) -> str | None:
    """
    A date in the text that people see. The library's wider search is left out: it reads relative times by the clock.
    """
    try:
        return find_date(
            tree,
            extensive_search=False,
            original_date=True,
            url=url,
            min_date=EARLIEST.isoformat(),
            max_date=fetched_at.date().isoformat(),
        )
    except (ValueError, TypeError, OverflowError):
        return None
