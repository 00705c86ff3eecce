from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.trace_context import TraceContext, begun_by, read

STATED = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def digits(count: int) -> st.SearchStrategy[str]:
    """
    Hexadecimal digits, not all of them zero.
    """
    return st.text("0123456789abcdef", min_size=count, max_size=count).filter(lambda text: bool(text.strip("0")))


@given(digits(32), digits(16), st.sampled_from(["00", "01", "02", "03"]))
def test_a_stated_context_is_read_and_written_as_it_was(trace_id: str, span_id: str, flags: str) -> None:
    """
    What another system began goes on under its own ids.
    """
    header = f"00-{trace_id}-{span_id}-{flags}"

    assert str(read(header)) == header


@given(st.text())
def test_whatever_is_read_is_written_back_well(header: str) -> None:
    """
    Anyone may write a record: what is no context is none, and nothing else passes.
    """
    context = read(header)

    assert context is None or read(str(context)) == context


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "nonsense",
        "00-only-three",
        "a-b\n-c-d",
        STATED.upper(),
        f"{STATED}\n",
        f"{STATED}-more",
        STATED.replace("00-", "ff-", 1),
        STATED.replace("4bf92f3577b34da6a3ce929d0e0e4736", "0" * 32),
        STATED.replace("00f067aa0ba902b7", "0" * 16),
    ],
)
def test_what_is_no_context_is_none(header: str | None) -> None:
    """
    Neither another form nor an id of zeros counts.
    """
    assert read(header) is None


@pytest.mark.parametrize("header", [STATED.replace("00-", "01-", 1), STATED.replace("00-", "cc-", 1) + "-what-comes"])
def test_a_later_version_is_read_by_what_is_known_of_it(header: str) -> None:
    """
    It is written as the version that we know, as the standard has it.
    """
    assert str(read(header)) == STATED


def test_flags_that_nobody_knows_yet_are_not_passed_on() -> None:
    """
    Only "sampled" and "random" are.
    """
    assert str(read(f"{STATED[:-2]}fe")) == f"{STATED[:-2]}02"


@given(st.text())
def test_an_event_begins_the_same_trace_each_time(event_id: str) -> None:
    """
    Whatever its id looks like, the context is a valid one, and sampled.
    """
    begun = begun_by(event_id)

    assert begun == begun_by(event_id) == read(str(begun))
    assert begun.is_sampled


def test_a_trace_has_the_id_of_the_event_that_begins_it() -> None:
    """
    Whoever has an event's id finds its trace.
    """
    assert begun_by("0f8fad5b-d9cb-569f-a165-70867728950e").trace_id == "0f8fad5bd9cb569fa16570867728950e"


@given(digits(32), digits(16), st.lists(st.text(), min_size=1))
def test_a_step_stays_in_its_trace_and_has_an_id_of_its_own(trace_id: str, span_id: str, names: list[str]) -> None:
    """
    The same names give the same step, and the flags go along.
    """
    context = TraceContext(trace_id, span_id, 0)
    step = context.step(*names)

    assert step == context.step(*names) == read(str(step))
    assert (step.trace_id, step.flags) == (trace_id, 0)
    assert step.span_id != span_id
