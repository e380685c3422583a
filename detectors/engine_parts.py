"""A whole-text engine taken apart into what a scanner can run on a stream, piece by piece."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import phonenumbers
from presidio_analyzer import AnalyzerEngine, EntityRecognizer, PatternRecognizer
from presidio_analyzer.nlp_engine import NerModelConfiguration
from presidio_analyzer.predefined_recognizers import PhoneRecognizer, SpacyRecognizer

from detectors.chinese import ChineseNamesRecognizer, ChineseTagger
from detectors.finder import Finder, Found
from detectors.patterns import parse, refusal
from detectors.phones import Span
from detectors.phrases import PhraseRecognizer, PhraseTagger
from detectors.tokens import PieceTokenizer
from detectors.whole_text import LANGUAGE, LocalContextEnhancer, NamesNlpEngine, lowered
from schemas.errors import ConfigurationError

_Tagger = TypeVar("_Tagger")
_WHITE_SPACE = frozenset(char for char in map(chr, range(0x3001)) if char.isspace())
_WITH_BLANKS = frozenset(("CATEGORY_SPACE", "CATEGORY_NOT_DIGIT", "CATEGORY_NOT_WORD"))


@dataclass(frozen=True, slots=True)
class PatternPart:
    """One pattern recogniser.

    Attributes:
        name: As it is written into findings.
        recognizer: Presidio's object.
        context: Its context words in lower case.
        patterns: Source and flags of each pattern.
        solid: Whether neither its matches nor what they look at around them can have white space, so that single words will do.
        finder: Runs the patterns, and the recogniser's checks.
    """

    name: str
    recognizer: PatternRecognizer
    context: tuple[str, ...]
    patterns: tuple[tuple[str, int], ...]
    solid: bool
    finder: Finder

    def find(self, text: str, only: Sequence[int] | None = None) -> list[Found]:
        """Return start, end, type and score of what the recogniser finds in a text, before context.

        Args:
            text: Where to look.
            only: Places of the patterns that can match in it; None: not known.
        """
        return self.finder.find(text, only)


@dataclass(frozen=True, slots=True)
class PhonePart:
    """The telephone recogniser."""

    name: str
    recognizer: PhoneRecognizer
    context: tuple[str, ...]
    entity_type: str
    score: float

    def find(self, text: str) -> list[Span]:
        """Return the spans of the numbers in a text."""
        recognizer: Any = self.recognizer
        found = recognizer.analyze(text=text, entities=recognizer.supported_entities, nlp_artifacts=None)
        return [(one.start, one.end) for one in found]

    def is_number(self, digits: str) -> bool:
        """Tell whether bare digits are a valid number in one of the recogniser's regions."""
        for region in self.recognizer.supported_regions:
            try:
                if phonenumbers.is_valid_number(phonenumbers.parse(digits, region)):
                    return True
            except phonenumbers.NumberParseException:
                continue
        return False


@dataclass(frozen=True, slots=True)
class Lane(Generic[_Tagger]):
    """A tagger that reads the text of streams for itself, and the name that its findings carry."""

    name: str
    tagger: _Tagger


@dataclass(frozen=True, slots=True)
class EngineParts:
    """An engine taken apart.

    Attributes:
        nlp: The spaCy pipeline.
        tokenizer: Its tokenizer.
        patterns: The pattern recognisers.
        phone: The telephone recogniser, if there is one.
        names: Name of the recogniser that reports spaCy's entities, empty if there is none.
        labels: The model's labels that are reported: entity type and score.
        thresholds: Least score by recogniser name and entity type; 0 where nothing is said.
        phrases: The lane of addresses and organisations, if the engine has it.
        chinese: The lane of Chinese names, if the engine has it.
    """

    nlp: Any
    tokenizer: PieceTokenizer
    patterns: tuple[PatternPart, ...]
    phone: PhonePart | None
    names: str
    labels: dict[str, tuple[str, float]]
    thresholds: dict[tuple[str, str], float]
    phrases: Lane[PhraseTagger] | None
    chinese: Lane[ChineseTagger] | None


def take_apart(engine: AnalyzerEngine) -> EngineParts:
    """Return the parts of an engine that can be run on a stream.

    Raises:
        ConfigurationError: A recogniser cannot be run in pieces with the same findings, or the engine is not one of ``build_engine``'s
        kind.
    """
    nlp_engine = engine.nlp_engine
    if not isinstance(nlp_engine, NamesNlpEngine) or not isinstance(engine.context_aware_enhancer, LocalContextEnhancer):
        raise ConfigurationError(
            "the scanner needs an engine with NamesNlpEngine and LocalContextEnhancer: use detectors.analyzer.build_engine"
        )
    patterns: list[PatternPart] = []
    phone: PhonePart | None = None
    names: SpacyRecognizer | None = None
    phrases: Lane[PhraseTagger] | None = None
    chinese: Lane[ChineseTagger] | None = None
    nlp: Any = nlp_engine.get_nlp(LANGUAGE)
    thresholds: dict[tuple[str, str], float] = {}
    for recognizer in engine.registry.get_recognizers(language=LANGUAGE, all_fields=True):
        name = _name(recognizer)
        if type(recognizer).enhance_using_context is not EntityRecognizer.enhance_using_context:
            raise ConfigurationError(f"recogniser {name} changes scores by a rule of its own: it cannot be scanned in pieces")
        for entity_type in recognizer.supported_entities:
            least = recognizer.score_thresholds.get(entity_type, recognizer.score_thresholds.get("default", engine.default_score_threshold))
            thresholds[name, entity_type] = float(least)
        if isinstance(recognizer, PatternRecognizer):
            patterns.append(_pattern_part(recognizer))
        elif isinstance(recognizer, PhoneRecognizer) and phone is None:
            phone = PhonePart(name, recognizer, lowered(recognizer.context), recognizer.supported_entities[0], float(recognizer.SCORE))
        elif isinstance(recognizer, SpacyRecognizer) and names is None:
            names = recognizer
        elif isinstance(recognizer, PhraseRecognizer) and phrases is None:
            phrases = Lane(name, recognizer.tagger_of(nlp.vocab))
        elif isinstance(recognizer, ChineseNamesRecognizer) and chinese is None:
            chinese = Lane(name, recognizer.tagger)
        else:
            raise ConfigurationError(f"recogniser {name} is of a kind that cannot be scanned in pieces")
    return EngineParts(
        nlp=nlp,
        tokenizer=nlp.tokenizer,
        patterns=tuple(patterns),
        phone=phone,
        names=_name(names) if names else "",
        labels=_labels(nlp_engine.ner_model_configuration, names.supported_entities) if names else {},
        thresholds=thresholds,
        phrases=phrases,
        chinese=chinese,
    )


def _name(recognizer: Any) -> str:
    """Return a recogniser's name; Presidio leaves its type open."""
    return str(recognizer.name)


def _pattern_part(recognizer: PatternRecognizer) -> PatternPart:
    """Check a pattern recogniser and describe it."""
    described: list[tuple[str, int]] = []
    flags = int(recognizer.global_regex_flags or 0)
    patterns: Sequence[Any] = getattr(recognizer, "patterns", ())
    for pattern in patterns:
        why = refusal(pattern.regex, flags, anchored=pattern.name == "deny_list")
        if why:
            raise ConfigurationError(f"recogniser {_name(recognizer)}, pattern {pattern.name}: {why}, so it cannot be scanned in pieces")
        described.append((pattern.regex, flags))
    return PatternPart(
        name=_name(recognizer),
        recognizer=recognizer,
        context=lowered(recognizer.context),
        patterns=tuple(described),
        solid=not any(holds_blank(parse(source, flags), looks=True) for source, flags in described),
        finder=Finder(recognizer),
    )


def holds_blank(items: Iterable[Any], *, looks: bool) -> bool:
    """Tell whether a match of a parsed pattern can have white space in it.

    Args:
        items: The parse tree.
        looks: Whether what look-arounds match counts too.
    """
    return any(_item_holds_blank(str(op), argument, looks=looks) for op, argument in items)


def _item_holds_blank(op: str, argument: Any, *, looks: bool) -> bool:
    if op in {"LITERAL", "IN", "ANY", "NOT_LITERAL"}:
        kinds = [("LITERAL", argument)] if op == "LITERAL" else [(str(kind), value) for kind, value in argument] if op == "IN" else []
        return not kinds or _class_holds_blank(kinds)
    if op in {"ASSERT", "ASSERT_NOT"}:
        return looks and holds_blank(argument[1], looks=looks)
    if op == "BRANCH":
        return any(holds_blank(branch, looks=looks) for branch in argument[1])
    if op in {"GROUPREF", "AT"}:
        return False  # the group itself is looked at where it stands; a word's edge is the same beside a blank and at the end of a text
    return holds_blank(argument if op == "ATOMIC_GROUP" else argument[-1], looks=looks)


def _class_holds_blank(items: Sequence[tuple[str, Any]]) -> bool:
    if items[0][0] == "NEGATE":
        # Shutting out all blanks, all but digits, or all but words shuts out white space; nothing else surely does.
        return not any(kind == "CATEGORY" and str(value) in _WITH_BLANKS for kind, value in items)
    return any(
        (kind == "LITERAL" and chr(value) in _WHITE_SPACE)
        or (kind == "RANGE" and any(value[0] <= ord(char) <= value[1] for char in _WHITE_SPACE))
        or (kind == "CATEGORY" and str(value) in _WITH_BLANKS)
        for kind, value in items
    )


def _labels(configuration: NerModelConfiguration, supported: Sequence[str]) -> dict[str, tuple[str, float]]:
    """Return which labels of the model are reported, as which type and with which score."""
    ignored = set(configuration.labels_to_ignore or ())
    out: dict[str, tuple[str, float]] = {}
    for label, entity_type in (configuration.model_to_presidio_entity_mapping or {}).items():
        if label not in ignored and entity_type not in ignored and entity_type in supported:
            score = float(configuration.default_score or 0.0)
            if entity_type in (configuration.low_score_entity_names or ()):
                score *= float(configuration.low_confidence_score_multiplier or 1.0)
            out[label] = (entity_type, score)
    return out
