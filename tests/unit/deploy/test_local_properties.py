"""
The broker's configuration as text.
"""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.local.properties import render, server_properties


def unescape(text: str) -> str:
    """
    Read a value as Java does, as far as `render` uses the format.
    """
    codes = re.sub(r"\\u([0-9a-f]{4})", lambda match: chr(int(match[1], 16)), text)
    return codes.encode("utf-16-be", "surrogatepass").decode("utf-16-be")


def test_the_broker_listens_on_the_loopback_interface_only() -> None:
    """
    Every listener names 127.0.0.1: no other machine can reach a local broker.
    """
    settings = server_properties(21_000, 21_001, {})

    assert settings["listeners"] == "PLAINTEXT://127.0.0.1:21000,CONTROLLER://127.0.0.1:21001"
    assert settings["advertised.listeners"] == "PLAINTEXT://127.0.0.1:21000"


@pytest.mark.parametrize("name", ["group.min.session.timeout.ms", "listeners", "delete.topic.enable"])
def test_an_override_wins_over_every_default(name: str) -> None:
    """
    A caller can change a default of ours, a listener, and a setting that we do not mention.
    """
    assert server_properties(1, 2, {name: "x"})[name] == "x"


def test_a_topic_that_nobody_created_is_an_error() -> None:
    """
    The broker does not create topics by itself, so that a mistyped name fails here as in production.
    """
    assert server_properties(1, 2, {})["auto.create.topics.enable"] == "false"


@given(st.text(st.characters(codec="utf-8")))
def test_any_value_survives_the_file_format(value: str) -> None:
    """
    Backslashes, line ends, blanks at the ends and letters of any script reach the broker as they were given.
    """
    text = render({"key": value})

    assert text.isascii()
    assert text.count("\n") == 1
    assert unescape(text.removeprefix("key=").removesuffix("\n")) == value
