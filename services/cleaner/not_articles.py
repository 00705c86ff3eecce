"""
Pages that answer with success and are no article: consent walls, login walls, error pages, bare lists of links.

All of these are short and say what they are in the first words, or hold nothing but links. A page whose statements for
machines name an author or a day of publication is never taken for one: a short article may well be about cookies.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from lxml.html import HtmlElement

from services.cleaner.lines import fold
from services.cleaner.metadata import Metadata

MAX_WALL_CHARS = 1500
"""A longer text is more than a wall's."""

MAX_ERROR_CHARS = 600
MAX_NAME_WORDS = 4
"""A longer part of a title is no site's name."""

MIN_LINKS = 5
"""So many lines that are links make a list of them."""

MIN_LINK_SHARE = 0.9
MAX_PROSE_CHARS = 160
"""A line as long as this may be a linked paragraph."""

_PARTS = re.compile(r"\s+[-–—|·•]\s+|\s*\|\s*")
_STATED = frozenset({"json-ld", "meta", "microdata"})
_COOKIES = re.compile(
    r"\b(?:we|our partners|this (?:web)?site)\b.{0,60}\b(?:use|uses|store|process)\b"
    r".{0,60}\b(?:cookies|personal data)"
    r"|\b(?:wir|unsere partner|diese (?:web)?(?:site|seite))\b.{0,60}\b(?:cookies|personenbezogene)"
    r"|\b(?:nous|nos partenaires|ce site)\b.{0,60}\b(?:utilis\w+|stock\w+)\b"
    r".{0,60}\b(?:cookies|donnees personnelles)"
    r"|\b(?:nosotros|nuestros socios|utilizamos|usamos)\b.{0,60}\bcookies"
    r"|\b(?:noi|i nostri partner|utilizziamo|questo sito)\b.{0,60}\bcookie"
    r"|\b(?:nos|nossos parceiros|utilizamos|este site)\b.{0,60}\bcookies"
    r"|\b(?:wij|we|onze partners|deze (?:web)?site)\b.{0,60}\bcookies"
    r"|\b(?:my|nasi partnerzy|ta strona|uzywamy)\b.{0,60}\b(?:cookies?|ciasteczek)"
    r"|\b(?:vi|vara partner|vores partnere|vare partnere)\b.{0,60}\b(?:cookies|kakor|informasjonskapsler)"
    r"|\b(?:kaytamme|kumppanimme)\b.{0,60}evaste|\bpouzivame\b.{0,60}cookies?|\bsutiket\b.{0,40}hasznal"
    r"|\bfolosim\b.{0,60}cookie|χρησιμοποιουμε.{0,60}cookies|мы используем.{0,60}(?:cookie|куки)"
    r"|ми використовуемо.{0,60}cookie|cerez\w*.{0,60}kullan|نستخدم.{0,60}(?:ملفات تعريف الارتباط|الكوكيز)"
    r"|(?:cookie|クッキー)を(?:使用|利用)|使用.{0,12}cookie|쿠키를 (?:사용|이용)|menggunakan cookie"
)
_CHOICE = re.compile(
    r"\b(?:accept|reject|consent|agree|manage (?:your )?(?:cookies|preferences|choices|settings))\b"
    r"|\b(?:akzeptieren|zustimm\w+|ablehnen|einwillig\w+)\b|\b(?:accepter|refuser|consentement|parametrer)\b"
    r"|\b(?:aceptar|rechazar|consentimiento|aceitar|rejeitar|consentimento)\b|\b(?:accett\w+|rifiut\w+|consenso)\b"
    r"|\b(?:accepteren|akkoord|weigeren|toestemming)\b|\b(?:akceptuj\w*|zgod\w+|odrzuc\w*)\b"
    r"|\b(?:godkann\w*|acceptera|samtyck\w*|accepter|samtykke|godta)\b|\b(?:hyvaksy\w*|suostum\w+)\b"
    r"|\b(?:prijmout|souhlas\w*|elfogad\w*|hozzajarul\w*|accept\w*)\b|αποδοχη|συγκαταθεση|принять|соглас\w+"
    r"|прииняти"
    r"|погодж\w+|kabul|onay\w*|قبول|موافق|同意|동의|setuju|terima"
)
_LOGIN = re.compile(
    r"\b(?:log ?in|sign in|register|subscribe|create (?:an |your )?(?:free )?account)\b"
    r".{0,40}\bto (?:continue|read|access|view)"
    r"|\bto (?:continue reading|read (?:this|the full) (?:article|story)|access this)\b"
    r".{0,60}\b(?:log ?in|sign in|register|subscribe)"
    r"|\b(?:melden sie sich|anmelden|registrieren|einloggen)\b.{0,60}\b(?:weiter\w*|lesen)\b"
    r"|\b(?:connectez-vous|identifiez-vous|abonnez-vous|inscrivez-vous)\b.{0,40}\bpour (?:lire|continuer|acceder)"
    r"|\b(?:inicia sesion|registrate|suscribete)\b.{0,40}\bpara (?:continuar|seguir|leer|acceder)"
    r"|\b(?:accedi|registrati|abbonati)\b.{0,40}\bper (?:continuare|leggere|accedere)"
    r"|\b(?:faca login|inicie sessao|cadastre-se|assine)\b.{0,40}\bpara (?:continuar|ler|acessar|aceder)"
    r"|\b(?:log in|meld je aan|registreer)\b.{0,40}\bom (?:verder|dit|door)\b"
    r"|\b(?:zaloguj sie|wykup)\b.{0,40}\b(?:aby|zeby)\b"
    r"|\b(?:logga in|log ind|logg inn)\b.{0,40}\b(?:for att|for at|for a)\b"
    r"|\bkirjaudu\b.{0,40}\b(?:lukeaksesi|jatkaaksesi)|воидите.{0,40}чтобы|увіидіть.{0,40}щоб"
    r"|ログインして.{0,20}(?:続き|お読み)|登录后.{0,12}(?:阅读|查看|继续)"
    r"|로그인.{0,12}(?:이용|계속)|سجل الدخول.{0,30}(?:للمتابعة|لقراءة)"
)
_ERROR = re.compile(
    r"(?:(?:error|fehler|erreur|oops|http|sorry)\W{0,3})?(?:40[0134]|410|429|50[0234])"
    r"(?:\W{1,3}(?:error|fehler|erreur|(?:page )?not found|forbidden|unauthorized|bad gateway|service unavailable))?"
    r"|(?:(?:oops|sorry|error|404)\W{1,4})?(?:the |this |that )?(?:page|article|story|content)"
    r"(?: you (?:requested|are looking for))? (?:was |is |could |can ?|has )?(?:not|no longer|n.t|been)? ?(?:be )?"
    r"(?:not found|found|available|exist|removed|moved)"
    r"|not found|forbidden|access denied|access to this page has been denied|service unavailable|bad gateway"
    r"|server error"
    r"|internal server error|too many requests|just a moment|attention required|are you a robot|are you human"
    r"|verify you are (?:a )?human|checking your browser(?: before accessing.{0,40})?|pardon our interruption"
    r"|robot check"
    r"|security check|captcha|under maintenance|site maintenance"
    r"|(?:die )?seite (?:wurde )?(?:leider )?nicht gefunden|zugriff verweigert|wartungsarbeiten"
    r"|(?:cette )?page (?:est )?(?:introuvable|non trouvee)|acces (?:refuse|interdit)"
    r"|pagina (?:no encontrada|non trovata|niet gevonden|nao encontrada)|acceso denegado|accesso negato"
    r"|acesso negado"
    r"|pagina nao encontrada|(?:nie znaleziono strony|strona nie (?:zostala znaleziona|istnieje))"
    r"|sidan (?:hittades inte|kunde inte hittas|finns inte)|siden (?:blev |ble )?(?:ikke )?(?:fundet|funnet)"
    r"|sivua ei loydy\w*"
    r"|stranka (?:nebyla nalezena|nenalezena)|az oldal nem talalhato|pagina nu a fost gasita|η σελιδα δεν βρεθηκε"
    r"|страница не наидена|сторінку не знаидено|sayfa bulunamadi|الصفحة غير موجودة|ページが見つかりません(?:でした)?"
    r"|(?:您访问的)?页面(?:不存在|未找到)|페이지를 찾을 수 없습니다|halaman tidak ditemukan|पृष्ठ नहीं मिला"
)


def why_no_article(metadata: Metadata, paragraphs: Sequence[str], titles: Sequence[str]) -> tuple[str, str] | None:
    """
    `(reason, detail)` where a page is a wall or an error: CONSENT_WALL, LOGIN_WALL or ERROR_PAGE; else None.

    Args:
        metadata: What is known of the page.
        paragraphs: Its text, before boilerplate lines are taken out.
        titles: What it calls itself.
    """
    length = sum(map(len, paragraphs))
    if length > MAX_WALL_CHARS or _is_stated(metadata):
        return None
    text = " ".join(map(fold, paragraphs))
    if length <= MAX_ERROR_CHARS and any(_is_error(title) for title in titles):
        return "ERROR_PAGE", f"{length} characters"
    if _COOKIES.search(text) and _CHOICE.search(text) and _starts_with(_COOKIES, paragraphs):
        return "CONSENT_WALL", f"{length} characters"
    if length <= MAX_ERROR_CHARS and _LOGIN.search(text):
        return "LOGIN_WALL", f"{length} characters"
    return None


def is_link_list(paragraphs: Sequence[str], links: frozenset[str]) -> bool:
    """
    Is the text nothing but links?

    Args:
        paragraphs: The text.
        links: The folded texts of the page's links.
    """
    lines = [line for paragraph in paragraphs for line in paragraph.split("\n")]
    if len(lines) < MIN_LINKS or max(map(len, lines)) > MAX_PROSE_CHARS:
        return False
    return sum(fold(line) in links for line in lines) >= MIN_LINK_SHARE * len(lines)


def link_texts(tree: HtmlElement) -> frozenset[str]:
    """
    The folded texts of a page's links that are long enough to head an article.
    """
    texts = ("".join(node.itertext()) for node in tree.iter("a"))
    return frozenset(fold(text) for text in texts if len(text) > 2)


def _is_stated(metadata: Metadata) -> bool:
    names = ("author", "datePublished")
    return any(name in metadata.provenance and metadata.provenance[name].source in _STATED for name in names)


def _is_error(title: str) -> bool:
    """
    Is a title an error's, with nothing beside it but a site's short name?
    """
    parts = _PARTS.split(title)
    is_error = [bool(_ERROR.fullmatch(fold(part))) for part in parts]
    others = (part for part, found in zip(parts, is_error, strict=True) if not found)
    return any(is_error) and all(len(part.split()) <= MAX_NAME_WORDS for part in others)


def _starts_with(pattern: re.Pattern[str], paragraphs: Sequence[str]) -> bool:
    return any(pattern.search(fold(paragraph)) for paragraph in paragraphs[:3])
