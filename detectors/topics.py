"""From which score on the word of the text model counts; data in ``topics.yaml``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Self

import yaml

from models.text_labels import DOMAINS
from schemas.errors import ConfigurationError

_BUNDLED = Path(__file__).with_name("topics.yaml")
_SECTIONS = ("default", "labels", "names")


@dataclass(frozen=True, slots=True)
class Topics:
    """Least scores in [0, 1].

    Attributes:
        default: Of a domain that is not listed.
        labels: Domain → its own.
        names: Of a name.
    """

    default: float
    labels: Mapping[str, float]
    names: float

    @classmethod
    def load(cls, path: Path | None = None) -> Self:
        """Read the figures, by default the bundled ones.

        Raises:
            ConfigurationError: The file cannot be read, lacks a section, has an unknown one or an unknown label, or a score that is none.
        """
        path = path or _BUNDLED
        try:
            read: Any = yaml.safe_load(path.read_text("utf-8"))
        except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
            raise ConfigurationError(f"{path.name} cannot be read: {type(error).__name__}") from error
        if not isinstance(read, dict) or set(read) != set(_SECTIONS):
            raise ConfigurationError(f"{path.name}: expected the sections {', '.join(_SECTIONS)}")
        labels = read["labels"]
        if not isinstance(labels, dict) or not set(labels) <= set(DOMAINS):
            raise ConfigurationError(f"{path.name}: labels: expected scores of any of {', '.join(DOMAINS)}")
        return cls(
            default=_score("default", read["default"]),
            labels={name: _score(name, score) for name, score in labels.items()},
            names=_score("names", read["names"]),
        )

    def least(self, label: str) -> float:
        """Return the score from which on a domain is on."""
        return self.labels.get(label, self.default)


def _score(name: str, score: Any) -> float:
    """Check one figure."""
    if isinstance(score, bool) or not isinstance(score, int | float) or not 0 <= score <= 1:
        raise ConfigurationError(f"topics: {name}: expected a score between 0 and 1")
    return float(score)


@lru_cache(maxsize=1)
def bundled() -> Topics:
    """Return the figures that ship with Carnet."""
    return Topics.load()
