"""
What can go wrong outside a record. Results that a stage expects are outcomes, not exceptions.

    NewsIngestError               has a stable code and a next step
    ├── SettingsError             a variable is missing, mistyped or unknown
    ├── BrokerError               Kafka cannot be reached, or refuses
    ├── TopicsError               topics are missing or not as the contract says
    └── TaskFenced                another instance owns this partition now: drop the task, never retry
"""

from __future__ import annotations

from typing import ClassVar


class NewsIngestError(Exception):
    """
    An error for a person: what happened, and what to do next.
    """

    code: ClassVar[str] = "NI-000"

    def __init__(self, message: str, next_step: str = "") -> None:
        super().__init__(message)
        self.next_step = next_step


class SettingsError(NewsIngestError):
    """
    A setting is missing, mistyped or unknown.
    """

    code = "NI-101"


class BrokerError(NewsIngestError):
    """
    Kafka cannot be reached, or refuses.
    """

    code = "NI-201"


class TopicsError(NewsIngestError):
    """
    Topics are missing, or are not as the contract says.
    """

    code = "NI-202"


class TaskFenced(NewsIngestError):  # noqa: N818 - what happened to it, not whose fault it is
    """
    Another instance owns this partition now.
    """

    code = "NI-203"
