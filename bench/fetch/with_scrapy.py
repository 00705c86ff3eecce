"""
The same pages by Scrapy: `python -m bench.fetch.with_scrapy PORT PAGES CONCURRENCY`, by a Python that has it.

No robots.txt, no pause, no log, no cookies; from the first page to the spider's end.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import AsyncIterator
from typing import Any

import scrapy  # type: ignore[import-not-found]
from scrapy.crawler import CrawlerProcess  # type: ignore[import-not-found]

from bench.fetch.site import urls

PORT, PAGES, CONCURRENCY = map(int, sys.argv[1:])

SETTINGS = {
    "CONCURRENT_REQUESTS": CONCURRENCY,
    "CONCURRENT_REQUESTS_PER_DOMAIN": CONCURRENCY,
    "COOKIES_ENABLED": False,
    "DOWNLOAD_DELAY": 0,
    "LOG_ENABLED": False,
    "ROBOTSTXT_OBEY": False,
    "TELNETCONSOLE_ENABLED": False,
}


class Pages(scrapy.Spider):  # type: ignore[misc]
    """
    Reads bodies, and nothing else.
    """

    name = "pages"
    came = 0
    began = cpu_began = 0.0

    async def start(self) -> AsyncIterator[Any]:
        """
        Begin.
        """
        for url in urls(PORT, PAGES + 1):
            yield scrapy.Request(url)

    def parse(self, response: Any) -> None:
        """
        Count a page, after the first.
        """
        if not self.began:
            self.began, self.cpu_began = time.monotonic(), time.process_time()
            return
        self.came += response.status == 200 and len(response.body) > 0

    def closed(self, _reason: str) -> None:
        """
        Tell.
        """
        cpu_s, wall_s = time.process_time() - self.cpu_began, time.monotonic() - self.began
        print(json.dumps({"pages": self.came, "cpu_s": round(cpu_s, 3), "wall_s": round(wall_s, 3)}))


process = CrawlerProcess(SETTINGS)
process.crawl(Pages)
process.start()
