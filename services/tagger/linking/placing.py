"""
What one article leads to: its own place among texts and stories, and that of others which it holds together or parts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from schemas import topics
from schemas.ids import derived_id, story_id
from schemas.stories import ArticleFingerprint, WindowEntry
from services.runtime.outcome import Emission
from services.tagger.linking import likeness, stories
from services.tagger.linking.likeness import Features
from services.tagger.linking.links import Came, link_of
from services.tagger.linking.settings import LinkerSettings
from services.tagger.linking.sketches import Sketch
from services.tagger.linking.stories import Fit, Newcomer
from services.tagger.linking.window import Window


@dataclass(frozen=True)
class Told:
    """
    A fingerprint that was read; its digest is of all that decides.
    """

    fingerprint: ArticleFingerprint
    sample: Sketch
    features: Features
    digest: str


@dataclass
class Step:
    """
    What one input leads to, as it comes about.

    Attributes:
        cause: The id of the input event.
        at: Its time.
        entries: New values of the window, None for what leaves, by article.
        events: What is told.
    """

    window: Window
    settings: LinkerSettings
    cause: str
    at: datetime
    entries: dict[UUID, WindowEntry | None] = field(default_factory=dict)
    events: list[Emission] = field(default_factory=list)

    def place(self, told: Told, known: WindowEntry | None) -> None:
        """
        Link a new version of an article, of which `known` is remembered: 1. its text; 2. its story; 3. what it leaves
        behind, and what it brings together; 4. what is told.
        """
        entry, first = self._by_text(told, known)
        newcomer = Newcomer(entry.article_id, entry.in_language, entry.seen_at, told.features)
        fits = self._fits(newcomer, known, first)
        is_going = known is not None and self._goes(known, fits)
        if known is not None and is_going:
            self.leave(known)
        fit = self._merge(fits)
        entry = self._in_story(entry, fit, None if is_going else known)
        self.entries[entry.article_id] = entry
        came = self._came(entry, fit, known)
        self.events.insert(0, Emission(topics.STORY_LINKED, link_of(entry, came, self.at, told.fingerprint.features)))

    def leave(self, gone: WindowEntry) -> None:
        """
        An article is not of its story any more: what it held together falls apart.
        """
        tied, fallen = stories.pieces_without(self.window, gone, self.settings.min_story_likeness)
        self.entries.update((entry.article_id, entry) for entry in tied)
        for piece in fallen:
            story = story_id(piece[0].article_id, self.cause)
            self._move(piece, story, min(entry.seen_at for entry in piece), Came(len(piece), "split", gone.story_id))

    def _by_text(self, told: Told, known: WindowEntry | None) -> tuple[WindowEntry, WindowEntry | None]:
        """
        An article as the window will have it, without its story, and the first with its text, if that is another. Who
        was the first with a text stays it, whatever becomes of that.
        """
        said = told.fingerprint
        is_first = known is not None and known.first_article_id == said.article_id
        least = self.settings.min_text_share
        match = None if is_first else self.window.same_text(told.sample, least, said.article_id)
        first = self.window.at(match.article) if match else None
        since = known.first_seen if known and is_first else self.at
        entry = WindowEntry(
            article_id=said.article_id,
            url=said.url,
            in_language=said.in_language,
            version=said.version,
            seen_at=self.at,
            digest=told.digest,
            first_article_id=first.article_id if first else said.article_id,
            first_seen=first.first_seen if first else since,
            similarity=match.similarity if match else 1.0,
            story_id=said.article_id,
            story_since=self.at,
            sketch="" if first else said.sketch,
            features=likeness.encoded(told.features),
        )
        return entry, first

    def _fits(self, newcomer: Newcomer, known: WindowEntry | None, first: WindowEntry | None) -> list[Fit]:
        """
        The stories that an article may belong to, best first: that of its text; the one that it is in, if it is still
        like that; those that it is like.
        """
        least = self.settings.min_story_likeness
        if first is not None:
            return [Fit(first, stories.compare(self.window, newcomer, first))]
        stays = None if known is None else stories.stays(self.window, newcomer, known, least)
        return [stays] if stays else stories.fits(self.window, newcomer, least)

    def _goes(self, known: WindowEntry, fits: Sequence[Fit]) -> bool:
        """
        Whether an article that was known leaves its story; one that is alone in it only goes to another.
        """
        if fits:
            return fits[0].story_id != known.story_id
        return len(self.window.story(known.story_id)) > 1

    def _merge(self, fits: list[Fit]) -> Fit | None:
        """
        Bring two stories together where an article belongs to both; return the fit that counts.
        """
        if len(fits) < 2:
            return fits[0] if fits else None
        larger, smaller = stories.larger_first(self.window, fits)
        coming = stories.merging(self.window, (larger, smaller), self.settings.min_story_likeness)
        if not coming:
            return fits[0]
        size = len(self.window.story(larger.story_id)) + len(coming) + 1
        came = Came(size, "merged", smaller.story_id)
        self._move(coming, larger.story_id, min(larger.nearest.story_since, smaller.nearest.story_since), came)
        return larger

    def _in_story(self, entry: WindowEntry, fit: Fit | None, known: WindowEntry | None) -> WindowEntry:
        """
        An entry with its story; `known` is the same article in the same story, if it stays.
        """
        if known is not None:
            tie = known.joined_id
            update = {"story_id": known.story_id, "story_since": known.story_since, "joined_id": tie}
        elif fit is not None:
            nearest = fit.nearest
            update = {"story_id": fit.story_id, "story_since": nearest.story_since, "joined_id": nearest.article_id}
        else:
            update = {"story_id": story_id(entry.article_id, self.cause)}
        return entry.model_copy(update=update)

    def _came(self, entry: WindowEntry, fit: Fit | None, known: WindowEntry | None) -> Came:
        others = {self.window.at(number).article_id for number in self.window.story(entry.story_id)}
        here = {i for i, e in self.entries.items() if e is not None and e.story_id == entry.story_id}
        size = len(others | here | {entry.article_id})
        if known is None or known.story_id == entry.story_id:
            return Came(size, "joined" if fit else "began", None, fit)
        was_alone = len(self.window.story(known.story_id)) == 1
        return Came(size, "merged" if was_alone and fit else "split", known.story_id, fit)

    def _move(self, piece: Sequence[WindowEntry], story: UUID, since: datetime, came: Came) -> None:
        """
        Articles that were known are in another story now.
        """
        for each in piece:
            entry = each.model_copy(update={"story_id": story, "story_since": since})
            self.entries[entry.article_id] = entry
            event_id = derived_id(self.cause, "linker", str(entry.article_id), topics.STORY_LINKED.name)
            self.events.append(Emission(topics.STORY_LINKED, link_of(entry, came, self.at), event_id))
