"""Brazil: keys of the instant payment system and postal codes."""

from __future__ import annotations

from typing import ClassVar

from presidio_analyzer import Pattern
from stdnum.br import cnpj, cpf

from detectors.recognizers.alphabet import DIGIT, NOT_AFTER_ALNUM, NOT_BEFORE_ALNUM, SEPARATOR, compact
from detectors.recognizers.identifier import IdentifierRecognizer

_LEFT = f"{NOT_AFTER_ALNUM}(?<![0-9０-９][.\\-])"
_RIGHT = f"(?![.\\-]{DIGIT}){NOT_BEFORE_ALNUM}"
_HEX = "[0-9A-F]"
_UUID_CHARS = 36
_CPF_DIGITS = 11
_CNPJ_CHARS = 14
_MOBILE_MARK_AT = 2  # after the area code a mobile number has a 9


class BrPixKeyRecognizer(IdentifierRecognizer):
    """Finds what serves as a Pix key where the text says so: a random key (UUID), an e-mail address, a mobile number, a CPF or a CNPJ.

    Each is something else without the word beside it, and then stays below the reporting threshold.
    """

    ENTITY: ClassVar[str] = "BR_PIX_KEY"
    COUNTRY_CODE: ClassVar[str | None] = "br"
    NORM: ClassVar[str] = "Resolução BCB 1/2020 (Pix regulation), DICT operational manual of Banco Central do Brasil: kinds of keys"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern(
            "random key",
            f"(?<![0-9A-Za-z\\-]){_HEX}{{8}}-{_HEX}{{4}}-[1-8]{_HEX}{{3}}-[89AB]{_HEX}{{3}}-{_HEX}{{12}}(?!-?[0-9A-Za-z])",
            0.1,
        ),
        Pattern(
            "e-mail address",
            "(?<![0-9A-Za-z._%+\\-])[0-9A-Za-z._%+\\-]{1,64}@[0-9A-Za-z\\-]{1,63}(?:\\.[0-9A-Za-z\\-]{1,63}){1,4}(?!\\.?[0-9A-Za-z\\-])",
            0.05,
        ),
        Pattern(
            "mobile number with country code",
            f"{NOT_AFTER_ALNUM}[+＋]55{SEPARATOR}?{DIGIT}{{2}}{SEPARATOR}?9{DIGIT}{{4}}{SEPARATOR}?{DIGIT}{{4}}{_RIGHT}",
            0.1,
        ),
        Pattern(
            "mobile number", f"{_LEFT}(?:[(]{DIGIT}{{2}}[)]|{DIGIT}{{2}}){SEPARATOR}?9{DIGIT}{{4}}{SEPARATOR}?{DIGIT}{{4}}{_RIGHT}", 0.05
        ),
        Pattern("CPF", f"{_LEFT}{DIGIT}{{3}}\\.?{DIGIT}{{3}}\\.?{DIGIT}{{3}}-?{DIGIT}{{2}}{_RIGHT}", 0.1),
        Pattern("CNPJ", f"{_LEFT}[0-9A-Z]{{2}}\\.?[0-9A-Z]{{3}}\\.?[0-9A-Z]{{3}}/?[0-9A-Z]{{4}}-?[0-9]{{2}}{_RIGHT}", 0.1),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = ("pix",)

    def validate_result(self, pattern_text: str) -> bool | None:
        """Refuse what can only be a taxpayer number and has wrong check digits; nothing is proved."""
        key = compact(pattern_text)
        if "@" in pattern_text or len(pattern_text) == _UUID_CHARS:
            return None
        if len(key) == _CNPJ_CHARS:
            return None if cnpj.is_valid(key) else False
        if len(key) == _CPF_DIGITS:
            return None if key[_MOBILE_MARK_AT] == "9" or cpf.is_valid(key) else False
        return None


class BrCepRecognizer(IdentifierRecognizer):
    """Finds postal codes (01310-100) that a word beside them names."""

    ENTITY: ClassVar[str] = "BR_CEP"
    COUNTRY_CODE: ClassVar[str | None] = "br"
    NORM: ClassVar[str] = "Lei 6.538/1978; código de endereçamento postal of Correios, eight digits since 1992"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern("CEP, 5-3", f"{_LEFT}(?:{DIGIT}{{5}}|{DIGIT}{{2}}\\.{DIGIT}{{3}})[\\-－]{DIGIT}{{3}}{_RIGHT}", 0.1),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = (
        "cep",
        "endereço",
        "endereco",
        "logradouro",
        "bairro",
        "avenida",
        "postal",
        "brasil",
        "brazil",
        "邮编",
    )
