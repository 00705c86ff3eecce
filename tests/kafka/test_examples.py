"""
The examples, over a real Kafka: the golden events and those of the demo, and the same table in the end.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from uuid import uuid4

import pytest

from deploy.demo.run import run_world
from deploy.demo.world import load_world
from schemas.topics import ARTICLE_TAGGED
from services.cli.rows import COLUMNS
from services.cli.verifying.judging import judge
from services.cli.verifying.writing import write_series
from services.runtime.settings import KafkaSettings
from tests.kafka.examples import FOLDER, PYTHONS, TOOLS, Task, readme_lines, run, table_of
from tests.kafka.test_readme import tag


async def test_subscribers_in_python_and_the_sink_pass_the_golden_events(kafka: KafkaSettings, tmp_path: Path) -> None:
    """
    Without their set-up; all at the same time.
    """
    pytest.importorskip("confluent_kafka", reason="NO confluent-kafka: set up anew, make test")
    name = uuid4().hex
    topic = f"news.verify.{name}"
    environ = {"KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrap_servers}
    written = await types(["verify-consumer", "--name", name, "--json"], tmp_path, environ)
    tables = [table_of(name, Task(kafka, topic), tmp_path, commands) for name, commands in PYTHONS.items()]
    sink = ["sink", "sqlite", "sink.db", "--until-end", "--topic", topic, "--json"]
    kept, found = await asyncio.gather(types(sink, tmp_path, environ), asyncio.gather(*tables))
    check = ["verify-consumer", "--check", "sink.db", "--json"]

    assert sum(line.startswith("{") for line in written) == 19
    assert json.loads(kept[-1]) == {"topic": topic, "written": 25, "withdrawn": 2, "takenDown": 2, "unreadable": 0}
    assert await types(check, tmp_path, {}) == []
    assert [judge(table) for table in found] == [[], []]


async def types(words: Sequence[str], folder: Path, environ: Mapping[str, str]) -> list[str]:
    """
    What a command answers.
    """
    status, said = await run([sys.executable, "-m", "services.cli", *words], folder, environ, 60)
    assert status == 0, said
    return said.splitlines()


@pytest.mark.e2e
@pytest.mark.parametrize("name", PYTHONS)
async def test_a_subscriber_ends_in_order_and_goes_on_where_it_ended(
    kafka: KafkaSettings, tmp_path: Path, name: str
) -> None:
    """
    What was published meanwhile is what it reads then.
    """
    pytest.importorskip("confluent_kafka", reason="NO confluent-kafka: set up anew, make test")
    database = tmp_path / "articles.db"
    environ = {"BOOTSTRAP": kafka.bootstrap_servers, "DATABASE": str(database), "GROUP": uuid4().hex}
    [[python, script]] = PYTHONS[name]
    process = await asyncio.create_subprocess_exec(python, script, cwd=FOLDER / name, env={**os.environ, **environ})
    async with asyncio.timeout(30):
        while not database.exists():
            await asyncio.sleep(0.1)
    await asyncio.sleep(0.5)
    process.send_signal(signal.SIGINT)
    status = await asyncio.wait_for(process.wait(), 20)
    await tag(kafka)
    again = await run([python, script], FOLDER / name, {**environ, "UNTIL_END": "1"}, 60)

    assert (status, again) == (0, (0, ""))


@pytest.mark.e2e
@pytest.mark.parametrize("name", TOOLS)
async def test_an_example_set_up_by_its_readme_passes_the_golden_events(
    kafka: KafkaSettings, tmp_path: Path, name: str
) -> None:
    """
    Line by line.
    """
    topic = await write_series(kafka, uuid4().hex, 3)

    assert judge(await table_of(name, Task(kafka, topic), tmp_path, readme_lines(name))) == []


@pytest.mark.e2e
async def test_all_examples_make_the_same_table_of_the_demo(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """
    Each reads all that the demo has published, while its Kafka is still there.
    """
    tables: dict[str, str] = {}
    published = [page for publisher in load_world() for page in publisher.pages if page.expect == "tagged"]

    async def subscribe(kafka: KafkaSettings) -> None:
        for name in TOOLS:
            try:
                rows = await table_of(name, Task(kafka, ARTICLE_TAGGED.name), tmp_path, readme_lines(name))
            except pytest.skip.Exception as lacking:
                print(lacking)
            else:
                tables[name] = json.dumps([[row[column] for column in COLUMNS] for row in rows])

    assert await run_world(os.environ, afterwards=subscribe), capsys.readouterr().out
    assert {"python-aiokafka", "python-confluent"} <= set(tables)
    assert len(set(tables.values())) == 1
    assert len(json.loads(tables["python-aiokafka"])) == len(published)
