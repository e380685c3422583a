"""Where the windows of a text end."""

from __future__ import annotations

import pytest

from detectors.windows import WINDOW_CHARS_MAX, Window, WindowState, take

SENTENCE = "The parcel left the warehouse in Rotterdam on the second day of the month"  # 73 characters
SHORT = "It came."


def ends(text: str) -> list[int]:
    return [window.end for window in take(WindowState(), text, last=True)]


def parts(text: str) -> list[str]:
    return [window.text for window in take(WindowState(), text, last=True)]


@pytest.mark.parametrize("sign", [".", "!", "?", "…", "...", "?!", '."', ".)", "।", "؟"])
def test_a_window_ends_behind_a_sentence_with_all_that_closes_it(sign: str) -> None:
    assert parts(f"{SENTENCE}{sign} {SHORT}") == [SENTENCE + sign, f" {SHORT}"]


def test_a_short_sentence_stays_with_the_next() -> None:
    assert parts(f"{SHORT} {SENTENCE}. {SHORT}") == [f"{SHORT} {SENTENCE}.", f" {SHORT}"]


def test_chinese_says_as_much_in_fewer_characters() -> None:
    first = "您的预订已经确认，我们会在明天上午给您打电话核对地址。"
    assert len(first) < 64
    assert parts(first + "请保持手机畅通。") == [first, "请保持手机畅通。"]
    assert parts("好的。" + first) == ["好的。" + first]


def test_a_closing_quotation_mark_belongs_to_its_sentence() -> None:
    first = "他昨天下午在上海的办公室里对我们所有的人说：“合同已经签好了。”"
    assert parts(first + "然后他走了。") == [first, "然后他走了。"]


@pytest.mark.parametrize("text", ["3.14 metres", "example.org", "v1.2", "file.tar"])
def test_a_full_stop_inside_a_word_ends_nothing(text: str) -> None:
    assert len(parts(f"{SENTENCE} {text}")) == 1


@pytest.mark.parametrize("title", ["Dr", "Mr", "Prof", "J", "U.S", "12", "vs"])
def test_an_abbreviation_or_the_number_of_a_list_ends_nothing(title: str) -> None:
    assert len(parts(f"{SENTENCE} {title}. Keller")) == 1


def test_a_blank_line_ends_a_window_and_a_line_break_does_not() -> None:
    assert parts(f"{SENTENCE}\n{SHORT}") == [f"{SENTENCE}\n{SHORT}"]
    assert parts(f"{SENTENCE}\n \r\n{SHORT}") == [f"{SENTENCE}\n \r\n", SHORT]


def test_rows_of_a_table_are_not_cut() -> None:
    table = "".join(f"{number},Keller,Rotterdam,{number * 17}\n" for number in range(100, 130))
    found = parts(table)
    assert len(found) > 3
    assert all(part.endswith("\n") for part in found)
    assert all(160 <= len(part) < 200 for part in found[:-1])


def test_wrapped_prose_is_not_cut_at_its_line_breaks() -> None:
    text = "and so the long way went on without an end in sight for any of them\nwhile night fell on the hills and the river below them\n"
    assert ends(text + "as " * 60)[0] > len(text)


def test_text_without_a_sign_is_cut_behind_its_last_blank() -> None:
    first, second = parts("word " * 51 + "wonderful " + "word " * 10)
    assert first == "word " * 51
    assert second.startswith("wonderful")


def test_text_without_a_blank_is_cut_behind_a_comma_or_at_the_limit() -> None:
    assert ends("字" * 200 + "，" + "字" * 100) == [201, 301]
    assert ends("字" * 300) == [WINDOW_CHARS_MAX, 300]


@pytest.mark.parametrize(
    "one", ["e\u0301", "👍🏽", "👩\u200d🚀", "\ud83d\ude00", "க\u0bbf"], ids=["accent", "skin", "joined", "surrogates", "vowel"]
)
def test_no_character_is_cut_from_what_belongs_to_it(one: str) -> None:
    text = "x" * 255 + one + "x" * 40
    assert ends(text)[0] == 255


def test_accents_without_end_do_not_stop_the_division() -> None:
    assert ends("e" + "\u0301" * 600) == [256, 512, 601]


def test_windows_tile_the_stream_from_the_offset_on() -> None:
    state = WindowState(1000, "")
    text = f"{SENTENCE}. " * 9
    found = take(state, text, last=False)
    assert [window.start for window in found] == [1000, *(window.end for window in found[:-1])]
    assert all(window.text == text[window.start - 1000 : window.end - 1000] for window in found)
    assert (state.offset, state.text) == (found[-1].end, text[found[-1].end - 1000 :])


def test_an_end_is_known_one_character_later() -> None:
    state = WindowState()
    assert take(state, SENTENCE + ".", last=False) == []
    assert take(state, " ", last=False) == [Window(0, len(SENTENCE) + 1, SENTENCE + ".")]
    assert take(WindowState(), "x" * 256, last=False) == []
    assert len(take(WindowState(), "x" * 257, last=False)) == 1


def test_an_empty_stream_has_no_window() -> None:
    assert take(WindowState(), "", last=True) == []
