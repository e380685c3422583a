"""For every way of cutting Chinese text, and whatever else is in the batch, the tagger finds what it finds in the whole."""

from __future__ import annotations

import functools
import random
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.chinese import ChineseState, ChineseStep, ChineseTagger, load_tagger
from detectors.chinese_names import Found
from detectors.chinese_pieces import PIECE_CHARS_MAX, divide

ATOMS = (
    "张伟", "欧阳娜娜", "王小明先生", "阿卜杜拉·买买提", "北京市海淀区", "上海", "清华大学", "中国银行股份有限公司", "日本人", "基督教",
    "姓名：李雷", "联系人: 韩梅梅 ", "我叫", "昨天在", "工作", "的", "和", "一二三四五六七八九十", "使用 Python 编写", "Google", " ", "  ",
    "\n", "\t", "\u3000", "，", "、", "。", "！", "?", "；", "…", "13800138000", "A1b2C3d4E5f6G7h8J9k0L1m2N3p4", "·", "「", "」", "電話",
    "東京へ行く", "ひらがな", "서울", "𠮷野家", "\x00", "😀", "plain English words", "**", "\u2060", "Ⅷ", "臺灣大學",
)  # fmt: skip
TEXTS = st.lists(st.sampled_from(ATOMS), max_size=40).map("".join)


@functools.cache
def tagger() -> ChineseTagger:
    """Load the model once."""
    return load_tagger()


def whole(text: str) -> list[Found]:
    """Return what is found in one step."""
    step = ChineseStep(tagger().open(), text, 0, last=True)
    tagger().step([step])
    return step.found


def cuts(text: str, rng: random.Random) -> list[int]:
    """Return places to cut a text at, ends included."""
    return [0, *sorted(rng.sample(range(len(text) + 1), rng.randint(0, min(12, len(text))))), len(text)]


@settings(max_examples=150, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_streams_in_one_batch_find_what_each_text_holds_however_it_is_cut(texts: list[str], rng: random.Random) -> None:
    streams = [(text, list(pairwise(cuts(text, rng))), tagger().open()) for text in texts]
    found: list[list[Found]] = [[] for _ in texts]
    while any(parts for _, parts, _ in streams):
        steps: list[tuple[int, ChineseStep]] = []
        for index, (text, parts, state) in enumerate(streams):
            if parts and rng.random() < 0.7:
                start, end = parts.pop(0)
                steps.append((index, ChineseStep(state, text[start:end], start, last=not parts)))
        rng.shuffle(steps)
        tagger().step([step for _, step in steps])
        for index, step in steps:
            found[index] += step.found
    assert found == [whole(text) for text in texts]
    assert all(state.undecided is None for _, _, state in streams)


@settings(max_examples=100, deadline=None)
@given(TEXTS, st.randoms(use_true_random=False))
def test_what_lies_before_the_undecided_text_stays_as_it_is_whatever_follows(text: str, rng: random.Random) -> None:
    state = tagger().open()
    step = ChineseStep(state, text, 0, last=False)
    tagger().step([step])
    decided = len(text) if state.undecided is None else state.undecided
    ending = "".join(rng.choices(ATOMS, k=rng.randint(0, 6)))
    assert step.found == [one for one in whole(text + ending) if one.start < decided]
    assert all(one.end <= decided for one in step.found)


@settings(max_examples=100, deadline=None)
@given(TEXTS, st.randoms(use_true_random=False))
def test_a_stream_resumed_after_a_crash_goes_on_exactly(text: str, rng: random.Random) -> None:
    places = cuts(text, rng)
    state = tagger().open()
    found: list[Found] = []
    for start, end in pairwise(places):
        step = ChineseStep(state, text[start:end], start, last=end == len(text))
        tagger().step([step])
        found += step.found
        if step.last:
            break
        resume_at = end if state.undecided is None else state.undecided
        fed_from = rng.randint(0, resume_at)
        state = resumed(text, fed_from, end, resume_at)
    assert found == whole(text)


def resumed(text: str, fed_from: int, end: int, resume_at: int) -> ChineseState:
    """Return a new state that was given the text again, from some place before what is undecided."""
    state = tagger().open(resume_at=resume_at)
    step = ChineseStep(state, text[fed_from:end], fed_from, last=False)
    tagger().step([step])
    assert step.found == []
    return state


@settings(max_examples=200, deadline=None)
@given(TEXTS)
def test_no_more_than_one_piece_is_ever_open(text: str) -> None:
    _, kept = divide(text, last=False)
    assert len(text) - kept <= PIECE_CHARS_MAX
