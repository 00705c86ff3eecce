"""
What an operator gives as a URL, before anything is done with it.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from services.cli.errors import UrlError

MAX_URL_CHARS = 4096
"""As the contract has it (`FetchRequested.url`)."""


def looks_like_url(text: str) -> bool:
    """
    Tell a URL from the name of a file.
    """
    return text.lower().startswith(("http://", "https://"))


def checked_url(text: str) -> str:
    """
    Return the URL without blanks around it and without its fragment.

    Raises:
        UrlError: Not http(s), no host, a password in it, or too long.
    """
    url = text.strip()
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise UrlError(f"{url!r} is not a URL: {error}", "write it as https://host/path") from None
    if parts.scheme.lower() not in {"http", "https"} or not parts.hostname:
        raise UrlError(f"{url!r} is not an http(s) URL", "write it as https://host/path")
    if "@" in parts.netloc:
        raise UrlError(
            f"the URL of {parts.hostname} has a user name or password in it, and topics are read by many",
            "leave user and password away",
        )
    if len(url) > MAX_URL_CHARS:
        raise UrlError(f"the URL has {len(url)} characters", f"at most {MAX_URL_CHARS} are possible")
    return parts._replace(fragment="").geturl()
