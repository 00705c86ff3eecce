"""
The start of a page.
"""

from __future__ import annotations

from typing import Any

import pytest
from selectolax.lexbor import LexborHTMLParser

from services.fetcher.head import HEAD_BYTES, Head, read_head

LINK, META = '<link rel="canonical" href="/a">', '<meta name="robots" content="noai">'


def stated(page: str) -> Head:
    """
    By the whole page, and selectors.
    """
    whole = LexborHTMLParser(page.encode())

    def values(selector: str, name: str) -> tuple[Any, ...]:
        return tuple(node.attributes.get(name) for node in whole.css(selector))

    return Head(
        values("head link[rel~='canonical' i][href]", "href"),
        values("head > meta[http-equiv='refresh' i][content]", "content"),
        tuple(zip(values("meta[name][content]", "name"), values("meta[name][content]", "content"), strict=True)),
    )


@pytest.mark.parametrize(
    "page",
    [
        f"<head>{LINK}{META}</head><body>x",
        f"<head><!-- <body> -->{LINK}</head><body>{META}x",
        f"<head><!-- <body> -->{LINK}{META}</head><body>x",
        f"<head><script>'<body>'</script>{LINK}{META}</head><body>x",
        f"<head><title><body></title>{LINK}{META}</head><body>x",
        f"<head><template><body></template>{LINK}{META}</head><body>x",
        f"<head><meta name=a content='<body>'>{LINK}{META}</head><body>x",
        f"<head><style><body></head>{LINK}</style>{META}</head><BODY>x",
        f"<head><noscript><body></noscript>{LINK}{META}</head><body>x",
        f"<head>{LINK}</head>{LINK}<body>x<body>{META}",
        f"<p>x{LINK}<body>{META}",
        f"<head>x{LINK}</head><body>y",
        f"<head></head>-<body>{LINK}",
        f"<frameset>{LINK}<body>",
        f"{LINK}<bodyguard>{LINK}<body>",
        f"{LINK}{META}<p>no body",
        f"<head><LINK REL='nofollow CANONICAL' HREF=/b><link rel=canonical href>{LINK}<link rel=canonicals href=/c>",
        f"<head><noscript>{LINK}<meta http-equiv=refresh content=1></noscript></head><body>x",
        "<head><meta http-equiv=Refresh content='0; url=/'><meta http-equiv=refresh><meta name=a content></head>",
        "<svg>" * 5000 + LINK + META,
        "<body",
        "",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_what_is_stated_is_what_the_whole_page_states(page: str, encoding: str) -> None:
    """
    Whatever only looks like the beginning of a body.
    """
    head, wanted = read_head(page.encode(encoding)), stated(page)

    assert head.canonical == tuple(filter(None, wanted.canonical))
    assert head.refresh == wanted.refresh
    assert head.metas == tuple((name, content or "") for name, content in wanted.metas)


def test_only_the_start_counts() -> None:
    """
    A page has no end by itself.
    """
    assert read_head(b"<head>" + b" " * HEAD_BYTES + LINK.encode() + b"<body>") == Head()
