"""
Facets of other distributions: the worked example of the documentation, installed as any other would be.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.runtime.errors import SettingsError
from services.tagger.registry import chosen
from services.tagger.settings import TaggerSettings
from services.tagger.stage import work
from tests.unit.tagger.conftest import make_article

PAGE = Path(__file__).parents[3] / "docs" / "facets.md"
FACETS = "names,categories,keywords,village"


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """
    The example's distribution, as an installer leaves it.
    """
    [code] = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    [point] = re.findall(r'^village = "(.*)"$', PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    (tmp_path / "village_facet.py").write_text(code, encoding="utf-8")
    info = tmp_path / "village_facet-2.1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: village-facet\nVersion: 2.1\n", encoding="utf-8")
    (info / "entry_points.txt").write_text(f"[news_ingest.facets]\nvillage = {point}\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    yield
    sys.modules.pop("village_facet", None)


@pytest.mark.usefixtures("installed")
def test_the_facet_of_the_documentation_speaks() -> None:
    """
    Chosen by its name, it adds to what was found before it, and the field's status is its own.
    """
    settings = TaggerSettings.from_environ({"NEWS_TAGGER_FACETS": FACETS})
    annotated = work(make_article("The skittles final was played in Norway. The final was short."), settings)

    assert annotated.found.keywords is not None
    first, *others = annotated.found.keywords
    assert (first.text, first.source) == ("skittles", "village-sports/1")
    assert others
    assert annotated.facets["keywords"].model == "village-sports"


@pytest.mark.usefixtures("installed")
def test_a_facet_has_options_from_the_settings() -> None:
    """
    They are given to it by their names, as text.
    """
    environ = {"NEWS_TAGGER_FACETS": "village", "NEWS_TAGGER_FACET_OPTIONS": "village.sports=hurling"}
    found = work(make_article("They love hurling and skittles."), TaggerSettings.from_environ(environ)).found

    assert found.keywords is not None
    assert [each.text for each in found.keywords] == ["hurling"]


@pytest.mark.usefixtures("installed")
def test_the_version_of_a_facets_distribution_is_part_of_the_settings() -> None:
    """
    Another version says other things, so that its events are others.
    """
    told = TaggerSettings.from_environ({"NEWS_TAGGER_FACETS": FACETS}).model_dump_json()

    assert "village_facet:VillageSports 2.1" in told


@pytest.mark.usefixtures("installed")
def test_an_option_that_a_facet_does_not_have_stops_the_start() -> None:
    """
    The message names the setting.
    """
    environ = {"NEWS_TAGGER_FACETS": "village", "NEWS_TAGGER_FACET_OPTIONS": "village.sport=hurling"}

    with pytest.raises(SettingsError, match="village"):
        chosen(TaggerSettings.from_environ(environ))


@pytest.mark.parametrize(
    ("given", "told"), [("names,nmaes", "no such facet: nmaes"), ("names,names", "named twice")], ids=["typo", "twice"]
)
def test_a_facet_that_is_not_there_stops_the_start(given: str, told: str) -> None:
    """
    A typing error is never silent.
    """
    with pytest.raises(SettingsError, match=told):
        TaggerSettings.from_environ({"NEWS_TAGGER_FACETS": given})
