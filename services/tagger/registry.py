"""
Which facets the tagger has, in the order in which they speak, and the data that they rest on.
"""

from __future__ import annotations

from functools import lru_cache

from schemas.ids import sha256_hex
from services.tagger.categories import CategoriesFacet
from services.tagger.data_files import DATA
from services.tagger.entities import NamesFacet
from services.tagger.facets import Facet, LoadedFacet, load
from services.tagger.keywords import KeywordsFacet
from services.tagger.language import LanguageDetector
from services.tagger.settings import TaggerSettings


def load_language(settings: TaggerSettings) -> LanguageDetector:
    """
    The language detector; loaded once a process.
    """
    return _detector(settings.min_language_score)


@lru_cache(maxsize=2)
def _detector(min_score: float) -> LanguageDetector:
    return LanguageDetector(min_score)


def load_facets(settings: TaggerSettings) -> tuple[LoadedFacet, ...]:
    """
    The facets; loaded once a process, whatever is set that they do not rest on.
    """
    return _loaded(
        (
            NamesFacet(settings.min_entity_score, settings.min_city_population),
            CategoriesFacet(settings.min_subject_score, settings.max_subjects),
            KeywordsFacet(settings.max_keywords),
        )
    )


@lru_cache(maxsize=2)
def _loaded(facets: tuple[Facet, ...]) -> tuple[LoadedFacet, ...]:
    return load(facets)


def data_digests() -> list[str]:
    """
    Digests of the data files, with their names, for the fingerprint.
    """
    files = sorted(DATA.iterdir(), key=lambda path: path.name)
    return [f"{path.name}={sha256_hex(path.read_bytes())}" for path in files if path.suffix in {".yaml", ".tsv"}]
