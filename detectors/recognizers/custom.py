r"""Recognisers of the user: patterns in YAML, in the format of Presidio's no-code recognisers, or classes of a Python module.

Their patterns are rewritten like Presidio's own (``detectors.rewrite``): ``\b`` works beside Chinese and Thai letters, and no match leaves
its line. What the scanner cannot find exactly in pieces is refused at the start, with the reason.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import yaml
from presidio_analyzer import EntityRecognizer, Pattern, PatternRecognizer
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from detectors.engine_parts import holds_blank
from detectors.patterns import parse, refusal
from detectors.rewrite import UNBOUNDED, edge_of, mended, width
from schemas.errors import ConfigurationError

FLAGS = int(re.DOTALL | re.MULTILINE | re.IGNORECASE)  # as Presidio compiles patterns
_ENTITY = re.compile(r"[A-Z][A-Z0-9_]*")


@dataclass(frozen=True, slots=True)
class CustomRecognizer:
    """A recogniser of the user, ready to join an engine.

    Attributes:
        recognizer: The object.
        name: As it is written into findings.
        origin: The file or module that it comes from, for messages.
        norm: What its author says that defines the identifier; may be empty.
    """

    recognizer: PatternRecognizer
    name: str
    origin: str
    norm: str = ""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _PatternEntry(_Strict):
    name: str = Field(min_length=1)
    regex: str = Field(min_length=1)
    score: float = Field(ge=0.0, le=1.0)


class _LanguageEntry(_Strict):
    language: str
    context: tuple[str, ...] = ()


class _Entry(_Strict):
    """One recogniser of the file; ``cap``, ``country`` and ``norm`` are ours, the rest is Presidio's."""

    name: str = Field(min_length=1)
    supported_entity: str = Field(pattern=_ENTITY.pattern)
    type: Literal["custom"] = "custom"
    enabled: bool = True
    # Accepted as Presidio has it and not used: identifiers are looked for in texts of every language.
    supported_language: str | None = None
    supported_languages: tuple[str | _LanguageEntry, ...] = ()
    patterns: tuple[_PatternEntry, ...] = ()
    context: tuple[str, ...] = ()
    deny_list: tuple[Annotated[str, Field(min_length=1)], ...] = ()
    deny_list_score: float = Field(default=1.0, ge=0.0, le=1.0)
    cap: int | None = Field(default=None, ge=1)
    country: str | None = Field(default=None, pattern="^[a-z]{2}$")
    norm: str = ""

    @model_validator(mode="after")
    def _has_something(self) -> Self:
        if not self.patterns and not self.deny_list:
            raise ValueError("it has neither patterns nor a deny_list")
        return self


class _File(_Strict):
    recognizers: tuple[_Entry, ...]


def load_custom(path: Path | None, modules: Sequence[str] = ()) -> tuple[CustomRecognizer, ...]:
    """Return the user's recognisers from a YAML file and from Python classes.

    Args:
        path: The file, or None.
        modules: Classes as ``package.module:Class``, each a ``PatternRecognizer`` that can be built without arguments; of its attributes
            ``CAP`` and ``NORM`` mean what ``cap`` and ``norm`` mean in the file.

    Raises:
        ConfigurationError: One line: which file, recogniser and pattern, and why it is refused.
    """
    found = [*(_from_file(path) if path is not None else ()), *(_from_class(where) for where in modules)]
    names = [one.name for one in found]
    for one in found:
        if names.count(one.name) > 1:
            raise ConfigurationError(f"{one.origin}: two recognisers are named {one.name}")
    return tuple(found)


def _from_file(path: Path) -> Iterable[CustomRecognizer]:
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as failure:
        raise ConfigurationError(f"recognisers {path.name}: it cannot be read ({type(failure).__name__})") from None
    try:
        entries = _File.model_validate(yaml.safe_load(text)).recognizers
    except yaml.YAMLError:
        raise ConfigurationError(f"recognisers {path.name}: it is no YAML") from None
    except ValidationError as failure:
        first = failure.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ConfigurationError(f"recognisers {path.name}: {where or 'the file'}: {first['msg']}") from None
    return [_from_entry(entry, path.name) for entry in entries if entry.enabled]


def _from_entry(entry: _Entry, origin: str) -> CustomRecognizer:
    patterns = [
        Pattern(
            one.name, bounded(one.regex, FLAGS, cap=entry.cap, what=f"{origin}: recogniser {entry.name}, pattern {one.name}"), one.score
        )
        for one in entry.patterns
    ]
    if entry.deny_list:
        source = _words_source(entry.deny_list)
        _check(source, FLAGS, f"{origin}: recogniser {entry.name}, deny_list")
        patterns.append(Pattern("words", source, entry.deny_list_score))
    by_language = [word for one in entry.supported_languages if isinstance(one, _LanguageEntry) for word in one.context]
    recognizer = PatternRecognizer(
        supported_entity=entry.supported_entity,
        name=entry.name,
        patterns=patterns,
        context=[*entry.context, *by_language],
        country_code=entry.country,
    )
    return CustomRecognizer(recognizer, entry.name, origin, entry.norm)


def _from_class(where: str) -> CustomRecognizer:
    """Import one class and rewrite its patterns."""
    module, _, name = where.partition(":")
    try:
        kind = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError, ValueError) as failure:
        raise ConfigurationError(f"recogniser {where}: it cannot be imported as module:Class ({type(failure).__name__})") from None
    if not (isinstance(kind, type) and issubclass(kind, PatternRecognizer)):
        raise ConfigurationError(f"recogniser {where}: it is no PatternRecognizer, and only patterns can be scanned in pieces")
    if kind.analyze is not PatternRecognizer.analyze:
        raise ConfigurationError(f"recogniser {where}: it has an analyze of its own, so its patterns do not say what it finds")
    if kind.enhance_using_context is not EntityRecognizer.enhance_using_context:
        raise ConfigurationError(f"recogniser {where}: it changes scores by a rule of its own")
    build: Any = kind
    try:
        recognizer = build()
    except Exception as failure:  # noqa: BLE001 - the user's own code may raise anything
        raise ConfigurationError(f"recogniser {where}: it cannot be built without arguments ({type(failure).__name__})") from None
    recognizer.supported_language = "en"  # the language of the engine that it joins
    cap = getattr(kind, "CAP", None)
    recognizer.patterns = [_of_class(pattern, recognizer, cap, where) for pattern in recognizer.patterns]
    return CustomRecognizer(recognizer, str(recognizer.name), where, str(getattr(kind, "NORM", "")))


def _of_class(pattern: Pattern, owner: Any, cap: int | None, where: str) -> Pattern:
    flags = int(owner.global_regex_flags or 0)
    if pattern.name == "deny_list" and owner.deny_list:
        source = _words_source(owner.deny_list)
        _check(source, flags, f"recogniser {where}, deny_list")
        return Pattern("words", source, pattern.score)
    return Pattern(pattern.name, bounded(pattern.regex, flags, cap=cap, what=f"recogniser {where}, pattern {pattern.name}"), pattern.score)


def bounded(source: str, flags: int, *, cap: int | None, what: str) -> str:
    """Return a user's pattern rewritten so that it can be scanned in pieces.

    Args:
        source: The pattern as the user wrote it.
        flags: What it is compiled with.
        cap: Most code points that a match may have; needed where the pattern has no bound and can match blanks.
        what: Names file, recogniser and pattern for the message.

    Raises:
        ConfigurationError: The pattern cannot be read, has no bound and no cap, or breaks what ``detectors.cut`` assumes.
    """
    try:
        written = mended(source, flags, cap=cap)
        tree = parse(written, flags)
    except re.error as failure:
        raise ConfigurationError(f"{what}: it cannot be read ({failure.msg})") from None
    except ValueError as failure:
        raise ConfigurationError(f"{what}: {failure} of {cap} characters") from None
    if width(tree) >= UNBOUNDED and holds_blank(tree, looks=False):
        raise ConfigurationError(f"{what}: it has no bound and can match blanks; state a cap, or bound its repeats")
    _check(written, flags, what)
    return written


def _check(source: str, flags: int, what: str) -> None:
    try:
        Pattern("", source, 0.0)  # compiles it
    except ValueError:
        raise ConfigurationError(f"{what}: the regex module cannot compile it") from None
    why = refusal(source, flags)
    if why:
        raise ConfigurationError(f"{what}: {why}, so it cannot be scanned in pieces")


def _words_source(words: Iterable[str]) -> str:
    """Return a pattern of literal words, each standing alone as its script has it; the longest first."""
    ordered = sorted(set(words), key=lambda word: (-len(word), word))
    return "|".join("(?:" + re.escape(word).join(edge_of(word)) + ")" for word in ordered)
