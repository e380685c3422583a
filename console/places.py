"""Which countries are in play for a text: those of its languages, its destination, and the identifiers that are certain in it.

An identifier of a country that is in play is reported at a lower score than the same digits in a text that has nothing to do with it
(``detectors.thresholds``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from detectors.classifier import NO_LANGUAGE, LanguageClassifier
from detectors.finding import Finding
from detectors.thresholds import Thresholds
from jurisdictions.lists import named_sets
from models import manifest
from models.session import open_model
from schemas.errors import ConfigurationError

AUTO: Final = "auto"
ALL: Final = "all"
CERTAIN_MIN: Final = 0.95  # a score that only a check digit, or a strong form with a word beside it, reaches
_STRETCH_CHARS = 120
_STRETCHES_MAX = 512
_SHARE_MIN = 0.05
_STRETCHES_MIN = 2  # one stretch alone may be a list of numbers, which the model takes for any language
_SURE_MIN = 0.5
_LATIN_LETTERS_MIN = 20
_LATIN_LAST = "\u024f"

# The model tells three kinds of Chinese apart, badly; they are one here.
_CHINESE = frozenset({"zh", "zh-Hant", "yue", "wuu"})
_SPOKEN_BY_NOBODY = frozenset({"en", "ru"})  # known to the model; they put no country in play


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the user said about places and languages.

    Attributes:
        countries: ISO 3166-1 codes that are in play whatever the text is; None: every country.
        auto: The text's languages, destination and certain identifiers add to them.
        language: ISO 639 code that all texts are in; empty: the language model says it.
        destination: ISO 3166-1 code of where texts go that do not say so themselves, or empty.
    """

    countries: frozenset[str] | None
    auto: bool
    language: str
    destination: str


def parse_wanted(countries: str, language: str, destination: str, thresholds: Thresholds) -> Wanted:
    """Read the options ``--countries``, ``--language`` and ``--destination``.

    Args:
        countries: ``auto``, ``all``, or codes between commas, ``auto`` among them if they are added to what the text itself says.
        language: ``auto`` or an ISO 639 code.
        destination: ISO 3166-1 code, or empty.
        thresholds: Have the languages that speak for countries.

    Raises:
        ConfigurationError: A country or language is not known; the message says which are.
    """
    named = [each.strip().upper() for each in countries.split(",") if each.strip()]
    wanted = frozenset(country_code(each) for each in named if each not in {AUTO.upper(), ALL.upper()})
    spoken = language.strip().lower()
    known = sorted(_CHINESE | _SPOKEN_BY_NOBODY | thresholds.languages.keys())
    if spoken not in {AUTO, *known}:
        raise ConfigurationError(f"language {language} is not known: {AUTO} or one of {', '.join(known)}")
    goes_to = country_code(destination.strip().upper()) if destination.strip() else ""
    everywhere = ALL.upper() in named
    auto = not named or AUTO.upper() in named
    return Wanted(None if everywhere else wanted, auto and not everywhere, "" if spoken == AUTO else _one_chinese(spoken), goes_to)


def country_code(given: str) -> str:
    """Return the ISO 3166-1 code; UK is taken for GB.

    Raises:
        ConfigurationError: There is no such country.
    """
    code = "GB" if given == "UK" else given
    if code not in named_sets()["ISO_3166_1"]:
        raise ConfigurationError(f"{given} is no country: two letters as in ISO 3166-1, such as cn or sg; or {AUTO}, {ALL}")
    return code


class Languages:
    """Says the languages of texts; the model is loaded when the first is asked for."""

    __slots__ = ("_classifier", "_directory")

    def __init__(self, directory: Path | None = None) -> None:
        """Remember where the built models lie, if not in their package."""
        self._classifier: LanguageClassifier | None = None
        self._directory = directory

    def of(self, text: str) -> tuple[str, ...]:
        """Return the languages of a text, the most frequent first.

        The first may be that of one stretch; another must be that of two, and of a twentieth of all. Nothing sure: none.

        Raises:
            ConfigurationError: The model is not installed.
        """
        if self._classifier is None:
            self._classifier = LanguageClassifier(open_model(manifest.load(), "language", require_gpu=False, directory=self._directory))
        stretches = [stretch for stretch in _stretches(text) if _says_enough(stretch)]
        uses = self._classifier.classify(stretches)
        sure = [_one_chinese(use.label) for use in uses if use.label != NO_LANGUAGE and use.score >= _SURE_MIN]
        counts = Counter(sure)
        ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
        least = max(_STRETCHES_MIN, _SHARE_MIN * len(sure))
        return tuple(label for rank, (label, count) in enumerate(ordered) if rank == 0 or count >= least)


def _one_chinese(language: str) -> str:
    return "zh" if language in _CHINESE else language


def _says_enough(stretch: str) -> bool:
    """Tell whether the model's verdict on a stretch is more than a guess: some words in Latin letters, or any letter of another script."""
    letters = [char for char in stretch if char.isalpha()]
    return len(letters) >= _LATIN_LETTERS_MIN or any(char > _LATIN_LAST for char in letters)


def _stretches(text: str) -> Iterator[str]:
    """Yield pieces of a text, evenly spaced where it is long."""
    count = max(1, -(-len(text) // _STRETCH_CHARS))
    step = max(1, count // _STRETCHES_MAX)
    for number in range(0, count, step):
        yield text[number * _STRETCH_CHARS : (number + 1) * _STRETCH_CHARS]


def in_play(
    wanted: Wanted, languages: Sequence[str], destination: str, findings: Iterable[Finding], thresholds: Thresholds
) -> frozenset[str] | None:
    """Return the countries whose identifiers may be reported at a lower score; None: all.

    Args:
        wanted: What the user said.
        languages: Of the text.
        destination: Of the text, or empty.
        findings: All of the text, before any threshold.
        thresholds: Say which countries a language speaks for, and whose identifier a type is.
    """
    if wanted.countries is None or not wanted.auto:
        return wanted.countries
    certain = {thresholds.country(found.entity_type) for found in findings if found.score >= CERTAIN_MIN}
    return thresholds.in_play((*wanted.countries, *certain, destination or wanted.destination), languages)
