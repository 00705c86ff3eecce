from __future__ import annotations

import pytest

from services.cli.output import aligned, printable, say_json, shorten


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain — “text” 東京", "plain — “text” 東京"),
        ("two\nlines\tand more", "two lines and more"),
        ("\x1b]0;owned\x07title", "�]0;owned�title"),
        ("\x9b31mred", "�31mred"),
        ("abc\u202edef", "abc�def"),
    ],
)
def test_what_comes_from_a_page_cannot_steer_the_terminal(text: str, expected: str) -> None:
    """
    Control characters and direction overrides are shown, not sent.
    """
    assert printable(text) == expected


def test_columns_are_aligned_and_never_cut() -> None:
    """
    What goes into a pipe keeps its whole length.
    """
    lines = aligned([("name", "value"), ("a" * 100, "b")])

    assert lines == ["name".ljust(100) + "  value", "a" * 100 + "  b"]


@pytest.mark.parametrize(("width", "expected"), [(5, "abcde"), (4, "abc…"), (1, "…")])
def test_a_long_text_is_cut_with_an_ellipsis(width: int, expected: str) -> None:
    """
    The width counts the ellipsis.
    """
    assert shorten("abcde", width) == expected


def test_json_is_one_line_of_utf8(capsys: pytest.CaptureFixture[str]) -> None:
    """
    A line a value, nothing escaped that need not be.
    """
    say_json({"headline": "Лёд\nи вода"})

    assert capsys.readouterr().out == '{"headline": "Лёд\\nи вода"}\n'
