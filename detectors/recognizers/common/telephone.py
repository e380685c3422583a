"""Telephone numbers: what libphonenumber finds, less what nobody would dial.

libphonenumber takes nine of ten bare numbers of ten digits for telephone numbers of some region, however they are grouped: order numbers,
versions, decimal fractions, book numbers. How a number is written tells most of them apart, so that is looked at, and nothing else. A run
of digits without a prefix has no writing; it waits for a word beside it (``BareTelephoneRecognizer``).
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Any, ClassVar

import phonenumbers
from presidio_analyzer import Pattern, RecognizerResult
from presidio_analyzer.nlp_engine import NlpArtifacts
from presidio_analyzer.predefined_recognizers import PhoneRecognizer

from detectors.phones import clusters
from detectors.recognizers.alphabet import DIGIT, NOT_AFTER_ALNUM, NOT_BEFORE_ALNUM
from detectors.recognizers.common.plans import is_valid
from detectors.recognizers.identifier import IdentifierRecognizer

# Sizes of the groups of national numbers without a trunk prefix, of the regions that write them so: North America, India, Brazil.
_NATIONAL = frozenset({"3 3 4", "1 3 3 4", "5 5", "2 4 4", "2 5 4", "2 2 4 4", "2 2 5 4", "2 5 5", "3 7"})
_DOTTED = frozenset({"3 3 4", "1 3 3 4", "5 5"})
_RUN_WITH_PREFIX = frozenset({10, 11})
_SHORTEST = 7
_COUNTRY_DIGITS_MAX = 3
_UP, _DOWN = "01234567890123456789", "98765432109876543210"

_GROUP = re.compile(r"[0-9]+")
_FOREIGN_DIGIT = re.compile(r"(?![0-9])\d")
_DASHES = {ord(dash): "-" for dash in "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u30fc"}
_EXTENSION = re.compile(r"\s*(?:;ext=|ext|доб|int|anexo|x|#|~).*", re.IGNORECASE)
_YEAR = re.compile(r"(?:19|20)[0-9]{2}[\-./][0-9]+")
_SIGN = re.compile("[+\uff0b]")
_ABROAD = re.compile(r"[+\uff0b][1-9](?:[ .\-]?\d){6,14}")
# All that ``_is_national`` keeps has a bracket, a leading nought, or groups. It may have more: an idle look costs a millisecond.
_MARK = r"[^\d\n|,;:<>\"'{}A-Za-z]{1,4}"
_NOUGHT = "(?<!\\d)[0\uff10\u0660\u06f0\u0966\u0e50]"
_MAY_BE_NATIONAL = re.compile(
    rf"[(\uff08][^\n]{{0,6}}\d|{_NOUGHT}\d*{_MARK}\d|{_NOUGHT}\d{{6}}"
    rf"|(?<!\d)(?:\d{{1,3}}{_MARK}\d{{2,7}}{_MARK}\d{{2}}|\d{{5}}{_MARK}\d{{5}}(?!\d)|\d{{3}}{_MARK}\d{{7}}(?!\d))"
)
# Words of digits with blanks between them. Nothing around them can be a part of a number: no sign, no bracket, no other digit.
_ROW = re.compile(r"(?:[^(\[\uff08\uff3b+\uff0b\d]*[ \n])?(?P<row>[0-9]{1,20}(?: {1,4}[0-9]{1,20})*)(?:[ \n][^+\uff0b\d]*)?")
_WORD = re.compile("[0-9]+")
_BLOCKS_MAX = 21  # of one candidate (phonenumbers.phonenumbermatcher)
# No valid number of the regions has more digits, prefixes included: 15 in Germany, and before them its code and two noughts. Longer are
# those of calls abroad, and British and Brazilian ones that have a country code and the prefix of a carrier twice.
_HOME_MAX, _CODED_MAX, _ABROAD_MAX = 19, 24, 40
_CODED_FRONTS, _ABROAD_FRONTS = ("44", "55"), ("00", "01")
# Country code and trunk prefix by region, the cheapest first.
_FRONTS = {"IN": ("91", "0"), "BR": ("55", "0", "90"), "US": ("1", "0")}
_ANY_REGION, _US_DIGITS = "US", 10
_WHOLE = re.compile(r"[0-9][.,]$")
_FRACTION = re.compile(r"[.,][0-9]")


class TelephoneRecognizer(PhoneRecognizer):
    """Presidio's telephone recogniser without numbers that are written as telephone numbers are not.

    Looks at the surroundings of digits only, in all regions only where a national number may be, and nowhere at what would not be kept.
    """

    def __init__(self, supported_language: str = "en", name: str | None = None) -> None:
        """Join an engine.

        Args:
            supported_language: The language of that engine.
            name: As it is written into findings.
        """
        super().__init__(supported_language=supported_language, name=name)
        self._everywhere = PhoneRecognizer(supported_language=supported_language)

    def analyze(self, text: str, entities: list[str], nlp_artifacts: NlpArtifacts | None = None) -> list[RecognizerResult]:
        """Return the numbers that are written as one dials them; no part of a decimal fraction is one."""
        del entities
        out: list[RecognizerResult] = []
        for left, right in clusters(text):
            window = text[left:right]
            for one in self._in_window(window, nlp_artifacts):
                if (
                    is_written_as_dialled(window[one.start : one.end])
                    and not _WHOLE.search(window[max(0, one.start - 2) : one.start])
                    and not _FRACTION.match(window, one.end)
                ):
                    one.start += left
                    one.end += left
                    out.append(one)
        return out

    def _in_window(self, window: str, nlp_artifacts: NlpArtifacts | None) -> list[RecognizerResult]:
        """Ask Presidio for as many regions as matter: a number with a country code is the same in all."""
        abroad = _SIGN.search(window) is not None
        home = _MAY_BE_NATIONAL.search(_ABROAD.sub("\n", window)) is not None
        if not abroad and not home:
            return []
        row = _ROW.fullmatch(window)
        stretches = _stretches_of(window, *row.span("row")) if row else [(0, len(window))]
        found: list[RecognizerResult] = []
        for first, after in stretches:
            stretch = window[first:after]
            fresh = self._as_one(stretch) if stretch.isdecimal() and row else self._asked(stretch, nlp_artifacts, everywhere=home)
            for one in fresh:
                one.start += first
                one.end += first
            found += fresh
        return found

    def _as_one(self, word: str) -> list[RecognizerResult]:
        """Return a word of digits if it is a valid number of any region; the first one will do."""
        everywhere: Any = self._everywhere
        for region in everywhere.supported_regions:
            for match in phonenumbers.PhoneNumberMatcher(word, region, leniency=everywhere.leniency):
                return [self._reported(match, word, region)]
        return []

    def _reported(self, match: Any, text: str, where: str) -> RecognizerResult:
        this: Any = self
        one: RecognizerResult = this._get_recognizer_result(match, text, where, None)  # noqa: SLF001 - inherited from Presidio's
        return one

    def _asked(self, window: str, nlp_artifacts: NlpArtifacts | None, *, everywhere: bool) -> list[RecognizerResult]:
        """Return what Presidio finds, under this recogniser's name."""
        this: Any = self
        presidio: Any = self._everywhere
        found: list[RecognizerResult] = []
        if not everywhere:
            last = max(window.rfind("+"), window.rfind("\uff0b"))
            for match in phonenumbers.PhoneNumberMatcher(window, _ANY_REGION, leniency=this.leniency):
                found.append(self._reported(match, window, phonenumbers.region_code_for_number(match.number) or "international"))
                if match.end > last:
                    break  # none without a sign is kept here
            return found
        found = presidio.analyze(window, self.supported_entities, nlp_artifacts)
        for one in found:
            one.recognition_metadata = {
                RecognizerResult.RECOGNIZER_NAME_KEY: this.name,
                RecognizerResult.RECOGNIZER_IDENTIFIER_KEY: this.id,
            }
        return found


class BareTelephoneRecognizer(IdentifierRecognizer):
    """Finds national numbers in one run of digits where a word beside them says telephone; valid ones of North America, India, Brazil."""

    ENTITY: ClassVar[str] = "PHONE_NUMBER"
    NORM: ClassVar[str] = "ITU-T E.164; numbering plans as libphonenumber has them"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern("one run", f"{NOT_AFTER_ALNUM}(?<![0-9０-９][.,\\-])[1-9１-９]{DIGIT}{{9,12}}(?![.,\\-]?{DIGIT}){NOT_BEFORE_ALNUM}", 0.05),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = (
        *("phone", "mobile", "cell", "call", "dial", "fax", "whatsapp", "sms", "contact", "tel"),
        *("电话", "電話", "手机", "手機", "致电", "拨打", "telefon", "téléphone", "teléfono", "celular", "फ़ोन", "फोन"),
    )

    def is_valid(self, identifier: str) -> bool | None:
        """Refuse what no region issues, and counted digits."""
        if identifier in _UP or identifier in _DOWN:
            return False
        return None if any(_is_issued(identifier, region) for region in _FRONTS) else False


@lru_cache(maxsize=8192)
def _is_issued(digits: str, region: str) -> bool:
    # From such digits neither a country code nor a trunk prefix is taken, so they are what is held against the plan.
    if not digits.startswith(_FRONTS[region]):
        return is_valid(digits, region)
    if region == _ANY_REGION and len(digits) == _US_DIGITS:
        return False  # without the digit that could be a prefix it is too short, with it there is no such area
    try:
        return bool(phonenumbers.is_valid_number(phonenumbers.parse(digits, region)))
    except phonenumbers.NumberParseException:
        return False


def _stretches_of(window: str, start: int, end: int) -> list[tuple[int, int]]:
    """Return the stretches of a row of digits in which numbers are found that may be kept; the others need not be looked at.

    The matcher takes up to 21 words at a time and tries them as one number, then each by itself; after one that is valid it goes on behind
    it. Too many digits are no number: so most words count by themselves, and only at the end of the row they may be read together.
    """
    words = [(start + one.start(), start + one.end()) for one in _WORD.finditer(window[start:end])]
    alone = [first for first, after in words if window[first] == "0" and is_written_as_dialled(window[first:after])]
    together: int | None = None
    matters = False
    for number, (first, _) in enumerate(words):
        last, until = words[min(number + _BLOCKS_MAX, len(words)) - 1]
        if last > first and _may_be_one(window[first:until]):
            together = number if together is None else together
            # One that would not be kept may still hide one that would.
            matters = matters or any(first <= other < until for other in alone) or _may_be_kept(window[first:until], until - last)
    if not matters or together is None:
        return [word for word in words if word[0] in alone]
    if len(words) > _BLOCKS_MAX:
        return [(start, end)]
    # The word before says whether a number may begin behind it.
    tail = words[max(together - 1, 0)][0]
    return [*(word for word in words if word[0] in alone and word[0] < tail), (tail, end)]


def _may_be_one(written: str) -> bool:
    """Tell whether words of digits are not too long for one number."""
    digits = written.replace(" ", "")
    return len(digits) <= (
        _ABROAD_MAX if digits.startswith(_ABROAD_FRONTS) else _CODED_MAX if digits.startswith(_CODED_FRONTS) else _HOME_MAX
    )


def _may_be_kept(written: str, last: int) -> bool:
    """Tell whether words of digits would be kept as one number; no national number ends in a group of one digit."""
    return (last > 1 or written.startswith("00")) and is_written_as_dialled(written)


def is_written_as_dialled(written: str) -> bool:
    """Tell whether a number that is valid somewhere is written as telephone numbers are.

    Args:
        written: The number as libphonenumber found it, extension included.
    """
    plain = _FOREIGN_DIGIT.sub(lambda one: str(unicodedata.decimal(one.group())), unicodedata.normalize("NFKC", written)).translate(_DASHES)
    digits = "".join(_GROUP.findall(plain))
    opening = plain.lstrip("(")[:2]
    if len(digits) < _SHORTEST:
        return opening.startswith("+")
    if len(set(digits)) == 1 or (plain.isdecimal() and (digits in _UP or digits in _DOWN)):
        return False
    return opening.startswith("+") or opening == "00" or _is_national(plain)


def _is_national(plain: str) -> bool:
    """Tell whether a number without a country code is written as its region writes it.

    Args:
        plain: In ASCII, all dashes being hyphens.
    """
    core = _EXTENSION.sub("", plain, count=1)
    groups = [len(group) for group in _GROUP.findall(core)]
    marks = set(re.sub(r"[0-9]", "", core))
    prefixed = plain.lstrip("(").startswith("0")
    if len(groups) <= 1:
        return "(" in marks or (prefixed and sum(groups) in _RUN_WITH_PREFIX)
    if _YEAR.fullmatch(plain) or groups[-1] == 1:
        return False
    if prefixed:
        # 01.23.45.67.89, and no fraction
        return "." not in marks or (len(groups) > 2 and min(groups) > 1)  # noqa: PLR2004
    if "(" in marks:
        return True
    shape = " ".join(map(str, groups))
    return shape in (_DOTTED if "." in marks else _NATIONAL) or _is_country_code_first(groups, marks)


def _is_country_code_first(groups: list[int], marks: set[str]) -> bool:
    """Tell whether the groups are those of an international number whose sign was left out: 44 20 7946 0958."""
    return "." not in marks and len(groups) > 3 and groups[0] <= _COUNTRY_DIGITS_MAX and min(groups[1:]) > 1  # noqa: PLR2004
