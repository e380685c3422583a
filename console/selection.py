"""What of a scan is reported: the findings that reach their threshold, of the types asked for, with where each value came from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from fnmatch import fnmatchcase

from console.documents import Document, Scanned
from console.places import Languages, Wanted, in_play
from detectors.finding import Finding
from detectors.provenance import EchoIndex
from detectors.thresholds import Thresholds, bundled
from schemas.errors import ConfigurationError

_LIKE_MAX = 6


@dataclass(frozen=True, slots=True)
class Reported:
    """One text as it is reported.

    Attributes:
        document: The text.
        findings: In order of position; with provenance if its request is known.
        weak: How many more there were under their threshold.
        languages: ISO 639 codes, the most frequent first; empty where nothing asked for them.
        countries: ISO 3166-1 codes that were in play; None: all.
        traced: Whether provenance was looked up.
    """

    document: Document
    findings: tuple[Finding, ...]
    weak: int
    languages: tuple[str, ...]
    countries: frozenset[str] | None
    traced: bool


class Selector:
    """Decides what is reported of each text.

    Args:
        wanted: Places and languages.
        types: Shell patterns of entity types; empty: all.
        threshold: Least score of all types, instead of the table; None: the table.
        request: What the customer sent, for texts whose line does not say so.
        thresholds: The table.
        languages: Says the language of a text.
    """

    __slots__ = ("_languages", "_request", "_threshold", "_types", "_wanted", "thresholds")

    def __init__(
        self,
        wanted: Wanted,
        *,
        types: Sequence[str] = (),
        threshold: float | None = None,
        request: str | None = None,
        thresholds: Thresholds | None = None,
        languages: Languages | None = None,
    ) -> None:
        self._wanted = wanted
        self._types = tuple(types)
        self._threshold = threshold
        self._request = request
        self._languages = languages or Languages()
        self.thresholds = thresholds or bundled()

    def select(self, scanned: Scanned) -> Reported:
        """Return what is reported of one text."""
        document = scanned.document
        spoken = self._spoken(document.text)
        countries = in_play(self._wanted, spoken, document.destination, scanned.findings, self.thresholds)
        strong = self._strong(scanned.findings, countries)
        kept = [found for found in strong if self._is_wanted(found.entity_type)]
        weak = sum(self._is_wanted(found.entity_type) for found in scanned.findings) - len(kept)
        request = document.request if document.request is not None else self._request
        if request is not None:
            kept = _traced(document, request, kept)
        return Reported(document, tuple(kept), weak, spoken, countries, request is not None)

    def threshold_of(self, entity_type: str, reported: Reported) -> tuple[float, str]:
        """Return the least score of a type in a text, and why it is that one."""
        if self._threshold is not None:
            return self._threshold, "--threshold"
        least = self.thresholds.least(entity_type, reported.countries)
        subject = self.thresholds.country(entity_type)
        if not subject:
            return least, "of the type, in every country"
        if reported.countries is None:
            return least, f"{subject} is in play, as every country is"
        return least, f"{subject} is in play" if subject in reported.countries else f"{subject} is not in play"

    def _spoken(self, text: str) -> tuple[str, ...]:
        if self._wanted.language:
            return (self._wanted.language,)
        return self._languages.of(text) if self._wanted.auto and self._threshold is None else ()

    def _strong(self, findings: Sequence[Finding], countries: frozenset[str] | None) -> Sequence[Finding]:
        if self._threshold is not None:
            return [found for found in findings if found.score >= self._threshold]
        return self.thresholds.keep(findings, countries)

    def _is_wanted(self, entity_type: str) -> bool:
        return not self._types or any(fnmatchcase(entity_type, pattern) for pattern in self._types)


def parse_types(given: str, known: Iterable[str]) -> tuple[str, ...]:
    """Read the option ``--types``: entity types or shell patterns of them, between commas.

    Raises:
        ConfigurationError: One matches no type that the recognisers report; the message has those that are like it.
    """
    reported = sorted(known)
    patterns = tuple(each.strip().upper() for each in given.split(",") if each.strip())
    for pattern in patterns:
        if not any(fnmatchcase(name, pattern) for name in reported):
            like = [name for name in reported if get_close_matches(pattern, (name, *name.split("_")), cutoff=0.7)][:_LIKE_MAX]
            more = f"; like it: {', '.join(like)}" if like else ""
            raise ConfigurationError(f"no recogniser reports {pattern}{more} (carnet scan takes shell patterns too: CN_*)")
    return patterns


def _traced(document: Document, request: str, findings: Iterable[Finding]) -> list[Finding]:
    """Look up where each value came from."""
    index = EchoIndex(request, document.domestic, opaque_sources=document.opaque)
    return [replace(found, provenance=index.classify(document.text[found.start : found.end])) for found in findings]
