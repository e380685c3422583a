"""How well values are found: known texts through Carnet and, if asked for, through others; precision, recall and F2 of each.

Sets: the shipped hard cases; with a directory of data also presidio-research's synthetic texts, Chinese of Universal NER, and real answers
of language models, of which only the number of findings is counted. Nothing of a text leaves this module but counts.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol

from console.coverage import Coverage, Span, score
from console.documents import Document
from console.places import AUTO, parse_wanted
from console.samples.hard_cases import hard_cases
from console.scan import new_engine, new_scanner, scan_documents
from console.selection import Selector
from detectors.thresholds import bundled
from schemas.errors import ConfigurationError

ROOT: Final = Path(__file__).parents[1]
ADAPTERS: Final = ROOT / "benchmarks" / "rivals.py"
ENVIRONMENT: Final = ROOT / ".carnet" / "rivals" / "bin" / "python"  # as benchmarks/README.md sets it up
HERE: Final = ("presidio", "presidio-all")  # these are in Carnet's own environment
ELSEWHERE: Final = ("argus-redact", "datafog")
LEFT_OUT: Final = frozenset({"TITLE", "MENTION"})
HARD: Final = "hard cases"
_BATCH_TEXTS = 16
_WORD = re.compile(r"[\u3400-\u9fff]|[^\s\u3400-\u9fff]+")  # a Chinese character counts as one word


@dataclass(frozen=True, slots=True)
class Example:
    """A text with what is in it.

    Attributes:
        text: All of it.
        gold: The known values; None: nobody knows, so findings are only counted.
    """

    text: str
    gold: tuple[Span, ...] | None


@dataclass(frozen=True, slots=True)
class TextSet:
    """Texts of one kind.

    Attributes:
        name: For the reader.
        examples: The texts.
    """

    name: str
    examples: tuple[Example, ...]


class Finder(Protocol):
    """Something that finds values."""

    name: str

    def find(self, texts: Sequence[str]) -> list[list[Span]]:
        """Return what is found in each text."""


@dataclass(slots=True)
class Judged:
    """What one finder did on one set.

    Attributes:
        texts: Name of the set.
        finder: Name of the finder.
        words: How many there were.
        coverage: Counts against the known values; where none are known, of findings alone.
        known: Whether the values are known.
    """

    texts: str
    finder: str
    words: int = 0
    known: bool = True
    coverage: Coverage = field(default_factory=Coverage)

    @property
    def per_1000_words(self) -> float:
        """Return how many findings there are in a thousand words."""
        return 1000 * sum(self.coverage.findings.values()) / max(1, self.words)

    def as_fields(self) -> dict[str, Any]:
        """Return all of it for a machine."""
        cover = self.coverage
        fields: dict[str, Any] = {"texts": self.texts, "finder": self.finder, "words": self.words, "findings": cover.findings}
        fields["findings_per_1000_words"] = round(self.per_1000_words, 2)
        if self.known:
            fields |= {"values": cover.values, "found": cover.found, "false": cover.false}
            fields |= {"precision": round(cover.precision, 4), "recall": round(cover.recall, 4), "f2": round(cover.f2, 4)}
        return fields


# --- sets -------------------------------------------------------------------------------------------------------------------------------


def text_sets(directory: Path | None, answers: int) -> tuple[TextSet, ...]:
    """Return the sets: the shipped one in its two halves, and those that are in a directory of data.

    Args:
        directory: With ``pii/*.jsonl`` (``text``, ``spans``), ``pii/*.iob2`` and ``corpora/*.jsonl`` (``output``); None: no data.
        answers: At most so many texts of each file of ``corpora``.

    Raises:
        ConfigurationError: There are no data in the directory.
    """
    cases = hard_cases()
    sets = [
        TextSet(HARD, tuple(Example(one.text, one.values) for one in cases)),
        TextSet(f"{HARD}, odd (development)", tuple(Example(one.text, one.values) for one in cases if one.for_development)),
        TextSet(f"{HARD}, even (report)", tuple(Example(one.text, one.values) for one in cases if not one.for_development)),
    ]
    if directory is None:
        return tuple(sets)
    more = [TextSet(path.stem, tuple(_spanned(path))) for path in sorted(directory.glob("pii/*.jsonl"))]
    more += [TextSet(path.stem, tuple(_tagged(path))) for path in sorted(directory.glob("pii/*zh*dev.iob2"))]
    more += [TextSet(path.stem, tuple(_answers(path, answers))) for path in sorted(directory.glob("corpora/*.jsonl"))]
    if not more:
        raise ConfigurationError(f"{directory} has no pii/*.jsonl, pii/*.iob2 or corpora/*.jsonl (--data names the folder above them)")
    return (*sets, *more)


def _spanned(path: Path) -> Iterator[Example]:
    for fields in _lines(path):
        yield Example(fields["text"], tuple((one["start"], one["end"], one["type"]) for one in fields["spans"]))


def _answers(path: Path, count: int) -> Iterator[Example]:
    for fields in _lines(path)[:count]:
        yield Example(fields["output"], None)


def _lines(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def _tagged(path: Path) -> Iterator[Example]:
    """Yield the sentences of an IOB2 file, their tokens joined without blanks."""
    names = {"PER": "PERSON", "LOC": "LOCATION", "ORG": "ORGANIZATION"}
    text, spans = "", list[Span]()
    for line in [*path.read_text(encoding="utf-8").splitlines(), ""]:
        fields = line.split("\t")
        if line.startswith("#"):
            continue
        if len(fields) > 2:
            token, mark = fields[1], fields[2]
            if mark.startswith("B-"):
                spans.append((len(text), len(text) + len(token), names.get(mark[2:], mark[2:])))
            elif mark.startswith("I-") and spans:
                spans[-1] = (spans[-1][0], len(text) + len(token), spans[-1][2])
            text += token
        elif text:
            yield Example(text, tuple(spans))
            text, spans = "", []


# --- finders ----------------------------------------------------------------------------------------------------------------------------


class Carnet:
    """Carnet as ``carnet scan`` runs it: all recognisers, thresholds by the countries of the text."""

    name = "Carnet"

    def __init__(self) -> None:
        self._scanner = new_scanner(new_engine())
        self._selector = Selector(parse_wanted(AUTO, AUTO, "", bundled()))

    def find(self, texts: Sequence[str]) -> list[list[Span]]:
        """Return what is found in each text."""
        documents = [Document(str(number), text) for number, text in enumerate(texts)]
        kept = (self._selector.select(scanned).findings for scanned in scan_documents(documents, self._scanner))
        return [[(found.start, found.end, found.entity_type) for found in findings] for findings in kept]


class Rival:
    """Another detector, run by ``benchmarks/rivals.py`` in the environment that has it."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.name: str = self._answer()["name"]

    def find(self, texts: Sequence[str]) -> list[list[Span]]:
        """Return what it finds in each text."""
        out = []
        for text in texts:
            self._write(json.dumps({"text": text}) + "\n")
            out.append([(start, end, kind) for start, end, kind in self._answer()["findings"]])
        return out

    def _write(self, line: str) -> None:
        if self._process.stdin is not None:
            self._process.stdin.write(line)
            self._process.stdin.flush()

    def _answer(self) -> dict[str, Any]:
        line = self._process.stdout.readline() if self._process.stdout is not None else ""
        if not line:
            raise ConfigurationError(
                "a rival ended without an answer (benchmarks/requirements-rivals.txt lists what its environment needs)"
            )
        fields: dict[str, Any] = json.loads(line)
        return fields


@contextmanager
def rival(name: str, python: Path = ENVIRONMENT) -> Iterator[Rival]:
    """Start a rival and end it again.

    Args:
        name: One of ``HERE`` or ``ELSEWHERE``.
        python: The interpreter of the environment of those elsewhere.

    Raises:
        ConfigurationError: The adapters or the environment are not there.
    """
    interpreter = Path(sys.executable) if name in HERE else python
    for needed in (ADAPTERS, interpreter):
        if not needed.exists():
            raise ConfigurationError(f"{needed.name} is not there: --rivals needs a checkout with .carnet/rivals (benchmarks/README.md)")
    process = subprocess.Popen(
        [str(interpreter), str(ADAPTERS), name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding="utf-8"
    )
    try:
        yield Rival(process)
    finally:
        process.kill()
        process.communicate()


# --- judging ----------------------------------------------------------------------------------------------------------------------------


def judge(sets: Sequence[TextSet], finder: Finder, on_texts: Callable[[int], object] = lambda _count: None) -> list[Judged]:
    """Run one finder over all sets.

    Args:
        sets: The texts; one that is in several sets is looked at once.
        finder: What finds.
        on_texts: Called with how many more texts are done.
    """
    known: dict[str, list[Span]] = {}
    out = []
    for one in sets:
        judged = Judged(one.name, finder.name)
        for start in range(0, len(one.examples), _BATCH_TEXTS):
            batch = one.examples[start : start + _BATCH_TEXTS]
            fresh = [text for text in dict.fromkeys(example.text for example in batch) if text not in known]
            known.update(zip(fresh, finder.find(fresh), strict=True))
            for example in batch:
                _add(judged, example, known[example.text])
            on_texts(len(batch))
        out.append(judged)
    return out


def _add(judged: Judged, example: Example, findings: Sequence[Span]) -> None:
    judged.words += len(_WORD.findall(example.text))
    if example.gold is None:
        judged.known = False
        for kind, count in Counter(kind for _, _, kind in findings).items():
            judged.coverage.findings[kind] = judged.coverage.findings.get(kind, 0) + count
    else:
        judged.coverage.add(score(example.gold, findings, left_out=LEFT_OUT))
