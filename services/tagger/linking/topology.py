"""
What the linker reads and writes.
"""

from __future__ import annotations

from functools import partial
from importlib.metadata import version

from schemas import topics
from schemas.ids import fingerprint
from services.runtime.stage import Stage
from services.runtime.topology import Topology
from services.tagger.linking.settings import LinkerSettings
from services.tagger.linking.stage import decide, figures, open_linker, work
from services.tagger.linking.takedowns import BAR

GENERATION = 1
"""Raised by each release that changes what the linker says after equal inputs."""


def linker_topology(settings: LinkerSettings) -> Topology:
    """
    Wire the linker: fingerprints in, links out, the articles of the last days beside. One task has all of them.
    """
    return Topology(
        name="linker",
        live=topics.ARTICLE_FINGERPRINTS,
        tables=(topics.STORY_WINDOW,),
        stage=Stage(
            work=work,
            decide=decide,
            open=partial(open_linker, settings=settings),
            figures=figures,
            takes_tombstones=True,
        ),
        sinks=(topics.STORY_LINKED,),
        bar=BAR,
        fingerprint=fingerprint(GENERATION, {"numpy": version("numpy")}, (), settings.model_dump_json()),
    )
