from __future__ import annotations

import json
import logging

import pytest
import typer
from aiokafka.errors import ProducerFenced

from services.cli.errors import ExitCode, InputFileError, LocalKafkaError
from services.cli.guard import explained, quieten
from services.runtime.errors import BrokerError, NewsIngestError, SettingsError


def run(error: BaseException, *, as_json: bool = False) -> int:
    with pytest.raises(typer.Exit) as ended, explained(as_json=as_json):
        raise error
    return int(ended.value.exit_code)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (SettingsError("x"), ExitCode.SETTINGS),
        (BrokerError("x"), ExitCode.KAFKA),
        (InputFileError("x"), ExitCode.INPUT),
        (LocalKafkaError("x"), ExitCode.MACHINE),
        (NewsIngestError("x"), ExitCode.BUG),
        (KeyboardInterrupt(), ExitCode.INTERRUPTED),
    ],
)
def test_each_kind_of_error_has_its_exit_code(error: BaseException, code: ExitCode) -> None:
    """
    A script can tell them apart.
    """
    assert run(error) == code


def test_an_error_names_its_code_what_to_do_and_where_to_read_more(capsys: pytest.CaptureFixture[str]) -> None:
    """
    Nobody has to search for what comes next.
    """
    run(BrokerError("no Kafka at x:1", "start one"))

    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.splitlines() == [
        "NI-201 BrokerError: no Kafka at x:1",
        "  next: start one",
        "  more: docs/errors.md#ni-201",
    ]


def test_with_json_an_error_is_one_object(capsys: pytest.CaptureFixture[str]) -> None:
    """
    Programs read the same facts.
    """
    run(BrokerError("no Kafka", "start one"), as_json=True)

    told = json.loads(capsys.readouterr().err)
    assert told == {"code": "NI-201", "error": "BrokerError", "message": "no Kafka", "nextStep": "start one"}


def test_a_bug_keeps_its_trace() -> None:
    """
    What nobody foresaw is not dressed up.
    """
    with pytest.raises(ZeroDivisionError), explained(as_json=False):
        raise ZeroDivisionError


def test_what_the_kafka_client_leaves_behind_is_not_shown(caplog: pytest.LogCaptureFixture) -> None:
    """
    Whoever is fenced is told so once, by us; a bug of ours in a forgotten task is still seen.
    """
    quieten()
    for error in (ProducerFenced(), ValueError("ours")):
        logging.getLogger("asyncio").error("Future exception was never retrieved", exc_info=error)

    assert [type(record.exc_info[1]) for record in caplog.records if record.exc_info] == [ValueError]
