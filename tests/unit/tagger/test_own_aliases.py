from __future__ import annotations

from pathlib import Path

import pytest

from schemas.parts import Entity
from services.runtime.errors import SettingsError
from services.tagger.data_files import DATA
from services.tagger.settings import TaggerSettings
from services.tagger.stage import work
from tests.unit.tagger.conftest import make_article

OWN = """
organisation:
  - {name: Reuters, wikidata: Q130879}
  - {name: Upland Drainage Board, aliases: [Upland Drainage Board, the Uplanders], weak: [UDB], context: [drain]}
  - {name: Nato, in: {de: [Nordatlantikpakt]}}
person:
  - {name: Zorvan Pelk}
"""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """
    An operator's table.
    """
    path = tmp_path / "own.yaml"
    path.write_text(OWN, encoding="utf-8")
    return path


def found(path: Path, body: str, language: str = "en") -> dict[str, Entity]:
    settings = TaggerSettings.from_environ({"NEWS_TAGGER_ALIASES_FILE": str(path)})
    return {each.name: each for each in work(make_article(body, in_language=language), settings).found.entities or ()}


def test_an_operators_names_are_found(own: Path) -> None:
    """
    A form that also means other things only with its sign; a name without forms by itself.
    """
    with_sign = found(own, "UDB has drained the moor, and Pelk, as Zorvan Pelk is called, was there.")
    without = found(own, "UDB has won the cup.")

    assert with_sign["Upland Drainage Board"].type == "organisation"
    assert with_sign["Zorvan Pelk"].type == "person"
    assert "Upland Drainage Board" not in without


def test_an_operator_adds_identifiers_and_forms_to_our_names(own: Path) -> None:
    """
    Ours stay as they are beside them.
    """
    assert found(own, "He told Reuters that it was over.")["Reuters"].wikidata == "Q130879"
    assert "Nato" in found(own, "Der Nordatlantikpakt berät heute.", "de")
    assert "Nato" in found(own, "Nato met on Monday.")


def test_our_table_has_no_identifier_from_memory() -> None:
    """
    They come from the operator's file alone.
    """
    assert "wikidata:" not in (DATA / "aliases.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "text", ["organisation: {name: x}", "company: [{name: x}]", "person: [{name: x, wikidata: 12}]", "a: [", "- x"]
)
def test_a_table_of_another_form_stops_the_start(tmp_path: Path, text: str) -> None:
    """
    With the name of the setting.
    """
    path = tmp_path / "own.yaml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(SettingsError, match="NEWS_TAGGER_ALIASES_FILE"):
        found(path, "Text.")
