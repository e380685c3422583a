"""What an engine looks for, type by type: where its form is from, how wide it can be, and how long its text may have to wait."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from presidio_analyzer import AnalyzerEngine, EntityRecognizer

from detectors.chinese_pieces import PIECE_CHARS_MAX
from detectors.engine_parts import EngineParts, PatternPart, holds_blank, take_apart
from detectors.patterns import parse
from detectors.phrases import CHARS_MAX
from detectors.recognizers.catalogue import REPLACES
from detectors.recognizers.custom import CustomRecognizer
from detectors.recognizers.presidio import country_classes, norm_of
from detectors.rewrite import UNBOUNDED, width
from detectors.whole_text import LANGUAGE

TO_BLANK = "to the next blank"


@dataclass(frozen=True, slots=True)
class Row:
    """One recogniser of one entity type.

    Attributes:
        entity_type: As findings carry it.
        recognizer: Its name in findings.
        country: ISO 3166-1 alpha-2 in lower case, or None.
        norm: The norm, law or register behind the form, or where the pattern is from.
        width: Most code points of a match; None where the pattern itself sets no bound.
        boundary: ``solid`` (no blank inside: decided at the next blank or clause mark), ``spaced`` (blanks inside), or ``tokens`` (no
            pattern but a model or rules over words).
        hold_back: What a started match can keep from being released.
        in_use: Whether the engine runs it.
        remark: What it stands for, or what stands for it, and why.
    """

    entity_type: str
    recognizer: str
    country: str | None
    norm: str
    width: int | None
    boundary: str
    hold_back: str
    in_use: bool = True
    remark: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return all of it, for a machine."""
        return asdict(self)


SEVERAL = "several types"


def overview(engine: AnalyzerEngine, custom: Iterable[CustomRecognizer] = ()) -> tuple[Row, ...]:
    """Return a row for every type that the engine can report, and for every recogniser of Presidio that another stands for.

    Args:
        engine: From ``detectors.analyzer.build_engine``.
        custom: What it was built with.

    Raises:
        ConfigurationError: A recogniser cannot be scanned in pieces.
    """
    parts = take_apart(engine)
    norms = {one.name: one.norm or f"yours, from {one.origin}" for one in custom}
    used = {part.name for part in parts.patterns}
    rows = [_of_pattern(part, norms) for part in parts.patterns]
    rows.extend(_of_others(engine, parts))
    for ours, (theirs, _) in REPLACES.items():
        if ours in used and theirs not in used:
            rows.append(_replaced(ours, theirs, {row.recognizer: row for row in rows}))
    return tuple(sorted(rows, key=lambda row: (row.entity_type, not row.in_use, row.recognizer)))


def _of_pattern(part: PatternPart, norms: Mapping[str, str]) -> Row:
    recognizer = part.recognizer
    trees = [parse(source, flags) for source, flags in part.patterns]
    most = max((width(tree) for tree in trees), default=0)
    spaced = max((width(tree) for tree in trees if holds_blank(tree, looks=False)), default=0)
    replaces = REPLACES.get(part.name)
    return Row(
        entity_type=str(recognizer.supported_entities[0]) if len(recognizer.supported_entities) == 1 else SEVERAL,
        recognizer=part.name,
        country=recognizer.country_code(),
        norm=norms.get(part.name) or _norm(part.name, recognizer),
        width=most if most < UNBOUNDED else None,
        boundary="spaced" if spaced else "solid",
        hold_back=TO_BLANK if not spaced else f"{most} characters" if spaced == most else f"{spaced} characters, or {TO_BLANK}",
        remark=f"instead of {replaces[0]}: {replaces[1]}" if replaces else "",
    )


def _norm(name: str, recognizer: EntityRecognizer) -> str:
    own: str | None = getattr(recognizer, "NORM", None)
    return own or norm_of(country_classes().get(name, type(recognizer)))


def _of_others(engine: AnalyzerEngine, parts: EngineParts) -> Iterable[Row]:
    """Describe what has no patterns: telephone numbers, the names model, and the lanes of phrases and Chinese names."""
    for recognizer in engine.registry.get_recognizers(language=LANGUAGE, all_fields=True):
        name = str(getattr(recognizer, "name", ""))
        types = sorted(recognizer.supported_entities)
        if parts.phone is not None and name == parts.phone.name:
            yield Row(parts.phone.entity_type, name, None, "numbering plans, by libphonenumber", None, "spaced", "to the next word")
        elif name == parts.names:
            reported = sorted({entity_type for entity_type, _ in parts.labels.values()})
            yield from (
                Row(entity_type, name, None, "spaCy's small English model", None, "tokens", "four tokens") for entity_type in reported
            )
        elif parts.phrases is not None and name == parts.phrases.name:
            for entity_type in types:
                yield Row(entity_type, name, None, "how it is written, by country", CHARS_MAX, "tokens", f"{CHARS_MAX} characters")
        elif parts.chinese is not None and name == parts.chinese.name:
            hold_back = f"{PIECE_CHARS_MAX} characters"
            for entity_type in types:
                yield Row(entity_type, name, "cn", "Carnet's model of Chinese words", PIECE_CHARS_MAX, "tokens", hold_back)


def _replaced(ours: str, theirs: str, rows: Mapping[str, Row]) -> Row:
    row = rows[ours]
    kind = country_classes().get(theirs)
    norm = norm_of(kind) if kind else "Presidio"
    return Row(row.entity_type, theirs, row.country, norm, None, "", "", in_use=False, remark=f"is off, {ours} stands for it")
