r"""Presidio's recognisers of countries, mended: exact in pieces, and not blind beside Chinese, Thai, Kana or Hangul letters.

Presidio ships 83 classes with a country. Each is built here as Presidio builds it, checks, context words and scores included; only its
patterns are rewritten (``detectors.rewrite``), so the object works in a stock ``AnalyzerEngine`` as well. What a rewriting by rule cannot
make exact in a stream is rewritten by hand below, with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.metadata import version
from typing import Any, ClassVar, Final, Literal

import phonenumbers
import presidio_analyzer.predefined_recognizers as predefined
from presidio_analyzer import EntityRecognizer, Pattern, PatternRecognizer, RecognizerResult
from presidio_analyzer.nlp_engine import NlpArtifacts

from detectors.recognizers.common.plans import is_issued
from detectors.rewrite import BLANKS, NOT_AFTER_WORD, NOT_BEFORE_WORD, mended

_ZA_NATIONAL = re.compile("0[1-9][0-9]{8}")
_PAN_CHAR = r"[0-9A-Za-z_@#$%^?~-]"
# By class and place in its list of patterns; None leaves the pattern out.
_BY_HAND: Final[Mapping[str, Mapping[int, str | None]]] = {
    # A blank between two letters is where a stream is cut ("is in 2024" has the shape of a plate), so the first gap of a plate whose parts
    # stand apart must be a no-break blank here; hyphens are Presidio's own second and third pattern.
    "DeKfzRecognizer": {
        0: r"(?<![\w-])[A-ZÄÖÜ]{1,3}[\u00a0\u3000][A-Z]{1,2}\s\d{1,4}[EH]?(?!\w)",
        3: r"(?<![\w-])[A-Z]{1,3}[\u00a0\u3000][A-Z]{1,2}\s\d{1,4}[EH]?(?!\w)",
    },
    # A run of blanks has an end.
    "DeHandelsregisterRecognizer": {0: r"\bHR[AB]\s{0,3}\d{1,6}\b"},
    # The letter and the four digits must be within the ten characters, not anywhere in the rest of the text. The digits are spelt out, so
    # that the prefilter sees them: every long word had to be looked at otherwise.
    "InPanRecognizer": {
        2: rf"\b(?={_PAN_CHAR}{{0,9}}[A-Za-z])(?:"
        + "|".join(f"{_PAN_CHAR}{{{at}}}[0-9]{{4}}{_PAN_CHAR}{{{6 - at}}}" for at in range(7))
        + r")\b"
    },
    # The digit that it asks for must be its own, and not that of a neighbour behind a hyphen; spelt out for the prefilter again.
    "UsHealthInsuranceMemberIdRecognizer": {0: r"\b(?=[A-Z]{1,5}-?[A-Z0-9]{5,14}\b)[A-Z]{1,5}-?[A-Z]{0,13}\d[A-Z0-9]{0,13}\b"},
    # The gaps stand between the digits, not behind the last one.
    "ItVatCodeRecognizer": {0: r"\b[0-9](?:[ _]?[0-9]){10}\b"},
    # The weak pattern finds the same numbers, and the label lifts it, being one of the context words.
    "UsProviderTaxIdRecognizer": {0: None},
}
_GAP = rf"(?:[{BLANKS}]{{0,2}}[:#][{BLANKS}]{{0,2}}|[{BLANKS}]{{1,3}})"
# A label of two words ("claim number 123") can be cut between them, so its last word alone is only a hint: context does the rest.
_LAST_WORDS: Final = r"(?:number|no\.?|id)"
_HINT_SCORE: Final = 0.1


class _LabelledRecognizer(PatternRecognizer):
    """A number whose label is part of what the pattern matches, and not of what is found.

    Presidio looks back at the label over blanks; a stream may be cut at one, and then a look-behind sees nothing.
    """

    LABEL: ClassVar[re.Pattern[str]]

    def analyze(
        self, text: str, entities: list[str], nlp_artifacts: NlpArtifacts | None = None, regex_flags: int | None = None
    ) -> list[RecognizerResult]:
        """Return the numbers, without their labels."""
        found = super().analyze(text, entities, nlp_artifacts, regex_flags)
        for one in found:
            label = self.LABEL.match(text, one.start, one.end)
            if label is not None:
                one.start = label.end()
        return found


# Label words and their score; shape of the number behind a label; further context words.
_LABELLED: Final[Mapping[str, tuple[tuple[tuple[str, float], ...], str, tuple[str, ...]]]] = {
    "UsClaimNumberRecognizer": (((r"claim", 0.35), (_LAST_WORDS, _HINT_SCORE)), r"\d{6,15}", ()),
    "UsPrescriptionNumberRecognizer": (((r"rx", 0.6), (r"prescription", 0.35), (_LAST_WORDS, _HINT_SCORE)), r"\d{6,12}", ("rx",)),
    "UsPriorAuthorizationNumberRecognizer": (
        ((r"(?:preauthorization|pre-auth|authorization)", 0.35), (rf"(?:auth|{_LAST_WORDS})", _HINT_SCORE)),
        r"\d{6,12}",
        (),
    ),
    "UsReferralNumberRecognizer": (((r"referral", 0.35), (_LAST_WORDS, _HINT_SCORE)), r"\d{6,12}", ()),
}


class _ZaLineRecognizer(PatternRecognizer):
    """South African telephone numbers of one kind of line, national or with +27, checked and told apart by libphonenumber."""

    COUNTRY_CODE = "za"
    # Nine digits behind the trunk zero or the country code, in groups with one mark between them.
    PATTERN: Final = (
        rf"{NOT_AFTER_WORD}(?<!\+)(?<!\d[-.])(?:(?:\+|00)27[{BLANKS}.-]?(?:\(0\)[{BLANKS}]?)?|\(0(?=\d\d\))|0)"
        rf"[1-9]\d\)?(?:[{BLANKS}.-]?\d){{7}}{NOT_BEFORE_WORD}(?![-.]\d)"
    )

    def __init__(self, supported_language: str, line: Literal["mobile", "telephone"], theirs: Any) -> None:
        self._line = line
        self._theirs = theirs
        super().__init__(
            supported_entity=theirs.supported_entities[0],
            supported_language=supported_language,
            name=theirs.name,
            patterns=[Pattern(f"South African {line} number", self.PATTERN, theirs.SCORE)],
            context=list(theirs.context),
        )

    def invalidate_result(self, pattern_text: str) -> bool:
        """Tell whether this is no South African number, or one of another kind of line."""
        number = _za_number(pattern_text)
        return number is None or self._theirs._classify(number) != self._line  # noqa: SLF001 - Presidio's own division into lines


@lru_cache(maxsize=1024)
def _za_number(written: str) -> phonenumbers.PhoneNumber | None:
    """Return a valid number of South Africa, or None; asked for each kind of line."""
    if _ZA_NATIONAL.fullmatch(written):
        return phonenumbers.PhoneNumber(country_code=27, national_number=int(written)) if is_issued(written[1:], "ZA") else None
    try:
        number = phonenumbers.parse(written, "ZA")
    except phonenumbers.NumberParseException:
        return None
    return number if phonenumbers.is_valid_number(number) and phonenumbers.region_code_for_number(number) == "ZA" else None


@cache
def country_classes() -> Mapping[str, type[EntityRecognizer]]:
    """Return Presidio's recognisers that have a country, by class name, in the order of country and name."""
    found = [one for one in vars(predefined).values() if isinstance(one, type) and issubclass(one, EntityRecognizer) and one.COUNTRY_CODE]
    return {one.__name__: one for one in sorted(found, key=lambda one: (str(one.COUNTRY_CODE), one.__name__))}


def countries() -> tuple[str, ...]:
    """Return the countries that Presidio has recognisers for, ISO 3166-1 alpha-2 in lower case but for ``uk``."""
    return tuple(dict.fromkeys(str(one.COUNTRY_CODE) for one in country_classes().values()))


def norm_of(kind: type[EntityRecognizer]) -> str:
    """Return where a recogniser of Presidio is from, for a list that names norms."""
    return f"Presidio {version('presidio-analyzer')}: {(kind.__doc__ or kind.__name__).strip().splitlines()[0].rstrip('.')}"


def mend(kind: type[EntityRecognizer], language: str) -> PatternRecognizer:
    """Return a recogniser of Presidio with its patterns rewritten.

    Args:
        kind: One of ``country_classes``.
        language: The language of the engine it joins; identifiers are the same in all.
    """
    name = kind.__name__
    build: Any = kind
    if name in _LABELLED:
        return _labelled(build, language)
    stock = build(supported_language=language)
    if not isinstance(stock, PatternRecognizer):
        return _ZaLineRecognizer(language, stock.target_classification, stock)
    recognizer: Any = stock
    by_hand = _BY_HAND.get(name, {})
    rewritten = []
    for place, pattern in enumerate(recognizer.patterns):
        source = by_hand.get(place, pattern.regex)
        if source is not None:
            rewritten.append(_mended(pattern.name, source, pattern.score, stock))
    recognizer.patterns = rewritten
    return stock


def _labelled(kind: Any, language: str) -> PatternRecognizer:
    """Build a recogniser of labelled numbers: Presidio's class, with patterns that match the label along with the number."""
    labels, number, context = _LABELLED[kind.__name__]
    words = "|".join(label for label, _ in labels)
    # The class keeps its base's name for its findings; its own name is another, for Presidio looks classes up by name among all subclasses.
    mixed = type(f"Labelled{kind.__name__}", (_LabelledRecognizer, kind), {"LABEL": re.compile(rf"(?:{words}){_GAP}(?=\d)", re.IGNORECASE)})
    recognizer: Any = mixed(supported_language=language, name=kind.__name__)
    weak = [pattern for pattern in recognizer.patterns if "labelled" not in pattern.name]
    own = [Pattern(f"{label} (labelled)", f"{NOT_AFTER_WORD}{label}{_GAP}{number}{NOT_BEFORE_WORD}", score) for label, score in labels]
    recognizer.patterns = [*own, *(_mended(pattern.name, pattern.regex, pattern.score, recognizer) for pattern in weak)]
    recognizer.context = [*(recognizer.context or ()), *context]
    built: PatternRecognizer = recognizer
    return built


def _mended(name: str, source: str, score: float, owner: PatternRecognizer) -> Pattern:
    """Rewrite one pattern; a flag that stands inside of it is one that Presidio sets for all."""
    return Pattern(name, mended(source.replace("(?i)", ""), int(owner.global_regex_flags or 0)), score)
