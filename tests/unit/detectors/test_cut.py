"""A quiet boundary lies where no pattern and no word of the tokenizer can reach across, and nowhere else."""

from __future__ import annotations

from itertools import pairwise

import pytest
import spacy

from detectors.analyzer import SPACY_MODEL
from detectors.cut import CLOSERS, PHONE_LETTERS, last_quiet_boundary


def boundaries(text: str) -> list[int]:
    found: list[int] = []
    stop = len(text)
    while (at := last_quiet_boundary(text, 0, stop)) > 0:
        found.append(at)
        stop = at - 1
    return found[::-1]


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("plain words stand apart", ["plain ", "words ", "stand ", "apart"]),
        ("Bob, Ann. Then", ["Bob, ", "Ann. ", "Then"]),
        ("1, 2, 3", ["1, ", "2, ", "3"]),
        ("of 2024. The end", ["of 2024. ", "The end"]),
        ("one\n\n  two", ["one\n\n  ", "two"]),
        ("你好，世界。再见", ["你好，", "世界。", "再见"]),
    ],
)
def test_prose_lists_lines_and_clauses_can_be_cut(text: str, pieces: list[str]) -> None:
    edges = [0, *boundaries(text), len(text)]
    assert [text[a:b] for a, b in pairwise(edges)] == pieces


@pytest.mark.parametrize(
    "text",
    [
        "4111 1111 1111 1111",
        "GB29 NWBK 6016",
        "+1 212 555 0123 ext 45",
        "+1 212 555 0123" + " " * 60 + "ext 45",
        "(212) 555",
        "john.doe@example.org",
        "5 Main",
        "plate 12345",
        "+x 44",
        "http://a.cn/路径，后面",
        "(: o)",
        "foo:o. O",
        "trailing ",
        "",
    ],
)
def test_nothing_is_cut_where_a_value_or_an_emoticon_could_go_on(text: str) -> None:
    assert boundaries(text) == []


def test_text_before_the_last_boundary_is_not_read() -> None:
    assert last_quiet_boundary("4111 words go", 5, 13) == 11
    assert last_quiet_boundary("4111 words go", 0, 13) == 0


def test_no_special_case_of_the_tokenizer_is_cut() -> None:
    """SpaCy joins emoticons and abbreviations across blanks too: those that a boundary could divide must be the two that the rules know."""
    tokenizer = spacy.load(SPACY_MODEL, exclude=["tok2vec", "tagger", "parser", "senter", "attribute_ruler", "lemmatizer", "ner"]).tokenizer
    rules = dict(tokenizer.rules)
    tokenizer.rules = {}
    words = {case: [token.text for token in tokenizer(case)] for case in rules}
    divisible = {
        case
        for case, parts in words.items()
        for left, right in pairwise(parts)
        if (left[-1].isalpha() or left[-1] in CLOSERS) and left[-1] not in PHONE_LETTERS and right[0].isalnum()
    }
    assert divisible <= {"Ph.D.", "o.O"}
    assert "Ph.D." in divisible


def test_a_clause_can_be_cut_behind_a_slash_that_is_no_path() -> None:
    assert boundaries("16人/平方公里，语素/-an/等，或A/B。好") == [9, 18, 23]
    assert boundaries("见https://a.cn/路径，后面") == []
