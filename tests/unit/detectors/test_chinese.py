"""What is found in Chinese text, and where it stops being found."""

from __future__ import annotations

import pytest
from presidio_analyzer import AnalyzerEngine, RecognizerRegistry

from detectors.chinese import ChineseNamesRecognizer, ChineseStep, ChineseTagger, load_tagger
from detectors.whole_text import names_engine
from schemas.errors import InvariantError


@pytest.fixture(scope="module")
def tagger() -> ChineseTagger:
    """Return the tagger on the committed model."""
    return load_tagger()


def found(tagger: ChineseTagger, text: str) -> list[tuple[str, str]]:
    step = ChineseStep(tagger.open(), text, 0, last=True)
    tagger.step([step])
    return [(text[one.start : one.end], one.entity_type) for one in step.found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("张三在北京市海淀区的中国银行工作。", [("张三", "PERSON"), ("北京市海淀区", "LOCATION"), ("中国银行", "ORGANIZATION")]),
        ("患者欧阳娜娜，女，三十岁。", [("欧阳娜娜", "PERSON")]),
        ("請聯繫陳大文先生。", [("陳大文", "PERSON")]),
        ("翻译过约翰·罗纳德·托尔金的书。", [("约翰·罗纳德·托尔金", "PERSON")]),
        ("这段代码由 李雷 用 Python 编写。", [("李雷", "PERSON")]),
    ],
)
def test_people_places_and_organisations_are_found_whole(tagger: ChineseTagger, text: str, expected: list[tuple[str, str]]) -> None:
    assert found(tagger, text) == expected


@pytest.mark.parametrize("text", ["持卡人姓名: 许浩然", "**姓名：** 夏雨", "联系人：于洋，电话"])
def test_what_a_form_calls_a_name_is_one_where_it_looks_like_one(tagger: ChineseTagger, text: str) -> None:
    (name, entity_type), *rest = found(tagger, text)
    assert (len(name) in {2, 3}, entity_type, rest) == (True, "PERSON", [])


@pytest.mark.parametrize(
    "text",
    [
        "姓名：待填写",
        "我们他们你们都知道。",
        "先生，女士，您好！",
        "他是日本人，信基督教。",
        "ここは東京です。",
        "Maria Keller lives in Geneva.",
        "请问还有什么可以帮您？",
        "",
    ],
)
def test_pronouns_titles_peoples_and_other_languages_are_no_names(tagger: ChineseTagger, text: str) -> None:
    assert found(tagger, text) == []


def test_a_name_that_looks_like_none_scores_less(tagger: ChineseTagger) -> None:
    step = ChineseStep(tagger.open(), "昨天刘德华和玛莎见面。", 0, last=True)
    tagger.step([step])
    scores = {step.text[one.start : one.end]: one.score for one in step.found}
    assert scores["刘德华"] == 0.85
    assert scores["玛莎"] == 0.6


def test_offsets_count_from_the_start_of_the_stream(tagger: ChineseTagger) -> None:
    step = ChineseStep(tagger.open(resume_at=1000), "昨天张三来了。", 1000, last=True)
    tagger.step([step])
    assert [(one.start, one.end) for one in step.found] == [(1002, 1004)]


def test_an_open_piece_is_undecided_from_its_first_character_on(tagger: ChineseTagger) -> None:
    state = tagger.open()
    step = ChineseStep(state, "他来了。昨天张三", 0, last=False)
    tagger.step([step])
    assert (step.found, state.undecided) == ([], 4)
    step = ChineseStep(state, "丰走了。", 8, last=False)
    tagger.step([step])
    assert ([(one.start, one.end) for one in step.found], state.undecided) == ([(6, 9)], None)


def test_text_in_english_holds_nothing_back(tagger: ChineseTagger) -> None:
    state = tagger.open()
    tagger.step([ChineseStep(state, "Nothing of this is Chinese, ", 0, last=False)])
    assert state.undecided is None


def test_a_gap_in_the_text_is_refused(tagger: ChineseTagger) -> None:
    state = tagger.open()
    tagger.step([ChineseStep(state, "昨天张三", 0, last=False)])
    with pytest.raises(InvariantError, match="offset 9, expected 4"):
        tagger.step([ChineseStep(state, "来了。", 9, last=False)])


def test_a_piece_is_tagged_alike_alone_and_among_hundreds(tagger: ChineseTagger) -> None:
    surnames, places = "赵钱孙李周吴郑王冯陈", ("上海", "广州市", "北京市朝阳区")
    texts = [f"{'请' * (index % 7)}{surnames[index % 10]}小{'明红刚'[index % 3]}住在{places[index % 3]}{index}号。" for index in range(300)]
    steps = [ChineseStep(tagger.open(), text, 0, last=True) for text in texts]
    tagger.step(steps)
    for step, text in zip(steps, texts, strict=True):
        alone = ChineseStep(tagger.open(), text, 0, last=True)
        tagger.step([alone])
        assert step.found == alone.found


def test_the_recogniser_works_in_a_stock_engine_and_reports_only_what_is_asked_for(tagger: ChineseTagger) -> None:
    registry = RecognizerRegistry(recognizers=[ChineseNamesRecognizer(tagger)], supported_languages=["en"])
    engine = AnalyzerEngine(registry=registry, nlp_engine=names_engine(), supported_languages=["en"])
    text = "张三在北京市工作。"
    (place,) = engine.analyze(text, language="en", entities=["LOCATION"])
    assert (text[place.start : place.end], place.score) == ("北京市", 0.85)
    assert place.recognition_metadata is not None
    assert place.recognition_metadata["recognizer_name"] == "ChineseNamesRecognizer"
