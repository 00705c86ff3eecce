from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from schemas import topics
from services.runtime.errors import SettingsError
from services.runtime.testing import TopologyDriver
from services.tagger.ledger import judge
from services.tagger.settings import TaggerSettings
from services.tagger.stage import tagged, work
from services.tagger.topology import tagger_topology
from tests.unit.tagger.conftest import SETTINGS, make_article

BODY = (
    "Margaret Quill of the Upland Drainage Board (UDB) met Islamic State survivors in Paris, Texas. Quill told Reuters "
    "that the road between Vornholt and Grask was closed; shares fell, doctors struck, the war went on, the UDB said."
)
SCRIPT = """
import sys
sys.path.insert(0, sys.argv[1])
from tests.unit.tagger.test_topology import outcome
print(outcome())
"""


def outcome() -> str:
    """
    The fingerprint, and an event's bytes.
    """
    annotated = work(make_article(BODY, "Quill opens old mill as war and markets rage in Syria"), SETTINGS)
    entry = judge(None, annotated.facts).entry
    assert entry is not None
    return f"{tagger_topology(SETTINGS).fingerprint} {tagged(annotated, entry).to_wire()[0].decode()}"


def outcome_elsewhere(seed: str) -> str:
    """
    The same from a process of its own, under a hash seed.
    """
    command = [sys.executable, "-c", SCRIPT, str(Path.cwd())]
    environ = {**os.environ, "PYTHONHASHSEED": seed}
    return subprocess.run(command, env=environ, capture_output=True, check=True, text=True).stdout.strip()


def test_the_wiring_is_as_the_design_has_it() -> None:
    """
    One live input, the replay lane, the ledger; the events, and what the linker has to know of them.
    """
    topology = tagger_topology(TaggerSettings())

    assert (topology.name, topology.live, topology.sinks) == (
        "tagger",
        topics.ARTICLE_CLEANED,
        (topics.ARTICLE_TAGGED, topics.ARTICLE_FINGERPRINTS),
    )
    assert [lane.topic for lane in topology.lanes] == [topics.ARTICLE_REPLAY]
    assert topology.tables == (topics.LEDGER,)


def test_the_fingerprint_knows_the_settings() -> None:
    """
    Another threshold is another fingerprint.
    """
    assert tagger_topology(TaggerSettings()).fingerprint != tagger_topology(TaggerSettings(max_keywords=3)).fingerprint


def test_a_mistyped_setting_stops_the_start() -> None:
    """
    The message names the variable.
    """
    with pytest.raises(SettingsError, match="NEWS_TAGGER_MAX_KEYWORD"):
        TaggerSettings.from_environ({"NEWS_TAGGER_MAX_KEYWORD": "3"})


def test_a_topology_in_memory_takes_an_article_to_its_tagged_event() -> None:
    """
    Through real serialisation: one record on the sink, one on the ledger; the replay lane gives the same bytes.
    """
    driver = TopologyDriver(tagger_topology(TaggerSettings()))
    article = make_article("Margaret Quill opened the mill in Norway.")
    driver.pipe(article)
    first = [record for record in driver.records if record.topic == topics.ARTICLE_TAGGED.name]
    driver.pipe(article, topics.ARTICLE_REPLAY)
    again = [record for record in driver.records if record.topic == topics.ARTICLE_TAGGED.name]

    assert len(first) == 1
    assert [record.value for record in again] == [first[0].value, first[0].value]


def test_the_process_shows_how_many_articles_it_remembers() -> None:
    """
    Each once, however many versions it has.
    """
    driver = TopologyDriver(tagger_topology(TaggerSettings()))
    before = driver._processor.figures()
    driver.pipe(make_article("Margaret Quill opened the mill in Norway."))
    driver.pipe(make_article("Margaret Quill opened the mill in Norway again, and a school.", page=2))

    assert (before, driver._processor.figures()) == ({"articles": 0}, {"articles": 1})


def test_outcomes_do_not_depend_on_the_hash_seed() -> None:
    """
    This process and one under another seed write the same bytes.
    """
    seed = "4242" if os.environ.get("PYTHONHASHSEED") == "1" else "1"

    assert outcome_elsewhere(seed) == outcome()
