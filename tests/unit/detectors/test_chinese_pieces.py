"""Where a piece of Chinese text begins and ends."""

from __future__ import annotations

import pytest

from detectors.chinese_pieces import LEAD_CHARS_MAX, PIECE_CHARS_MAX, divide, is_chinese


def pieces(text: str, *, last: bool = True) -> list[str]:
    return [text[start:end] for start, end in divide(text, last=last)[0]]


def test_text_without_han_characters_is_in_no_piece_and_holds_nothing_back() -> None:
    assert divide("Call Mr. Smith tomorrow, please. ", last=False) == ([], 33)


def test_a_sentence_mark_ends_a_piece_and_is_in_it() -> None:
    assert pieces("他来了。她走了！谁呢？都走；完") == ["他来了。", "她走了！", "谁呢？", "都走；", "完"]


def test_a_comma_ends_only_a_piece_that_is_long_enough() -> None:
    assert pieces("好的，我是张伟。") == ["好的，我是张伟。"]
    assert pieces("一二三四五六七八九十一二三四五，六七") == ["一二三四五六七八九十一二三四五，", "六七"]


@pytest.mark.parametrize("blank", ["\n", "\t", "\u3000", "  ", "\r\n"])
def test_white_space_ends_a_piece(blank: str) -> None:
    assert pieces(f"张伟{blank}李娜") == ["张伟", "李娜"]


def test_one_blank_between_chinese_and_latin_text_is_inside_a_piece() -> None:
    assert pieces("我用 Python 编写") == ["我用 Python 编写"]
    assert pieces("张伟 李娜") == ["张伟", "李娜"]
    assert pieces("张伟 came home late") == ["张伟 came"]


def test_what_follows_a_blank_is_awaited_before_the_piece_ends() -> None:
    assert divide("昨天张伟 ", last=False) == ([], 0)
    assert divide("昨天张伟 ", last=True) == ([(0, 4)], 5)


def test_letters_and_digits_glued_to_the_first_character_belong_to_its_piece() -> None:
    assert pieces("see T3航站楼") == ["T3航站楼"]
    assert pieces("x" * 100 + "号")[0] == "x" * LEAD_CHARS_MAX + "号"


def test_a_text_without_marks_is_divided_at_the_limit() -> None:
    assert [len(piece) for piece in pieces("山" * 100)] == [PIECE_CHARS_MAX, PIECE_CHARS_MAX, 100 - 2 * PIECE_CHARS_MAX]
    assert divide("山" * (PIECE_CHARS_MAX - 1), last=False) == ([], 0)


@pytest.mark.parametrize(
    ("piece", "chinese"),
    [
        ("张伟住在东京。", True),
        ("日本漫画《ナルト》的作者住在东京都港区", False),
        ("東京へ行きました。", False),
        ("金씨는 서울에", False),
        ("鲜の每日送到家门口来", True),
    ],
)
def test_japanese_and_korean_are_told_by_their_syllables(piece: str, chinese: bool) -> None:
    assert is_chinese(piece) is chinese
