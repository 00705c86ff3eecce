"""
Runs in a container of its own, with nothing but the standard library: feeds of numbered articles, and their pages.

`/100-140.xml` is a feed of the articles 100 to 139, `/a/117` is one of them; any host answers.
"""

from __future__ import annotations

from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PORT = 8080

PLACES = ("harbour", "valley", "old town", "north shore", "lake", "mill quarter", "plateau")


def page(number: int) -> str:
    """
    An article with navigation around it, the same at every call.
    """
    place = PLACES[number % len(PLACES)]
    sentences = [
        f"On day {day} the ferry number {number} brought {number * day % 97 + 3} visitors to the {place}, a clerk said."
        for day in range(1, 13)
    ]
    paragraphs = "".join(f"<p>{' '.join(sentences[at : at + 3])}</p>" for at in range(0, 12, 3))
    return (
        f"<!doctype html><html lang=en><head><title>Report {number} from the {place}</title></head><body>"
        "<a href='#main'>Skip to main content</a><nav><a href=/>Home</a> <a href=/x>World</a></nav>"
        f"<main id=main><article><h1>Report {number} from the {place}</h1>{paragraphs}</article></main>"
        "<footer><a href=#>Back To Top</a></footer></body></html>"
    )


def feed(base: str, first: int, end: int) -> str:
    """
    An RSS feed of a range of articles.
    """
    items = "".join(
        f"<item><title>Report {n}</title><link>{base}/a/{n}</link><guid>{base}/a/{n}</guid></item>"
        for n in range(first, end)
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>'
        f"<title>Reports</title><link>{base}/</link><description>reports</description>{items}</channel></rss>"
    )


class Handler(BaseHTTPRequestHandler):
    """
    Answers by the path alone.
    """

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """
        One request.
        """
        kind, text = self.answer()
        body = text.encode()
        self.send_response(HTTPStatus.OK if kind else HTTPStatus.NOT_FOUND)
        self.send_header("Content-Type", kind or "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def answer(self) -> tuple[str, str]:
        """
        Media type and text; an empty type for what is not there.
        """
        if self.path.startswith("/a/"):
            return "text/html; charset=utf-8", page(int(self.path.removeprefix("/a/")))
        if self.path.endswith(".xml"):
            first, _, end = self.path.strip("/").removesuffix(".xml").partition("-")
            return "application/xml", feed(f"http://{self.headers['Host']}", int(first), int(end))
        return "", "no such page\n"


if __name__ == "__main__":
    ThreadingHTTPServer(("", PORT), Handler).serve_forever()
