"""How a text looks, in numbers."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from models.form import WIDTH, form_of


@given(st.lists(st.text(max_size=200), max_size=5))
@settings(max_examples=60, deadline=None)
def test_every_number_lies_between_nought_and_one_and_depends_on_its_text_alone(texts: list[str]) -> None:
    form = form_of(texts)
    assert form.shape == (len(texts), WIDTH)
    assert form.dtype == np.float32
    assert ((form >= 0) & (form <= 1)).all()
    for row, text in zip(form, texts, strict=True):
        assert np.array_equal(form_of([text])[0], row)


def test_code_a_table_and_prose_look_different() -> None:
    code, table, prose = form_of(
        ["def add(a, b):\n    return a + b\n", "| name | city |\n|---|---|\n| Ann | Rome |", "The harbour opens at six in the morning."]
    )
    assert min(np.abs(code - table).sum(), np.abs(code - prose).sum(), np.abs(table - prose).sum()) > 1


def test_an_empty_text_has_no_form() -> None:
    assert not form_of([""]).any()
