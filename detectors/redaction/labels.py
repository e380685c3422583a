"""The word that stands for a value that was taken out: its type, or a noun in the reader's language (``labels.yaml``)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

import yaml

_FILE: Final = Path(__file__).with_name("labels.yaml")
FALLBACK_LANGUAGE: Final = "en"


@dataclass(frozen=True, slots=True)
class _Words:
    nouns: dict[str, tuple[str, ...]]
    words: dict[str, dict[str, str]]
    destinations: dict[str, str]


def languages() -> tuple[str, ...]:
    """Return the codes of the languages that there are words in."""
    return tuple(_read().words)


def language_of_destination(destination: str) -> str:
    """Return the language that a label for a destination is written in; English where none is listed."""
    return _read().destinations.get(destination, FALLBACK_LANGUAGE)


@lru_cache(maxsize=4_096)
def word(entity_type: str, language: str) -> str:
    """Return the noun for a type in a language, or the type itself where there is none.

    Args:
        entity_type: As in a finding.
        language: BCP 47; of ``zh-TW`` at least ``zh`` is looked up. Empty: the type itself.
    """
    noun = noun_of(entity_type)
    words = _read().words
    found = words.get(language) or words.get(language.partition("-")[0]) or {}
    return found.get(noun, entity_type)


@lru_cache(maxsize=4_096)
def noun_of(entity_type: str) -> str:
    """Return the key of the noun that a type falls under, empty for none; a type named whole goes before one named by its end."""
    nouns = _read().nouns
    for noun, types in nouns.items():
        if entity_type in types:
            return noun
    for noun, types in nouns.items():
        if any(each.startswith("*") and entity_type.endswith(each[1:]) for each in types):
            return noun
    return ""


@cache
def _read() -> _Words:
    read = yaml.safe_load(_FILE.read_text("utf-8"))
    return _Words({noun: tuple(types) for noun, types in read["nouns"].items()}, read["words"], read["destinations"])
