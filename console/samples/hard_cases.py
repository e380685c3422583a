"""The hard cases that ship with Carnet (``hard_cases.yaml``): texts with the values in them, and texts without any."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from console.coverage import Span
from schemas.errors import ConfigurationError

NOTHING = "{+}"  # keeps made-up keys from looking real to scanners of repositories
_FILE = Path(__file__).with_name("hard_cases.yaml")


@dataclass(frozen=True, slots=True)
class HardCase:
    """One text.

    Attributes:
        id: Its number.
        kind: What makes it hard; ``clean`` where there is nothing to find.
        text: All of it.
        values: Where each value is, in code points, and its type.
    """

    id: int
    kind: str
    text: str
    values: tuple[Span, ...]

    @property
    def for_development(self) -> bool:
        """Tell whether thresholds may be chosen on it; the others are for the report."""
        return self.id % 2 == 1


def hard_cases(path: Path = _FILE) -> tuple[HardCase, ...]:
    """Read the cases.

    Raises:
        ConfigurationError: A value is not in its text.
    """
    entries: list[dict[str, Any]] = yaml.safe_load(path.read_text("utf-8"))["cases"]
    return tuple(_case(entry) for entry in entries)


def _case(entry: dict[str, Any]) -> HardCase:
    text = entry["text"].replace(NOTHING, "")
    spans: list[Span] = []
    for one in entry["values"]:
        value = one["value"].replace(NOTHING, "")
        at = text.find(value)
        if at < 0:
            raise ConfigurationError(f"hard case {entry['id']}: a value is not in its text")
        while at >= 0:
            spans.append((at, at + len(value), one["type"]))
            at = text.find(value, at + len(value))
    return HardCase(entry["id"], entry["kind"], text, tuple(sorted(spans)))
