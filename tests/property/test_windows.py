"""The windows of a text do not depend on how it arrives, nor on a restart in between."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.windows import WINDOW_CHARS_MAX, Window, WindowState, take

PARTS = (
    "The parcel left Rotterdam", "on the second day", ".", "...", "?!", '"', ")", " ", "\n", "\n\n", "\r\n", " \n",
    "您的预订已确认", "。", "！", "」",
    "，", "Dr", "J", "12", "3.14", "a,b,c\n", "key: value\n", "|", "e\u0301", "👩\u200d🚀", "👍🏽", "नमस्ते", "।", "สวัสดี", "x" * 70,
    "字" * 30, "\u0301" * 9,
)  # fmt: skip
TEXTS = st.one_of(
    st.lists(st.sampled_from(PARTS), max_size=60).map("".join),
    st.lists(st.sampled_from(PARTS), max_size=60).map(" ".join),
    st.text(st.characters(), max_size=700),
    st.text(st.sampled_from(' .\n。a字\u0301"'), max_size=700),
)


def whole(text: str) -> list[Window]:
    return take(WindowState(), text, last=True)


@given(TEXTS)
@settings(deadline=None)
def test_windows_tile_the_text_and_none_is_too_long(text: str) -> None:
    windows = whole(text)
    assert "".join(window.text for window in windows) == text
    assert all(window.end - window.start == len(window.text) <= WINDOW_CHARS_MAX for window in windows)
    assert all(window.text for window in windows)


@given(TEXTS, st.data())
@settings(deadline=None)
def test_any_cutting_and_any_restart_give_the_windows_of_the_whole(text: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=8)))
    restarts = data.draw(st.sets(st.integers(0, 8), max_size=4))
    state, found = WindowState(), []
    for number, (start, end) in enumerate(zip([0, *cuts], [*cuts, len(text)], strict=True)):
        if number in restarts:
            state = WindowState(state.offset, state.text)
        found += take(state, text[start:end], last=end == len(text) and number == len(cuts))
    assert found == whole(text)
    assert (state.offset, state.text) == (len(text), "")


@given(TEXTS)
@settings(deadline=None)
def test_character_by_character_gives_the_windows_of_the_whole_and_holds_one_window_back(text: str) -> None:
    state, found = WindowState(), []
    for character in text:
        found += take(state, character, last=False)
        assert len(state.text) <= WINDOW_CHARS_MAX
    found += take(state, "", last=True)
    assert found == whole(text)
