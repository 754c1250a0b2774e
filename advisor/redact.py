"""What nobody else should read, taken out of a text before it is kept: addresses, numbers, keys, links with secrets, names."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from urllib.parse import parse_qsl, urlsplit

from phonenumbers import Leniency, NumberParseException, PhoneNumberMatcher, is_valid_number, parse
from stdnum import iban, luhn

GONE = "[{what} removed]"
UNUSUAL = {
    **dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2212"), "-"),
    **dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad")),
}
"""Hyphens of other kinds, and letters that nobody sees: a number that is copied from elsewhere may hold them."""
HOMES = ("US", "GB", "DE", "FR", "ES", "IT", "NL", "IE", "AU", "IN", "BR", "ZA", "NG", "CH", "AT", "SE", "PL", "JP", "MX", "PT")
"""Where a number without a country's code may be from: the first in which it is one that can be called."""

LINK = re.compile(r"\b(?:https?|ftp|postgres(?:ql)?|mysql|mongodb(?:\+srv)?|redis|amqp|ssh)://[^\s<>\"']+", re.IGNORECASE)
AT = r"(?:@|\s@\s|\s?(?:\(at\)|\[at\])\s?|\sat\s(?=[\w-]+(?:\s?[(\[]dot[)\]]|\sdot\s)))"
DOT = r"(?:\.|\s\.\s|\s?(?:\(dot\)|\[dot\])\s?|\sdot\s)"
EMAIL = re.compile(rf"[\w.!#$%&'*+/=?^`{{|}}~-]+{AT}[\w-]+(?:{DOT}[\w-]+)+", re.IGNORECASE)
KEY = re.compile(
    r"\b(?:sk|pk|rk|ghp|gho|ghs|github_pat|glpat|xox[abprs]|whsec|hf|npm|pypi|SG|AKIA|ASIA|AIza|ya29|"
    r"eyJ)[-_.]?[A-Za-z0-9][A-Za-z0-9._-]{14,}"
    r"|(?<![\w/])(?=[A-Za-z+/]*\d)(?=[A-Z0-9+/]*[a-z])(?=[a-z0-9+/]*[A-Z])[A-Za-z0-9+/]{36,}={0,2}(?![\w/])"
    r"|"
    r"(?<![\w/])(?=(?:[A-Za-z+/_-]*\d){3})(?=[A-Za-z0-9+/_-]*[a-z])(?=[A-Za-z0-9+/_-]*[A-Z])[A-Za-z0-9+/_-]{24,}={0,2}(?!\w|"
    r"\.[a-z]{2,4}\b)"
    r"|\b(?=[a-f0-9]*[a-f])(?=[a-f0-9]*\d)[a-f0-9]{32,}\b"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)"
)
SECRETS = (
    "pass ?word|pass ?code|pass ?phrase|pass|pwd?|pin|api[ _-]?key|secret|access token|token|cvv|cvc|otp|passwort|kennwort|contraseña|"
    "mot de passe|senha|hasło|wachtwoord|parola"
)
TOLD_SECRET = re.compile(
    rf"\b(?P<what>{SECRETS})\b(?P<said>\s*[=:]\s*|\s+-\s+|\s+(?:is|was|to|lautet|ist|es|est|é|to jest|è)\s+|\s+)"
    r"(?P<secret>(?!\[[\w ]+ removed\])"
    r"[\"'“]?(?:(?=[^\s\"',;”]*(?:\d|[!@#$%&*_]|[a-z](?-i:[A-Z])))[^\s\"',;”]{4,}|(?<=[=:]\s)[^\s\"',;”]{4,}|"
    r"(?<=[=:])[^\s\"',;”]{4,})[\"'”]?)",
    re.IGNORECASE,
)
IBAN = re.compile(r"\b[A-Z]{2}\d{2}[ -]?(?:[A-Z0-9]{1,4}[ -]?){3,8}", re.IGNORECASE)
CARD = re.compile(r"(?<![\d.,])\d(?:[ .-]?\d){12,18}(?![\d.,]?\d)")
ACCOUNT = re.compile(
    r"\b(?P<what>sort ?code|s/c|a/c(?: (?:no|nr|num(?:ber)?))?|acc(?:(?:oun)?t)?(?: (?:no|nr|num(?:ber)?))?|"
    r"routing(?: number)?|aba|bsb|iban|kontonummer|konto(?:-?nr)?|blz|bank ?leitzahl|"
    r"customer (?:no|number)|insurance (?:no|number)|national insurance(?: number)?|ni number|nino|ssn|pps(?: (?:no|"
    r"number))?|cpf|cnpj|aadhaar(?: number)?|"
    r"nif|nie|dni|pesel|bsn|sin|tfn|abn|nhs(?: number)?|codice fiscale|personnummer|ahv(?:-?nr)?|curp|rfc|nin|"
    r"social security(?: number)?|tax id|steuernummer|steuer-?id|vat (?:no|number|id)|passport(?: (?:no|number))?|"
    r"licen[cs]e (?:no|number))\b"
    r"(?P<said>\.?\s*(?:\w+\s+){0,1}?(?:is|was|=|:|#|é|es|ist)?\s*)(?P<number>[A-Z]{0,3}\s?\d[\dA-Z]*(?:[ ./-]?\d[\dA-Z]*)*[A-Z]?)",
    re.IGNORECASE,
)
SORT_CODE = re.compile(r"(?<![\d-])\d{2}-\d{2}-\d{2}\s*(?:,|/|and|acc(?:oun)?t)?\s*\d{8}(?!\d)")
SOCIAL = re.compile(
    r"(?<![\d-])\d{3}-\d{2}-\d{4}(?![\d-])|\b[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D]\b|"
    r"\b[A-Z]{6}\d{2}[A-Z]\d{2}[A-Z]\d{3}[A-Z]\b|\b[A-Z]{5}\d{4}[A-Z]\b"
)
"""Personal numbers that their form alone gives away: of the US, the UK, Italy and India."""
NOT_A_PHONE = re.compile(
    r"(?:19|20)\d{2}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](?:19|20)?\d{2}|"
    r"\d{1,3}(?:[.,]\d{3})+(?:[.,]\d{1,2})?|\d{1,3} \d{3}|\d{1,2} \d{3} \d{3}|\d+[.,]\d+|"
    r"(?:19|20)\d{2} ?[-–/] ?(?:19|20)?\d{2}|\d{1,2}[:.]\d{2} ?[-–] ?\d{1,2}[:.]\d{2}"
)
BEFORE_QUANTITY = re.compile(
    r"(?:\b(?:order|invoice|zip|post ?code|plz|po|quote|item|article|part|sku|isbn|ean|barcode|ticket|rule|task|tasks|no|"
    r"nr|qty|quantity|batch|lot|serial|model|ref|reference|"
    r"version|page|room|table|section|clause)\b\.?\s*(?:no|nr|number|num)?\.?\s*[#:]?\s*|[#$€£¥]\s?|\b(?:usd|eur|gbp|chf)\s)$",
    re.IGNORECASE,
)
"""What stands before a number that is none to call."""
AFTER_QUANTITY = re.compile(
    r"^\s?(?:%|€|£|\$|usd|eur|gbp|units?|pieces?|pcs|kg|g|km|m|cm|mm|ml|l|litres?|hours?|days?|flyers|cards|orders|boxes|"
    r"customers|people|followers|tasks?)\b|^\s?[%€£$]",
    re.IGNORECASE,
)
MOST_DIGITS = 15
"""How many digits a telephone number has at the most."""
LONG_RUN = re.compile(rf"\+?\d(?:[\s()./-]{{0,3}}\+?\d){{{MOST_DIGITS},60}}")
"""More digits than that, with nothing but what may stand within a number between them."""
SECRET_PARAMETER = re.compile(r"key|token|secret|sig|pass|pwd|auth|code|session|sid|invite|jwt|access|otp", re.IGNORECASE)
LONG_RANDOM = re.compile(r"(?=[^/?#&=]*\d)(?=[^/?#&=]*[A-Za-z])[A-Za-z0-9_-]{20,}")


def redact(text: str, names: Iterable[str] = ()) -> str:
    """Take out of a text what nobody else should read.

    Args:
        text: Any text.
        names: What else to take out, wherever it stands as a word, in capitals or not.

    Returns:
        The text with each such thing replaced by what kind of thing it was.
    """
    text = unicodedata.normalize("NFKC", text).translate(UNUSUAL)
    text = LINK.sub(link, text)
    text = KEY.sub(GONE.format(what="key"), text)
    text = TOLD_SECRET.sub(lambda found: f"{found['what']}{found['said']}{GONE.format(what='secret')}", text)
    text = EMAIL.sub(GONE.format(what="e-mail address"), text)
    text = IBAN.sub(bank_account, text)
    text = LONG_RUN.sub(where(lambda found: any(is_card(card) for card in CARD.finditer(found[0])), "card number"), text)
    text = CARD.sub(where(is_card, "card number"), text)
    text = SORT_CODE.sub(GONE.format(what="account number"), text)
    text = SOCIAL.sub(GONE.format(what="personal number"), text)
    text = ACCOUNT.sub(account, text)
    text = phones(text)
    for name in sorted({name.strip() for name in names} - {""}, key=len, reverse=True):
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", GONE.format(what="name"), text, flags=re.IGNORECASE)
    return text


def where(holds: Callable[[re.Match[str]], bool], what: str) -> Callable[[re.Match[str]], str]:
    """What takes the place of a match: the kind of thing it is where a condition holds, else its own words."""
    return lambda found: GONE.format(what=what) if holds(found) else found[0]


def is_card(found: re.Match[str]) -> bool:
    """Whether digits are the number of a card."""
    return luhn.is_valid(re.sub(r"\D", "", found[0]))


def bank_account(found: re.Match[str]) -> str:
    """The longest beginning of some words that is an international account number, taken out of them."""
    for end in range(len(found[0]), SHORTEST_IBAN - 1, -1):
        if found[0][end - 1].isalnum() and iban.is_valid(found[0][:end], check_country=False):
            return GONE.format(what="account number") + found[0][end:]
    return found[0]


SHORTEST_IBAN = 15


def account(found: re.Match[str]) -> str:
    """An account's or a person's number that is called so; few digits are none ("account 5")."""
    digits = sum(letter.isdigit() for letter in found["number"])
    return f"{found['what']}{found['said']}{GONE.format(what='number')}" if digits >= FEWEST_DIGITS else found[0]


FEWEST_DIGITS = 5


def link(found: re.Match[str]) -> str:
    """A link as it was, or without its secrets where it has any."""
    address = found[0].rstrip(".,;:!?)")
    rest = found[0][len(address) :]
    try:
        parts = urlsplit(address)
        parameters = parse_qsl(f"{parts.query}&{parts.fragment}", keep_blank_values=False)
        has_user = bool(parts.username or parts.password)
    except ValueError:
        return GONE.format(what="link") + rest
    secret = any(SECRET_PARAMETER.search(name) or LONG_RANDOM.fullmatch(value) for name, value in parameters)
    hidden = any(LONG_RANDOM.fullmatch(piece) for piece in parts.path.split("/"))
    if has_user or secret or hidden:
        return f"{GONE.format(what='link')}{rest}"
    return found[0]


CALLING = re.compile(
    r"\b(?:call|ring|phone|tel|mobile|cell|whatsapp|text|fax|dial|ll[aá]m|zadzwo|appel|chiam|bel me|ruf|anruf|handy|"
    r"m[oó]vil|kom[oó]rk|num[eé]ro)\w*"
    r"\W*(?:\w+\W+){0,3}$",
    re.IGNORECASE,
)
"""What stands before a number that is to be called."""
ABROAD = re.compile(r"(?<![\d.,])00[1-9]\d{0,2}(?:[ ./()-]{0,2}\d){7,12}(?!\d)")


def phones(text: str) -> str:
    """A text without telephone numbers."""
    spans = [match.span() for match in ABROAD.finditer(text)]
    in_rows = [span for run in LONG_RUN.finditer(text) for span in numbers_in_a_row(text, *run.span())]
    for home in (None, *HOMES):
        leniency = Leniency.POSSIBLE if home is None else Leniency.VALID
        alone = ((match.start, match.end) for match in PhoneNumberMatcher(text, home, leniency=leniency))
        for span in (*in_rows, *alone):
            if not any(start < span[1] and span[0] < end for start, end in spans) and is_called(text, *span):
                spans.append(span)
    for start, end in sorted(spans, reverse=True):
        text = text[:start] + GONE.format(what="phone number") + text[end:]
    return text


def numbers_in_a_row(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Telephone numbers in a row with nothing but space between: cut apart so that the fewest digits are left over, into the fewest."""
    groups = [(start + match.start(), start + match.end()) for match in re.finditer(r"\S+", text[start:end])]
    best: list[tuple[int, list[tuple[int, int]]]] = [(0, [])]  # how many digits are in numbers, up to each group
    for last in range(len(groups)):
        covered, found = best[last]
        for first in range(last, -1, -1):
            piece = text[groups[first][0] : groups[last][1]]
            digits = sum(sign.isdigit() for sign in piece)
            if digits > MOST_DIGITS:
                break
            better = (best[first][0] + digits, -len(best[first][1]) - 1) > (covered, -len(found))  # of two that cover as much, the fewer
            if better and any(is_number(piece, home) for home in HOMES):
                covered, found = best[first][0] + digits, [*best[first][1], (groups[first][0], groups[last][1])]
        best.append((covered, found))
    return best[-1][1]


def is_number(piece: str, home: str) -> bool:
    """Whether digits are a telephone number that can be called from some country."""
    try:
        return is_valid_number(parse(piece, home))
    except NumberParseException:
        return False


def is_called(text: str, start: int, end: int) -> bool:
    """Whether digits that might be a telephone number aren't rather a date, a sum, an amount or an order's number."""
    written = text[start:end]
    if written.lstrip("(").startswith("+") or CALLING.search(text[:start]):
        return True
    amount = BEFORE_QUANTITY.search(text[:start]) or AFTER_QUANTITY.match(text[end:])
    return not (NOT_A_PHONE.fullmatch(written.strip()) or amount)


def names_in(texts: Iterable[str], known: Callable[[str], bool]) -> tuple[str, ...]:
    """The names that some texts may hold, to be offered for taking out: known ones, and capitals within a sentence.

    Args:
        texts: The texts.
        known: Whether a word in small letters is somebody's name.
    """
    found: dict[str, str] = {}
    for text in texts:
        for match in re.finditer(r"(?<![\w'’])[^\W\d_][\w'’-]*[^\W_]", text):
            word = re.sub(r"['’]s$", "", match[0])
            starts = not text[: match.start()].strip() or re.search(r"[.!?:;“\"(\n]\s*$", text[: match.start()])
            inside = word[0].isupper() and not word.isupper() and not starts
            if known(word.lower()) or inside:
                found.setdefault(word.lower(), word)
    return tuple(name for word, name in found.items() if word not in NO_NAMES)


NO_NAMES = frozenset(
    (
        "i i'm i'd i'll i've va vas seo ceo hr it vat irs hmrc ai api monday tuesday wednesday thursday friday saturday sunday "
        "january february march april may june july august september october november december english google facebook instagram "
        "tiktok youtube linkedin whatsapp excel word xero quickbooks shopify amazon etsy paypal chatgpt easter christmas"
    ).split()
)
"""Words in capitals that name nobody."""
