"""Numbers of customer service: orders, tickets, parcels, and customers themselves.

Shops and help desks number as they like. So form alone is no finding: a word beside the number must speak for it, in whatever language the
answer is; only the check digits of parcels (UPU S10, UPS) say enough by themselves. All but the number of a customer name a thing.
"""

from __future__ import annotations

import re
from typing import ClassVar

from presidio_analyzer import Pattern
from stdnum.cn import ric

from detectors.recognizers.common.pieces import framed, groups, is_day, narrowed
from detectors.recognizers.identifier import IdentifierRecognizer

# The same three sources for all kinds of numbers: a scanner matches them once.
_RUN = framed("[0-9]{6,24}")
_PREFIXED = framed("(?-i:[A-Z]{1,6}[0-9]{4,20})")
_GROUPED = framed("(?-i:(?:[A-Z]{1,6}[\\-/]?)?[0-9]{2,20}(?:[\\-/][0-9A-Z]{1,12}){1,4})")
_DAY = re.compile("(?P<year>(?:19|20)[0-9]{2})[-/]?(?P<month>[0-9]{1,2})[-/]?(?P<day>[0-9]{1,2})")
_CLOCK_OR_YEARS = re.compile("(?:19|20)[0-9]{2}[-/](?:(?:19|20)?[0-9]{2})|[0-9]{1,2}/[0-9]{1,2}(?:/[0-9]{2,4})?")
_CN_MOBILE = re.compile("1[3-9][0-9]{9}")
# As one writes telephone numbers of many countries, and the American social security number.
_OTHER_GROUPS = re.compile("(?:[0-9]{1,3}-)?[0-9]{3}-[0-9]{3,4}-[0-9]{4}|[0-9]{3}-[0-9]{2}-[0-9]{4}|0[0-9]{2,3}-[0-9]{7,8}")
# Standards, products and file formats whose names look like the number of a ticket.
_NAMES = frozenset(
    (  # noqa: SIM905 - a list literal of these takes a line each
        "AES ASCII BIP CIP COVID CVE CWE DIN DO EIP EN ES GB GPT HTTP IEC IEEE IPV ISO JSR MD MIL PEP RFC RSA SHA TLS TR UTF"
    ).split()
)
_NAME = re.compile("[A-Z]+")
_DIGITS_MIN_WITH_MARKS = 4
_DIGITS_MIN = 6


def _digits(written: str) -> int:
    return sum(char.isdecimal() for char in written)


def _is_something_else(written: str) -> bool:
    """Tell whether what could be a number of a shop is a day, a range of years, a telephone or identity number, or a standard."""
    day = _DAY.fullmatch(written)
    if day is not None and is_day(int(day["year"]), int(day["month"]), int(day["day"])):
        return True
    name = _NAME.match(written)
    if any(form.fullmatch(written) for form in (_CLOCK_OR_YEARS, _CN_MOBILE, _OTHER_GROUPS)) or (
        name is not None and name.group() in _NAMES
    ):
        return True
    return len(set(written)) == 1 or ric.is_valid(written)


class ServiceNumberRecognizer(IdentifierRecognizer):
    """A number that a company chose; what is plainly a day, a mobile number, an identity number or a standard is refused."""

    NORM: ClassVar[str] = "none: each company numbers by itself; forms by usage"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern("digits", _RUN, 0.1),
        Pattern("letters and digits", _PREFIXED, 0.1),
        Pattern("groups", _GROUPED, 0.1),
    )
    LEAST_DIGITS: ClassVar[int] = _DIGITS_MIN

    def validate_result(self, pattern_text: str) -> bool | None:
        """Refuse what is too short for a number, and what is plainly something else."""
        written = narrowed(pattern_text)
        least = self.LEAST_DIGITS if written.isdecimal() else _DIGITS_MIN_WITH_MARKS
        return False if _digits(written) < least or _is_something_else(written) else None


class OrderNumberRecognizer(ServiceNumberRecognizer):
    """Finds numbers of orders where a word beside them says order."""

    ENTITY: ClassVar[str] = "ORDER_NUMBER"
    CONTEXT: ClassVar[tuple[str, ...]] = (
        *("order", "订单", "訂單", "注文番号", "ご注文", "オーダー番号", "주문", "bestell", "auftrag", "commande", "pedido", "encomenda"),
        *("ordine", "заказ", "zamówieni", "sipariş", "pesanan", "đơn", "คำสั่งซื้อ", "ออเดอร์", "ऑर्डर", "طلب", "objednávk", "beställning"),
    )


class TicketNumberRecognizer(ServiceNumberRecognizer):
    """Finds numbers of tickets and incidents where a word beside them says so; also those of Jira and ServiceNow."""

    ENTITY: ClassVar[str] = "TICKET_NUMBER"
    NORM: ClassVar[str] = "none: forms by usage; Jira issue keys (project key, hyphen, number), ServiceNow number maintenance"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        *ServiceNumberRecognizer.PATTERNS,
        Pattern("issue key", framed("(?-i:[A-Z][0-9A-Z]{1,9}-[0-9]{3,7})"), 0.1),
        Pattern("ServiceNow", framed("(?-i:(?:INC|REQ|RITM|CHG|PRB|CTASK|SCTASK|CS)[0-9]{7})"), 0.3),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = (
        *("ticket", "incident", "helpdesk", "jira", "servicenow", "工单", "工單", "受理编号", "受理号", "服务单", "报修单", "投诉编号"),
        *("案件編號", "チケット", "受付番号", "整理番号", "티켓", "접수번호", "문의번호", "vorgangsnummer", "störungsnummer", "incidencia"),
        *(
            "chamado",
            "protocolo",
            "segnalazione",
            "тикет",
            "заявк",
            "обращени",
            "zgłoszeni",
            "tiket",
            "phiếu",
            "ตั๋ว",
            "เลขเคส",
            "टिकट",
            "تذكرة",
        ),
        *("réclamation", "meldingsnummer", "aduan"),
    )


class CustomerNumberRecognizer(ServiceNumberRecognizer):
    """Finds the number under which a company knows a person, where a word beside it says customer or member.

    Bare digits are eight at least: fewer are as often a sum that a customer paid. The word account alone says nothing here: in most texts
    it is one at a bank.
    """

    ENTITY: ClassVar[str] = "CUSTOMER_ACCOUNT_NUMBER"
    LEAST_DIGITS: ClassVar[int] = 8
    CONTEXT: ClassVar[tuple[str, ...]] = (
        *("customer", "client", "membership", "member_", "subscriber", "account_id", "account_no", "account_number", "accountid"),
        *(
            "客户号",
            "客户编号",
            "客户代码",
            "客戶編號",
            "客戶號",
            "会员号",
            "会员编号",
            "会员卡号",
            "會員編號",
            "户号",
            "用户号",
            "用户编号",
        ),
        *("お客様番号", "顧客番号", "会員番号", "고객번호", "회원번호", "kundennummer", "kundennr", "mitgliedsnummer", "vertragskonto"),
        *(
            "abonné",
            "adhérent",
            "klant",
            "клиент",
            "абонент",
            "klient",
            "müşteri",
            "pelanggan",
            "khách",
            "ลูกค้า",
            "สมาชิก",
            "ग्राहक",
            "العميل",
        ),
    )


# --- parcels ----------------------------------------------------------------------------------------------------------------------------

_S10 = re.compile("(?P<service>[A-Z]{2})(?P<serial>[0-9]{8})(?P<check>[0-9])(?P<country>[A-Z]{2})")
_S10_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)
_S10_SERVICES = frozenset("ABCDEGHLMNPQRUVZ")  # the other first letters are reserved
# ISO 3166-1 alpha-2 codes of the members that most numbers come from.
_S10_COUNTRIES = frozenset(
    (  # noqa: SIM905 - a list literal of these takes a line each
        "AE AF AL AM AR AT AU AZ BA BB BD BE BG BH BN BO BR BY CA CH CI CL CM CN CO CR CU CY CZ DE DK DO DZ EC EE EG ES ET FI "
        "FJ FR GB GE GH GR GT HK HN HR HU ID IE IL IN IQ IR IS IT JM JO JP KE KG KH KR KW KZ LA LB LK LT LU LV MA MD ME MG MK "
        "MM MN MO MT MU MV MX MY MZ NA NG NI NL NO NP NZ OM PA PE PG PH PK PL PT PY QA RO RS RU RW SA SE SG SI SK SN SV SY TH "
        "TJ TM TN TR TT TW TZ UA UG US UY UZ VE VN YE ZA ZM ZW"
    ).split()
)
_UPS = re.compile("1Z[0-9A-Z]{15}[0-9]")
_UPS_LETTER_SHIFT = ord("A") - 2  # A counts 2, B 3, and on, modulo 10


def s10_check_digit(serial: str) -> str:
    """Return the check digit of eight digits, UPU S10-12 section 6."""
    rest = 11 - sum(int(digit) * weight for digit, weight in zip(serial, _S10_WEIGHTS, strict=True)) % 11
    return {10: "0", 11: "5"}.get(rest, str(rest))


def ups_check_digit(body: str) -> str:
    """Return the check digit of the fifteen characters between ``1Z`` and the check digit."""
    values = [int(char) if char.isdecimal() else (ord(char) - _UPS_LETTER_SHIFT) % 10 for char in body]
    return str(-(sum(values[0::2]) + 2 * sum(values[1::2])) % 10)


_WORDS = (
    *("tracking", "waybill", "shipment", "parcel", "courier", "consignment", "delivery", "fedex", "dhl", "usps", "sf-express"),
    *(
        "快递",
        "快遞",
        "运单",
        "運單",
        "物流",
        "包裹",
        "追踪号",
        "追蹤",
        "顺丰",
        "順豐",
        "圆通",
        "中通",
        "申通",
        "韵达",
        "极兔",
        "京东",
        "邮政",
    ),
    *("追跡番号", "伝票番号", "送り状", "お荷物", "宅配便", "運送", "배송", "송장", "택배", "sendung", "paket", "suivi", "colis"),
    *("seguimiento", "envío", "rastre", "envio", "tracciamento", "spedizione", "отслеживан", "трек", "посылк", "накладн", "przesyłk"),
    *("kargo", "takip", "pengiriman", "lacak", "vận", "พัสดุ", "จัดส่ง", "ट्रैकिंग", "शिपमेंट", "شحنة", "تتبع", "verzending", "zásilk"),
)


class PostalItemRecognizer(IdentifierRecognizer):
    """Finds numbers of postal items and of UPS by their check digits; a wrong one is refused, so no word needs to stand beside them."""

    ENTITY: ClassVar[str] = "TRACKING_NUMBER"
    NORM: ClassVar[str] = "UPU S10-12 (identification of postal items); UPS tracking number layout, 1Z"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern("S10", framed("(?-i:[A-Z]{2} ?[0-9]{3} ?[0-9]{3} ?[0-9]{3} ?[A-Z]{2})"), 0.5),
        Pattern("UPS", framed("(?-i:1Z(?: ?[0-9A-Z]){15} ?[0-9])"), 0.6),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = _WORDS

    def is_valid(self, identifier: str) -> bool | None:
        """Refuse a wrong check digit, a service that is reserved, and a country that issues none."""
        item = _S10.fullmatch(identifier)
        if item is not None:
            known = item["service"][0] in _S10_SERVICES and item["country"] in _S10_COUNTRIES
            return None if known and s10_check_digit(item["serial"]) == item["check"] else False
        return None if _UPS.fullmatch(identifier) and ups_check_digit(identifier[2:-1]) == identifier[-1] else False


class ParcelRecognizer(IdentifierRecognizer):
    """Finds numbers of couriers where a word beside them says parcel, or names the courier.

    FedEx, DHL, USPS, Yamato, ZTO, STO, Yunda: ten digits at least, in groups of four or without. SF, YTO, JD, J&T, Deppon and the freight
    of DHL: with their letters.
    """

    ENTITY: ClassVar[str] = "TRACKING_NUMBER"
    NORM: ClassVar[str] = "none: layouts of FedEx, DHL, USPS (Publication 199), SF Express, YTO, ZTO, JD Logistics by usage"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern("digits", _RUN, 0.1),
        Pattern("groups of four", framed(groups(4, 4, 4, separator="[ \\-]") + "(?:[ \\-][0-9]{4}){0,2}(?:[ \\-][0-9]{2,4})?"), 0.1),
        Pattern("courier's letters", framed("(?:SF|YT|ZT|STO|JT|DPK|JDV?[A-Z]{0,2}|JJD|JVGL|GM|LP)[0-9]{10,18}(?:-[0-9]{1,3}){0,2}"), 0.3),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = _WORDS

    def validate_result(self, pattern_text: str) -> bool | None:
        """Refuse what has fewer than ten digits, and what is plainly something else."""
        written = narrowed(pattern_text)
        return False if _digits(written) < 10 or _is_something_else(written) else None  # noqa: PLR2004 - DHL has the shortest
