"""
The language of an article: what the page declares, unless the text clearly says otherwise.

Detection is py3langid's naive Bayes over byte n-grams (M. Lui and T. Baldwin, 2012), from a model in the package; some
languages that it does not know are told by their small words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from schemas.events import Article
from schemas.parts import FacetStatus, Provenance
from services.tagger.neighbours import instead, neighbours
from services.tagger.sketch import words

MODEL = "py3langid"
SAMPLE_CHARS = 1500
"""More text than this does not change the answer."""

MIN_CHARS = 100
"""A shorter text never overrules a declaration."""

MIN_ALONE = 0.5
"""Below this score nothing is said where nothing is declared."""

_SAME = {"nb": "no", "nn": "no", "iw": "he", "in": "id", "ji": "yi", "tl": "fil", "sh": "sr"}
"""Codes that name one language for our purposes."""

_CLOSE = (
    frozenset({"no", "da"}),
    frozenset({"id", "ms"}),
    frozenset({"sr", "hr", "bs"}),
    frozenset({"cs", "sk"}),
    frozenset({"st", "nso", "tn"}),
    frozenset({"xh", "zu"}),
)
"""Detection does not tell these apart well enough to overrule anybody."""


@dataclass(frozen=True)
class LanguageJudgement:
    """
    The language to publish, with what it rests on.
    """

    code: str | None
    provenance: Mapping[str, Provenance]
    status: FacetStatus


class LanguageDetector:
    """
    The model in memory.
    """

    def __init__(self, min_score: float) -> None:
        self._min_score = min_score
        self._model: Any = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
        self._neighbours = neighbours()
        self._status = FacetStatus(status="ok", model=MODEL, version=version(MODEL))

    def detect(self, text: str) -> tuple[str, float]:
        """
        The likeliest language of a text and its probability; of one that the model does not know, the probability of
        what it is taken for.
        """
        sample = text[:SAMPLE_CHARS]
        code, score = self._model.classify(sample)
        # Three digits: the last bits of a float sum differ between machines.
        return instead(str(code), words(sample), self._neighbours) or str(code), round(float(score), 3)

    def judge(self, article: Article) -> LanguageJudgement:
        """
        Decide an article's language.
        """
        text = f"{article.headline}\n{article.article_body or article.description or ''}"
        code, score = self.detect(text)
        declared = primary(article.in_language)
        if declared is not None and not self._overrules(declared, code, score, len(text)):
            return LanguageJudgement(declared, {}, self._status)
        if declared is None and score < MIN_ALONE:
            return LanguageJudgement(None, {}, self._status)
        source = f"{MODEL}/{self._status.version}"
        return LanguageJudgement(code, {"inLanguage": Provenance(source=source, score=score)}, self._status)

    def _overrules(self, declared: str, detected: str, score: float, chars: int) -> bool:
        pair = {_SAME.get(declared, declared), _SAME.get(detected, detected)}
        if len(pair) == 1 or any(pair <= close for close in _CLOSE):
            return False
        return score >= self._min_score and chars >= MIN_CHARS


def primary(tag: str | None) -> str | None:
    """
    The primary subtag of a BCP 47 tag in lower case; None where there is none.
    """
    subtag = (tag or "").strip().replace("_", "-").partition("-")[0].lower()
    return subtag if subtag.isalpha() and 2 <= len(subtag) <= 3 else None
