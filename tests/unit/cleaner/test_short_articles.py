"""
Short articles that must never be taken for a wall, an error, a list or a page of one video. None states its author or
its day: by their words and their structure alone they are articles.
"""

from collections.abc import Callable

import pytest

from schemas.events import ArticleCleaned

BRIEFS = {
    "flash": (
        "Dam above Lindmoor opened",
        "The gates of the dam above Lindmoor were opened on Sunday at six in the morning, the fire brigade said.",
        "Roads along the river are closed. More to follow.",
    ),
    "correction": (
        "Correction",
        "An article on Saturday about the dam above Lindmoor misstated the height of its wall.",
        "It is 40 metres, not 400. The article has been changed.",
    ),
    "correction-page": (
        "Corrections and clarifications",
        "A report on page 4 on Friday said that the page of the register was not found. It was found, but blank.",
        "The name of the clerk is Ek, not Eck, as a caption had it.",
    ),
    "obituary": (
        "Ada Lindqvist, 1931-2025",
        "Ada Lindqvist, who kept the lock of Lindmoor for half a century, died on Friday at the age of 93.",
        "She leaves two sons, a daughter, and the lock's cat. The funeral is on Thursday.",
    ),
    "result": (
        "Lindmoor 3, Ostholm 2",
        "Lindmoor beat Ostholm 3-2 on Saturday, with two goals by Ek in the last four minutes. Ek: 'I just ran.'",
        "Lindmoor now lead the league by a point.",
    ),
    "weather": (
        "Weather: rain until Tuesday",
        "Rain until Tuesday, up to 40 millimetres in the hills. Highs of 12 degrees in the valley, 7 above the dam.",
        "From Wednesday it will be dry, with frost at night.",
    ),
    "market": (
        "Shares close higher",
        "Shares in Lindmoor closed 0.4 percent higher on Monday, led by makers of pumps. The krona was little changed.",
        "Trade was thin before the holiday.",
    ),
    "about-cookies": (
        "Browser maker to end tracking cookies",
        "The maker of the most used browser will stop the use of cookies by advertisers next year, it said on Monday.",
        "Publishers fear for their income. Users will not have to accept anything any more.",
    ),
    "about-consent": (
        "Regulator fines three sites over consent banners",
        "Three news sites made it harder to reject cookies than to accept them, the regulator found, and fined them.",
        "The sites said that they would appeal. Their partners were not named.",
    ),
    "cookie-quote": (
        "Minister defends the ministry's site",
        "“We use cookies to see which pages are read, and every visitor can accept or reject them,” the minister said.",
        "The opposition had asked why the ministry's site sends data abroad.",
    ),
    "cookie-recipe": (
        "Grandmother's oat cookies",
        "We bake these cookies every winter: 200 grams of oats, 100 of butter, an egg. Agree on the size first.",
        "Bake for twelve minutes, and accept that the first tray is eaten hot.",
    ),
    "about-login": (
        "Flaw let strangers log in to tax accounts",
        "A flaw in the tax office's site let strangers log in to the accounts of others for two days, it said.",
        "Those concerned will get a letter. The passwords need not be changed.",
    ),
    "about-subscriptions": (
        "Paper asks readers to pay",
        "The Lindmoor Post will ask readers to subscribe if they want to read more than five articles a month.",
        "The price is two euros a week. School classes do not have to pay.",
    ),
    "about-passwords": (
        "Most used password is still 123456",
        "The most used password is 123456, as in each of the last ten years, a study of leaked lists has found.",
        "Those who forgot their password mostly choose the name of a pet.",
    ),
    "about-captcha": (
        "Are you human? Software passes the test more often",
        "Programs now solve the picture tests that are meant to keep them out better than people do, a study finds.",
        "People need nine seconds for a test, and fail at one in five.",
    ),
    "about-robots": (
        "Robot checks bridges for cracks",
        "A robot that checks bridges for cracks has been at work above Lindmoor since Monday, the road office says.",
        "It needs an hour for what took three people a day.",
    ),
    "about-outage": (
        "Ministry's site down for hours",
        "The site of the ministry could not be reached on Monday; visitors saw the words 'service unavailable'.",
        "A server had failed during maintenance, a spokesman said.",
    ),
    "about-404": (
        "The artist who collects 404 pages",
        "For ten years Ada Ek has collected pages that say that a page was not found. Now there is a book of them.",
        "It has 404 pages, and the last one is missing.",
    ),
    "about-javascript": (
        "JavaScript turns thirty",
        "The language in which most web pages are programmed was made in ten days in 1995. A museum shows the notes.",
        "Its inventor came to the opening, and switched it off for a minute.",
    ),
    "access-denied": (
        "Access denied to reporters at trial",
        "Reporters were denied access to the court on Sunday. The union said that it had never seen the like.",
        "The court said that the room was full.",
    ),
    "moved": (
        "Archive has moved",
        "The archive of the valley has moved to the old mill. All its pages, 40,000 of them, were carried by hand.",
        "It opens again on Monday, and nothing was lost on the way.",
    ),
    "gone": (
        "Gone",
        "The oak that stood before the town hall for 300 years is gone. A storm felled it in the night to Sunday.",
        "From its wood there will be a table for the council.",
    ),
    "search": (
        "Search for missing sailor ends",
        "The search for the sailor who went missing off Ostholm was ended on Sunday. Two boats had looked for him.",
        "Results of the inquiry are expected in May.",
    ),
    "video-told": (
        "Video shows moment the gates open",
        "A video by a neighbour shows how the gates of the dam are opened. Water shoots out of them within a second.",
        "The fire brigade asks people not to go near to film.",
    ),
    "de": (
        "Staudamm hält",
        "Der Staudamm oberhalb von Lindmoor hat in der Nacht gehalten, wie die Feuerwehr am Sonntag mitteilte.",
        "Verletzt wurde niemand. Die Straße bleibt bis Montag gesperrt.",
    ),
    "de-cookies": (
        "Gericht: Cookies nur mit Einwilligung",
        "Webseiten dürfen Cookies nur setzen, wenn Nutzer zustimmen, hat das Gericht am Montag entschieden.",
        "Geklagt hatte ein Verband. Das Unternehmen will das Urteil prüfen.",
    ),
    "fr": (
        "Le barrage a tenu",
        "Le barrage au-dessus de Lindmoor a tenu toute la nuit, a indiqué la préfecture dimanche matin.",
        "Personne n'a été blessé. La page est tournée, selon le maire.",
    ),
    "es": (
        "La presa aguanta",
        "La presa situada sobre Lindmoor aguantó toda la noche, informó el domingo el cuerpo de bomberos.",
        "Para acceder al pueblo hay que esperar al lunes. No hubo heridos.",
    ),
    "it": (
        "La diga ha retto",
        "La diga sopra Lindmoor ha retto per tutta la notte, hanno fatto sapere domenica i vigili del fuoco.",
        "Nessun ferito. La strada resta chiusa fino a lunedì.",
    ),
    "pl": (
        "Tama wytrzymała",
        "Tama nad Lindmoor wytrzymała całą noc, poinformowała w niedzielę straż pożarna. Nikt nie został ranny.",
        "Droga będzie zamknięta do poniedziałku.",
    ),
    "ru": (
        "Плотина выдержала",
        "Плотина над Линдмором выдержала ночь, сообщили в воскресенье пожарные. Никто не пострадал.",
        "Дорога вдоль реки закрыта до понедельника, но поезда ходят.",
    ),
    "ja": (
        "ダムは持ちこたえた",
        "リンドモール上流のダムは一晩中持ちこたえたと、消防が日曜日に発表した。けが人は出ていない。川沿いの道路は月曜日まで通行止めとなる。",
        "町長は記者団に対し、水位はすでに下がり始めており、避難していた住民は全員自宅に戻ることができると述べた。学校は火曜日から再開される。",
    ),
    "zh": (
        "大坝安然无恙",
        "消防部门周日表示，林德莫尔上游的大坝一夜安然无恙，没有人员受伤。沿河公路将封闭至周一，火车照常运行。",
        "镇长对记者说，水位已经开始下降，所有撤离的居民都可以回家。学校将于周二恢复上课，政府将出资修建新的堤坝，预计明年完工。工程师们将继续监测。",
    ),
    "tr": (
        "Baraj dayandı",
        "Lindmoor'un üzerindeki baraj gece boyunca dayandı, itfaiye pazar günü açıkladı. Yaralanan olmadı.",
        "Yol pazartesi gününe kadar kapalı kalacak.",
    ),
}


def _page(title: str, *paragraphs: str, extra: str = "", head: str = "") -> str:
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return (
        f"<html><head><title>{title}</title>{head}</head><body><main><article><h1>{title}</h1>{body}</article>{extra}"
        "</main></body></html>"
    )


@pytest.mark.parametrize("name", BRIEFS)
def test_a_short_article_is_an_article(article: Callable[..., ArticleCleaned], name: str) -> None:
    """
    Whatever it is about.
    """
    title, *paragraphs = BRIEFS[name]

    found = article(_page(title, *paragraphs))

    assert found.article_body.endswith(paragraphs[-1])
    assert paragraphs[0] in found.article_body


CHROME = {
    "login-form": "<form class='login'><input type='password'><button>Log in</button></form>",
    "cookie-banner": "<div id='cookie-banner'><p>We use cookies.</p><button>Accept</button></div>",
    "noscript": "<noscript>Please enable JavaScript to see comments.</noscript><script src='/a.js'></script>",
    "player": "<iframe src='https://www.youtube.com/embed/x'></iframe>",
    "captcha": "<form id='comment-captcha' action='/comment'><textarea></textarea></form>",
    "related": "<aside>"
    + "".join(f"<article><h3><a href='/{at}'>Other story number {at} of the day</a></h3></article>" for at in range(9))
    + "</aside>",
}


@pytest.mark.parametrize("name", CHROME)
def test_what_stands_beside_a_short_article_makes_it_no_wall(article: Callable[..., ArticleCleaned], name: str) -> None:
    """
    A form, a banner, a player, other stories: every page has them.
    """
    title, *paragraphs = BRIEFS["flash"]

    assert paragraphs[0] in article(_page(title, *paragraphs, extra=CHROME[name])).article_body


def test_a_photo_essay_with_long_captions_is_an_article(article: Callable[..., ArticleCleaned]) -> None:
    """
    It calls itself a gallery, but it tells a story.
    """
    captions = "".join(
        f"<img src='/{at}.jpg'><p>Picture {at}: at the dam above the village the engineers open gate number {at}, while"
        " the neighbours watch from the hill and the children count the seconds until the water comes.</p>"
        for at in range(1, 7)
    )

    found = article(
        f"<html><head><title>The night at the dam</title></head><body><main><article><h1>The night at the dam</h1>"
        f"{captions}</article></main></body></html>",
        url="https://news.example.org/photos/dam",
    )

    assert "gate number 6" in found.article_body


def test_a_report_with_a_video_is_an_article(article: Callable[..., ArticleCleaned]) -> None:
    """
    The page says that it is an article, the video is a part of it.
    """
    title, *paragraphs = BRIEFS["video-told"]
    head = "<meta property='og:type' content='article'>"
    video = '<script type=\'application/ld+json\'>{"@type": "VideoObject", "name": "The gates open"}</script>'

    found = article(_page(title, *paragraphs, head=head + video, extra="<video src='/a.mp4'></video>"))

    assert paragraphs[0] in found.article_body


def test_the_preview_of_an_article_is_no_login_wall(article: Callable[..., ArticleCleaned]) -> None:
    """
    What the publisher shows of it is of the article.
    """
    title, *paragraphs = BRIEFS["weather"]
    plea = "Subscribe to continue reading."

    assert paragraphs[0] in article(_page(title, *paragraphs, *BRIEFS["market"][1:], plea)).article_body
