from __future__ import annotations

from services.cli.variables import problems


def test_a_mistyped_variable_is_named_with_the_one_that_was_meant() -> None:
    """
    Typing errors are what go wrong most.
    """
    told = problems({"NEWS_FETCHER_DELAYS": "2", "PATH": "/bin"})

    assert told == ["NEWS_FETCHER_DELAYS is unknown; NEWS_FETCHER_DELAY_S is meant?"]


def test_a_value_that_does_not_fit_is_named() -> None:
    """
    The rule of the settings themselves decides.
    """
    [told] = problems({"NEWS_RUNTIME_WORKERS": "none"})

    assert told.startswith("NEWS_RUNTIME_WORKERS:")


def test_nothing_is_said_of_a_good_environment() -> None:
    """
    Places and settings are known.
    """
    assert problems({"NEWS_INGEST_CACHE": "/tmp/x", "NEWS_CLEANER_MIN_CHARS": "100", "HOME": "/root"}) == []
