"""The whole-text reference: Presidio's engine as Carnet runs it."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import tldextract
from presidio_analyzer import AnalyzerEngine, RecognizerRegistry, RecognizerResult
from presidio_analyzer.nlp_engine import NlpArtifacts
from presidio_analyzer.predefined_recognizers import EmailRecognizer, UrlRecognizer
from presidio_analyzer.recognizer_registry import RecognizerRegistryProvider

from detectors.blas import use_one_thread
from detectors.budget import limit
from detectors.chinese import ChineseNamesRecognizer, load_tagger
from detectors.engine_parts import EngineParts, PatternPart, PhonePart, take_apart
from detectors.finding import Finding
from detectors.phrases import PhraseRecognizer
from detectors.recognizers import presidio as theirs
from detectors.recognizers.calibration import calibrated
from detectors.recognizers.catalogue import codes_of, of_countries, replaced_by
from detectors.recognizers.cn.mobile import CnMobileRecognizer
from detectors.recognizers.cn.resident_id import CnResidentIdRecognizer
from detectors.recognizers.common.telephone import TelephoneRecognizer
from detectors.recognizers.custom import CustomRecognizer
from detectors.recognizers.disguise import DisguisedRecognizer, SpacedDigitsRecognizer
from detectors.recognizers.identifier import IdentifierRecognizer
from detectors.urls import url_stretches
from detectors.whole_text import LANGUAGE, SPACY_MODEL, LocalContextEnhancer, NamesNlpEngine, NamesRecognizer, lowered, names_engine
from schemas.errors import ConfigurationError

__all__ = [
    "LANGUAGE",
    "SPACY_MODEL",
    "Engine",
    "EngineParts",
    "LinearUrlRecognizer",
    "LocalContextEnhancer",
    "NamesNlpEngine",
    "OfflineEmailRecognizer",
    "PatternPart",
    "PhonePart",
    "analyze",
    "build_engine",
    "lowered",
    "take_apart",
]

Engine = AnalyzerEngine  # so that no other module names Presidio
_ALWAYS: tuple[type[IdentifierRecognizer], ...] = (CnResidentIdRecognizer, CnMobileRecognizer)


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


_MENDED: tuple[tuple[Any, str], ...] = (
    (OfflineEmailRecognizer, "EmailRecognizer"),
    (LinearUrlRecognizer, "UrlRecognizer"),
    (TelephoneRecognizer, "PhoneRecognizer"),
)


def build_engine(
    countries: Sequence[str] = (),
    *,
    custom: Sequence[CustomRecognizer] = (),
    presidio: bool = True,
    lanes: bool = True,
    models: Path | None = None,
) -> AnalyzerEngine:
    """Return the whole-text engine: Presidio's default English recognisers, spaCy's small English model, and what is asked for besides.

    Needs no network: the model and the public suffix list come from installed packages.

    Args:
        countries: Countries whose identifiers are looked for besides, Carnet's own and Presidio's (mended, ``recognizers.presidio``);
            ``all`` or ``auto`` for every one: ``auto`` leaves the choice to the thresholds of each stream. Where both have one, the
            catalogue says which is better. The mainland resident number and mobile number always are looked for.
        custom: Recognisers of the user (``recognizers.custom``).
        presidio: Whether Presidio's own recognisers of these countries join.
        lanes: Whether phrases (addresses, organisations) and Chinese names are looked for.
        models: Where the built models lie, if not in their package.

    Raises:
        ConfigurationError: A country has no recognisers, or a recogniser of the user has a name that is taken.
        ArtifactError: The model of Chinese names was not built, or is not the pinned one.
    """
    use_one_thread()
    # Presidio logs what it could not validate, the text itself. Errors reach us as exceptions.
    logging.getLogger("presidio-analyzer").setLevel(logging.CRITICAL)
    codes = codes_of(countries)
    nlp_engine = names_engine()
    registry: RecognizerRegistry = RecognizerRegistryProvider(
        registry_configuration={"supported_languages": [LANGUAGE]}
    ).create_recognizer_registry()
    for ours, name in _MENDED:
        registry.remove_recognizer(name)
        registry.add_recognizer(ours(supported_language=LANGUAGE, name=name))
    own = tuple(dict.fromkeys((*_ALWAYS, *of_countries(countries))))
    replaced = replaced_by(own)
    for name in replaced:
        registry.remove_recognizer(name)
    for name, kind in theirs.country_classes().items() if presidio else ():
        if codes is None or kind.COUNTRY_CODE in codes:
            registry.remove_recognizer(name)
            if name not in replaced:
                registry.add_recognizer(calibrated(theirs.mend(kind, LANGUAGE)))
    identifiers = [identifier(supported_language=LANGUAGE) for identifier in own]
    for identifier in identifiers:
        registry.add_recognizer(identifier)
    if countries:
        inner = (*identifiers, TelephoneRecognizer(supported_language=LANGUAGE))
        for disguised in (DisguisedRecognizer, SpacedDigitsRecognizer):
            registry.add_recognizer(disguised(inner, LANGUAGE))
    _add_custom(registry, custom)
    registry.add_recognizer(NamesRecognizer(LANGUAGE, nlp_engine.get_supported_entities()))
    if lanes:
        registry.add_recognizer(PhraseRecognizer(LANGUAGE))
        registry.add_recognizer(ChineseNamesRecognizer(load_tagger(models), LANGUAGE))
    limit(registry.recognizers)
    return AnalyzerEngine(
        registry=registry, nlp_engine=nlp_engine, supported_languages=[LANGUAGE], context_aware_enhancer=LocalContextEnhancer()
    )


def _add_custom(registry: RecognizerRegistry, custom: Sequence[CustomRecognizer]) -> None:
    present: Any = registry.recognizers
    taken = {str(recognizer.name) for recognizer in present}
    for one in custom:
        if one.name in taken:
            raise ConfigurationError(f"{one.origin}: a recogniser named {one.name} is there already; give yours another name")
        taken.add(one.name)
        registry.add_recognizer(one.recognizer)


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
