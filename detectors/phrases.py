"""Addresses, organisations, named people and places that words around them give away: found in streams as in whole texts.

Each token becomes a symbol (``detectors.phrasing.lexicon``); for each group of rules an automaton (``detectors.phrasing.automaton``) takes
from the earliest possible start the longest match and goes on behind it. Where a walk runs into the end of what has arrived, the text from
its start on is undecided. Words of prose end a walk at once, so next to nothing is held back; a walk never takes more than ``TOKENS_MAX``
tokens and ``CHARS_MAX`` code points.

The groups do not know of each other: a street may lie in a match of the places. Restarts need a place that lies in no match of any group,
so a match that reaches over the start of another group's open walk is kept until that walk has ended.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import yaml
from presidio_analyzer import EntityRecognizer, RecognizerResult
from presidio_analyzer.nlp_engine import NlpArtifacts
from spacy.attrs import IS_SPACE, LENGTH, LOWER, NORM, PREFIX, SHAPE, SUFFIX

from detectors.phrasing.automaton import DEAD, Automaton
from detectors.phrasing.lexicon import GLUED, Lexicon, multiword
from detectors.tokens import Tokens
from schemas.errors import ConfigurationError, DetectionError

TOKENS_MAX: Final = 40
CHARS_MAX: Final = 160
Phrase = tuple[int, int, str, float]  # first code point, one past the last, type, score

_NAME: Final = "PhraseRecognizer"
_FOLDER = Path(__file__).parent / "phrasing"


@dataclass(frozen=True, slots=True)
class _Rule:
    """One rule: what it reports and the three parts of its match."""

    entity_type: str | None
    score: float
    cue: Automaton | None
    value: Automaton
    tail: Automaton | None

    def part(self, symbols: Sequence[int]) -> tuple[int, int]:
        """Return the first token of the value and one past its last, in a match: the shortest cue, then the longest value.

        Raises:
            ConfigurationError: No division fits, so the rule's parts do not make up the rule.
        """
        for start in [0] if self.cue is None else self._cues(symbols):
            for end in reversed(self.value.ends(symbols[start:])):
                if self._ends(symbols[start + end :]):
                    return start, start + end
        raise ConfigurationError(f"a rule for {self.entity_type} has a match without a value")

    def _cues(self, symbols: Sequence[int]) -> list[int]:
        return self.cue.ends(symbols) if self.cue is not None else [0]

    def _ends(self, symbols: Sequence[int]) -> bool:
        return not symbols if self.tail is None else self.tail.matches(symbols)


@dataclass(frozen=True, slots=True)
class _Group:
    """Rules that exclude each other, and the automaton of all of them."""

    automaton: Automaton
    rules: tuple[_Rule, ...]


@dataclass(slots=True)
class PhraseState:
    """What is kept of one stream: the tokens from the first undecided one on.

    Attributes:
        resume_at: Tokens before this offset are not looked at.
        undecided: First code point that may still become part of something; None when nothing can.
        symbols: Symbols of the tokens kept.
        starts: First code point of each.
        ends: One past the last code point of each.
        candidates: By group the tokens, among those kept, at which a match may still start; the walk from the first one is open.
        found: Matches that reach over ``undecided``: extent of the match, what it reports.
        glued_at: One past the last word given so far, -1 if white space or nothing came last.
    """

    resume_at: int
    undecided: int | None
    symbols: list[int]
    starts: list[int]
    ends: list[int]
    candidates: dict[int, list[int]]
    found: list[tuple[int, int, Phrase | None]] = field(default_factory=list)
    glued_at: int = -1


class PhraseTagger:
    """Finds phrases in streams, step by step, with the findings of the whole text whatever the cuts.

    Args:
        vocab: The vocabulary of the tokenizer.
        folder: Where ``words.yaml`` and ``rules.yaml`` are.

    Raises:
        ConfigurationError: The rules cannot be read.
    """

    def __init__(self, vocab: Any, folder: Path = _FOLDER) -> None:
        words = yaml.safe_load((folder / "words.yaml").read_text(encoding="utf-8"))
        rules = yaml.safe_load((folder / "rules.yaml").read_text(encoding="utf-8"))
        listed = {name: _entries(text) for name, text in words["words"].items()}
        macros = {
            name.upper() + ("_CAP" if capitals else ""): multiword(entries, name, capitals=capitals)
            for name, entries in listed.items()
            for capitals in (False, True)
            if any(" " in entry for entry in entries)
        }
        macros |= rules["macros"]
        sources = [*macros.values(), *(text for group in rules["groups"].values() for rule in group for text in _parts(rule))]
        literals = {word for source in sources for word in _literals(source)}
        single = {name: [entry for entry in entries if " " not in entry] for name, entries in listed.items()}
        self._lexicon = Lexicon(vocab, single, {name: text.split() for name, text in words["endings"].items()}, literals)
        self._starters: list[tuple[int, ...]] = []
        self._groups = tuple(self._group(group, macros) for group in rules["groups"].values())

    def _group(self, described: Sequence[Mapping[str, Any]], macros: Mapping[str, str]) -> _Group:
        def automaton(source: str) -> Automaton:
            return Automaton([source], self._lexicon.bits, macros, self._lexicon.alphabet)

        rules = tuple(
            _Rule(
                entity_type=rule["type"],
                score=float(rule.get("score", 0)),
                cue=automaton(rule["cue"]) if "cue" in rule else None,
                value=automaton(rule["value"]),
                tail=automaton(rule["tail"]) if "tail" in rule else None,
            )
            for rule in described
        )
        whole = [" ".join(f"({part})" for part in _parts(rule)) for rule in described]
        joined = Automaton(whole, self._lexicon.bits, macros, self._lexicon.alphabet)
        if any((atom.need | atom.refuse) & self._lexicon.bits[GLUED] for atom in joined.first_atoms()):
            raise ConfigurationError("a phrase rule starts with a glued token: after a restart the token before it is not known")
        return _Group(joined, rules)

    def open(self, resume_at: int = 0) -> PhraseState:
        """Return the state of a stream of which nothing has come yet, or of which everything before ``resume_at`` is decided."""
        return PhraseState(resume_at=resume_at, undecided=None, symbols=[], starts=[], ends=[], candidates={})

    def step(self, state: PhraseState, tokens: Tokens, text: str, offset: int, last: bool) -> list[Phrase]:
        """Take the next segment of a stream; return what became certain, in order of position.

        Args:
            state: Changed in place.
            tokens: The tokens of the segment.
            text: The segment.
            offset: Its first code point in the stream.
            last: Whether the stream ends with it.
        """
        del text, offset
        self._append(state, tokens)
        for index in sorted(state.candidates):
            self._walk(state, index, last=last)
        return self._settle(state)

    def _append(self, state: PhraseState, tokens: Tokens) -> None:
        """Add the tokens to those kept, without those before ``resume_at``, and note where walks may start."""
        symbols = self._lexicon.symbols(tokens, state.glued_at)
        starts, ends = tokens.starts, tokens.ends
        if symbols:
            state.glued_at = -1 if tokens.is_space[-1] else ends[-1]
        if symbols and starts[0] < state.resume_at:
            skip = bisect_left(starts, state.resume_at)
            symbols, starts, ends = symbols[skip:], starts[skip:], ends[skip:]
        starters = self._starters
        for _ in range(len(starters), len(self._lexicon.alphabet)):
            starters.append(self._starters_of(len(starters)))
        at = len(state.symbols)
        for symbol in symbols:
            for index in starters[symbol]:
                state.candidates.setdefault(index, []).append(at)
            at += 1
        state.symbols += symbols
        state.starts += starts
        state.ends += ends

    def _starters_of(self, symbol: int) -> tuple[int, ...]:
        """Return the groups in which a match may start with this symbol."""
        return tuple(index for index, group in enumerate(self._groups) if group.automaton.step(group.automaton.start, symbol) != DEAD)

    def _walk(self, state: PhraseState, index: int, *, last: bool) -> None:
        """Let one group take its matches up to the first place where more text could matter."""
        group = self._groups[index]
        symbols, starts, ends = state.symbols, state.starts, state.ends
        tables, accepts, step = group.automaton.tables, group.automaton.accepts, group.automaton.step
        start_moves = tables[group.automaton.start]
        size, free = len(symbols), 0
        for position in state.candidates[index]:
            if position < free:
                continue
            here, at = start_moves[symbols[position]], position + 1
            taken, rule = (at, accepts[here]) if accepts[here] >= 0 else (position, -1)
            stop, furthest = min(size, position + TOKENS_MAX), starts[position] + CHARS_MAX
            while here != DEAD and at < stop:
                if ends[at] > furthest:
                    here = DEAD
                    break
                symbol = symbols[at]
                following = tables[here].get(symbol)
                here = step(here, symbol) if following is None else following
                at += 1
                if accepts[here] >= 0:
                    taken, rule = at, accepts[here]
            if not last and here != DEAD and at == size and size < position + TOKENS_MAX and group.automaton.grows[here]:
                state.candidates[index] = [one for one in state.candidates[index] if one >= position]
                return
            if rule >= 0:
                state.found.append((starts[position], ends[taken - 1], self._reported(state, group.rules[rule], position, taken)))
                free = taken
        del state.candidates[index]

    def _reported(self, state: PhraseState, rule: _Rule, first: int, after: int) -> Phrase | None:
        """Return what a rule reports of its match of the tokens ``[first, after)``."""
        if rule.entity_type is None:
            return None
        start, end = rule.part(state.symbols[first:after])
        return state.starts[first + start], state.ends[first + end - 1], rule.entity_type, rule.score

    def _settle(self, state: PhraseState) -> list[Phrase]:
        """Move ``undecided`` to a place that lies in no match, and give out what lies before it."""
        open_walks = [candidates[0] for candidates in state.candidates.values()]
        if not open_walks:
            certain = sorted(phrase for _, _, phrase in state.found if phrase)
            state.undecided = None
            state.found.clear()
            state.symbols.clear()
            state.starts.clear()
            state.ends.clear()
            return certain
        undecided = state.starts[min(open_walks)]
        for start, end, _ in sorted(state.found, key=_extent, reverse=True):
            if start < undecided < end:
                undecided = start
        state.undecided = undecided
        certain = sorted(phrase for _, end, phrase in state.found if phrase and end <= undecided)
        state.found = [one for one in state.found if one[1] > undecided]
        drop = state.starts.index(undecided)
        if drop:
            del state.symbols[:drop], state.starts[:drop], state.ends[:drop]
            state.candidates = {index: [one - drop for one in candidates] for index, candidates in state.candidates.items()}
        return certain


def _extent(found: tuple[int, int, Phrase | None]) -> tuple[int, int]:
    """Return where a match lies."""
    return found[:2]


class PhraseRecognizer(EntityRecognizer):
    """Phrases in a whole text, for Presidio's engine: the code of the streams in one step.

    Args:
        supported_language: The language of the engine.
        folder: Where the lists and the rules are.
    """

    def __init__(self, supported_language: str = "en", folder: Path = _FOLDER) -> None:
        self._folder = folder
        self._tagger: PhraseTagger | None = None
        rules = yaml.safe_load((folder / "rules.yaml").read_text(encoding="utf-8"))
        types = sorted({rule["type"] for group in rules["groups"].values() for rule in group if rule.get("type")})
        super().__init__(supported_entities=types, name=_NAME, supported_language=supported_language)

    def load(self) -> None:
        """Nothing to load before the vocabulary is known."""

    def tagger_of(self, vocab: Any) -> PhraseTagger:
        """Return the tagger over a vocabulary; the rules are read when it is first asked for."""
        if self._tagger is None:
            self._tagger = PhraseTagger(vocab, self._folder)
        return self._tagger

    def analyze(self, text: str, entities: list[str], nlp_artifacts: NlpArtifacts | None = None) -> list[RecognizerResult]:
        """Return the phrases of these types.

        Raises:
            DetectionError: There are no tokens of the text.
        """
        if nlp_artifacts is None:
            raise DetectionError("phrases are found in tokens, and none were given")
        doc: Any = nlp_artifacts.tokens
        tagger = self.tagger_of(doc.vocab)
        found = tagger.step(tagger.open(), _tokens_of(doc), text, 0, last=True)
        return [
            RecognizerResult(
                entity_type=entity_type,
                start=start,
                end=end,
                score=score,
                recognition_metadata={
                    RecognizerResult.RECOGNIZER_NAME_KEY: _NAME,
                    RecognizerResult.RECOGNIZER_IDENTIFIER_KEY: self.id,
                },
            )
            for start, end, entity_type, score in found
            if not entities or entity_type in entities
        ]


def _tokens_of(doc: Any) -> Tokens:
    """Return a document's tokens as arrays."""
    rows = doc.to_array([NORM, PREFIX, SUFFIX, SHAPE, LOWER, IS_SPACE, LENGTH])
    starts = [token.idx for token in doc]
    return Tokens(
        starts=starts,
        ends=[start + length for start, length in zip(starts, rows[:, 6].tolist(), strict=True)],
        keys=np.ascontiguousarray(rows[:, :4]),
        lower=rows[:, 4].tolist(),
        is_space=rows[:, 5].astype(np.bool_).tolist(),
    )


def _entries(text: str) -> list[str]:
    """Return the words of a list; bars divide entries that may have several words."""
    return [entry.strip() for entry in text.split("|")] if "|" in text else text.split()


def _parts(rule: Mapping[str, Any]) -> list[str]:
    """Return the expressions of a rule in their order."""
    return [rule[part] for part in ("cue", "value", "tail") if part in rule]


def _literals(source: str) -> set[str]:
    """Return the words that an expression names by themselves."""
    return {found.lstrip("!")[1:] for found in re.findall(r"!?=[^\s(){}|?*+&]+", source)}
