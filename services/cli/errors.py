"""
What an operator is told when something does not work, and what a script reads from the exit status.

    NewsIngestError               (services.runtime.errors) has a stable code and a next step
    ├── TargetError              NI-204   a Kafka to be restored into is not empty
    ├── RunningError             NI-205   services run that must not
    ├── InputFileError           NI-401   a file cannot be read
    ├── UrlError                NI-402   not a URL that can be fetched
    ├── OpmlError               NI-403   not a list of feeds
    ├── OutputFileError         NI-404   a file cannot be written
    ├── BackupError              NI-405   a file is no backup, or is damaged
    ├── LetterError              NI-406   a dead letter cannot be driven again
    ├── ReplayError              NI-407   no such replay, or it is over, or its name is taken
    ├── SinkTargetError          NI-441   where a sink writes cannot be reached, or refuses
    ├── SinkStateError           NI-442   what is there is not what this sink has left
    ├── LocalKafkaError         NI-501   the Kafka of this machine cannot be started
    ├── ServiceDiesError         NI-502   a service of `up` ends again and again
    ├── MissingPartError               NI-503   an optional part is not installed
    └── DataDirError           NI-504   the data directory cannot be written

Every code has an entry in docs/errors.md; a test keeps that true.
"""

from __future__ import annotations

from enum import IntEnum

from services.runtime.errors import NewsIngestError


class ExitCode(IntEnum):
    """
    The exit statuses of `news-ingest`.
    """

    DONE = 0
    BUG = 1
    USAGE = 2
    SETTINGS = 3
    KAFKA = 4
    MACHINE = 5
    INPUT = 6
    DROPPED = 10
    DEAD_LETTER = 11
    NOTHING = 12
    REFUSED = 13
    DIFFERENT = 15
    UNHEALTHY = 20
    NOT_DRAINED = 21
    UNWELL = 22
    INTERRUPTED = 130


MEANINGS: dict[ExitCode, str] = {
    ExitCode.DONE: "done",
    ExitCode.BUG: "a bug, or an expectation that was not met",
    ExitCode.USAGE: "the command was written wrongly",
    ExitCode.SETTINGS: "a setting is missing, mistyped or unknown (NI-1xx)",
    ExitCode.KAFKA: "Kafka cannot be reached, or its topics are not as they should be (NI-2xx)",
    ExitCode.MACHINE: "a service or this machine does not work (NI-3xx, NI-5xx)",
    ExitCode.INPUT: "a file or URL that was given cannot be used (NI-4xx)",
    ExitCode.DROPPED: "try: the page was dropped or refused, as expected of such a page",
    ExitCode.DEAD_LETTER: "try: the page could not be handled; it would be a dead letter",
    ExitCode.NOTHING: "nothing came, or nothing was found that fits",
    ExitCode.REFUSED: "dlq retry: some letters cannot be driven again (NI-406); the others were",
    ExitCode.DIFFERENT: "verify-consumer --check: the table is not the expected one",
    ExitCode.UNHEALTHY: "doctor: something is wrong",
    ExitCode.NOT_DRAINED: "topics drained: something is still under way; takedown: a service has not heard of it yet",
    ExitCode.UNWELL: "status --check: something keeps articles from coming",
    ExitCode.INTERRUPTED: "interrupted with Ctrl-C",
}

_BY_GROUP = {
    "1": ExitCode.SETTINGS,
    "2": ExitCode.KAFKA,
    "3": ExitCode.MACHINE,
    "4": ExitCode.INPUT,
    "5": ExitCode.MACHINE,
}


class LocalKafkaError(NewsIngestError):
    """
    The Kafka of this machine cannot be started.
    """

    code = "NI-501"


class ServiceDiesError(NewsIngestError):
    """
    A service that `up` runs ends again and again.
    """

    code = "NI-502"


class MissingPartError(NewsIngestError):
    """
    An optional part of the distribution is not installed.
    """

    code = "NI-503"


class DataDirError(NewsIngestError):
    """
    The data directory cannot be made or written.
    """

    code = "NI-504"


class TargetError(NewsIngestError):
    """
    The Kafka that a backup is to be restored into already holds something.
    """

    code = "NI-204"


class RunningError(NewsIngestError):
    """
    Services run, and would not notice what is put into their topics.
    """

    code = "NI-205"


class InputFileError(NewsIngestError):
    """
    A file that was given cannot be read.
    """

    code = "NI-401"


class UrlError(NewsIngestError):
    """
    What was given is not a URL that can be fetched.
    """

    code = "NI-402"


class OpmlError(NewsIngestError):
    """
    The file is not OPML, or holds no feeds.
    """

    code = "NI-403"


class OutputFileError(NewsIngestError):
    """
    A file that was asked for cannot be written.
    """

    code = "NI-404"


class BackupError(NewsIngestError):
    """
    The file is not a backup, is damaged, or was made by another version.
    """

    code = "NI-405"


class LetterError(NewsIngestError):
    """
    A dead letter cannot be driven again: it was cut, or what it is about has another way in.
    """

    code = "NI-406"


class ReplayError(NewsIngestError):
    """
    There is no replay of that name, or it is over, or the name is taken.
    """

    code = "NI-407"


class SinkTargetError(NewsIngestError):
    """
    The database or folder that a sink writes to cannot be reached, or refuses.
    """

    code = "NI-441"


class SinkStateError(NewsIngestError):
    """
    A table or folder is not as the sink would have left it: of another shape, of another topic, or in use.
    """

    code = "NI-442"


class TakedownError(NewsIngestError):
    """
    No takedown of that article stands.
    """

    code = "NI-461"


def exit_code_of(error: NewsIngestError) -> ExitCode:
    """
    The exit status that stands for an error: by the hundreds of its code.
    """
    return _BY_GROUP.get(error.code.removeprefix("NI-")[:1], ExitCode.BUG)
