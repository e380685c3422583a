"""Which findings count: the least score per type, lower where the country of the type is in play; data in ``thresholds.yaml``.

All recognisers of all countries look at all text, so a scan does not depend on who the customer is; what is weak is dropped afterwards,
with the knowledge of whose law and whose people are concerned.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Self

import yaml

from detectors.finding import Finding
from schemas.errors import ConfigurationError

_BUNDLED = Path(__file__).with_name("thresholds.yaml")
_SECTIONS = {"default", "types", "languages", "prefixes", "countries"}
_PREFIX_CHARS = 2


@dataclass(frozen=True, slots=True)
class Least:
    """Least scores of one type, in [0, 1].

    Attributes:
        least: Anywhere.
        home: Where the country of the type is in play.
    """

    least: float
    home: float


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The least scores of all types.

    Attributes:
        default: For types that are not listed.
        types: Entity type → its own.
        languages: Code of a language → the countries that it speaks for.
        prefixes: Prefix of entity types → ISO 3166-1 code, where they differ.
        countries: Entity type without a prefix → ISO 3166-1 code.
    """

    default: Least
    types: Mapping[str, Least]
    languages: Mapping[str, frozenset[str]]
    prefixes: Mapping[str, str]
    countries: Mapping[str, str]

    @classmethod
    def load(cls, path: Path | None = None) -> Self:
        """Read the figures, by default the bundled ones.

        Raises:
            ConfigurationError: The file has an unknown section, or a score that is none.
        """
        read: Any = yaml.safe_load((path or _BUNDLED).read_text("utf-8"))
        if not isinstance(read, dict) or set(read) - _SECTIONS or "default" not in read:
            raise ConfigurationError(f"thresholds: expected the sections {', '.join(sorted(_SECTIONS))}")
        return cls(
            default=_least("default", read["default"]),
            types={name: _least(name, entry) for name, entry in (read.get("types") or {}).items()},
            languages={language: frozenset(codes) for language, codes in (read.get("languages") or {}).items()},
            prefixes=read.get("prefixes") or {},
            countries=read.get("countries") or {},
        )

    def least(self, entity_type: str, in_play: frozenset[str] | None) -> float:
        """Return the least score at which a finding of a type counts.

        Args:
            entity_type: The type.
            in_play: ISO 3166-1 codes of the countries that are concerned; None for all of them.
        """
        own = self.types.get(entity_type, self.default)
        country = self.country(entity_type)
        return own.home if country and (in_play is None or country in in_play) else own.least

    def keep(self, findings: Iterable[Finding], in_play: frozenset[str] | None) -> tuple[Finding, ...]:
        """Return the findings that count, in their order."""
        return tuple(one for one in findings if one.score >= self.least(one.entity_type, in_play))

    def country(self, entity_type: str) -> str:
        """Return the ISO 3166-1 code of the country whose identifier a type is, or an empty string."""
        listed = self.countries.get(entity_type)
        if listed is not None:
            return listed
        prefix, mark, _ = entity_type.partition("_")
        if not mark or len(prefix) != _PREFIX_CHARS or not prefix.isupper():
            return ""
        return self.prefixes.get(prefix, prefix)

    def in_play(self, places: Iterable[str], languages: Iterable[str]) -> frozenset[str]:
        """Return the countries that a text concerns.

        Args:
            places: ISO 3166-1 codes; empty ones are skipped.
            languages: Codes of the languages of the text; unknown ones speak for nobody.
        """
        spoken = [self.languages.get(language, frozenset()) for language in languages]
        return frozenset(place for place in places if place).union(*spoken)


def _least(name: str, entry: Any) -> Least:
    """Check one entry."""
    if not isinstance(entry, dict) or set(entry) != {"least", "home"}:
        raise ConfigurationError(f"thresholds: {name}: expected least and home")
    least, home = entry["least"], entry["home"]
    if not all(isinstance(score, int | float) and 0 <= score <= 1 for score in (least, home)) or home > least:
        raise ConfigurationError(f"thresholds: {name}: expected 0 <= home <= least <= 1")
    return Least(float(least), float(home))


@lru_cache(maxsize=1)
def bundled() -> Thresholds:
    """Return the figures that ship with Carnet."""
    return Thresholds.load()
