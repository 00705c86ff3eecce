"""
What Kafka's client says when Kafka goes away in the middle of something, in words for a person.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from services.runtime.errors import BrokerError
from services.runtime.kafka.connection import TransientError


@contextmanager
def told_to_a_person(next_step: str) -> Iterator[None]:
    """
    Explain what Kafka's client raises inside the block.

    Raises:
        BrokerError: Kafka went away, or refused.
    """
    try:
        yield
    except (TransientError, TimeoutError) as error:
        raise BrokerError(f"Kafka went away, or refused: {error!r}", next_step) from error
