"""
What became of each text of a page, and why: for people.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from schemas.events import PageFetched
from services.cleaner.document import Cut, Passage, passages, texts
from services.cleaner.settings import CleanerSettings
from services.cleaner.stage import Draft, study
from services.runtime.outcome import Outcome

NOT_MAIN_CONTENT = "not-main-content"
"""What the classifier, or the library, did not take."""


@dataclass(frozen=True)
class Verdict:
    """
    What became of one text.

    Attributes:
        text: As a reader sees it.
        is_kept: Is it in the body?
        rule: Why it is not.
        chance: 0 to 1, how likely the classifier takes it to be of the article, where it was asked.
    """

    text: str
    is_kept: bool
    rule: str = ""
    chance: float | None = None


@dataclass(frozen=True)
class Explanation:
    """
    What became of a page.

    Attributes:
        outcome: As the service would have it.
        source: Where the body comes from: html, json-ld, feed, text; empty where none was found.
        surety: 0 to 1, how much of the body the classifier expects to have got right; None where it was not asked.
        is_library: Was it unsure, so that trafilatura was asked?
        verdicts: All texts of the page, in its order.
    """

    outcome: Outcome
    source: str
    surety: float | None
    is_library: bool
    verdicts: tuple[Verdict, ...]


def explain(page: PageFetched, settings: CleanerSettings) -> Explanation:
    """
    Clean a page once more, and tell how.
    """
    done = study(page, settings)
    draft = done.draft
    if draft is None:
        return Explanation(done.outcome, "", None, is_library=False, verdicts=())
    found = draft.found if draft.source == "html" else None
    return Explanation(
        outcome=done.outcome,
        source=draft.source,
        surety=found.surety if found else None,
        is_library=found.is_library if found else False,
        verdicts=tuple(_of_blocks(draft) if found else _of_parts(draft)),
    )


def _of_parts(draft: Draft) -> Iterator[Verdict]:
    for part in draft.body:
        if isinstance(part, Passage):
            yield Verdict(part.text, is_kept=True)
        elif isinstance(part, Cut):
            yield Verdict(part.text, is_kept=False, rule=part.rule)


def _of_blocks(draft: Draft) -> Iterator[Verdict]:
    """
    The page's blocks, one after the other; what was hidden from readers comes first.
    """
    assert draft.found is not None
    judged = draft.found.judged
    kept = {line.text for part in passages(draft.body) for line in part.lines} | set(texts(draft.body))
    kept |= {cell.text for part in passages(draft.body) for line in part.lines for cell in line.cells}
    rules = {
        line: part.rule for part in draft.body if isinstance(part, Cut) for line in [part.text, *part.text.split("\n")]
    }
    blocks = {block.text for block in judged.blocks}
    for part in draft.body:
        if isinstance(part, Cut) and part.text not in blocks:
            yield Verdict(part.text, is_kept=False, rule=part.rule)
    for block, chance in zip(judged.blocks, judged.chances, strict=True):
        for line in block.text.split("\n"):
            is_kept = line in kept or block.text in kept
            rule = "" if is_kept else rules.get(line) or rules.get(block.text) or NOT_MAIN_CONTENT
            yield Verdict(line, is_kept, rule, chance / 1000)
