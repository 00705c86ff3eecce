from __future__ import annotations

import pytest
from typer.testing import CliRunner

from services.cli.app import app
from services.cli.errors import ExitCode


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["https://example.org/story"], ExitCode.USAGE, "--reason"),
        (["--reason", "why", "story"], ExitCode.INPUT, "NI-402"),
        (["order", "story", "--reason", "why"], ExitCode.INPUT, "NI-402"),
        (["lift", "https://example.org/story"], ExitCode.USAGE, "--reason"),
        ([], ExitCode.USAGE, "URL|ID"),
    ],
    ids=["no-reason", "by-default", "by-name", "lift-without-reason", "nothing"],
)
def test_a_takedown_is_ordered_by_what_is_named(words: list[str], code: ExitCode, said: str) -> None:
    """
    `takedown URL` is enough, in any order of the options; what is wrong is said before anything is looked for.
    """
    done = CliRunner(env={"NO_COLOR": "1", "COLUMNS": "200"}).invoke(app, ["takedown", *words])

    assert done.exit_code == code
    assert said in done.output
