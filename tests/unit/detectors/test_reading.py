"""What is read of a text depends on that text alone, and names have exact offsets."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.classifier import LanguageClassifier
from detectors.finding import Finding
from detectors.reading import PIECES, ROWS_MAX, ROWS_MIN, TextReader
from detectors.tagged import RECOGNIZER, names_in
from detectors.topics import Topics, bundled
from models.form import WIDTH
from models.manifest import load
from models.session import OnnxModel, open_model
from models.text_labels import DOMAINS, KINDS, NAME_TAGS
from models.tokenizer import Encoded, Tokenizer, open_tokenizer
from schemas.errors import ArtifactError, ConfigurationError, DetectionError

TEXTS = (
    "", " ", "\n\n", "7", "12, 14, 16, 18, 20, 22, 24\n", "ok", "Maria", "王", "\ud83d", "a\ud800b",
    "Our adviser Maria Keller from Hamburg works for a bank and is ill.",
    "王建国在上海的银行工作，昨天去了医院。", "王先生您好，您的訂單已經發貨。",
    "田中太郎は東京に住んでいます。", "나는 서울에 사는 김민수입니다.", "Ông Nguyễn Văn An sống ở Hà Nội.",
    "สมชาย ใจดี อาศัยอยู่ที่กรุงเทพฯ และทำงานที่โรงพยาบาล", "أحمد محمد يسكن في القاهرة ويعمل في مصرف.", "रवि कुमार दिल्ली में रहते हैं।",
    "Наш сотрудник Иван Петров живёт в Москве.", "Le docteur Jean Dupont habite à Lyon.",
    "def join(first, last):\n    # written by Maria Keller\n    return f'{first} {last}'\n",
    '{"name": "Maria Keller", "city": "Hamburg", "orders": [1, 2, 3]}', "| name | city |\n| Keller | Hamburg |\n",
    "👩\u200d🚀 👍🏽 e\u0301 \x07 \u200b", "long words " * 40, "字" * 300, "x" * 300,
)  # fmt: skip


@functools.cache
def text_model() -> OnnxModel:
    return open_model(load(), "text_int8", require_gpu=False, on_cpu=True)


@functools.cache
def language() -> LanguageClassifier:
    return LanguageClassifier(open_model(load(), "language", require_gpu=False, on_cpu=True))


@functools.cache
def reader() -> TextReader:
    # Every label and every name counts, so that all that is read is compared.
    return TextReader(text_model(), language(), Topics(default=0.02, labels={}, names=0.0))


@functools.cache
def tokenizer() -> Tokenizer:
    return open_tokenizer(text_model())


def tagged(text: str, tags: dict[str, str], *, probability: float = 0.9, code: bool = False, least: float = 0.5) -> list[tuple[str, str]]:
    """Return the names of a text whose pieces are tagged: words in the text, in order → the tag of each of their pieces."""
    (pieces,) = tokenizer().encode([text], 254)
    scores = np.zeros((len(pieces.ids), len(NAME_TAGS)), np.float32)
    high = np.log(probability * (len(NAME_TAGS) - 1) / (1 - probability))
    at = 0
    chosen = ["O"] * len(pieces.ids)
    for word, tag in tags.items():
        start = text.index(word, at)
        at = start + len(word)
        begun = False
        for number, (first, past) in enumerate(zip(pieces.starts, pieces.ends, strict=True)):
            if first < at and past > start:
                chosen[number] = f"I-{tag[2:]}" if begun and tag.startswith("B-") else tag
                begun = True
    for number, tag in enumerate(chosen):
        scores[number, NAME_TAGS.index(tag)] = high
    found = names_in(text, pieces, scores, least, code=code)
    of_type = probability + (1 - probability) / (len(NAME_TAGS) - 1)  # begin and inside together
    assert all(one.recognizer == RECOGNIZER and one.score == pytest.approx(of_type, abs=1e-3) for one in found)
    return [(text[one.start : one.end], one.entity_type) for one in found]


@given(st.lists(st.one_of(st.sampled_from(TEXTS), st.text(max_size=60)), min_size=1, max_size=40), st.randoms(use_true_random=False))
@settings(max_examples=25, deadline=None)
def test_a_text_reads_the_same_alone_in_any_batch_and_in_any_order(texts: list[str], chance: object) -> None:
    together = reader().read(texts)
    order = list(range(len(texts)))
    chance.shuffle(order)  # type: ignore[attr-defined]
    assert reader().read([texts[place] for place in order]) == [together[place] for place in order]
    assert [reader().read([text])[0] for text in texts[:8]] == together[:8]


@pytest.mark.parametrize("time", PIECES)
def test_from_two_rows_on_the_scores_of_a_row_are_the_same_to_the_last_bit(time: int) -> None:
    chance = np.random.default_rng(time)
    live = (np.arange(time) < chance.integers(2, time + 1, ROWS_MAX)[:, None]).astype(np.int32)
    ids = np.where(live, chance.integers(4, 250_000, (ROWS_MAX, time)), 1).astype(np.int32)
    feeds: dict[str, npt.NDArray[np.generic]] = {"ids": ids, "live": live, "form": chance.random((ROWS_MAX, WIDTH)).astype(np.float32)}
    whole = text_model().run(feeds)
    for rows in (ROWS_MIN, 4, 8, 16) if time <= 64 else (ROWS_MIN, 8):
        parts = [text_model().run({name: array[at : at + rows] for name, array in feeds.items()}) for at in range(0, ROWS_MAX, rows)]
        for number, expected in enumerate(whole):
            assert np.array_equal(np.concatenate([part[number] for part in parts]), expected)


def test_the_shapes_that_reach_the_model_are_few(monkeypatch: pytest.MonkeyPatch) -> None:
    shapes: list[tuple[int, ...]] = []
    reader()  # opening a model runs it once
    run = OnnxModel.run

    def watched(model: OnnxModel, feeds: dict[str, npt.NDArray[np.generic]]) -> list[npt.NDArray[np.generic]]:
        if "ids" in feeds:
            shapes.append(feeds["ids"].shape)
        return run(model, feeds)

    monkeypatch.setattr(OnnxModel, "run", watched)
    for count in (1, 2, 3, 5, 17, 33, 64):
        shapes.clear()
        reader().read(["Maria Keller lives in Hamburg."] * count)
        assert {time for _, time in shapes} <= set(PIECES)
        assert {rows for rows, _ in shapes} <= {2, 4, 8, 16, 32}
        assert count <= sum(rows for rows, _ in shapes) <= max(2, count * 4 / 3)


@pytest.mark.parametrize("text", ["", " ", "7", "\n", "+65 8123 4567", "…"])
def test_a_short_text_without_a_letter_is_not_shown(text: str) -> None:
    (reading,) = reader().read([text])
    assert (reading.kind, reading.kind_score, reading.domains_on, reading.names) == ("prose", 0.0, (), ())
    assert reading.domains == (0.0,) * len(DOMAINS)


def test_a_long_text_without_a_letter_has_a_kind() -> None:
    (reading,) = reader().read(["12, 14, 16, 18, 20, 22, 24\n"])
    assert reading.kind in KINDS
    assert reading.kind_score > 0


def test_a_reading_names_the_model_and_has_rounded_scores_in_the_order_of_the_labels() -> None:
    (reading,) = reader().read(["Our adviser Maria Keller works in Hamburg."])
    assert (reading.model.name, reading.model.sha256) == ("text_int8", load().card("text_int8").sha256)
    assert (reading.model.label, reading.model.score) == (reading.kind, reading.kind_score)
    assert reading.labels == DOMAINS
    assert [round(score, 3) for score in (*reading.domains, reading.kind_score)] == [*reading.domains, reading.kind_score]
    assert reading.language.label == "en"


def test_a_domain_is_on_from_its_own_threshold_on() -> None:
    text = "Our adviser Maria Keller works in Hamburg."
    (seen,) = reader().read([text])
    label, score = DOMAINS[3], seen.domains[3]
    (at,) = TextReader(text_model(), language(), Topics(1.0, {label: score}, 0.5)).read([text])
    (above,) = TextReader(text_model(), language(), Topics(1.0, {label: score + 0.001}, 0.5)).read([text])
    assert label in at.domains_on
    assert label not in above.domains_on


def test_the_first_run_of_the_model_divides_by_no_zero(monkeypatch: pytest.MonkeyPatch) -> None:
    first: list[npt.NDArray[np.generic]] = []
    run = OnnxModel.run

    def watched(model: OnnxModel, feeds: dict[str, npt.NDArray[np.generic]]) -> list[npt.NDArray[np.generic]]:
        first.extend(run(model, feeds))
        return first

    monkeypatch.setattr(OnnxModel, "run", watched)
    open_model(load(), "text_int8", require_gpu=False, on_cpu=True)
    assert len(first) == 3
    assert all(np.isfinite(output).all() for output in first)


def test_a_model_that_fails_is_an_error_without_text() -> None:
    class Failing:
        def run(self, _outputs: None, _feeds: object) -> Sequence[object]:
            raise RuntimeError

        def get_modelmeta(self) -> object:
            return text_model().session.get_modelmeta()

    broken = TextReader(replace(text_model(), session=Failing()), language())
    with pytest.raises(DetectionError, match="text_int8") as failure:
        broken.read(["Maria Keller"])
    assert "Keller" not in str(failure.value)


def test_a_model_without_a_tokenizer_is_refused() -> None:
    with pytest.raises(ArtifactError, match="tokenizer"):
        open_tokenizer(open_model(load(), "language", require_gpu=False, on_cpu=True))


def test_a_name_is_found_where_it_stands() -> None:
    text = "Adviser Maria Magdalena Keller-Szczepaniak, Hamburg"
    tags = {"Maria": "B-PERSON", "Magdalena": "I-PERSON", "Keller-Szczepaniak": "I-PERSON", "Hamburg": "B-LOCATION"}
    assert tagged(text, tags) == [("Maria Magdalena Keller-Szczepaniak", "PERSON"), ("Hamburg", "LOCATION")]


@pytest.mark.parametrize("text", ["  联系人　王建国 ", "👩\u200d🚀 Ông   Nguyễn Văn An\tsống", "\u200bＭＡＲＩＡ said"])
def test_offsets_hold_where_characters_are_rewritten(text: str) -> None:
    name = next(part for part in ("王建国", "Nguyễn Văn An", "ＭＡＲＩＡ") if part in text)
    assert tagged(text, {name: "B-PERSON"}) == [(name, "PERSON")]


def test_a_piece_that_goes_on_where_nothing_began_begins_a_name() -> None:
    assert tagged("with Maria Keller today", {"Maria": "I-PERSON", "Keller": "I-PERSON"}) == [("Maria Keller", "PERSON")]
    assert tagged("with Maria in Rome", {"Maria": "I-PERSON", "Rome": "I-LOCATION"}) == [("Maria", "PERSON"), ("Rome", "LOCATION")]


def test_a_name_that_begins_behind_another_is_its_own_but_not_inside_a_word() -> None:
    assert tagged("Maria Peter", {"Maria": "B-PERSON", "Peter": "B-PERSON"}) == [("Maria", "PERSON"), ("Peter", "PERSON")]
    assert tagged("王建国李小龙", {"王建国": "B-PERSON", "李小龙": "B-PERSON"}) == [("王建国", "PERSON"), ("李小龙", "PERSON")]
    text = "Szczepaniak came"
    (pieces,) = tokenizer().encode([text], 254)
    inside = np.zeros((len(pieces.ids), len(NAME_TAGS)), np.float32)
    inside[:, 0] = 5
    inside[pieces.ends <= len("Szczepaniak"), NAME_TAGS.index("B-PERSON")] = 9
    assert [(one.start, one.end) for one in names_in(text, pieces, inside, 0.5, code=False)] == [(0, len("Szczepaniak"))]


def test_a_name_ends_at_a_line_break_and_where_no_piece_lies() -> None:
    assert tagged("Maria\nKeller", {"Maria": "B-PERSON", "Keller": "I-PERSON"}) == [("Maria", "PERSON"), ("Keller", "PERSON")]
    apart = Encoded(np.array([5, 6], np.int32), np.array([0, 6], np.int32), np.array([5, 12], np.int32))
    scores = np.zeros((2, len(NAME_TAGS)), np.float32)
    scores[:, NAME_TAGS.index("I-PERSON")] = 9
    found = names_in("Maria+Keller", apart, scores, 0.5, code=False)
    assert [(one.start, one.end) for one in found] == [(0, 5), (6, 12)]


@pytest.mark.parametrize("text", ["王", "7", "12 34", "..", "A"])
def test_one_character_or_digits_and_signs_alone_are_no_name(text: str) -> None:
    assert tagged(f"xx {text} xx", {text: "B-PERSON"}) == []


def test_a_name_below_the_threshold_is_left_out() -> None:
    assert tagged("with Maria", {"Maria": "B-PERSON"}, probability=0.7, least=0.75) == [("Maria", "PERSON")]
    assert tagged("with Maria", {"Maria": "B-PERSON"}, probability=0.7, least=0.751) == []


def test_the_pieces_of_a_word_vote_together() -> None:
    text = "Palestinians in Szczepanowice"
    (pieces,) = tokenizer().encode([text], 254)
    scores = np.zeros((len(pieces.ids), len(NAME_TAGS)), np.float32)
    scores[:, 0] = 4
    scores[0, NAME_TAGS.index("B-LOCATION")] = 4.5  # the first piece alone would be a name of a part of a word
    assert len(pieces.ids) > 4
    assert pieces.ends[0] < len("Palestinians")
    assert names_in(text, pieces, scores, 0.0, code=False) == ()


@pytest.mark.parametrize(
    "comment", ["# by Keller", "x = 1  // by Keller", " * by Keller", "-- by Keller", "<!-- Keller -->", "/* Keller */"]
)
def test_names_in_comments_of_code_are_names(comment: str) -> None:
    assert tagged(f"f()\n{comment}\n", {"Keller": "B-PERSON"}, code=True) == [("Keller", "PERSON")]


@pytest.mark.parametrize("line", ["keller = Keller()", "import Keller", "a#Keller", "run --user Keller"])
def test_identifiers_of_code_are_no_names(line: str) -> None:
    assert tagged(f"f()\n{line}\n", {"Keller": "B-PERSON"}, code=True) == []
    assert tagged(f"f()\n{line}\n", {"Keller": "B-PERSON"}) == [("Keller", "PERSON")]


def test_the_names_of_a_text_lie_in_it() -> None:
    for text, reading in zip(TEXTS, reader().read(TEXTS), strict=True):
        for name in reading.names:
            assert isinstance(name, Finding)
            assert 0 <= name.start < name.end <= len(text)
            assert text[name.start : name.end].strip() == text[name.start : name.end]


def test_the_bundled_figures_speak_of_every_domain() -> None:
    assert all(0 < bundled().least(label) <= 1 for label in DOMAINS)
    assert text_model().labels == DOMAINS


@pytest.mark.parametrize(
    "written",
    [
        "default: 0.5\nlabels: {}\n",
        "default: 0.5\nlabels: {}\nnames: 0.5\nmore: 1\n",
        "default: 0.5\nlabels: {weather: 0.5}\nnames: 0.5\n",
        "default: 0.5\nlabels: {health: 1.5}\nnames: 0.5\n",
        "default: true\nlabels: {}\nnames: 0.5\n",
        "default: 0.5\nlabels: [health]\nnames: 0.5\n",
        "- 0.5\n",
        "default: [\n",
    ],
)
def test_figures_that_are_not_as_they_should_be_are_refused(tmp_path: Path, written: str) -> None:
    path = tmp_path / "topics.yaml"
    path.write_text(written, encoding="utf-8")
    with pytest.raises(ConfigurationError):
        Topics.load(path)


def test_a_label_of_its_own_goes_before_the_default(tmp_path: Path) -> None:
    path = tmp_path / "topics.yaml"
    path.write_text("default: 0.5\nlabels: {health: 0.7}\nnames: 0.4\n", encoding="utf-8")
    topics = Topics.load(path)
    assert (topics.least("health"), topics.least("minor"), topics.names) == (0.7, 0.5, 0.4)
