"""
IPTC's file of Media Topics in, the tagger's table out, and what is new in it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

from services.cli.errors import InputFileError, OutputFileError
from services.cli.output import say, say_facts, say_json
from services.tagger.categories import load_topics
from services.tagger.vocabulary import read_iptc, write_table

NEXT = "fetch the Media Topics as JSON from IPTC (cv.iptc.org/newscodes/mediatopic), and name that file"


@dataclass(frozen=True)
class Loaded:
    """
    What was written: how many topics, how many that the tagger's own table does not have, how many that it has and this
    one does not, and the languages of their names.
    """

    file: str
    topics: int
    new: int
    gone: int
    languages: list[str]


def load_file(source: Path, target: Path) -> Loaded:
    """
    Read IPTC's file and write the table.

    Raises:
        InputFileError: It is no such file.
        OutputFileError: The table cannot be written.
    """
    try:
        topics = read_iptc(source.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise InputFileError(f"{source} cannot be read: {error.strerror}", "look at the path and its rights") from None
    except ValueError as error:
        raise InputFileError(f"{source} is no file of Media Topics: {error}", NEXT) from None
    try:
        target.write_text(write_table(topics), encoding="utf-8")
    except OSError as error:
        raise OutputFileError(f"{target} cannot be written: {error.strerror}", "name another path") from None
    ours = load_topics().keys()
    languages = sorted({"en", *(code for topic in topics.values() for code in topic.labels)})
    return Loaded(str(target), len(topics), len(topics.keys() - ours), len(ours - topics.keys()), languages)


def show(loaded: Loaded, *, as_json: bool) -> None:
    """
    Say what was written, and what makes it count.
    """
    if as_json:
        say_json(asdict(loaded))
        return
    say_facts(
        {
            "topics": str(loaded.topics),
            "new": str(loaded.new),
            "gone": str(loaded.gone),
            "names in": ", ".join(loaded.languages),
        }
    )
    say(f"\nSet NEWS_TAGGER_VOCABULARY_FILE={loaded.file} and start the tagger again.")
