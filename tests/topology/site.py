"""
A small news site of our own: an article as its publisher's template gives it, and the record that a fetch makes of it.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from schemas.events import PageFetched, PageMeta
from schemas.ids import article_id, page_id, sha256_hex

URL = "https://www.valley-courier.example/news/dam-holds"

FIRST_FETCH = datetime(2026, 3, 1, 12, 0, 0, 250_000, tzinfo=UTC)

HOUR = timedelta(hours=1)

TITLE = "Flood above Harrow Valley: dam holds after three days of rain"

TEXT = """
The dam above Harrow Valley held through the night after three days of heavy rain, the river authority said on
Sunday, and the first of four hundred families were told that they could go home.

Rescue teams had evacuated the lower streets as flooding spread. Engineers had watched the spillway since
Friday, when the flood reached its highest mark in forty years and the road to London was closed. Nobody was
hurt.

Volunteers carried sandbags back to top of the hill before dawn, where the old church stands, and the mayor
thanked them in a short speech at the town hall.

The government in London promised money for repairs. A report on the state of the dam is expected in April,
and farmers downstream have asked for a seat at the table.
"""

STORY = tuple(" ".join(paragraph.split()) for paragraph in TEXT.split("\n\n"))

TEMPLATE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{title} | Valley Courier</title>
<link rel="canonical" href="https://www.valley-courier.example/news/dam-holds">
<meta property="og:title" content="{title}">
<script type="application/ld+json">{{"@context": "https://schema.org", "@type": "NewsArticle", "headline": "{title}",
"datePublished": "2026-03-01T09:30:00+01:00", "author": {{"@type": "Person", "name": "Ada Rivers"}}}}</script>
</head><body>
<a class="skip" href="#main">Skip to main content</a>
<nav><ul><li><a href="/">Home</a></li><li><a href="/news">News</a></li><li><a href="/sport">Sport</a></li></ul></nav>
<main id="main"><article><h1>{title}</h1>
<p>Skip to Main&nbsp;Content</p>
{paragraphs}
<p>BACK TO TOP</p><p><a href="#top">Back To Top</a></p>
</article></main>
<aside>{advert}</aside>
<footer><a href="#top">Back to top</a> <p>Copyright Valley Courier. All rights reserved.</p></footer>
</body></html>
"""


def html(title: str = TITLE, story: tuple[str, ...] = STORY, advert: str = "Umbrellas, half price.") -> bytes:
    """
    The page as the site delivers it.
    """
    paragraphs = "\n".join(f"<p>{paragraph}</p>" for paragraph in story)
    return TEMPLATE.format(title=title, paragraphs=paragraphs, advert=advert).encode()


def fetched(body: bytes, at: datetime = FIRST_FETCH, **fields: Any) -> PageFetched:
    """
    The event that the fetcher makes of an answer.
    """
    digest = sha256_hex(body)
    known: dict[str, Any] = {
        "url": URL,
        "request_url": URL,
        "article_id": article_id(URL),
        "page_id": page_id(URL, at, digest),
        "site": "valley-courier.example",
        "status": 200,
        "fetched_at": at,
        "content_type": "text/html; charset=utf-8",
        "body_sha256": digest,
        "canonical_url": URL,
    }
    return PageFetched(meta=PageMeta(**known | fields), body=body)
