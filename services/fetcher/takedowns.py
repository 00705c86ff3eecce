"""
What the fetcher does about takedowns: it forgets the pages, asks for them no more, and passes no page of them on.

A page that leads to such an article under a URL that nobody knew of is asked for once, and stopped then.
"""

from __future__ import annotations

from schemas import topics
from schemas.base import Event
from schemas.events import FetchRequested
from schemas.state import FrontierEntry, Source
from schemas.takedowns import TAKEN_DOWN, Takedown, name_of_url, names_of
from schemas.topics import partition_of
from services.fetcher.frontier import Frontier
from services.fetcher.urls import normalise, robots_url
from services.runtime.bar import Bar, Names
from services.runtime.outcome import Change, Emit
from services.runtime.stage import Assignment


def names(event: Event) -> Names:
    """
    The names of an event; what others ask for is not normalised yet.
    """
    if not isinstance(event, FetchRequested | Source):
        return names_of(event)
    try:
        return names_of(event.model_copy(update={"url": normalise(event.url)}))
    except ValueError:
        return frozenset()


def retract(frontier: Frontier, takedown: Takedown, assignment: Assignment) -> Emit:
    """
    Forget the pages of an article, and that one of them was the last that failed on its host.
    """
    barred = names_of(takedown)
    here = [site for site in takedown.sites if partition_of(site, assignment.partitions) == assignment.partition]
    urls = sorted({url for site in here for url in _pages(frontier, site, barred)})
    hosts = dict.fromkeys(robots_url(url) for url in urls)
    told = (change for host in hosts for change in _of_host(frontier, host, barred))
    return Emit(changes=(*(Change(topics.FRONTIER, url, None) for url in urls), *told))


def _pages(frontier: Frontier, site: str, barred: Names) -> list[str]:
    """
    The pages of a site that lead to an article: by their own URL, or by what was found there.
    """
    found = {url: frontier.entry(url) for url in frontier.pages_of(site, barred)}
    return [url for url, entry in found.items() if entry is not None and names_of(entry) & barred]


def _of_host(frontier: Frontier, host: str, barred: Names) -> list[Change]:
    """
    What is remembered, and was told, of a host by the example of a page. What is told of one that fails now stays.
    """
    robots = frontier.entry(host)
    breaker = robots.breaker if robots else None
    if robots is None or breaker is None or breaker.url is None:
        return [Change(topics.SOURCE_HEALTH, host, None)]
    if name_of_url(breaker.url) not in barred:
        return []
    silent: FrontierEntry = robots.model_copy(update={"breaker": breaker.model_copy(update={"url": None})})
    return [Change(topics.FRONTIER, host, silent), Change(topics.SOURCE_HEALTH, host, None)]


BAR = Bar(topics.TAKEDOWNS, TAKEN_DOWN, names, retract)
