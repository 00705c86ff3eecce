from __future__ import annotations

from schemas import topics
from services.cleaner.settings import CleanerSettings
from services.cleaner.topology import cleaner_topology
from services.cli.flow import INPUTS, TABLES
from services.fetcher.client import Client
from services.fetcher.settings import FetcherSettings
from services.fetcher.topology import fetcher_topology
from services.runtime.topology import Topology
from services.tagger.linking.settings import LinkerSettings
from services.tagger.linking.topology import linker_topology
from services.tagger.settings import TaggerSettings
from services.tagger.topology import tagger_topology


def topologies() -> list[Topology]:
    settings = FetcherSettings()
    return [
        fetcher_topology(settings, Client(settings)),
        cleaner_topology(CleanerSettings()),
        tagger_topology(TaggerSettings()),
        linker_topology(LinkerSettings()),
    ]


async def test_what_the_tools_look_at_is_what_the_services_read_and_remember() -> None:
    """
    A new input or table is drained and backed up too, or fails here.
    """
    wired = topologies()
    inputs = {(t.name, topic.name) for t in wired for topic in (t.live, *(lane.topic for lane in t.lanes))}

    assert {(given.group, given.topic.name) for given in INPUTS} == inputs
    assert {given.topic.name for given in INPUTS if given.is_replay} == {name for t in wired for name in t.replays}
    assert {topic.name for topic in TABLES} == {topic.name for t in wired for topic in t.tables}


def test_inputs_stand_in_the_order_in_which_an_article_meets_them() -> None:
    """
    An empty input means that nothing more comes out of it only when those before it were seen empty first; and a backup
    that is taken while all runs finds an article twice rather than not at all.
    """
    groups = [given.group for given in INPUTS]
    way = [topics.FETCH_REQUESTED, topics.FRONTIER, topics.PAGE_FETCHED, topics.ARTICLE_CLEANED, topics.LEDGER]

    assert sorted(way, key=topics.ALL.index) == way
    assert groups == sorted(groups, key=["fetcher", "cleaner", "tagger", "linker"].index)
    assert all("compact" in topic.cleanup for topic in (*TABLES, topics.SOURCES))
