"""A legal basis counts for its customer, on its days, and not otherwise."""

import datetime as dt

import pytest

from jurisdictions.mechanisms import Mechanism, kinds_in_force
from schemas.errors import PackError

CONTRACT = Mechanism("SG-17", "sg_contract", "c-204", dt.date(2026, 1, 1), dt.date(2026, 12, 31))
ATTESTATION = Mechanism("ART4-1", "art4_attest", "", dt.date(2026, 1, 1), None)
REGISTER = {entry.id: entry for entry in (CONTRACT, ATTESTATION)}


@pytest.mark.parametrize(
    ("customer", "day", "kinds"),
    [
        ("c-204", dt.date(2026, 1, 1), {"sg_contract", "art4_attest"}),
        ("c-204", dt.date(2026, 12, 31), {"sg_contract", "art4_attest"}),
        ("c-204", dt.date(2027, 1, 1), {"art4_attest"}),
        ("c-204", dt.date(2025, 12, 31), set()),
        ("c-999", dt.date(2026, 6, 1), {"art4_attest"}),
    ],
)
def test_a_mechanism_counts_on_its_days_and_for_its_customer(customer: str, day: dt.date, kinds: set[str]) -> None:
    assert kinds_in_force(REGISTER, ["SG-17", "ART4-1"], customer, day) == kinds


def test_a_document_that_is_not_on_file_grants_nothing() -> None:
    assert kinds_in_force(REGISTER, ["sg_contract", "SG-18"], "c-204", dt.date(2026, 6, 1)) == frozenset()


def test_a_kind_that_no_rule_could_ask_for_is_refused() -> None:
    with pytest.raises(PackError, match="X-1: unknown kind 'promise'"):
        Mechanism("X-1", "promise", "", dt.date(2026, 1, 1), None)
