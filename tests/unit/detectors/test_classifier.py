"""The language label of a text depends on that text alone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.classifier import LanguageClassifier, encode
from models.manifest import load
from models.session import open_model

SENTENCES = {
    "zh": "您的预订已确认，我们会给您打电话。",
    "yue": "唔該晒，聽日見啦，你食咗飯未呀？",
    "en": "Your booking is confirmed; we will call you.",
    "id": "Terima kasih, pesanan Anda sudah dikonfirmasi.",
    "th": "ขอบคุณครับ การจองของคุณได้รับการยืนยันแล้ว",
    "vi": "Xin chào, đặt chỗ của bạn đã được xác nhận.",
    "ja": "こんにちは、予約が確認されました。",
    "ko": "예약이 확인되었습니다.",
    "ar": "مرحبا، تم تأكيد حجزك",
    "fr": "Bonjour, votre réservation est confirmée.",
    "de": "Guten Tag, Ihre Buchung ist bestätigt.",
    "es": "Hola, su reserva está confirmada para mañana.",
    "ru": "Здравствуйте, ваше бронирование подтверждено.",
    "hi": "नमस्ते, आपकी बुकिंग की पुष्टि हो गई है।",
}


@pytest.fixture(scope="module")
def classifier() -> LanguageClassifier:
    return LanguageClassifier(open_model(load(), "language", require_gpu=False))


@pytest.mark.parametrize(("language", "sentence"), SENTENCES.items())
def test_a_plain_sentence_gets_its_language(classifier: LanguageClassifier, language: str, sentence: str) -> None:
    (use,) = classifier.classify([sentence])
    assert use.label == language
    assert use.score > 0.5


def test_a_verdict_names_the_model_its_digest_and_its_provider(classifier: LanguageClassifier) -> None:
    (use,) = classifier.classify(["Your booking is confirmed."])
    assert (use.name, use.sha256) == ("language", load().card("language").sha256)
    assert use.provider.endswith("ExecutionProvider")
    assert use.score == round(use.score, 4)


@pytest.mark.parametrize("text", ["", " ", "\n", "12345", "+65 8123 4567 …", "😀"])
def test_text_without_a_letter_has_no_language(classifier: LanguageClassifier, text: str) -> None:
    (use,) = classifier.classify([text])
    assert (use.label, use.score) == ("zxx", 1.0)


def test_a_letter_that_the_model_knows_nothing_of_is_no_language_and_a_blind_guess(classifier: LanguageClassifier) -> None:
    (use,) = classifier.classify(["ᚠ"])
    assert (use.label, use.score) == ("zxx", round(1 / 21, 4))


def test_no_texts_give_no_verdicts(classifier: LanguageClassifier) -> None:
    assert classifier.classify([]) == []


def test_shouting_does_not_change_the_language(classifier: LanguageClassifier) -> None:
    sentence = "Ihre Buchung ist hiermit angenommen"
    assert classifier.classify([sentence.upper()]) == classifier.classify([sentence.lower()])


def test_composed_and_decomposed_letters_are_the_same_text(classifier: LanguageClassifier) -> None:
    assert classifier.classify(["re\u0301servation confirme\u0301e"]) == classifier.classify(["réservation confirmée"])


def test_only_whole_characters_of_the_first_256_bytes_count(classifier: LanguageClassifier) -> None:
    assert encode("a" * 255 + "é") == b"a" * 255
    assert encode("字" * 100) == ("字" * 85).encode()
    head = "您的预订已确认，我们会给您打电话。" * 5
    assert classifier.classify([head]) == classifier.classify([head + "é, but then in English, at length"])


@settings(deadline=None, max_examples=30)
@given(choice=st.data())
def test_label_and_score_do_not_depend_on_the_company_or_the_order(classifier: LanguageClassifier, choice: st.DataObject) -> None:
    piece = st.one_of(st.sampled_from(list(SENTENCES.values())), st.text(max_size=120))
    texts = choice.draw(st.lists(piece, max_size=12))
    order = choice.draw(st.permutations(range(len(texts))))
    alone = [classifier.classify([text])[0] for text in texts]
    assert classifier.classify([texts[position] for position in order]) == [alone[position] for position in order]


def test_more_texts_than_one_batch_holds_are_all_labelled_as_alone(classifier: LanguageClassifier) -> None:
    texts = [sentence[: 4 + step] for step in range(14) for sentence in SENTENCES.values()]
    assert classifier.classify(texts) == [classifier.classify([text])[0] for text in texts]


def test_the_model_sees_few_shapes_only(classifier: LanguageClassifier) -> None:
    shapes: set[tuple[int, ...]] = set()

    class Spy:
        sha256, provider, labels = "0" * 64, "CPUExecutionProvider", ("en", "zxx")

        def run(self, feeds: dict[str, np.ndarray]) -> list[np.ndarray]:
            shapes.add(feeds["bytes"].shape)
            return [np.tile([0.9, 0.1], (len(feeds["bytes"]), 1))]

    spied = LanguageClassifier(Spy())
    for count in (1, 2, 3, 5, 64, 70):
        for length in (1, 31, 32, 33, 100, 128, 129, 300):
            spied.classify(["a" * length] * count)
    assert {rows for rows, _ in shapes} <= {1, 2, 4, 8, 16, 32, 64}
    assert {columns for _, columns in shapes} == {32 + 5, 64 + 5, 128 + 5, 256 + 5}


def test_labels_and_scores_are_those_of_py3langid(classifier: LanguageClassifier) -> None:
    langid = pytest.importorskip("py3langid.langid")
    reference = langid.LanguageIdentifier.from_model_file(langid.MODEL_FILE, norm_probs=True)
    reference.set_languages(list(load().card("language").labels))
    texts = [sentence[start:] for sentence in SENTENCES.values() for start in range(0, len(sentence) - 8, 3)]
    for text, use in zip(texts, classifier.classify(texts), strict=True):
        label, score = reference.classify(text)
        assert use.label == label
        assert abs(use.score - score) < 1e-4
