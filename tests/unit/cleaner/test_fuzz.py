"""
Whatever is thrown at it, the cleaner answers with an outcome that keeps every promise. The short form; `bench.fuzz` is
the long one, with real pages, limits and processes.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bench.fuzz.corpus import Entry, read_corpus
from bench.fuzz.inputs import Input, make_input
from bench.fuzz.odd import DATES, FIELDS, SCALARS, TYPES
from bench.fuzz.watched import SETTINGS, judge
from schemas.events import ArticleCleaned, PageFetched
from schemas.parts import Removal
from schemas.topics import ARTICLE_CLEANED
from services.cleaner.stage import clean
from services.runtime.outcome import Emission, Emit

ROOT = Path(__file__).parents[3]
MAX_BYTES = 40_000
"""Of a page here; large ones are the long form's."""

MAX_CPU_S = 5.0

quick = settings(
    max_examples=40,
    phases=(Phase.explicit, Phase.generate),  # the long form makes findings smaller
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
values = st.recursive(
    st.sampled_from(SCALARS) | st.sampled_from(DATES) | texts | st.integers() | st.floats(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=5),
    max_leaves=12,
)
nodes = st.fixed_dictionaries({"@type": st.sampled_from(TYPES)}, optional=dict.fromkeys(FIELDS[:20], values))
dates = st.sampled_from(DATES) | st.text("0123456789-:TZ+. /", max_size=30) | st.datetimes().map(str)


@cache
def corpus() -> tuple[Entry, ...]:
    return read_corpus(ROOT / "tests/golden")


class TooSlowError(BaseException):
    """
    Of another family than what the cleaner or its libraries may catch.
    """


@contextmanager
def limited() -> Iterator[None]:
    """
    A finding must not hang the suite.
    """

    def end(*_: object) -> None:
        raise TooSlowError(f"more than {MAX_CPU_S:g} CPU seconds")

    before = signal.signal(signal.SIGPROF, end)
    signal.setitimer(signal.ITIMER_PROF, MAX_CPU_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def problems_of(page: PageFetched) -> tuple[str, ...]:
    with limited():
        return judge(clean(page, SETTINGS), 0).problems


def shortened(made: Input) -> PageFetched:
    return PageFetched(meta=made.page.meta, body=made.page.body[:MAX_BYTES])


@quick
@given(st.integers(0, 2**32))
def test_no_damage_to_a_page_breaks_a_promise(seed: int) -> None:
    """
    Bits flipped, tags lost, elements by the thousand: an outcome, within its limits, that the wire carries.
    """
    assert problems_of(shortened(make_input(corpus(), seed, 0))) == ()


@quick
@given(nodes)
def test_no_shape_of_linked_data_breaks_a_promise(
    make_page: Callable[..., PageFetched], html: Callable[..., str], json_ld: Callable[[str], str], node: Any
) -> None:
    """
    Lists where objects are due, numbers where texts are, references to nothing.
    """
    assert problems_of(make_page(html(head=json_ld(json.dumps(node))))) == ()


@quick
@given(dates)
def test_whatever_is_stated_as_a_date_a_date_comes_out_or_none(
    make_page: Callable[..., PageFetched], html: Callable[..., str], stated: str
) -> None:
    """
    The thirtieth of February is none.
    """
    head = f'<meta property="article:published_time" content="{stated}"><time datetime="{stated}">{stated}</time>'

    assert problems_of(make_page(html(head=head), hints={"published": stated})) == ()


@quick
@given(st.binary(max_size=3000), st.sampled_from([None, "text/plain", "text/html", "text/html; charset=gb2312", ";"]))
def test_no_bytes_break_a_promise(make_page: Callable[..., PageFetched], body: bytes, content_type: str | None) -> None:
    """
    What is no text is a dead letter.
    """
    assert problems_of(make_page(body, content_type=content_type)) == ()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"article_body": "a \ud800 b"}, "ROUND_TRIP"),
        ({"article_body": "x" * 7_000_000}, "SIZE"),
        ({"removed": [Removal(rule="share", text="x" * 201)]}, "SIZE"),
        ({"headline": " "}, "EMPTY"),
        ({"article_body_html": "<p onclick=x>a</p>"}, "UNSAFE_HTML"),
        ({"article_body_html": "<a href='javascript:x'>a</a>"}, "UNSAFE_HTML"),
        ({"article_body_html": "<ul><li>a</ul>"}, "UNSAFE_HTML"),
        ({"date_published": "2024-02-30"}, "DATE"),
        ({"date_modified": "20240229"}, "DATE"),
    ],
)
def test_the_judge_sees_a_broken_promise(
    article: Callable[..., ArticleCleaned], html: Callable[..., str], change: dict[str, Any], code: str
) -> None:
    """
    It is not blind.
    """
    broken = article(html()).model_copy(update=change)

    verdict = judge(Emit((Emission(ARTICLE_CLEANED, broken),)), 0)

    assert [problem.partition(":")[0] for problem in verdict.problems] == [code]


def test_a_seed_and_a_number_name_the_same_input_in_every_process() -> None:
    """
    So that a finding can be made again.
    """
    script = (
        "import sys, hashlib; from pathlib import Path; from bench.fuzz import corpus, inputs\n"
        "pages = corpus.read_corpus(Path(sys.argv[1]))\n"
        "made = [inputs.make_input(pages, 7, index).as_json() for index in range(40)]\n"
        "print(hashlib.sha256(repr(made).encode()).hexdigest())"
    )

    digests = {
        subprocess.run(
            [sys.executable, "-c", script, str(ROOT / "tests/golden")],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("0", "42")
    }

    assert len(digests) == 1
