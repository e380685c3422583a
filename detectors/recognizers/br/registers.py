"""Brazil: the taxpayer numbers of persons and of companies, and the identity card."""

from __future__ import annotations

from typing import ClassVar

from presidio_analyzer import Pattern
from stdnum.br import cnpj, cpf

from detectors.recognizers.alphabet import DIGIT, NOT_AFTER_ALNUM, NOT_BEFORE_ALNUM, SEPARATOR, compact
from detectors.recognizers.identifier import IdentifierRecognizer

_DOT = "[.．]"
_SLASH = "[/／]"
_HYPHEN = "[\\-\u2010\u2011\u2013－]"
_ALNUM = "[0-9A-Z０-９Ａ-Ｚ]"
_LEFT = f"{NOT_AFTER_ALNUM}(?<![0-9０-９][.\\-])"
_RIGHT = f"(?![.\\-/]{DIGIT}){NOT_BEFORE_ALNUM}"
# "rg" is part of many words (org, urgent), so it is read where it stands as a label and is no context word.
_RG_LABEL = "(?:(?<=(?<![A-Za-z])RG:)|(?<=(?<![A-Za-z])RG: ))"


class BrCpfRecognizer(IdentifierRecognizer):
    """Finds persons' taxpayer numbers; both check digits must hold.

    The printed form 999.999.999-99 then scores 1. Eleven bare digits pass one time in a hundred, and mobile numbers of China and Brazil
    have as many: they need a word beside them.
    """

    ENTITY: ClassVar[str] = "BR_CPF"
    COUNTRY_CODE: ClassVar[str | None] = "br"
    NORM: ClassVar[str] = "Instrução Normativa RFB 2.172/2024 (CPF); check digits modulo 11"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern("CPF as printed", f"{_LEFT}{DIGIT}{{3}}{_DOT}{DIGIT}{{3}}{_DOT}{DIGIT}{{3}}{SEPARATOR}{DIGIT}{{2}}{_RIGHT}", 0.6),
        Pattern(
            "CPF, grouped 9-2 or 3-3-3-2",
            f"{_LEFT}(?:{DIGIT}{{9}}|{DIGIT}{{3}}{SEPARATOR}{DIGIT}{{3}}{SEPARATOR}{DIGIT}{{3}}){SEPARATOR}{DIGIT}{{2}}{_RIGHT}",
            0.3,
        ),
        Pattern("CPF, 11 digits", f"{_LEFT}{DIGIT}{{11}}{_RIGHT}", 0.3),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = ("cpf", "contribuinte", "巴西税号", "巴西个人")

    def validate_result(self, pattern_text: str) -> bool | None:
        """Refuse wrong check digits and eleven times the same digit; accept outright only the printed form."""
        number = compact(pattern_text)
        if not cpf.is_valid(number) or len(set(number)) == 1:
            return False
        return True if "." in pattern_text or "．" in pattern_text else None


class BrCnpjRecognizer(IdentifierRecognizer):
    """Finds company numbers of digits and, as issued from July 2026, of letters and digits; both check digits must hold.

    The printed form 12.ABC.345/01DE-35 then scores 1; fourteen bare characters (a timestamp, part of a hash) need a word beside them.
    """

    ENTITY: ClassVar[str] = "BR_CNPJ"
    COUNTRY_CODE: ClassVar[str | None] = "br"
    NORM: ClassVar[str] = (
        "Instrução Normativa RFB 2.119/2022 as amended by 2.229/2024 (letters from July 2026); check digits modulo 11 of code - 48"
    )
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern(
            "CNPJ as printed",
            f"{_LEFT}{_ALNUM}{{2}}{_DOT}{_ALNUM}{{3}}{_DOT}{_ALNUM}{{3}}{_SLASH}{_ALNUM}{{4}}{_HYPHEN}{DIGIT}{{2}}{_RIGHT}",
            0.6,
        ),
        Pattern("CNPJ, bare", f"{_LEFT}(?-i:{_ALNUM}{{12}}{DIGIT}{{2}}){_RIGHT}", 0.25),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = ("cnpj", "empresa", "巴西税号", "巴西企业")

    def validate_result(self, pattern_text: str) -> bool | None:
        """Refuse wrong check digits and fourteen times the same digit; accept outright only the printed form."""
        number = compact(pattern_text)
        if not cnpj.is_valid(number) or len(set(number)) == 1:
            return False
        return True if len(pattern_text) > len(number) else None


class BrRgRecognizer(IdentifierRecognizer):
    """Finds identity card numbers as São Paulo and most states print them (12.345.678-X), after the label or with a word beside them.

    Each state numbers its own cards, so no check digit can be asked for; Chilean numbers have the same shape.
    """

    ENTITY: ClassVar[str] = "BR_RG"
    COUNTRY_CODE: ClassVar[str | None] = "br"
    NORM: ClassVar[str] = "Lei 7.116/1983 (identity cards); replaced by the CPF under Decreto 10.977/2022 until 2032"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern(
            "RG after its label",
            f"{_RG_LABEL}(?:[A-Z]{{2}}-)?{DIGIT}{{1,2}}{_DOT}?{DIGIT}{{3}}{_DOT}?{DIGIT}{{3}}{_HYPHEN}?[0-9X０-９Ｘ]?{_RIGHT}",
            0.6,
        ),
        Pattern("RG as printed", f"{_LEFT}{DIGIT}{{2}}{_DOT}{DIGIT}{{3}}{_DOT}{DIGIT}{{3}}{_HYPHEN}[0-9X０-９Ｘ]{_RIGHT}", 0.1),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = ("identidade", "ssp", "detran", "cédula", "巴西身份")
