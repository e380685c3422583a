"""Why a finding was reported: the pattern, the norm, the check digit, the word beside it, and the score that it had to reach."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from detectors.analyzer import LANGUAGE, Engine
from detectors.columns import Columns, behind
from detectors.context import KEYWORDS_BEFORE, KeywordTable, supports
from detectors.finding import Finding

_PATTERN_CHARS = 96  # beside a finding, for its recogniser: more than any look-around sees
_CONTEXT_CHARS = 800  # beside a finding, for its six keywords
_EQUAL = 1e-9
_MODELS = {
    "SpacyRecognizer": "English names model",
    "ChineseNamesRecognizer": "Chinese names model",
    "PhraseRecognizer": "grammar of addresses and organisations",
}


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why one finding is there. No text of the stream is in it: words are those of the recogniser's own list.

    Attributes:
        found_by: Name of the pattern, or which numbering plan or model.
        norm: The norm, law or register that defines the identifier; empty where the recogniser names none.
        check: ``held``: a check digit or other check of the norm holds; ``none``: the form has none.
        base_score: Score before context.
        context_word: Word of the recogniser's list that stands beside it and lifted the score; empty: none did.
        threshold: Least score of this type that is reported.
        threshold_why: Why that one applies.
    """

    found_by: str
    norm: str
    check: str
    base_score: float
    context_word: str
    threshold: float
    threshold_why: str

    def as_fields(self) -> dict[str, Any]:
        """Return it as JSON takes it."""
        return asdict(self)


class Explainer:
    """Runs the recogniser of a finding again over the neighbourhood and reads what Presidio notes about it (``AnalysisExplanation``).

    Args:
        engine: The engine that the scanner was built from.
    """

    __slots__ = ("_by_name", "_tokenizer", "_words")

    def __init__(self, engine: Engine) -> None:
        """Index the recognisers by name."""
        nlp_engine: Any = engine.nlp_engine
        nlp = nlp_engine.get_nlp(LANGUAGE)
        self._tokenizer: Any = nlp.tokenizer
        self._words = KeywordTable(nlp.vocab)
        recognizers: list[Any] = engine.registry.get_recognizers(language=LANGUAGE, all_fields=True)
        self._by_name: Mapping[str, Any] = {str(one.name): one for one in recognizers}

    def types(self) -> frozenset[str]:
        """Return every entity type that the engine can report."""
        return frozenset(str(entity) for one in self._by_name.values() for entity in one.supported_entities)

    def explain(self, text: str, finding: Finding, threshold: float, threshold_why: str) -> Explanation:
        """Explain a finding.

        Args:
            text: The whole text that it was found in.
            finding: As the scanner gave it.
            threshold: Least score of its type.
            threshold_why: Why that one applies.
        """
        recognizer = self._by_name.get(finding.recognizer)
        noted = self._again(recognizer, text, finding)
        found_by, base, held = self._how(finding, noted)
        lifted = finding.score > base + _EQUAL
        word = self._context_word(recognizer, text, finding) if lifted else ""
        norm = str(getattr(recognizer, "NORM", ""))
        return Explanation(found_by, norm, "held" if held else "none", base, word, threshold, threshold_why)

    def _again(self, recognizer: Any, text: str, finding: Finding) -> Any:
        """Return the best result of the same span with Presidio's note on it, or None: names and phrases need the whole text."""
        if not hasattr(recognizer, "patterns") and not hasattr(recognizer, "supported_regions"):
            return None
        start = max(0, finding.start - _PATTERN_CHARS)
        near = text[start : finding.end + _PATTERN_CHARS]
        hits = recognizer.analyze(text=near, entities=[finding.entity_type], nlp_artifacts=None)
        same = [one for one in hits if (one.start + start, one.end + start) == (finding.start, finding.end)]
        return max(same, key=lambda one: float(one.score), default=None)

    @staticmethod
    def _how(finding: Finding, noted: Any) -> tuple[str, float, bool]:
        """Return what found it, the score before context, and whether a check held."""
        if noted is None or noted.analysis_explanation is None:
            return _MODELS.get(finding.recognizer, ""), finding.score, False
        note = noted.analysis_explanation
        return str(note.pattern_name or note.textual_explanation or ""), float(noted.score), note.validation_result is True

    def _context_word(self, recognizer: Any, text: str, finding: Finding) -> str:
        """Return the word of the recogniser's list that is part of a keyword beside the finding or of its column's heading."""
        first = max(0, finding.start - _CONTEXT_CHARS)
        tokens = list(self._tokenizer(text[first : finding.end + _CONTEXT_CHARS]))
        ends = [first + token.idx + len(token) for token in tokens]
        own = bisect_right(ends, finding.start)
        keywords = [self._words.of_word(token.lower_) for token in tokens]
        before = [word for word in keywords[: own + 1] if word is not None][-KEYWORDS_BEFORE:]
        after = next((word for word in keywords[own:] if word is not None), "")
        label = text[first + tokens[own].idx : finding.start].lower() if own < len(tokens) else ""
        heading = behind(Columns(), text[: finding.start]).heading()
        for word in (str(each).lower() for each in getattr(recognizer, "context", None) or ()):
            if supports((label, *reversed(before), after, heading), (word,)):
                return word
        return ""
