"""
A page beside what was made of it, as one HTML file: no script in it, and nothing that it would load.
"""

from __future__ import annotations

from html import escape

from schemas.events import ArticleCleaned
from services.cleaner.explanation import Explanation, Verdict
from services.runtime.outcome import Emit

_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 0; color: #1a1a1a; background: #fff }
header { padding: 1rem 1.5rem; border-bottom: 1px solid #ccc }
main { display: grid; grid-template-columns: 1fr 1fr; gap: 1.5rem; padding: 1rem 1.5rem }
h1 { font-size: 1.2rem; margin: 0 } h2 { font-size: 1rem }
.page p { margin: 0 0 .3rem; padding: .15rem .5rem; border-left: 4px solid; overflow-wrap: anywhere }
.kept { border-color: #1a7f37; background: #e8f5ec } .gone { border-color: #b3261e; background: #fbeae9 }
small { color: #555 } table { border-collapse: collapse } td { padding: .1rem .8rem .1rem 0; vertical-align: top }
"""


def to_page(explanation: Explanation, url: str) -> str:
    """
    Write the view: left all texts of the page, green where they are kept and red where not, with the rule and the
    classifier's estimate; right the article.
    """
    kept = sum(verdict.is_kept for verdict in explanation.verdicts)
    facts = [f"{kept} of {len(explanation.verdicts)} texts kept"]
    facts += [f"body from {explanation.source}"] if explanation.source else []
    facts += [f"surety {explanation.surety:.2f}"] if explanation.surety is not None else []
    facts += ["trafilatura was asked"] if explanation.is_library else []
    left = "\n".join(map(_verdict, explanation.verdicts)) or "<p>No text was found.</p>"
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{escape(url)}</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<style>{_STYLE}</style></head><body>
<header><h1>{escape(url)}</h1><small>{escape("; ".join(facts))}</small></header>
<main><section class="page"><h2>The page</h2>
{left}
</section><section><h2>The article</h2>
{_article(explanation)}
</section></main></body></html>
"""


def _verdict(verdict: Verdict) -> str:
    chance = "" if verdict.chance is None else f" {verdict.chance:.2f}"
    why = f" <small>{escape(verdict.rule)}{chance}</small>" if not verdict.is_kept else f"<small>{chance}</small>"
    return f'<p class="{"kept" if verdict.is_kept else "gone"}" dir="auto">{escape(verdict.text)}{why}</p>'


def _article(explanation: Explanation) -> str:
    outcome = explanation.outcome
    if not isinstance(outcome, Emit):
        return f"<p>None: {escape(outcome.reason)} {escape(outcome.detail)}</p>"
    article = outcome.events[0].event
    assert isinstance(article, ArticleCleaned)
    facts = {
        "standfirst": article.description,
        "author": ", ".join(author.name for author in article.author),
        "published": article.date_published,
        "language": article.in_language,
    }
    rows = "".join(f"<tr><td>{name}</td><td>{escape(text)}</td></tr>" for name, text in facts.items() if text)
    body = "\n".join(f'<p dir="auto">{escape(piece)}</p>' for piece in article.article_body.split("\n\n"))
    return f"<h1>{escape(article.headline)}</h1><table>{rows}</table>\n{body}"
