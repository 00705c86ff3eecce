from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from uuid import UUID

import pytest

from schemas import topics
from schemas.exports import jsonld, ninjs
from schemas.topics import ARTICLE_TAGGED, DAY_MS, DEAD_LETTERS, OWN_COUNTS, PAGE_FETCHED
from services.cli.errors import ExitCode
from services.cli.retention import TopicsSettings
from services.runtime.errors import TopicsError
from services.runtime.kafka import admin
from services.runtime.kafka.access import publish
from services.runtime.kafka.retention import apply_retention, set_on_topics
from services.runtime.settings import KafkaSettings
from tests.kafka.conftest import PARTITIONS
from tests.kafka.wiping import wipe
from tests.unit.schemas.exports.cases import CASES

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
    assert all(topic["exists"] and topic["partitions"] == OWN_COUNTS.get(topic["name"], 4) for topic in listed)
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
        ("linker", 0),
    ]
    assert status["sources"] == {"watched": 1, "paused": 0}
    assert status["deadLetters"] == {"lastDay": 0, "newestByCause": {}}
    assert [remark["isFault"] for remark in status["remarks"]] == [True, True, True, True, False]


async def test_retention_is_changed_on_topics_that_are_there_and_nothing_else(
    operator: Operator, kafka: KafkaSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    `topics list` says what is set otherwise, `topics apply` sets it, once; every other setting stays as it was.
    """
    before = await configs(kafka)
    monkeypatch.setenv("NEWS_TOPICS_PAGES_DAYS", "14")
    [changed] = Operator(kafka).types("topics", "apply", "--json")
    again = await apply_retention(kafka, TopicsSettings(pages_days=14).retention_ms())
    after = await configs(kafka)

    assert json.loads(changed) == {"changed": [PAGE_FETCHED.name]}
    assert again == []
    assert after == before | {PAGE_FETCHED.name: before[PAGE_FETCHED.name] | {"retention.ms": str(14 * DAY_MS)}}
    assert any("set to be kept for 90 days" in line for line in operator.types("topics", "list"))


async def test_topics_are_created_with_the_retention_that_is_set(kafka: KafkaSettings) -> None:
    """
    What the settings do not name is kept for as long as the contract says.
    """
    await wipe(kafka)
    await admin.create_topics(kafka, PARTITIONS, retention_ms=TopicsSettings(letters_days=3).retention_ms())
    kept = {state.topic.name: state.retention_ms for state in await admin.describe_topics(kafka)}

    assert kept == {topic.name: topic.retention_ms for topic in topics.ALL} | {DEAD_LETTERS.name: 3 * DAY_MS}


async def test_a_topic_whose_settings_are_not_told_is_left_as_it_is(kafka: KafkaSettings) -> None:
    """
    What is not known would be lost by a change.
    """
    async with admin.admin_client(kafka) as client:
        with pytest.raises(TopicsError, match=r"news\.nowhere"):
            await set_on_topics(client, ["news.nowhere"])


async def configs(kafka: KafkaSettings) -> dict[str, dict[str, str]]:
    """
    What is set on each topic, by its name.
    """
    async with admin.admin_client(kafka) as client:
        return await set_on_topics(client, [topic.name for topic in topics.ALL])


async def test_articles_are_written_in_the_words_of_a_standard(operator: Operator, kafka: KafkaSettings) -> None:
    """
    All that are there; `export` and `tail --format` say the same.
    """
    await publish(kafka, ARTICLE_TAGGED, [(article, UUID(int=n)) for n, article in enumerate(CASES.values())], "test")
    exported = operator.types("export", "ninjs")
    shown = operator.types("tail", "--from-start", "--count", str(len(CASES)), "--format", "jsonld")

    assert [json.loads(line) for line in exported] == [ninjs.item(article) for article in CASES.values()]
    assert [json.loads(line) for line in shown] == [jsonld.news_article(article) for article in CASES.values()]
