from __future__ import annotations

from dataclasses import replace
from typing import Any

from services.runtime.pool import Broken, Done
from services.runtime.processor import work_lightly
from services.runtime.stage import Stage


def work(given: int) -> int:
    return 12 // given


def decided(*_: Any) -> Any:
    raise NotImplementedError


STAGE = Stage(work=work, decide=decided, is_light=lambda given: given < 5)


def test_light_work_is_done_in_place() -> None:
    """
    A worker would take longer to be told of it; anything else is left to one.
    """
    assert work_lightly(STAGE, 4) == Done(3)
    assert work_lightly(STAGE, 6) is None
    assert work_lightly(replace(STAGE, is_light=None), 4) is None


def test_a_bug_in_light_work_harms_its_own_input_only() -> None:
    """
    As in a worker.
    """
    broken = work_lightly(STAGE, 0)

    assert isinstance(broken, Broken)
    assert (broken.reason, broken.detail.partition(":")[0]) == ("STAGE_FAILED", "ZeroDivisionError")
    assert "ZeroDivisionError" in (broken.exception or "")
