"""
What became of every page of the world, against what had to become of it. Pure: what was seen comes in as values.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from deploy.demo.world import Page, Publisher
from schemas.dead_letters import Letter
from schemas.events import ArticleTagged
from services.cli.outcomes import Committed

CHROME = (
    "skip to main content",
    "back to top",
    "jump to content",
    "accept all",
    "nach oben",
    "haut de page",
    "volver arriba",
    "наверх",
    "ページの先頭へ戻る",
    "返回顶部",
)
"""What surrounds the articles of the world, and may be in none of them; lower case."""


@dataclass
class Seen:
    """
    Everything that could be observed from outside.

    Attributes:
        articles: From the topic of tagged articles, in order of arrival.
        letters: From the topic of dead letters.
        outcomes: What the services said of their committed inputs.
        requests: Paths that the sites were asked for, by publisher.
    """

    articles: list[ArticleTagged] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)
    outcomes: list[Committed] = field(default_factory=list)
    requests: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Verdict:
    """
    Of one page: what happened, and what is wrong with that (nothing: an empty text).
    """

    page: Page
    url: str
    happened: str
    wrong: str

    @property
    def is_met(self) -> bool:
        """
        Whether it is as expected.
        """
        return not self.wrong


def judge_all(world: Sequence[Publisher], bases: Mapping[str, str], seen: Seen) -> list[Verdict]:
    """
    Judge every page of the world.
    """
    return [judge(page, bases[publisher.id] + page.path, seen) for publisher in world for page in publisher.pages]


def judge(page: Page, url: str, seen: Seen) -> Verdict:
    """
    Judge one page.
    """
    decide = {"tagged": _tagged, "dropped": _dropped, "refused": _refused, "dead": _dead}[page.expect]
    happened, wrong = decide(page, url, seen)
    return Verdict(page, url, happened, wrong)


def _tagged(page: Page, url: str, seen: Seen) -> tuple[str, str]:
    found = [article for article in seen.articles if article.url == url]
    if not found:
        return "nothing", "no event" + _last_word(url, seen)
    article = found[0]
    text = f"{article.headline}\n{article.article_body}"
    problems = [
        f"{len(found)} events instead of one" if len(found) > 1 else "",
        "" if article.in_language == page.language else f"language {article.in_language}, not {page.language}",
        "" if page.headline in article.headline else f"headline is {article.headline!r}",
        "" if page.body in article.article_body else f"the body lacks {page.body!r}",
        *(f"the body holds {chrome!r}" for chrome in CHROME if chrome in text.lower()),
    ]
    return "tagged", "; ".join(filter(None, problems))


def _dropped(page: Page, url: str, seen: Seen) -> tuple[str, str]:  # noqa: ARG001 - the four judges are called alike
    if any(article.url == url for article in seen.articles):
        return "tagged", "an event about a page without an article"
    reasons = [o.reason for o in seen.outcomes if (o.service, o.outcome, o.subject) == ("cleaner", "drop", url)]
    return (f"dropped: {reasons[0]}", "") if reasons else ("nothing", "was not dropped" + _last_word(url, seen))


def _refused(page: Page, url: str, seen: Seen) -> tuple[str, str]:
    if page.path in seen.requests.get(page.publisher, ()):
        return "requested", "robots.txt forbids it, and it was asked for"
    reasons = [o.reason for o in seen.outcomes if o.service == "fetcher" and o.subject == url and o.outcome == "drop"]
    return (f"refused: {reasons[-1]}", "") if reasons else ("nothing", "no word about it")


def _dead(page: Page, url: str, seen: Seen) -> tuple[str, str]:
    reasons = [letter.reason for letter in seen.letters if letter.subject == url]
    if page.reason in reasons:
        return f"dead letter: {page.reason}", ""
    told = f"dead letter: {reasons[0]}" if reasons else "nothing"
    return told, f"no dead letter with reason {page.reason}" + _last_word(url, seen)


def _last_word(url: str, seen: Seen) -> str:
    told = [outcome for outcome in seen.outcomes if outcome.subject == url]
    return f" (last: {told[-1].service} {told[-1].outcome} {told[-1].reason} {told[-1].detail})" if told else ""
