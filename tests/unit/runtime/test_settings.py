from __future__ import annotations

from typing import ClassVar

import pytest
from pydantic import ValidationError

from services.runtime.errors import SettingsError
from services.runtime.settings import KafkaSettings, RuntimeSettings, Settings


class Listed(Settings):
    """
    Settings with a list.
    """

    prefix: ClassVar[str] = "STUB_"

    names: tuple[str, ...] = ()
    ports: tuple[int, ...] = ()
    limit: int = 1


def test_an_empty_environment_gives_the_defaults() -> None:
    """
    Nothing has to be set.
    """
    assert RuntimeSettings.from_environ({}) == RuntimeSettings()


def test_variables_are_read_by_their_prefix() -> None:
    """
    A variable of another prefix is another's business.
    """
    environ = {"NEWS_RUNTIME_WORKERS": "7", "NEWS_CLEANER_MIN_CHARS": "1", "PATH": "/bin"}

    assert RuntimeSettings.from_environ(environ).workers == 7


def test_an_unknown_variable_is_named() -> None:
    """
    A mistyped variable stops the start.
    """
    with pytest.raises(SettingsError, match="unknown variable NEWS_RUNTIME_WORKRES"):
        RuntimeSettings.from_environ({"NEWS_RUNTIME_WORKRES": "7"})


@pytest.mark.parametrize("text", ["many", "0", "", "1.5"])
def test_a_wrong_value_is_named(text: str) -> None:
    """
    The message says which variable, and that is all it needs.
    """
    with pytest.raises(SettingsError, match="NEWS_RUNTIME_WORKERS: "):
        RuntimeSettings.from_environ({"NEWS_RUNTIME_WORKERS": text})


@pytest.mark.parametrize(
    "text", ["collector:4318", "http://", "http://collector:many", "http://a:b@collector", "http://c/?x", "http://[::1"]
)
def test_what_is_no_address_of_a_collector_is_named(text: str) -> None:
    """
    Better at the start than never a span.
    """
    with pytest.raises(SettingsError, match="NEWS_RUNTIME_OTLP_ENDPOINT: "):
        RuntimeSettings.from_environ({"NEWS_RUNTIME_OTLP_ENDPOINT": text})


def test_every_problem_is_told_at_once() -> None:
    """
    Nobody starts a service three times to find three mistakes.
    """
    with pytest.raises(SettingsError) as caught:
        RuntimeSettings.from_environ(
            {"NEWS_RUNTIME_WORKERS": "0", "NEWS_RUNTIME_DELIVERY": "never", "NEWS_RUNTIME_X": ""}
        )

    assert all(name in str(caught.value) for name in ("_WORKERS", "_DELIVERY", "_X"))
    assert "NEWS_RUNTIME_" in caught.value.next_step


def test_a_wrong_value_is_not_repeated() -> None:
    """
    A value may be a secret: the message does not hold it.
    """
    with pytest.raises(SettingsError) as caught:
        RuntimeSettings.from_environ({"NEWS_RUNTIME_WORKERS": "hunter2"})

    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "names"), [("a", ("a",)), ("a, b ,c", ("a", "b", "c")), ("a,,b,", ("a", "b")), ("", ())]
)
def test_a_list_is_comma_separated(text: str, names: tuple[str, ...]) -> None:
    """
    White space and empty parts do not count.
    """
    assert Listed.from_environ({"STUB_NAMES": text}).names == names


def test_the_parts_of_a_list_have_types() -> None:
    """
    A list of numbers is read as numbers, and a wrong part names its variable.
    """
    assert Listed.from_environ({"STUB_PORTS": "80, 443"}).ports == (80, 443)
    with pytest.raises(SettingsError, match="STUB_PORTS: "):
        Listed.from_environ({"STUB_PORTS": "80,http"})


def test_servers_stay_one_text() -> None:
    """
    Only what is declared as a list is split.
    """
    assert KafkaSettings.from_environ({"KAFKA_BOOTSTRAP_SERVERS": "a:1,b:2"}).bootstrap_servers == "a:1,b:2"


def test_settings_cannot_be_changed() -> None:
    """
    They are read once.
    """
    with pytest.raises(ValidationError, match="frozen"):
        setattr(RuntimeSettings(), "workers", 3)  # noqa: B010 - mypy knows it already
