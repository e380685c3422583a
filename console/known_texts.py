"""Texts of which it is known what they say: the hand sets that ship, sentences of Universal NER, and a tenth of the training sentences.

The hand sets were composed one text at a time, before any training text and by someone who did not see those. How much a text of a set
shares with a training text can be counted (``shared``).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from console.coverage import Span
from schemas.errors import ConfigurationError

HAND, TRAINING, FOREIGN = "hand set", "training sentences", "Universal NER"
TRAINING_PATH: Final = Path(__file__).parents[1] / "models" / "training"
TRAINING_STEP: Final = 10  # every tenth of them
UNER: Final = {"zh": "uner-zh_gsdsimp-ud-dev.iob2", "en": "uner-en_ewt-ud-dev.iob2"}
TYPES: Final = {
    "P": "PERSON", "PER": "PERSON", "PERSON": "PERSON",
    "L": "LOCATION", "LOC": "LOCATION", "LOCATION": "LOCATION",
    "O": "ORGANIZATION", "ORG": "ORGANIZATION", "ORGANIZATION": "ORGANIZATION",
}  # fmt: skip

_SAMPLES = Path(__file__).with_name("samples")
_MARKED = re.compile(r"\[([^\[\]|]+)\|([A-Z]+)\]")
_BLANKS = re.compile(r"\s+")
_RUN_CHARS = 10
_TEXT_LINE = "# text = "
_SHORT_CHARS_MAX, _SHORT_CJK_MAX = 20, 12
_CJK = frozenset({"zh", "zh-Hant", "yue", "ja"})


@dataclass(frozen=True, slots=True)
class Known:
    """One text; what is None is not known of it.

    Attributes:
        text: All of it.
        language: ISO 639, with the script where that matters; ``zxx`` is no language.
        names: People, places and organisations, in code points.
        domains: What it is about.
        resembles: The domain that it looks like without being about it; empty if none.
        kind: What kind of text it is.
    """

    text: str
    language: str
    names: tuple[Span, ...] | None = None
    domains: frozenset[str] | None = None
    resembles: str = ""
    kind: str | None = None

    @property
    def is_short(self) -> bool:
        """Tell whether it is as short as a table cell: 20 characters, 12 where a character is a syllable."""
        return len(self.text) <= (_SHORT_CJK_MAX if self.language in _CJK else _SHORT_CHARS_MAX)


def marked(line: str) -> tuple[str, tuple[Span, ...]]:
    """Return a line without its marks ``[value|TYPE]``, and where each value is.

    Raises:
        ConfigurationError: A type is none of people, places, organisations.
    """
    text, at, names = "", 0, list[Span]()
    for found in _MARKED.finditer(line):
        if found[2] not in TYPES:
            raise ConfigurationError(f"a marked name has the type {found[2]}")
        text += line[at : found.start()]
        names.append((len(text), len(text) + len(found[1]), TYPES[found[2]]))
        text += found[1]
        at = found.end()
    return text + line[at:], tuple(names)


def hand_names() -> tuple[Known, ...]:
    """Return the sentences with names (``names.yaml``)."""
    return tuple(_named(one["text"], one["language"]) for one in _entries("names", "sentences"))


def hand_domains() -> tuple[Known, ...]:
    """Return the texts about sensitive domains, their look-alikes, and neutral ones (``domains.yaml``)."""
    return tuple(
        Known(one["text"], one["language"], domains=frozenset(one["labels"]), resembles=one.get("resembles", ""))
        for one in _entries("domains", "texts")
    )


def hand_kinds() -> tuple[Known, ...]:
    """Return the snippets by kind (``kinds.yaml``)."""
    return tuple(Known(one["text"].strip("\n"), one["language"], kind=one["kind"]) for one in _entries("kinds", "snippets"))


def hand_languages() -> tuple[Known, ...]:
    """Return the sentences and short strings by language (``languages.yaml``)."""
    return tuple(Known(one["text"], one["language"]) for one in _entries("languages", "texts"))


def training_names(language: str, folder: Path = TRAINING_PATH) -> tuple[Known, ...]:
    """Return every tenth training sentence with names of a language; none where the folder is not there (an installed wheel)."""
    return tuple(_named(line, language) for line in _lines(folder / "names" / f"{language}.txt")[::TRAINING_STEP])


def training_domains(language: str, folder: Path = TRAINING_PATH) -> tuple[Known, ...]:
    """Return every tenth training text about a domain or none; none where the folder is not there."""
    pairs = [line.split("\t", 1) for line in _lines(folder / "domains" / f"{language}.txt")[::TRAINING_STEP]]
    return tuple(
        Known(text.strip(), language, domains=frozenset(label.strip() for label in labels.split(",") if label.strip() != "-"))
        for labels, text in pairs
    )


def training_kinds(folder: Path = TRAINING_PATH) -> tuple[Known, ...]:
    """Return every tenth training snippet by kind; none where the folder is not there."""
    snippets = [one for path in sorted(folder.glob("kinds*.yaml")) for one in yaml.safe_load(path.read_text("utf-8"))["snippets"]]
    return tuple(Known(one["text"].strip("\n"), "", kind=one["kind"]) for one in snippets[::TRAINING_STEP])


def training_texts(folder: Path = TRAINING_PATH) -> tuple[str, ...]:
    """Return every training text of every language; none where the folder is not there."""
    names = [marked(line)[0] for path in sorted((folder / "names").glob("*.txt")) for line in _lines(path)]
    domains = [line.split("\t", 1)[-1] for path in sorted((folder / "domains").glob("*.txt")) for line in _lines(path)]
    kinds = [one["text"] for path in sorted(folder.glob("kinds*.yaml")) for one in yaml.safe_load(path.read_text("utf-8"))["snippets"]]
    return (*names, *domains, *kinds)


def shared(texts: Sequence[str], learned: Sequence[str]) -> list[float]:
    """Return for each text the largest share of its runs of ten characters that a single other text has too; case and blanks do not count.

    A text of fewer characters is one run.
    """
    holders: dict[str, list[int]] = {}
    wanted = [_runs(text) for text in texts]
    every = set().union(*wanted)
    for number, text in enumerate(learned):
        for run in _runs(text) & every:
            holders.setdefault(run, []).append(number)
    counts = (Counter(number for run in runs for number in holders.get(run, ())) for runs in wanted)
    return [max(count.values(), default=0) / len(runs) for count, runs in zip(counts, wanted, strict=True)]


def _runs(text: str) -> set[str]:
    plain = _BLANKS.sub(" ", text.lower()).strip()
    return {plain[at : at + _RUN_CHARS] for at in range(max(1, len(plain) - _RUN_CHARS + 1))}


def uner(directory: Path, language: str) -> tuple[Known, ...]:
    """Return the sentences of Universal NER of one language, as they were written.

    Args:
        directory: With ``pii/uner-*.iob2``.
        language: ``zh`` or ``en``.

    Raises:
        ConfigurationError: The file is not there, or its tokens are not those of its texts.
    """
    path = directory / "pii" / UNER[language]
    if not path.is_file():
        raise ConfigurationError(f"{directory} has no pii/{path.name} (--data names the folder above pii)")
    return tuple(_sentences(path, language))


def _sentences(path: Path, language: str) -> Iterator[Known]:
    text, at, spans = "", 0, list[Span]()
    for line in [*path.read_text(encoding="utf-8").splitlines(), ""]:
        fields = line.split("\t")
        if line.startswith(_TEXT_LINE):
            text, at, spans = line.removeprefix(_TEXT_LINE), 0, []
        elif len(fields) > 2 and not line.startswith("#"):
            start = text.find(fields[1], at)
            if start < 0:
                raise ConfigurationError(f"{path.name}: a token is not in its text behind character {at}")
            at = start + len(fields[1])
            place, _, kind = fields[2].partition("-")
            if place == "B" and kind in TYPES:
                spans.append((start, at, TYPES[kind]))
            elif place == "I" and kind in TYPES and spans:
                spans[-1] = (spans[-1][0], at, spans[-1][2])
        elif not line and text:
            yield Known(text, language, names=tuple(spans))
            text, spans = "", []


def _named(line: str, language: str) -> Known:
    text, names = marked(line)
    return Known(text, language, names=names)


def _entries(stem: str, key: str) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = yaml.safe_load((_SAMPLES / f"{stem}.yaml").read_text("utf-8"))[key]
    return entries


def _lines(path: Path) -> list[str]:
    """Return the lines of a training file without its remarks."""
    if not path.is_file():
        return []
    return [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip() and not line.startswith("#")]
