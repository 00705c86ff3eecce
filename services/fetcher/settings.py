"""
How the fetcher behaves towards the web.
"""

from __future__ import annotations

from ipaddress import ip_network
from typing import ClassVar, Literal

from pydantic import Field, field_validator

from schemas.events import MAX_BODY_BYTES
from services.runtime.settings import Settings


class FetcherSettings(Settings):
    """
    Read once, in `__main__`, from variables that begin with `NEWS_FETCHER_`.
    """

    prefix: ClassVar[str] = "NEWS_FETCHER_"

    user_agent: str = Field(
        "news-ingest/0.1 (+https://example.org/bot; operator not stated)",
        pattern=r"^[A-Za-z_-]+/\S+ .*https?://",
        description="product/version and, in brackets, a URL where site owners reach you",
    )
    delay_s: float = Field(1.0, ge=0, description="pause of a host between two requests; a longer Crawl-delay wins")
    max_crawl_delay_s: float = Field(3600.0, ge=0, description="a Crawl-delay above it is taken for this, seconds")
    max_in_flight: int = Field(32, ge=1, description="requests under way at once in one task, one a host")
    connect_timeout_s: float = Field(10.0, gt=0, description="resolving and connecting, seconds")
    idle_timeout_s: float = Field(15.0, gt=0, description="silence in the middle of an answer, seconds")
    total_timeout_s: float = Field(60.0, gt=0, description="one request from start to end, seconds")
    max_body_bytes: int = Field(MAX_BODY_BYTES, ge=1024, le=MAX_BODY_BYTES, description="after content decoding")
    max_redirects: int = Field(10, ge=0, le=19, description="of one request, across hosts")
    max_attempts: int = Field(5, ge=1, description="failed tries of a page before it is given up")
    retry_base_s: float = Field(15.0, gt=0, description="pause before the second try; doubles with each further one")
    retry_cap_s: float = Field(3600.0, gt=0, description="longest pause between two tries, seconds")
    max_retry_after_s: float = Field(86400.0, ge=0, description="a longer Retry-After is taken for this, seconds")
    breaker_failures: int = Field(5, ge=2, description="URLs of a host that fail in a row until it is left alone")
    breaker_base_s: float = Field(60.0, gt=0, description="pause of a host that fails; doubles until it answers")
    breaker_cap_s: float = Field(3600.0, gt=0, description="longest pause of a host that fails, seconds")
    robots_ttl_s: float = Field(86400.0, gt=0, le=86400, description="robots.txt is asked for again after it, seconds")
    reserved_pages: Literal["fetch", "mark", "leave"] = Field(
        "mark", description="pages marked noai or reserved from data mining: fetched, fetched and marked, or left"
    )
    revisit_ages_s: tuple[int, ...] = Field(
        (3600, 21600, 86400, 259200), description="ages at which a page is looked at again, seconds; none: never"
    )
    kept_days: int = Field(30, ge=1, description="what is over is remembered for so long after its last change")
    allowed_ports: tuple[int, ...] = Field((80, 443, 8080, 8443), description="ports that may be dialled")
    allowed_networks: tuple[str, ...] = Field((), description="networks beyond the public ones, CIDR; none by default")

    proxy: str = Field(
        "",
        pattern=r"^(http://[^@/\s]+:[0-9]+)?$",
        description="http://host:port that everything goes through; it is told addresses that were judged here",
    )
    proxy_guards: bool = Field(
        default=False, description="the proxy is told names, resolves them, and has to keep private networks out itself"
    )

    @field_validator("allowed_networks")
    @classmethod
    def _are_networks(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        for text in given:
            ip_network(text)
        return given

    @property
    def robots_token(self) -> str:
        """
        The product token that robots.txt groups are matched with (RFC 9309, 2.2.1).
        """
        return self.user_agent.partition("/")[0]
