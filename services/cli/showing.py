"""
A trial's result, for a person, as the event's own bytes, or as a whole CloudEvent.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from schemas.events import ArticleTagged
from services.cli.errors import ExitCode
from services.cli.output import printable, remark, say, say_facts, say_json, say_table, shorten
from services.cli.trial import Trial, describe_page
from services.runtime.record import Outgoing
from services.tagger.explanation import Reason, reasons

SHOWN_CHARS = 100

WHAT_IT_MEANS = {
    "drop": "dropped: expected of such a page; it is counted, and never tried again",
    "deadletter": "dead letter: kept with its bytes, so that it can be driven again later",
}


WHAT_TO_DO = {
    "FEED_READ": "a feed is not an article, but it can be watched: news-ingest sources add URL",
    "ADDRESS_REFUSED": "only public addresses are fetched from; others are allowed by NEWS_FETCHER_ALLOWED_NETWORKS",
    "PORT_REFUSED": "only usual ports are fetched from; others are allowed by NEWS_FETCHER_ALLOWED_PORTS",
    "RESERVED": "its publisher reserves it, and NEWS_FETCHER_RESERVED_PAGES says that such pages are left",
    "META_REFRESH": "it only leads elsewhere: ask for the address that is named",
    "ROBOTS_DISALLOWED": "the site does not want it fetched, and there is no way around that",
}


@dataclass(frozen=True)
class Form:
    """
    How the answer is wanted.
    """

    explain: bool = False
    envelope: bool = False
    as_json: bool = False


def show(trial: Trial, form: Form) -> ExitCode:
    """
    Show what became of a page; return the exit status that says the same.
    """
    if trial.tagged is None:
        return _show_end(trial, form)
    value = trial.tagged.value or b""
    if form.envelope:
        say_json(cloud_event(trial.tagged))
    elif form.as_json:
        say(value.decode())
    else:
        _show_article(ArticleTagged.from_wire(value, {}))
        if form.explain:
            _explain_way(trial)
            article = ArticleTagged.from_wire(value, {})
            _explain(article, reasons(article, trial.settings))
    if form.explain and (form.envelope or form.as_json):
        remark("--explain is for people; `removed`, `provenance` and `facets` of the event say the same")
    return ExitCode.DONE


def _show_end(trial: Trial, form: Form) -> ExitCode:
    end = trial.ends[-1]
    told = {"outcome": end.outcome, "stage": end.stage, "reason": end.reason, "detail": end.detail}
    if form.as_json or form.envelope:
        say_json(told)
    else:
        say(f"No event: {end.reason} ({end.stage})")
        if end.detail:
            say(f"  {printable(end.detail)}")
        say(f"  {WHAT_TO_DO.get(end.reason) or WHAT_IT_MEANS.get(end.outcome, end.outcome)}")
        if form.explain:
            _explain_way(trial)
    return ExitCode.DEAD_LETTER if end.outcome == "deadletter" else ExitCode.DROPPED


def cloud_event(record: Outgoing) -> dict[str, Any]:
    """
    A record in CloudEvents' JSON format: the `ce_` headers are the attributes, the value is `data`.
    """
    headers = {name: value.decode() for name, value in record.headers}
    attributes = {name.removeprefix("ce_"): text for name, text in headers.items() if name.startswith("ce_")}
    others = {"datacontenttype": headers["content-type"], "traceparent": headers["traceparent"]}
    return {**attributes, **others, "kafkakey": record.key.decode(), "data": json.loads(record.value or b"null")}


def _show_article(article: ArticleTagged) -> None:
    say_facts({name: printable(text) for name, text in _facts(article).items() if text})
    say()
    say("\n\n".join(printable(paragraph) for paragraph in article.article_body.split("\n\n")))


def _facts(article: ArticleTagged) -> dict[str, str]:
    places = [f"{p.name}{f' ({p.country_code})' if p.country_code else ''}" for p in article.places or []]
    return {
        "headline": article.headline,
        "standfirst": article.description or "",
        "author": ", ".join(author.name for author in article.author),
        "publisher": article.publisher.name if article.publisher else "",
        "published": article.date_published or "",
        "language": article.in_language or "und",
        "subjects": ", ".join(f"{s.name} {s.score:.2f}" for s in article.subjects or []),
        "entities": ", ".join(f"{e.name} ({e.type})" for e in article.entities or []),
        "places": ", ".join(places),
        "keywords": ", ".join(keyword.text for keyword in article.keywords or []),
        "words": f"{article.word_count}, {article.reading_time_s} s to read",
        "url": article.url,
        "article id": str(article.article_id),
    }


def _explain_way(trial: Trial) -> None:
    say("\nWhat was taken, and how it went:")
    if trial.page is not None:
        say_facts({name: printable(text) for name, text in describe_page(trial.page).items()})
    for end in trial.ends:
        say(f"{end.stage:<12}  {end.outcome} {end.reason} {printable(end.detail)}".rstrip())


def _explain(article: ArticleTagged, tags: Iterable[Reason]) -> None:
    say("\nWhat was removed:")
    if article.removed:
        rows = [
            (r.rule, "-" if r.at is None else str(r.at), _score(r.score), shorten(printable(r.text), SHOWN_CHARS))
            for r in article.removed
        ]
        say_table(("rule", "at", "score", "text"), rows)
    else:
        say("nothing that is told line by line; what surrounds the article was never part of it")
    say("\nWhere values came from:")
    origins = [(n, p.source, _score(p.score), p.precision or "-") for n, p in sorted(article.provenance.items())]
    say_table(("field", "source", "score", "precision"), origins)
    say("\nWhy it has its tags:")
    say_table(
        ("field", "what", "score", "why"),
        [(r.field, printable(r.name), _score(r.score), printable(r.why)) for r in tags],
    )
    say("\nWhat was asked about it:")
    facets = sorted(article.facets.items())
    say_table(("facet", "status", "model", "version"), [(n, f.status, f.model, f.version) for n, f in facets])


def _score(score: float | None) -> str:
    return "-" if score is None else f"{score:.2f}"
