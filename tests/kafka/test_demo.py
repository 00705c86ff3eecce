from __future__ import annotations

import os

import pytest

from deploy.demo.run import run_world


async def test_every_page_of_the_demo_ends_as_expected(capsys: pytest.CaptureFixture[str]) -> None:
    """
    A Kafka of its own, three processes, eight publishers: what has to be tagged is, once; the rest is accounted for.
    """
    is_met = await run_world(os.environ)

    assert is_met, capsys.readouterr().out
