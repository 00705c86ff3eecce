"""
What the stages count of themselves is what is written of it.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from services.cleaner.settings import CleanerSettings
from services.cleaner.topology import cleaner_topology
from services.fetcher.client import Client
from services.fetcher.settings import FetcherSettings
from services.fetcher.topology import fetcher_topology
from services.runtime.testing import TopologyDriver
from services.runtime.topology import Topology
from services.tagger.settings import TaggerSettings
from services.tagger.topology import tagger_topology

DOCUMENT = Path(__file__).parents[2] / "docs" / "metrics.md"
ROW = re.compile(r"\| (fetcher|cleaner|tagger) \| ((?:`\w+`(?:, )?)+) \|")
TOPOLOGIES = (
    fetcher_topology(FetcherSettings(), Client(FetcherSettings())),
    cleaner_topology(CleanerSettings()),
    tagger_topology(TaggerSettings()),
)


@pytest.mark.parametrize("topology", TOPOLOGIES, ids=lambda topology: topology.name)
def test_every_figure_is_documented(topology: Topology) -> None:
    """
    By its name, once, and none that is not there; shown as zero from the start.
    """
    rows = [ROW.match(line) for line in DOCUMENT.read_text("utf-8").splitlines()]
    written = [name for row in rows if row and row[1] == topology.name for name in re.findall(r"`(\w+)`", row[2])]
    figures = TopologyDriver(topology)._processor.figures()

    assert sorted(written) == sorted(figures)
    assert set(figures.values()) == {0}
