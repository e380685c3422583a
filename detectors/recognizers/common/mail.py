"""E-mail addresses, internationalised ones included."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import ClassVar

import tldextract
from presidio_analyzer import Pattern

from detectors.recognizers.identifier import IdentifierRecognizer

# Letters, marks and digits of scripts that write blanks between words. Han, Kana, Hangul and Thai are not among them: 邮箱zhang@qq.com
# holds one address, and it begins with z.
_WORDS = (
    "0-9A-Za-z０-９Ａ-Ｚａ-ｚ\u00aa\u00b5\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02af\u0300-\u036f\u0370-\u037d\u0386\u0388-\u03ff\u0400-\u052f"
    "\u0531-\u0556\u0561-\u0587\u05d0-\u05ea\u0620-\u065f\u066e-\u06d3\u0900-\u0963\u0966-\u0dff\u10a0-\u10ff\u1e00-\u1fff"
)
_IDEOGRAPHS = "\u3005\u3041-\u3096\u30a1-\u30fa\u30fc\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\u0e01-\u0e4e"
# Endings in scripts without blanks must be known ones, else the word glued to ".com" would be taken for a part of it.
_ENDINGS_WITHOUT_BLANKS = (
    *(
        "中国",
        "中國",
        "公司",
        "网络",
        "網絡",
        "香港",
        "台湾",
        "台灣",
        "澳門",
        "澳门",
        "新加坡",
        "在线",
        "中文网",
        "我爱你",
        "商城",
        "网址",
        "网店",
    ),
    *("集团", "商标", "餐厅", "企业", "政务", "公益", "机构", "信息", "移动", "手机", "한국", "みんな", "コム", "ไทย"),
)
_DOT = "[.．]"
_LOCAL = f"[{_WORDS}](?:[{_WORDS}._%+'\\-=]{{0,126}}[{_WORDS}_+\\-])?"
_LABELS = f"(?:[{_WORDS}{_IDEOGRAPHS}](?:[{_WORDS}{_IDEOGRAPHS}\\-]{{0,61}}[{_WORDS}{_IDEOGRAPHS}])?{_DOT}){{1,8}}"
_ENDING = f"(?:xn--[0-9a-z\\-]{{1,59}}|[{_WORDS}]{{2,24}}|{'|'.join(_ENDINGS_WITHOUT_BLANKS)})"
_SUFFIXES = tldextract.TLDExtract(cache_dir=None, suffix_list_urls=())


class MailAddressRecognizer(IdentifierRecognizer):
    """Finds e-mail addresses whose domain ends in a public suffix; local part and domain in any script with blanks, the domain also in Han.

    The local part is taken up to 128 characters (RFC 5321 allows 64 octets), the domain up to eight labels.
    """

    ENTITY: ClassVar[str] = "EMAIL_ADDRESS"
    NORM: ClassVar[str] = "RFC 5321 section 4.1.2; RFC 6531 section 3.3; RFC 5890"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (Pattern("address", f"(?<![{_WORDS}]){_LOCAL}[@＠]{_LABELS}{_ENDING}(?![{_WORDS}\\-])", 0.5),)
    CONTEXT: ClassVar[tuple[str, ...]] = ("email", "e-mail", "mail", "邮箱", "郵箱", "邮件", "電郵", "メール", "이메일")

    def validate_result(self, pattern_text: str) -> bool | None:
        """Tell whether the domain has a public suffix and a name before it; the list is the one that ships with tldextract."""
        return _is_public(unicodedata.normalize("NFKC", pattern_text).rpartition("@")[2])


@lru_cache(maxsize=4096)
def _is_public(domain: str) -> bool:
    found = _SUFFIXES(domain)
    return bool(found.suffix and found.domain)
