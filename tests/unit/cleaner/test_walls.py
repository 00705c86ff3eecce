"""
Walls, error pages and checks for machines, written after what such pages look like.
"""

from collections.abc import Callable

import pytest

from services.runtime.outcome import Outcome

CONSENT = {
    "en-modal": (
        "<title>Lindmoor Post</title>",
        (
            "<div id='consent-modal' role='dialog'><h2>We value your privacy</h2><p>We and our 714 partners store and"
            " access"
            " information on a device, such as cookies, and process personal data for personalised advertising.</p>"
            "<p>You can change your choices at any time by clicking the link in the footer of each page.</p>"
            "<button>Accept all</button><button>Manage options</button></div>"
        ),
    ),
    "en-interstitial": (
        "<title>Before you continue</title>",
        (
            "<main><h1>Before you continue to Lindmoor</h1><p>We use cookies and data to deliver our services, to"
            " measure"
            " audiences and to protect against fraud.</p><p>If you choose to accept, we will also use cookies to show"
            " personalised content. If you reject, we will not.</p><a href='/more'>More options</a></main>"
        ),
    ),
    "de-pur": (
        "<title>Lindmoorer Bote - mit Werbung lesen</title>",
        (
            "<main><h1>Mit Werbung weiterlesen</h1><p>Besuchen Sie uns wie gewohnt mit Werbung und Tracking. Details zu"
            " Werbe- und Analysetrackern finden Sie in der Datenschutzerklärung.</p><p>Wir und unsere Partner verwenden"
            " Cookies und ähnliche Technologien, um personenbezogene Daten zu verarbeiten. Mit Klick auf Akzeptieren"
            " stimmen Sie dem zu.</p><p>Oder nutzen Sie uns im Pur-Abo ohne Cookies, für 2,99 Euro im Monat.</p></main>"
        ),
    ),
    "fr": (
        "<title>Le Courrier</title>",
        (
            "<div class='cmp'><p>Avec votre accord, nos partenaires et nous utilisons des cookies ou des technologies"
            " similaires pour stocker et consulter des données personnelles comme votre visite sur ce site.</p>"
            "<p>Vous pouvez retirer votre consentement à tout moment en cliquant sur « En savoir plus ».</p>"
            "<button>Accepter &amp; Fermer</button></div>"
        ),
    ),
    "es": (
        "<title>El Correo del Valle</title>",
        (
            "<section><h2>Tu privacidad es importante</h2><p>Con tu acuerdo, nosotros y nuestros socios usamos"
            " cookies o"
            " tecnologías similares para almacenar, acceder y procesar datos personales.</p><p>Puedes aceptar todas las"
            " cookies, rechazarlas o configurar tus preferencias antes de entrar.</p></section>"
        ),
    ),
    "it": (
        "<title>Gazzetta della Valle</title>",
        (
            "<main><p>Noi e terze parti selezionate utilizziamo cookie o tecnologie simili per finalità tecniche e,"
            " con il"
            " tuo consenso, anche per altre finalità come specificato nella cookie policy.</p><p>Puoi accettare,"
            " rifiutare"
            " o personalizzare le tue scelte: i cookie necessari restano sempre attivi.</p></main>"
        ),
    ),
    "pt": (
        "<title>Diário do Vale</title>",
        (
            "<main><p>Nós e os nossos parceiros armazenamos e acedemos a informações num dispositivo, tais como"
            " cookies,"
            " e processamos dados pessoais.</p><p>Clique em aceitar para consentir ou em rejeitar para recusar os"
            " cookies"
            " que não são essenciais.</p></main>"
        ),
    ),
    "nl": (
        "<title>De Valleibode</title>",
        (
            "<main><h1>Cookies op deze site</h1><p>Wij en onze partners plaatsen cookies en vergelijkbare technieken om"
            " persoonsgegevens te verwerken voor advertenties.</p><p>Klik op akkoord om alle cookies te accepteren,"
            " of pas"
            " uw instellingen aan.</p></main>"
        ),
    ),
    "pl": (
        "<title>Kurier Doliny</title>",
        (
            "<main><h2>Szanowny Czytelniku</h2><p>My i nasi zaufani partnerzy używamy plików cookie, aby przechowywać"
            " dane"
            " osobowe i wyświetlać spersonalizowane reklamy.</p><p>Klikając przycisk przejdź do serwisu, wyrażasz"
            " zgodę na"
            " pliki cookie naszych partnerów.</p></main>"
        ),
    ),
    "sv": (
        "<title>Dalbladet</title>",
        (
            "<main><p>Vi och våra partner använder kakor för att lagra personuppgifter och visa anpassade annonser"
            " för dig"
            " som läser.</p><p>Genom att godkänna samtycker du till att kakor används. Du kan ändra dig när du"
            " vill.</p></main>"
        ),
    ),
    "ru": (
        "<title>Вестник долины</title>",
        (
            "<main><p>Мы и наши партнеры используем файлы cookie, чтобы анализировать посещаемость и показывать"
            " рекламу,"
            " которая вам интересна.</p><p>Нажимая «Принять», вы даете согласие на обработку файлов cookie и"
            " персональных"
            " данных.</p></main>"
        ),
    ),
    "tr": (
        "<title>Vadi Postası</title>",
        (
            "<main><p>Biz ve iş ortaklarımız, size kişiselleştirilmiş reklam göstermek için çerezleri kullanıyoruz ve"
            " kişisel verilerinizi işliyoruz.</p><p>Tüm çerezleri kabul edebilir veya tercihlerinizi"
            " yönetebilirsiniz.</p></main>"
        ),
    ),
    "ja": (
        "<title>谷間新聞</title>",
        (
            "<main><p>当サイトでは、利便性の向上と広告の最適化のため、クッキーを使用しています。詳しくはプライバシーポリシーをご覧ください。</p>"
            "<p>クッキーの使用に同意する場合は、同意するボタンを押してください。拒否することもできます。設定はいつでも変更できます。</p></main>"
        ),
    ),
}

LOGIN = {
    "en-form": (
        "<title>Sign in - Lindmoor Post</title>",
        (
            "<main><h1>Sign in</h1><p>Sign in or create a free account to keep reading. It takes less than a minute and"
            " you can cancel whenever you like.</p><form><input name='email'><input type='password' name='p'></form>"
            "<p>Forgot your password? We will send you a link by mail.</p></main>"
        ),
    ),
    "en-subscribe": (
        "<title>Lindmoor Post</title>",
        (
            "<main><h2>Subscribe to continue reading</h2><p>Subscribe now to read this story and get unlimited access"
            " to"
            " everything that we publish, every day.</p><p>Already a subscriber? Log in to continue.</p></main>"
        ),
    ),
    "de": (
        "<title>Anmelden | Lindmoorer Bote</title>",
        (
            "<main><p>Bitte melden Sie sich an, um diesen Artikel zu lesen. Als Abonnent haben Sie vollen Zugriff auf"
            " alle"
            " Inhalte.</p><form><input type='password'></form><p>Passwort vergessen? Noch kein Konto? Jetzt"
            " registrieren"
            " und weiterlesen.</p></main>"
        ),
    ),
    "fr": (
        "<title>Le Courrier</title>",
        (
            "<main><p>Cet article est réservé aux abonnés. Connectez-vous pour lire la suite de cet article et"
            " accéder à"
            " tous nos contenus.</p><p>Déjà abonné ? Identifiez-vous pour continuer votre lecture sur tous vos"
            " écrans.</p></main>"
        ),
    ),
    "es": (
        "<title>El Correo del Valle</title>",
        (
            "<main><p>Contenido exclusivo para suscriptores. Inicia sesión para seguir leyendo esta noticia y todas las"
            " demás.</p><p>¿Ya eres suscriptor? Inicia sesión para continuar. Si no, suscríbete por un euro al"
            " mes.</p></main>"
        ),
    ),
    "ru": (
        "<title>Вестник долины</title>",
        (
            "<main><p>Материал доступен только подписчикам. Войдите или зарегистрируйтесь, чтобы прочитать статью"
            " полностью и без рекламы.</p><p>Забыли пароль? Напишите нам, и мы поможем вам восстановить"
            " доступ.</p></main>"
        ),
    ),
}

ERRORS = {
    "en-soft-404": (
        "<title>Lindmoor Post</title>",
        (
            "<main><h1>Oops!</h1><p>The page you are looking for could not be found. It may have been moved, or it"
            " may never"
            " have been there.</p><p>Try the search, or go back to the front page for the latest news.</p></main>"
        ),
    ),
    "class": (
        "<title>Lindmoor Post</title>",
        (
            "<main><p>Hm. This is strange. We looked everywhere, under the rug and behind the press, and there is"
            " nothing"
            " here that goes by this address.</p><p>Perhaps our most read stories will do instead.</p></main>"
        ),
    ),
    "moved": (
        "<title>Document Moved</title>",
        (
            "<main><h1>Document Moved</h1><p>This document may be found <a href='/new'>here</a>. If you are not"
            " redirected"
            " automatically within five seconds, follow the link.</p></main>"
        ),
    ),
    "maintenance": (
        "<title>Down for maintenance</title>",
        (
            "<main><h1>We'll be back soon</h1><p>Our site is currently undergoing scheduled maintenance and upgrades."
            " We"
            " expect to be back within the hour. Thank you for your patience.</p></main>"
        ),
    ),
    "database": (
        "<title>Database Error</title>",
        (
            "<body><h1>Error establishing a database connection</h1><p>This either means that the user name and"
            " password"
            " are wrong, or that the server cannot be contacted at the moment.</p></body>"
        ),
    ),
    "fr": (
        "<title>Page introuvable - Le Courrier</title>",
        (
            "<main><p>La page que vous recherchez n'existe pas ou n'est plus disponible. Vérifiez l'adresse, ou"
            " revenez à"
            " la page d'accueil du journal pour continuer.</p></main>"
        ),
    ),
    "pl": (
        "<title>404 | Kurier Doliny</title>",
        (
            "<main><h1>Strona nie istnieje</h1><p>Strona, której szukasz, mogła zostać usunięta albo przeniesiona."
            " Sprawdź"
            " adres albo wróć na stronę główną naszego serwisu.</p></main>"
        ),
    ),
    "zh": (
        "<title>页面不存在</title>",
        (
            "<main><h1>抱歉</h1><p>您访问的页面不存在或者已经被删除，请检查您输入的网址是否正确，或者返回网站的首页继续浏览其他的新闻内容。</p>"
            "<p>五秒之后将自动返回首页，如果没有跳转请点击这里，给您带来的不便我们深表歉意，感谢您对本站一直以来的支持与理解。</p>"
            "<p>您也可以使用上方的搜索框查找您感兴趣的文章，或者联系我们的编辑部，我们会尽快为您处理这个问题，谢谢。</p></main>"
        ),
    ),
}

BOTS = {
    "challenge": (
        "<title>Just a moment...</title>",
        (
            "<main><h1>news.example.org</h1><p>Checking if the site connection is secure. This may take a few"
            " seconds.</p>"
            "<div id='challenge-form'></div><p>news.example.org needs to review the security of your connection before"
            " proceeding.</p></main>"
        ),
    ),
    "captcha": (
        "<title>news.example.org</title>",
        (
            "<main><p>Please complete the security check to access this site. Press and hold the button to confirm"
            " you are"
            " human and not a bot.</p><div class='h-captcha'></div><p>Reference: 8f1c-22aa. Why is this happening to"
            " me?</p></main>"
        ),
    ),
    "traffic": (
        "<title>Sorry...</title>",
        (
            "<main><p>Our systems have detected unusual traffic from your computer network. This page checks that it is"
            " really you who sends the requests, and not a robot.</p><p>Please try again later.</p></main>"
        ),
    ),
    "limit": (
        "<title>Too Many Requests</title>",
        (
            "<main><p>You have sent too many requests in a given amount of time. Please slow down, wait for a minute"
            " and"
            " then try to load the page again.</p></main>"
        ),
    ),
    "de": (
        "<title>Sicherheitsüberprüfung</title>",
        (
            "<main><p>Ihr Browser wird überprüft. Bitte bestätigen Sie, dass Sie ein Mensch sind, um fortzufahren. Das"
            " dauert in der Regel nur wenige Sekunden.</p></main>"
        ),
    ),
    "ru": (
        "<title>Вы не робот?</title>",
        (
            "<main><p>Подтвердите, что запросы отправляли вы, а не робот. Нам очень жаль, но запросы с вашего"
            " устройства"
            " похожи на автоматические. Почему это могло произойти?</p></main>"
        ),
    ),
}


def _page(head: str, body: str, classes: str = "") -> str:
    return f"<html><head>{head}</head><body class='{classes}'>{body}</body></html>"


@pytest.mark.parametrize("name", CONSENT)
def test_a_consent_wall_is_dropped_as_one(run: Callable[..., Outcome], name: str) -> None:
    """
    In each language it tells of cookies in the site's own name and asks for a choice.
    """
    assert run(_page(*CONSENT[name])).reason == "CONSENT_WALL"


@pytest.mark.parametrize("name", LOGIN)
def test_a_login_wall_is_dropped_as_one(run: Callable[..., Outcome], name: str) -> None:
    """
    It asks to log in, or to pay, so as to read on.
    """
    assert run(_page(*LOGIN[name])).reason == "LOGIN_WALL"


@pytest.mark.parametrize("name", ERRORS)
def test_an_error_page_is_dropped_as_one(run: Callable[..., Outcome], name: str) -> None:
    """
    By its title, its words or its class: nothing is at this address.
    """
    assert run(_page(*ERRORS[name], "error404" if name == "class" else "")).reason == "ERROR_PAGE"


@pytest.mark.parametrize("name", BOTS)
def test_a_check_for_machines_is_dropped_as_one(run: Callable[..., Outcome], name: str) -> None:
    """
    The publisher has not answered; the fetcher's operator has to know.
    """
    assert run(_page(*BOTS[name])).reason == "BOT_CHECK"
