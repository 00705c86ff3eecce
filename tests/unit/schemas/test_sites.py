from __future__ import annotations

import pytest

from schemas.sites import site_of, site_of_host


@pytest.mark.parametrize(
    ("url", "site"),
    [
        ("https://www.example.com/news?x=1#y", "example.com"),
        ("http://news.example.co.uk/a", "example.co.uk"),
        ("https://someone.github.io/post", "someone.github.io"),
        ("https://github.io/", "github.io"),
        ("https://co.uk/", "co.uk"),
        ("https://WWW.Example.COM./", "example.com"),
        ("https://user:secret@www.example.com:8443/", "example.com"),
        ("http://127.0.0.1:8080/feed", "127.0.0.1"),
        ("http://[2001:DB8::1]:8080/feed", "2001:db8::1"),
        ("http://localhost:8000/", "localhost"),
        ("http://a.b.server.unheard/", "server.unheard"),
        ("https://www.xn--bcher-kva.de/", "xn--bcher-kva.de"),
        ("https://www.bücher.de/", "xn--bcher-kva.de"),
        ("https://новости.москва.рф/", "xn--80adxhks.xn--p1ai"),
    ],
)
def test_a_url_belongs_to_its_registrable_domain(url: str, site: str) -> None:
    """
    The public-suffix list decides; an address, or a suffix itself, is a site of its own.
    """
    assert site_of(url) == site


@pytest.mark.parametrize("url", ["", "example.com/news", "mailto:desk@example.com", "https://", "http://[::1"])
def test_a_url_without_a_host_has_no_site(url: str) -> None:
    """
    What has no host is refused, never put into some site.
    """
    with pytest.raises(ValueError):  # noqa: PT011 - the library's text is its own
        site_of(url)


def test_a_host_in_brackets_is_an_address() -> None:
    """
    Hosts come with and without the brackets of a URL.
    """
    assert site_of_host("[::1]") == site_of_host("::1") == "::1"


def test_the_two_spellings_of_an_international_name_are_one_site() -> None:
    """
    A host in Unicode and in its ASCII form is the same host: one site, one partition, one politeness.
    """
    assert site_of("https://bücher.de/") == site_of("https://xn--bcher-kva.de/")
