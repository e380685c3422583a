"""Phrases do not depend on how a text arrives: whatever the cuts and wherever a crash falls, they are those of the whole text."""

from __future__ import annotations

import functools
import itertools
from bisect import bisect_left

import spacy
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.analyzer import SPACY_MODEL
from detectors.cut import last_quiet_boundary
from detectors.phrases import CHARS_MAX, Phrase, PhraseTagger
from detectors.tokens import PieceTokenizer, Tokens

PARTS = (
    "12 High Street", "Apt. 9", "Suite 12", "London", "NW1 6XE", ", ", "\n", "\n\n", " ", ". ", "Acme", "Pty Ltd", "University of",
    "Oxford", "Mrs.", "my name is", "Ilse", "van der", "Berg", "the corner of", "and", "4", "40311", "Elm", "United", "Kingdom",
    "work for", "Kettle, Brook and Lane", "moved here from", "New York City", "turned", "47", "degrees", "ZIP:", "phone", "451 59 86",
    "rue de la Paix", "lives on", "address:", "said", "to",
    "the", "committee", "-", "’s", "，", "。", "北京", "PSC 44, Box 2\nAPO AE 09012", "#5", "(Greek)", "2012-10-01 00:46:43", "Director\n",
)  # fmt: skip
TEXTS = st.lists(st.sampled_from(PARTS), min_size=1, max_size=30).map(" ".join)


@functools.cache
def tokenizer() -> PieceTokenizer:
    nlp = spacy.load(SPACY_MODEL, exclude=["ner", "tok2vec", "tagger", "parser", "senter", "attribute_ruler", "lemmatizer"])
    return PieceTokenizer(nlp.tokenizer, nlp.vocab)


@functools.cache
def tagger() -> PhraseTagger:
    return PhraseTagger(tokenizer().vocab)


def part(tokens: Tokens, start: int, stop: int) -> Tokens:
    return Tokens(
        tokens.starts[start:stop], tokens.ends[start:stop], tokens.keys[start:stop], tokens.lower[start:stop], tokens.is_space[start:stop]
    )


def whole(text: str) -> list[Phrase]:
    return tagger().step(tagger().open(), tokenizer().tokens(text, 0), text, 0, last=True)


@given(text=TEXTS, data=st.data())
@settings(max_examples=150, deadline=None)
def test_any_cutting_and_any_crash_give_the_phrases_of_the_whole_text(text: str, data: st.DataObject) -> None:
    tokens = tokenizer().tokens(text, 0)
    count = len(tokens)
    cuts = sorted({0, count, *data.draw(st.lists(st.integers(0, count), max_size=8))})
    crashes = data.draw(st.sets(st.integers(1, len(cuts)), max_size=4))
    state, found, decided = tagger().open(), [], 0
    for index, (start, stop) in enumerate(itertools.pairwise(cuts), start=1):
        found += tagger().step(state, part(tokens, start, stop), text, 0, last=stop == count)
        assert state.undecided is None or state.undecided >= decided, "what was decided stays so"
        assert all(end <= (len(text) if state.undecided is None else state.undecided) for _, end, _, _ in found)
        decided = tokens.ends[stop - 1] if state.undecided is None else state.undecided
        if index in crashes and stop < count:
            # All that is known after a crash: the text, and where the undecided part starts. Fed again from an earlier token on.
            first = min(bisect_left(tokens.starts, decided), stop)
            state = tagger().open(resume_at=decided)
            tagger_found = tagger().step(state, part(tokens, max(0, first - data.draw(st.integers(0, 3))), stop), text, 0, last=False)
            assert tagger_found == []
    assert sorted(found) == whole(text)


@given(text=TEXTS, step=st.integers(1, 9))
@settings(max_examples=60, deadline=None)
def test_segments_of_the_scanner_give_the_phrases_of_the_whole_text_and_hold_back_little(text: str, step: int) -> None:
    state, found, cut = tagger().open(), [], 0
    for received in [*range(step, len(text), step), len(text)]:
        last = received == len(text)
        stop = len(text) if last else last_quiet_boundary(text[:received], cut, received)
        if stop > cut or last:
            segment = text[cut:stop]
            found += tagger().step(state, tokenizer().tokens(segment, cut), segment, cut, last=last)
            cut = stop
        if state.undecided is not None:
            assert cut - state.undecided <= 2 * CHARS_MAX
    assert sorted(found) == whole(text)


@given(text=TEXTS)
@settings(max_examples=8, deadline=None)
def test_a_tagger_with_a_past_answers_as_a_new_one(text: str) -> None:
    fresh = PhraseTagger(tokenizer().vocab)
    tokens = tokenizer().tokens(text, 0)
    assert fresh.step(fresh.open(), tokens, text, 0, last=True) == whole(text)
