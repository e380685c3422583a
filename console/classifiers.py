"""What the text model and the language model say of texts of which it is known: the whole measurement, without a word of a text."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from console.classifier_scores import Judged, JudgedSet
from console.classify import Classified, classify_documents, open_reader
from console.documents import Document
from console.known_texts import (
    FOREIGN,
    HAND,
    TRAINING,
    TRAINING_PATH,
    TYPES,
    UNER,
    Known,
    hand_domains,
    hand_kinds,
    hand_languages,
    hand_names,
    training_domains,
    training_kinds,
    training_names,
    uner,
)

if TYPE_CHECKING:
    from detectors.chinese import ChineseNamesRecognizer
    from detectors.finding import Finding
    from detectors.reading import TextReader

MODEL, LAC, SPACY, SPACY_PHRASES = "text model", "LAC lane", "spaCy lane", "spaCy and phrases lanes"
TRAINED_LANGUAGES = ("zh", "en")
_NAMES = frozenset(TYPES.values())
_STATUS = Path("/proc/self/status")
_MIB = 1024  # kibibytes


@dataclass(frozen=True, slots=True)
class TextSets:
    """The texts to measure on: by what is known of them, then by where they are from.

    Attributes:
        names: Texts whose names are known.
        domains: Texts of which it is known what they are about.
        kinds: Texts whose kind is known.
        languages: Texts whose language is to be told.
    """

    names: dict[str, tuple[Known, ...]]
    domains: dict[str, tuple[Known, ...]]
    kinds: dict[str, tuple[Known, ...]]
    languages: dict[str, tuple[Known, ...]]


@dataclass(frozen=True, slots=True)
class Cost:
    """What the models cost.

    Attributes:
        load_s: Seconds from nothing to all of them ready, digests checked.
        before_mib: Memory of the process before they were loaded.
        loaded_mib: Afterwards.
        peak_mib: The most that it had in the whole run, the lanes beside included; 0 until it is known.
    """

    load_s: float
    before_mib: int
    loaded_mib: int
    peak_mib: int = 0


@dataclass(slots=True)
class Measured:
    """All that was said, by what was asked.

    Attributes:
        names: Sets whose names are known, one for each finder.
        domains: Sets of which it is known what they are about.
        kinds: Sets whose kinds are known.
        languages: Sets whose languages are known.
    """

    names: list[JudgedSet] = field(default_factory=list)
    domains: list[JudgedSet] = field(default_factory=list)
    kinds: list[JudgedSet] = field(default_factory=list)
    languages: list[JudgedSet] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Loaded:
    """The models, opened."""

    reader: TextReader
    chinese: ChineseNamesRecognizer
    cost: Cost


def text_sets(directory: Path | None, training: Path = TRAINING_PATH) -> TextSets:
    """Return the texts to measure on; a source that is not there is left out.

    Args:
        directory: With ``pii/uner-*.iob2``; None: without Universal NER.
        training: Where the training sentences lie; an installed wheel has none.

    Raises:
        ConfigurationError: A file of Universal NER is missing or damaged.
    """
    foreign = tuple(one for language in UNER for one in uner(directory, language)) if directory else ()
    learned_names = tuple(one for language in TRAINED_LANGUAGES for one in training_names(language, training))
    learned_domains = tuple(one for language in TRAINED_LANGUAGES for one in training_domains(language, training))
    return TextSets(
        names=_there({TRAINING: learned_names, HAND: hand_names(), FOREIGN: foreign}),
        domains=_there({TRAINING: learned_domains, HAND: hand_domains()}),
        kinds=_there({TRAINING: training_kinds(training), HAND: hand_kinds()}),
        languages=_there({HAND: hand_languages(), FOREIGN: foreign}),
    )


def _there(sets: dict[str, tuple[Known, ...]]) -> dict[str, tuple[Known, ...]]:
    return {name: texts for name, texts in sets.items() if texts}


def load(models: Path | None = None) -> Loaded:
    """Open the models and say what that cost.

    Args:
        models: Where the built models lie, if not in their package.

    Raises:
        ArtifactError: A model is missing or not the pinned one.
    """
    before, begun = _memory_mib(), time.monotonic()
    reader = open_reader(models)
    from detectors.chinese import ChineseNamesRecognizer, load_tagger  # noqa: PLC0415 - takes seconds to load

    chinese = ChineseNamesRecognizer(load_tagger(models))
    reader.read(["Ready?", "准备好了吗？"])  # the first forward makes room for itself
    return Loaded(reader, chinese, Cost(time.monotonic() - begun, before, _memory_mib()))


def _memory_mib() -> int:
    """Return what the process has in memory now; where the system does not say, the most that it had."""
    if _STATUS.is_file():
        for line in _STATUS.read_text(encoding="ascii").splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) // _MIB
    return peak_mib()


def peak_mib() -> int:
    """Return the most memory that the process had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // _MIB


def measure(sets: TextSets, reader: TextReader, on_texts: Callable[[int], object] = lambda _count: None) -> Measured:
    """Read all texts as ``carnet classify`` does, window by window.

    Args:
        sets: The texts; one that is in several sets is read once.
        reader: The models.
        on_texts: Called with how many more texts are done; in all, as many as ``distinct`` says.

    Raises:
        DetectionError: A model failed.
    """
    texts = distinct(sets)
    said: dict[str, Classified] = {}
    documents = (Document(str(number), text) for number, text in enumerate(texts))
    for text, one in zip(texts, classify_documents(documents, reader), strict=True):
        said[text] = one
        on_texts(1)

    def judged(own: dict[str, tuple[Known, ...]]) -> list[JudgedSet]:
        return [JudgedSet(name, MODEL, tuple(Judged(known, said[known.text]) for known in texts)) for name, texts in own.items()]

    return Measured(judged(sets.names), judged(sets.domains), judged(sets.kinds), judged(sets.languages))


def distinct(sets: TextSets) -> list[str]:
    """Return each text once."""
    groups = (sets.names, sets.domains, sets.kinds, sets.languages)
    return list(dict.fromkeys(known.text for own in groups for texts in own.values() for known in texts))


def chinese_lane(texts: Sequence[Known], recognizer: ChineseNamesRecognizer) -> JudgedSet:
    """Return what the lane of Chinese names finds in the sentences of Universal NER."""
    from detectors.finding import Finding  # noqa: PLC0415 - with the detectors

    judged = []
    for known in texts:
        found = recognizer.analyze(known.text, list(recognizer.ENTITIES))
        judged.append(_only_names(known, [Finding(one.start, one.end, one.entity_type, one.score, LAC) for one in found]))
    return JudgedSet(FOREIGN, LAC, tuple(judged))


def english_lanes(texts: Sequence[Known], models: Path | None = None) -> tuple[JudgedSet, JudgedSet]:
    """Return what spaCy's lane finds in the sentences of Universal NER (no organisations: it reports none), and with the phrases' lane."""
    from detectors.analyzer import analyze, build_engine  # noqa: PLC0415 - takes seconds to load

    engine = build_engine(presidio=False, models=models)
    spacy, both = [], []
    for known in texts:
        found = [one for one in analyze(engine, known.text) if one.entity_type in _NAMES]
        spacy.append(_only_names(known, [one for one in found if one.recognizer == "SpacyRecognizer"]))
        both.append(_only_names(known, found))
    return JudgedSet(FOREIGN, SPACY, tuple(spacy)), JudgedSet(FOREIGN, SPACY_PHRASES, tuple(both))


def _only_names(known: Known, names: Iterable[Finding]) -> Judged:
    """Return a text with what a finder of names says of it: nothing but names."""
    return Judged(known, Classified("", len(known.text), known.language, "", {}, (), tuple(names)))
