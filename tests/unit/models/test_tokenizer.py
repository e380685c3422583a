"""Where pieces lie in a text, whatever had to be rewritten before it was cut."""

from __future__ import annotations

import functools
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.manifest import load
from models.session import open_model
from models.tokenizer import Tokenizer, open_tokenizer


@functools.cache
def tokenizer() -> Tokenizer:
    return open_tokenizer(open_model(load(), "text_int8", require_gpu=False, on_cpu=True))


def cut(text: str) -> list[str]:
    (encoded,) = tokenizer().encode([text], 1_000)
    return [text[start:end] for start, end in zip(encoded.starts, encoded.ends, strict=True)]


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("Hello world", ["Hello", "world"]),
        ("  Hello \n\n world ", ["Hello", "world"]),
        ("电话：１３８。", ["电话", "：", "１３８", "。"]),  # full width is cut as what it stands for
        ("a\u200bb", ["a", "b"]),
        ("ﬁne", ["ﬁne"]),
    ],
)
def test_pieces_are_stretches_of_the_text(text: str, pieces: list[str]) -> None:
    assert [piece for piece in cut(text) if piece.strip()] == pieces


@given(st.text(max_size=80))
@settings(max_examples=150, deadline=None)
def test_pieces_follow_each_other_and_stay_inside_the_text(text: str) -> None:
    text = "".join(character for character in text if not 0xD800 <= ord(character) <= 0xDFFF)
    (encoded,) = tokenizer().encode([text], 1_000)
    assert len(encoded.ids) == len(encoded.starts) == len(encoded.ends)
    places = [(int(start), int(end)) for start, end in zip(encoded.starts, encoded.ends, strict=True)]
    assert all(0 <= start <= end <= len(text) for start, end in places)
    assert all(before[0] <= after[0] and before[1] <= after[1] for before, after in pairwise(places))


def test_a_long_text_is_cut_at_the_most() -> None:
    (encoded,) = tokenizer().encode(["word " * 400], 254)
    assert len(encoded.ids) == 254


def test_the_same_text_gives_the_same_pieces_in_any_company() -> None:
    texts = ["Anna wohnt in Köln.", "我在上海工作。", "𐍈 is rare", ""]
    together = tokenizer().encode(texts, 100)
    for text, expected in zip(texts, together, strict=True):
        (alone,) = tokenizer().encode([text], 100)
        assert alone.ids.tolist() == expected.ids.tolist()
        assert alone.starts.tolist() == expected.starts.tolist()
