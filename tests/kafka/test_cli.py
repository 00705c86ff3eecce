from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from services.cli.errors import ExitCode
from services.runtime.settings import KafkaSettings

FEED = "https://feeds.example/news.xml"


class Operator:
    """
    Types commands, as a script would.
    """

    def __init__(self, kafka: KafkaSettings) -> None:
        self._environ = {**os.environ, "KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrap_servers}

    def types(self, *words: str, expect: int = 0) -> list[str]:
        command = [sys.executable, "-m", "services.cli", *words]
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=self._environ)
        assert done.returncode == expect, done.stderr
        return done.stdout.splitlines()


@pytest.fixture
def operator(kafka: KafkaSettings) -> Operator:
    return Operator(kafka)


def test_a_source_is_added_listed_and_removed(operator: Operator) -> None:
    """
    The topic is the truth; the last word on a URL wins.
    """
    operator.types("sources", "add", FEED, "--label", "desk=world")
    operator.types("sources", "add", FEED, "--title", "News")
    [listed] = operator.types("sources", "list", "--json")
    operator.types("sources", "remove", FEED)
    after = operator.types("sources", "list", "--json")

    assert (json.loads(listed)["url"], json.loads(listed)["title"]) == (FEED, "News")
    assert after == []


def test_a_source_that_is_not_watched_cannot_be_removed(operator: Operator) -> None:
    """
    A typing error does not look like a success.
    """
    assert operator.types("sources", "remove", FEED, expect=ExitCode.INPUT) == []


def test_a_list_of_feeds_is_imported_at_once(operator: Operator, tmp_path: Path) -> None:
    """
    A dry run writes nothing.
    """
    file = tmp_path / "list.opml"
    file.write_text(f'<opml><body><outline text="A" xmlUrl="{FEED}"/></body></opml>')
    operator.types("sources", "import", str(file), "--dry-run")
    before = operator.types("sources", "list", "--json")
    operator.types("sources", "import", str(file))

    assert before == []
    assert len(operator.types("sources", "list", "--json")) == 1


def test_nothing_to_show_is_explained_and_has_its_own_exit_code(operator: Operator) -> None:
    """
    `tail --until-idle` ends by itself.
    """
    assert operator.types("tail", "--from-start", "--until-idle", "1", expect=ExitCode.NOTHING) == []


def test_topics_are_created_once_and_listed(operator: Operator) -> None:
    """
    Creating again does no harm; another partition count is refused.
    """
    [created] = operator.types("topics", "create", "--partitions", "4", "--json")
    listed = [json.loads(line) for line in operator.types("topics", "list", "--json")]

    assert json.loads(created) == {"created": []}
    assert all(topic["exists"] and topic["partitions"] == 4 for topic in listed)
    operator.types("topics", "create", "--partitions", "7", expect=ExitCode.KAFKA)


def test_the_doctor_finds_this_kafka_well(operator: Operator) -> None:
    """
    Names may not resolve where tests run; that is a warning.
    """
    findings = {finding["name"]: finding["verdict"] for finding in map(json.loads, operator.types("doctor", "--json"))}

    assert findings["Kafka"] == findings["topics"] == "ok"


def test_the_state_of_the_whole_is_read_from_kafka(operator: Operator) -> None:
    """
    Also where nothing has happened yet.
    """
    operator.types("sources", "add", FEED)
    [told] = operator.types("status", "--check", "--json", expect=ExitCode.UNWELL)

    status = json.loads(told)
    assert [(state["name"], state["processes"]) for state in status["services"]] == [
        ("fetcher", 0),
        ("cleaner", 0),
        ("tagger", 0),
    ]
    assert status["sources"] == {"watched": 1, "paused": 0}
    assert status["deadLetters"] == {"lastDay": 0, "newestByCause": {}}
    assert [remark["isFault"] for remark in status["remarks"]] == [True, True, True, False]
