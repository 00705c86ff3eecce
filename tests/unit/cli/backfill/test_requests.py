from __future__ import annotations

from datetime import UTC, datetime

from services.cli.backfill.requests import Asked, requests_of

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def test_each_line_that_is_a_url_is_a_request() -> None:
    """
    Blank lines and remarks are nothing; what is no URL, or of another host, is counted.
    """
    lines = ["# list", "", " https://a.test/1#top ", "nonsense", "https://www.a.test/2\n", "https://b.test/3"]
    asked = Asked()
    requests = list(requests_of(lines, ["a.test"], NOW, asked))

    assert [request.url for request in requests] == ["https://a.test/1", "https://www.a.test/2"]
    assert (asked.count, asked.left) == (2, {"NO_URL": 1, "--host": 1})
