"""Brazil: made-up numbers, and what only looks like one."""

from __future__ import annotations

import pytest

from detectors.patterns import refusal
from detectors.recognizers.br import RECOGNIZERS
from detectors.recognizers.br.contact import BrCepRecognizer, BrPixKeyRecognizer
from detectors.recognizers.br.registers import BrCnpjRecognizer, BrCpfRecognizer, BrRgRecognizer
from detectors.recognizers.identifier import IdentifierRecognizer

REPORTED_MIN = 0.35


def scores(recognizer: type[IdentifierRecognizer], text: str) -> dict[str, float]:
    hits = recognizer().analyze(text, [recognizer.ENTITY], None)
    return {text[hit.start : hit.end]: hit.score for hit in hits}


@pytest.mark.parametrize("recognizer", RECOGNIZERS, ids=lambda one: one.ENTITY)
def test_the_scanner_takes_every_pattern_of_br(recognizer: type[IdentifierRecognizer]) -> None:
    built = recognizer()
    assert [pattern.name for pattern in built.patterns if refusal(pattern.regex, int(built.global_regex_flags))] == []


@pytest.mark.parametrize("recognizer", RECOGNIZERS, ids=lambda one: one.ENTITY)
def test_a_context_word_of_br_can_be_one_token(recognizer: type[IdentifierRecognizer]) -> None:
    assert recognizer.CONTEXT
    assert [word for word in recognizer.CONTEXT if " " in word or ":" in word or word != word.lower()] == []


@pytest.mark.parametrize("written", ["123.456.789-09", "１２３．４５６．７８９－０９", "123.456.789–09"])
def test_a_printed_cpf_is_proved(written: str) -> None:
    assert scores(BrCpfRecognizer, f"税号{written}的人") == {written: 1.0}


@pytest.mark.parametrize("written", ["12345678909", "123456789-09", "123 456 789 09", "１２３４５６７８９０９"])
def test_a_cpf_without_dots_waits_for_a_word(written: str) -> None:
    found = scores(BrCpfRecognizer, f"巴西税号{written}的")
    assert list(found) == [written]
    assert found[written] < REPORTED_MIN


@pytest.mark.parametrize(
    "no_cpf", ["123.456.789-08", "111.111.111-11", "12345678908", "123456789090", "1.123.456.789-09", "123.456.789-091", "00000000000"]
)
def test_wrong_check_digits_or_one_digit_repeated_are_no_cpf(no_cpf: str) -> None:
    assert scores(BrCpfRecognizer, no_cpf) == {}


@pytest.mark.parametrize(
    "written", ["11.222.333/0001-81", "12.ABC.345/01DE-35", "12.abc.345/01de-35", "１１．２２２．３３３／０００１－８１"]
)
def test_a_printed_cnpj_of_digits_or_letters_is_proved(written: str) -> None:
    assert scores(BrCnpjRecognizer, f"税号{written}的公司") == {written: 1.0}


@pytest.mark.parametrize("written", ["11222333000181", "12ABC34501DE35", "１１２２２３３３０００１８１"])
def test_a_bare_cnpj_waits_for_a_word(written: str) -> None:
    found = scores(BrCnpjRecognizer, f"公司{written}的")
    assert list(found) == [written]
    assert found[written] < REPORTED_MIN


@pytest.mark.parametrize(
    "no_cnpj",
    [
        "11.222.333/0001-82",
        "12.ABC.345/01DE-36",
        "00.000.000/0000-00",
        "11111111111111",
        "112223330001810",
        "20260131120000",
        "12abc34501de35",
    ],
)
def test_wrong_check_digits_are_no_cnpj(no_cnpj: str) -> None:
    assert scores(BrCnpjRecognizer, no_cnpj) == {}


@pytest.mark.parametrize(
    "written",
    [
        "123e4567-e89b-42d3-a456-426614174000",
        "someone@example.com.br",
        "+5511987654321",
        "+55 11 98765-4321",
        "(11) 98765-4321",
        "123.456.789-09",
        "11.222.333/0001-81",
    ],
)
def test_a_pix_key_waits_for_the_word(written: str) -> None:
    found = scores(BrPixKeyRecognizer, f"chave pix {written} obrigado")
    assert list(found) == [written]
    assert found[written] < REPORTED_MIN


@pytest.mark.parametrize("no_key", ["123e4567-e89b-02d3-a456-426614174000", "someone@example", "123.456.789-08", "11.222.333/0001-82"])
def test_what_cannot_be_a_pix_key_is_none(no_key: str) -> None:
    assert scores(BrPixKeyRecognizer, f"pix {no_key}") == {}


def test_only_the_word_pix_speaks_for_a_pix_key() -> None:
    assert BrPixKeyRecognizer.CONTEXT == ("pix",)


@pytest.mark.parametrize("text", ["RG: 12.345.678-9", "RG:12.345.678-X", "rg: 123456789", "RG: MG-12.345.678"])
def test_its_label_speaks_for_an_identity_card(text: str) -> None:
    found = scores(BrRgRecognizer, text)
    assert found[text.partition(":")[2].strip()] >= REPORTED_MIN


@pytest.mark.parametrize("written", ["12.345.678-9", "12.345.678-X", "１２．３４５．６７８－９"])
def test_an_identity_card_without_label_waits_for_a_word(written: str) -> None:
    found = scores(BrRgRecognizer, f"身份证{written}的")
    assert list(found) == [written]
    assert found[written] < REPORTED_MIN


@pytest.mark.parametrize("no_card", ["org: 12345678", "12.345.678-10", "112.345.678-9", "12.345.678"])
def test_other_shapes_are_no_identity_card(no_card: str) -> None:
    assert scores(BrRgRecognizer, no_card) == {}


@pytest.mark.parametrize("written", ["01310-100", "01.310-100", "０１３１０－１００"])
def test_a_postal_code_waits_for_a_word(written: str) -> None:
    found = scores(BrCepRecognizer, f"邮编{written}圣保罗")
    assert list(found) == [written]
    assert found[written] < REPORTED_MIN


@pytest.mark.parametrize("no_code", ["01310-1000", "1310-100", "101310-100", "01310100", "2-01310-100"])
def test_other_shapes_are_no_postal_code(no_code: str) -> None:
    assert scores(BrCepRecognizer, no_code) == {}
