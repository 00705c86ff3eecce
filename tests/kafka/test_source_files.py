from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from services.runtime.settings import KafkaSettings

FILE = """
sources:
  - {url: "https://one.example/feed.xml", labels: {folder: World}, deny: [/video/]}
  - {url: "https://two.example/live", kind: page, min_interval_s: 60}
"""


def types(kafka: KafkaSettings, *words: str) -> str:
    """
    What `news-ingest sources` answers to a command.
    """
    command = [sys.executable, "-m", "services.cli", "sources", *words]
    environ = {**os.environ, "KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrap_servers}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environ)
    assert done.returncode == 0, done.stderr
    return done.stdout


def listed(kafka: KafkaSettings) -> dict[str, Any]:
    lines = types(kafka, "list", "--json").splitlines()
    return {source["url"]: source for source in map(json.loads, lines)}


@pytest.mark.e2e
def test_a_file_of_sources_is_kept_in_step_with_what_is_watched(kafka: KafkaSettings, tmp_path: Path) -> None:
    """
    Imported with all settings, paused and resumed without losing any, exported as it was; what it no longer names goes.
    """
    file, exported = tmp_path / "sources.yaml", tmp_path / "exported.yaml"
    file.write_text(FILE)
    types(kafka, "add", "https://three.example/feed")
    types(kafka, "import", str(file), "--replace")
    imported = listed(kafka)
    types(kafka, "pause", "https://one.example/feed.xml")
    paused = listed(kafka)
    types(kafka, "resume", "https://one.example/feed.xml")
    exported.write_text(types(kafka, "export", "--format", "yaml"))
    opml = types(kafka, "export", "--format", "opml")
    types(kafka, "import", str(exported), "--replace")

    assert set(imported) == {"https://one.example/feed.xml", "https://two.example/live"}
    assert imported["https://one.example/feed.xml"]["deny"] == ["/video/"]
    assert imported["https://two.example/live"]["kind"] == "page"
    assert [source["paused"] for source in paused.values()] == [True, False]
    assert 'text="World"' in opml
    assert {url: {**s, "changedAt": 0} for url, s in listed(kafka).items()} == {
        url: {**s, "changedAt": 0} for url, s in imported.items()
    }
