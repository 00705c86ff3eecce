"""
Pages that only stand before others.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from services.fetcher.answers import Answer
from services.fetcher.head import read_head
from services.fetcher.interstitials import interstitial

ARTICLE = "https://www.courier.example/news/dam"


def page(head: str = "", url: str = ARTICLE) -> Answer:
    body = f"<!doctype html><html><head>{head}</head><body><p>It held.</p></body></html>".encode()
    return Answer(url, (), 200, {}, body, datetime(2026, 1, 1, tzinfo=UTC))


def met(answer: Answer, came_from: tuple[str, ...] = ()) -> tuple[str, str] | None:
    return interstitial(answer, read_head(answer.body), came_from)


@pytest.mark.parametrize(
    "content",
    ["0; url=https://other.example/a", "0;URL='/b'", "3, /b", "0.5; url=&quot;/b&quot;", " 0 ; url = /b "],
)
def test_a_page_that_leads_on_by_itself_is_named(content: str) -> None:
    """
    With where it leads.
    """
    found = met(page(f'<meta http-equiv="Refresh" content="{content}">'))

    assert found is not None
    assert found[0] == "META_REFRESH"
    assert found[1].endswith(("/b", "/a"))


def test_the_header_of_that_name_says_the_same() -> None:
    """
    It is older than the element.
    """
    found = met(replace(page(), headers={"refresh": "0; url=/b"}))

    assert found == ("META_REFRESH", f"{ARTICLE} leads to https://www.courier.example/b")


@pytest.mark.parametrize(
    "head",
    [
        "<meta http-equiv=refresh content=300>",
        "<meta http-equiv=refresh content='0; url=/news/dam'>",
        "<meta http-equiv=refresh content='60; url=/live'>",
        "<meta http-equiv=refresh content='0; url=javascript:go()'>",
        "<noscript><meta http-equiv=refresh content='0; url=/plain'></noscript>",
        "<!-- <meta http-equiv=refresh content='0; url=/b'> -->",
        "<title>meta http-equiv=refresh content='0; url=/b'</title>",
    ],
)
def test_a_page_that_stays_is_not(head: str) -> None:
    """
    One that loads itself again, or leads on later, or only those without scripts, is a page.
    """
    assert met(page(head)) is None


@pytest.mark.parametrize(
    "url",
    [
        "https://consent.courier.example/collect?sid=1",
        "https://guce.portal.example/consent?a=b",
        "https://myprivacy.group.example/consent/",
        "https://www.courier.example/cookie-consent?then=/news/dam",
        "https://www.courier.example/en/privacy-gate/accept",
    ],
)
def test_a_consent_page_that_one_was_led_to_is_named(url: str) -> None:
    """
    The article lies behind it.
    """
    assert met(page(url=url), (ARTICLE,)) == ("CONSENT_WALL", f"{ARTICLE} leads to {url}")


@pytest.mark.parametrize(
    ("url", "came_from"),
    [
        ("https://www.courier.example/consent", ()),
        ("https://www.courier.example/consent/a", ("http://courier.example/consent/a",)),
        ("https://www.courier.example/news/consent-law", ("https://courier.example/n",)),
        ("https://www.consentinel.example/a", ("https://short.example/b",)),
    ],
)
def test_a_page_about_consent_is_a_page(url: str, came_from: tuple[str, ...]) -> None:
    """
    So is one that was asked for itself, or under another name of its host.
    """
    assert met(page(url=url), came_from) is None
