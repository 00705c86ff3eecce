"""
What several tests of the runtime start from.
"""

from __future__ import annotations

import pytest

from services.runtime.testing import TopologyDriver
from tests.unit.runtime.stub_stage import STUB


@pytest.fixture
def driver() -> TopologyDriver:
    """
    The stub in memory.
    """
    return TopologyDriver(STUB)
