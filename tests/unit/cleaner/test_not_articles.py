"""
Walls, error pages and lists of links are told from short articles.
"""

from collections.abc import Callable

import pytest

from schemas.events import ArticleCleaned
from services.runtime.outcome import Outcome

SENTENCE = "The dam above the village held through the night, the mayor said on Sunday, and nobody was hurt."


def _page(title: str, *paragraphs: str) -> str:
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return f"<html><head><title>{title}</title></head><body><main><h1>{title}</h1>{body}</main></body></html>"


@pytest.mark.parametrize(
    ("text", "choice"),
    [
        ("We and our 842 partners store and use cookies and personal data on your device.", "Accept all or manage."),
        ("Wir und unsere Partner verwenden Cookies und ähnliche Techniken auf dieser Seite.", "Bitte stimmen Sie zu."),
        ("Nous et nos partenaires utilisons des cookies et stockons des données personnelles.", "Accepter ou refuser."),
        ("Nosotros y nuestros socios utilizamos cookies en este sitio para mostrar anuncios.", "Aceptar o rechazar."),
        (
            "Noi e i nostri partner utilizziamo i cookie per mostrare la pubblicità su questo sito.",
            "Accetta o rifiuta.",
        ),
        ("Мы используем файлы cookie, чтобы показывать рекламу на этом сайте и считать визиты.", "Принять все."),
        ("Vi och våra partner använder kakor för att visa annonser och räkna besök på sidan.", "Godkänn alla."),
        (
            "当サイトと提携企業は、広告の表示とアクセス解析のためにCookieを使用しています。",
            "すべて同意する場合は押してください。",
        ),
    ],
)
def test_a_consent_wall_is_dropped(run: Callable[..., Outcome], text: str, choice: str) -> None:
    """
    It tells of cookies in the site's own name, and asks for a choice.
    """
    padding = "Details of purposes and partners are listed below. " * 3

    assert run(_page("Lindmoor", text, f"{text} {choice} Zustimmen.", padding)).reason == "CONSENT_WALL"


@pytest.mark.parametrize(
    "text",
    [
        "Log in or create an account to continue reading this article.",
        "Bitte melden Sie sich an, um den ganzen Artikel weiterzulesen und zu lesen.",
        "Connectez-vous pour lire la suite de cet article réservé.",
        "Inicia sesión para continuar leyendo esta noticia.",
        "登录后继续阅读全文。",
    ],
)
def test_a_login_wall_is_dropped(run: Callable[..., Outcome], text: str) -> None:
    """
    It asks the reader to log in so as to read on, and holds little else.
    """
    padding = "It takes one minute and costs nothing at all for the first month of your membership."

    assert run(_page("Lindmoor", text, padding)).reason == "LOGIN_WALL"


@pytest.mark.parametrize(
    "title",
    [
        "404",
        "Page not found",
        "Error 404 - Lindmoor Post",
        "Access Denied",
        "Seite nicht gefunden | Lindmoorer Bote",
        "Page introuvable",
        "Página no encontrada",
        "Страница не найдена",
        "ページが見つかりません",
        "Sidan hittades inte",
    ],
)
def test_an_error_page_with_a_status_of_success_is_dropped(run: Callable[..., Outcome], title: str) -> None:
    """
    Its title is an error's and nothing more.
    """
    text = (
        "What you were looking for may have been moved. Try the search, or go to the front page to see the latest news."
    )

    assert run(_page(title, text, "If you think that this is our fault, write to us.")).reason == "ERROR_PAGE"


def test_a_page_of_links_alone_is_an_index(run: Callable[..., Outcome]) -> None:
    """
    It is an index of articles.
    """
    items = "".join(
        f"<li><a href='/{number}'>The dam held for night number {number}, and nobody was hurt</a></li>"
        for number in range(20)
    )

    page = f"<html><head><title>News</title></head><body><main><h1>News</h1><ul>{items}</ul></main></body></html>"

    assert run(page).reason == "INDEX_PAGE"


@pytest.mark.parametrize(
    ("title", "text"),
    [
        (
            "Cookie law divides ministers",
            "The law says that a site must ask before it uses cookies, and that users agree.",
        ),
        ("Page turns on an era", "The page that nobody found for a century was on show in the library on Sunday."),
        ("404 metres: tower opens", "The tower is 404 metres high, and the page of its history is not found anywhere."),
        ("Not found: the missing dam", "It was last seen in 1936, and the page of the register is not available."),
        ("Access denied – how three families lost the keys to home", "They were denied access on Sunday."),
        ("Bank told to let customers log in", "Customers who could not log in for days will be paid, the bank said."),
        ("Access denied to reporters at trial", "Reporters were denied access to the court on Sunday, the union said."),
    ],
)
def test_a_short_article_on_such_matters_passes(article: Callable[..., ArticleCleaned], title: str, text: str) -> None:
    """
    The same words in a sentence about others are news.
    """
    assert article(_page(title, text, SENTENCE)).headline == title


def test_a_page_that_states_its_date_is_never_a_wall(article: Callable[..., ArticleCleaned]) -> None:
    """
    Whatever it says of cookies, it is an article.
    """
    text = (
        "In this house we use cookies as money, the baker said, and neighbours accept them: the story of a village and"
        " its biscuits, and of the woman who has baked them since she was a girl of nine."
    )
    head = '<meta property="article:published_time" content="2025-03-01">'

    assert article(_page("Cookies", text, SENTENCE).replace("</head>", f"{head}</head>")).headline == "Cookies"
