"""
Which facets the tagger has, in the order in which they speak, and the data that they rest on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from importlib.metadata import entry_points

from schemas.ids import sha256_hex
from services.runtime.errors import SettingsError
from services.tagger.categories import CategoriesFacet
from services.tagger.data_files import DATA
from services.tagger.entities import NamesFacet
from services.tagger.facets import Facet, LoadedFacet, load
from services.tagger.keywords import KeywordsFacet
from services.tagger.language import LanguageDetector
from services.tagger.remote import RemoteFacet
from services.tagger.settings import FACET_ENTRY_POINTS, TaggerSettings


def load_language(settings: TaggerSettings) -> LanguageDetector:
    """
    The language detector; loaded once a process.
    """
    return _detector(settings.min_language_score)


@lru_cache(maxsize=2)
def _detector(min_score: float) -> LanguageDetector:
    return LanguageDetector(min_score)


def chosen(settings: TaggerSettings) -> tuple[Facet, ...]:
    """
    The facets that the settings name, in their order; none has read its tables yet.

    Raises:
        SettingsError: One of another distribution cannot be made of its options.
    """
    return tuple(OURS[name](settings) if name in OURS else _offered(name, settings) for name in settings.facets)


OURS: Mapping[str, Callable[[TaggerSettings], Facet]] = {
    "names": lambda settings: NamesFacet(
        settings.min_entity_score, settings.min_city_population, settings.aliases_file
    ),
    "categories": lambda settings: CategoriesFacet(
        settings.min_subject_score, settings.max_subjects, settings.vocabulary_file
    ),
    "keywords": lambda settings: KeywordsFacet(settings.max_keywords),
    "remote": lambda settings: RemoteFacet(
        settings.remote_url,
        settings.remote_timeout_s,
        settings.remote_fields,
        frozenset(settings.remote_languages) or None,
    ),
}
"""By the name that settings have for them."""


def _offered(name: str, settings: TaggerSettings) -> Facet:
    [point] = entry_points(group=FACET_ENTRY_POINTS, name=name)
    given = (option.partition(".") for option in settings.facet_options)
    options = dict(rest.split("=", 1) for owner, _, rest in given if owner == name)
    try:
        made: Facet = point.load()(**options)
    except (TypeError, ValueError, ImportError) as error:
        raise SettingsError(f"the facet {name} cannot be made: {error}", "look at NEWS_TAGGER_FACET_OPTIONS") from error
    return made


@lru_cache(maxsize=4)
def load_facets(settings: TaggerSettings) -> tuple[LoadedFacet, ...]:
    """
    The facets; ours are loaded once a process, whatever is set that they do not rest on.
    """
    named = zip(settings.facets, chosen(settings), strict=True)
    return tuple(_kept(facet) if name in OURS else load(facet) for name, facet in named)


_loaded: dict[Facet, LoadedFacet] = {}


def _kept(facet: Facet) -> LoadedFacet:
    if facet not in _loaded:
        _loaded[facet] = load(facet)
    return _loaded[facet]


def data_digests() -> list[str]:
    """
    Digests of the data files, with their names, for the fingerprint.
    """
    files = sorted(DATA.iterdir(), key=lambda path: path.name)
    return [f"{path.name}={sha256_hex(path.read_bytes())}" for path in files if path.suffix in {".yaml", ".tsv"}]
