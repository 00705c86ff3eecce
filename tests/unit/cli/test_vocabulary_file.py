from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from services.cli.errors import InputFileError
from services.cli.vocabulary_file import load_file, show
from services.runtime.errors import SettingsError
from services.tagger.settings import TaggerSettings
from services.tagger.stage import work
from tests.unit.tagger.conftest import make_article

SCHEME = "http://cv.iptc.org/newscodes/mediatopic/"


def concept(code: str, labels: dict[str, str], **fields: Any) -> dict[str, Any]:
    return {"uri": SCHEME + code, "qcode": f"medtop:{code}", "prefLabel": labels, **fields}


IPTC = {
    "uri": SCHEME,
    "conceptSet": [
        concept("15000000", {"en-GB": "sport", "de": "Sport"}, narrower=["medtop:20000822"]),
        concept(
            "20990001",
            {"en-GB": "quidditch", "de": "Besenball", "fr": "balai"},
            broader=[SCHEME + "15000000"],
            exactMatch=["http://www.wikidata.org/entity/Q15875151"],
        ),
        concept("20000822", {"en-GB": "competition discipline"}, broader=["medtop:15000000"], retired="2026-01-01"),
        concept("11000000", {"en-GB": "politics and government", "de": "Politik"}),
    ],
}


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """
    A small file in IPTC's form, loaded.
    """
    source, target = tmp_path / "mediatopic.json", tmp_path / "mediatopics.tsv"
    source.write_text(json.dumps(IPTC), encoding="utf-8")
    load_file(source, target)
    return target


def settings(table: Path) -> TaggerSettings:
    environ = {"NEWS_TAGGER_VOCABULARY_FILE": str(table), "NEWS_TAGGER_MIN_SUBJECT_SCORE": "0.2"}
    return TaggerSettings.from_environ(environ)


def test_what_is_new_and_gone_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """
    With the setting that makes it count.
    """
    source = tmp_path / "mediatopic.json"
    source.write_text(json.dumps(IPTC), encoding="utf-8")
    loaded = load_file(source, tmp_path / "table.tsv")
    show(loaded, as_json=False)

    assert (loaded.topics, loaded.new, loaded.languages) == (3, 1, ["de", "en", "fr"])
    assert loaded.gone > 1000
    assert "NEWS_TAGGER_VOCABULARY_FILE=" in capsys.readouterr().out


def test_a_section_in_another_language_names_a_topic(table: Path) -> None:
    """
    Names of IPTC's file count as the English ones do: here a section of a German page.
    """
    article = make_article(
        "Der Trainer lobt den Torwart nach dem Spiel.", in_language="de", article_section="Besenball", headline="Sieg"
    )
    subjects = work(article, settings(table)).found.subjects

    assert subjects is not None
    assert ("medtop:20990001", "quidditch", "Q15875151") in {(s.id, s.name, s.wikidata) for s in subjects}


def test_a_newer_release_decides_on_names_and_on_what_there_is(table: Path) -> None:
    """
    A renamed topic has its new name, and one that is retired is named no more.
    """
    vote = make_article("They met at noon.", article_section="Politics and government")
    match = make_article("The goalkeeper saved a penalty in the football match.", article_section="Sport")
    found = [work(article, settings(table)).found.subjects or () for article in (vote, match)]

    assert [subject.name for subject in found[0]] == ["politics and government"]
    assert [subject.id for subject in found[1]] == ["medtop:15000000"]


@pytest.mark.parametrize("text", ["[]", "{}", '{"conceptSet": [{"qcode": "x"}]}', "no JSON"])
def test_another_file_is_refused_with_the_place_to_look(tmp_path: Path, text: str) -> None:
    """
    Nothing is written.
    """
    source = tmp_path / "other.json"
    source.write_text(text, encoding="utf-8")

    with pytest.raises(InputFileError):
        load_file(source, tmp_path / "table.tsv")
    assert not (tmp_path / "table.tsv").exists()


def test_a_table_that_is_none_stops_the_start(tmp_path: Path) -> None:
    """
    With the name of the setting; so does one that is not there.
    """
    (tmp_path / "table.tsv").write_text("something else\n", encoding="utf-8")

    for name in ("table.tsv", "missing.tsv"):
        with pytest.raises(SettingsError, match="NEWS_TAGGER_VOCABULARY_FILE"):
            settings(tmp_path / name)


def test_another_table_is_another_fingerprint(table: Path) -> None:
    """
    Its digest is part of the settings, so that events say from which vocabulary they are.
    """
    before = settings(table).model_dump_json()
    table.write_text(table.read_text(encoding="utf-8").replace("quidditch", "broom ball"), encoding="utf-8")

    assert settings(table).model_dump_json() != before
