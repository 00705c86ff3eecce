"""
The one exception of the local broker.

    LocalBrokerError
        code        what happened; stable, so that a caller or a test can branch on it
        message     what happened, in words, with the broker's own last words where there are any
        next_step   what the reader can do about it
"""

from enum import StrEnum


class ErrorCode(StrEnum):
    """
    What can go wrong between a bare machine and a broker that answers.
    """

    JAVA_MISSING = "java_missing"
    CACHE_UNUSABLE = "cache_unusable"
    FETCHER_MISSING = "fetcher_missing"
    FETCH_FAILED = "fetch_failed"
    JAR_MISMATCH = "jar_mismatch"
    DATA_DIR_UNUSABLE = "data_dir_unusable"
    DATA_DIR_IN_USE = "data_dir_in_use"
    FORMAT_FAILED = "format_failed"
    PORT_IN_USE = "port_in_use"
    OUT_OF_MEMORY = "out_of_memory"
    START_FAILED = "start_failed"
    START_TIMEOUT = "start_timeout"
    NOT_STARTED = "not_started"


class LocalBrokerError(Exception):
    """
    The local broker cannot do what was asked; `next_step` says what the reader can do.
    """

    def __init__(self, code: ErrorCode, message: str, *, next_step: str) -> None:
        super().__init__(f"{message}\n{next_step}")
        self.code = code
        self.message = message
        self.next_step = next_step
