"""A legal basis counts for its customer, its transfer and its days, and not otherwise; what does not count is named with the reason."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from jurisdictions.calendars import has_calendar
from jurisdictions.expiry import warnings
from jurisdictions.lists import mechanism_kinds
from jurisdictions.mechanisms import InForce, Mode, Register, change_of, check, law_of, problem_of, resolve
from schemas.codec import Codec
from schemas.errors import PackError
from schemas.records import MechanismOnFile, Totals

TODAY = dt.date(2026, 11, 24)
CONTRACT = MechanismOnFile(
    "CN-SCC-7", "cn_scc", "c-204", "outbound", (), (), 0, "粤2026-0117", "2026-01-01", "2028-12-31", "ab" * 32, revoked=False
)
ATTESTATION = replace(CONTRACT, id="ART4-1", kind="art4_attest", customer_id="", valid_to="")
CLAUSES = replace(CONTRACT, id="EU-SCC-2", kind="eu_scc", direction="inbound")


def ask(register: Register, *named: str, mode: Mode = "register", **others: Any) -> InForce:
    asked: dict[str, Any] = {"customer_id": "c-204", "destination": "SG", "categories": frozenset({"contact"}), "people": 5, "on": TODAY}
    return resolve(named, register, mode, **{**asked, **others})


@pytest.mark.parametrize(
    ("changed", "asked", "reason"),
    [
        ({}, {}, ""),
        ({}, {"on": dt.date(2026, 1, 1)}, ""),
        ({}, {"on": dt.date(2028, 12, 31)}, ""),
        ({}, {"on": dt.date(2025, 12, 31)}, "not_yet"),
        ({}, {"on": dt.date(2029, 1, 1)}, "expired"),
        ({"valid_to": ""}, {"on": dt.date(2099, 1, 1)}, ""),
        ({}, {"customer_id": "c-205"}, "other_customer"),
        ({"customer_id": ""}, {"customer_id": "c-205"}, ""),
        ({"revoked": True}, {}, "revoked"),
        ({"direction": "inbound"}, {"direction": "outbound"}, "direction"),
        ({"direction": "both"}, {"direction": "outbound"}, ""),
        ({"direction": "inbound"}, {"direction": None}, ""),
        ({"destinations": ("SG", "MY")}, {}, ""),
        ({"destinations": ("MY",)}, {}, "destination"),
        ({"categories": ("contact", "financial")}, {}, ""),
        ({"categories": ("financial",)}, {}, "category"),
        ({"categories": ("financial",)}, {"categories": frozenset()}, ""),
        ({"people_max": 5}, {}, ""),
        ({"people_max": 5}, {"people": 6}, "people_exceeded"),
        ({"people_max": 5}, {"people": None}, "people_unknown"),
        ({"kind": "promise"}, {}, "malformed"),
        ({"valid_to": "2026-02-30"}, {}, "malformed"),
    ],
)
@pytest.mark.parametrize("by", ["id", "kind"])
def test_a_document_counts_within_its_scope_and_else_the_reason_is_told(
    changed: dict[str, Any], asked: dict[str, Any], reason: str, by: str
) -> None:
    document = replace(CONTRACT, **changed)
    name = document.id if by == "id" or document.kind == "promise" else document.kind
    found = ask(Register([document]), name, **{"direction": "outbound", **asked})
    if not reason:
        assert (found.kinds, found.ids, found.refused) == ({"cn_scc"}, ("CN-SCC-7",), ())
    elif by == "kind" and reason == "other_customer":
        assert (found.kinds, found.ids, found.refused) == (set(), (), (("cn_scc", "none_on_file"),))
    else:
        assert (found.kinds, found.ids, found.refused) == (set(), (), (("CN-SCC-7", reason),))


def test_what_is_not_on_file_grants_nothing() -> None:
    found = ask(Register([CONTRACT]), "CN-SCC-8", "cn_sa")
    assert (found.kinds, found.refused) == (set(), (("CN-SCC-8", "unknown_id"), ("cn_sa", "none_on_file")))


def test_a_kind_counts_as_declared_only_where_the_operator_lets_requests_declare() -> None:
    assert ask(Register(), "cn_scc", mode="declared") == InForce(frozenset({"cn_scc"}))
    assert ask(Register(), "cn_scc", mode="register").kinds == frozenset()


def test_an_id_is_looked_up_even_where_requests_declare() -> None:
    ended = replace(CONTRACT, valid_to="2026-11-23")
    found = ask(Register([ended]), "CN-SCC-7", "sep_consent", "hearsay", mode="declared")
    assert found.kinds == {"sep_consent"}
    assert found.refused == (("CN-SCC-7", "expired"), ("hearsay", "unknown_id"))


def test_one_document_that_counts_is_enough_for_its_kind() -> None:
    ended = replace(CONTRACT, id="CN-SCC-1", valid_to="2026-06-30")
    narrow = replace(CONTRACT, id="CN-SCC-3", categories=("health",))
    found = ask(Register([ended, narrow, CONTRACT]), "cn_scc")
    assert (found.kinds, found.ids, found.refused) == ({"cn_scc"}, ("CN-SCC-7",), ())
    assert ask(Register([ended, narrow]), "cn_scc").refused == (("CN-SCC-3", "category"),)


def test_both_legs_are_asked_at_once() -> None:
    assert ask(Register([CONTRACT, CLAUSES, ATTESTATION]), "cn_scc", "eu_scc", "ART4-1").kinds == {"cn_scc", "eu_scc", "art4_attest"}
    assert Register([CLAUSES]).in_force(
        ["EU-SCC-2"], customer_id="c-204", destination="DE", categories=frozenset(), people=0, on=TODAY
    ).refused == (("EU-SCC-2", "direction"),)


def test_kinds_that_hang_on_the_text_are_named_so_that_nobody_settles_them_before_it() -> None:
    limited = replace(CONTRACT, categories=("contact",))
    for categories in (frozenset({"contact"}), frozenset({"health"})):
        assert ask(Register([limited, ATTESTATION]), "cn_scc", "art4_attest", categories=categories).conditional == {"cn_scc"}
    assert ask(Register([limited, replace(CONTRACT, id="CN-SCC-8")]), "cn_scc").conditional == frozenset()


def test_an_answer_is_remembered_for_its_question_alone() -> None:
    register = Register([replace(CONTRACT, people_max=10)])
    answers = [ask(register, "CN-SCC-7", people=people).kinds for people in (10, 11, 10)]
    assert answers == [{"cn_scc"}, set(), {"cn_scc"}]
    assert ask(register, "CN-SCC-7", customer_id="c-205").kinds == set()
    assert ask(register, "cn_scc", mode="declared").ids == ()


def test_the_newest_record_of_an_id_counts() -> None:
    register = Register([CONTRACT]).updated([("CN-SCC-7", replace(CONTRACT, revoked=True))])
    assert ask(register, "CN-SCC-7").refused == (("CN-SCC-7", "revoked"),)
    assert ask(register.updated([("CN-SCC-7", CONTRACT)]), "cn_scc").ids == ("CN-SCC-7",)
    assert ask(register.updated([("CN-SCC-7", None)]), "CN-SCC-7").refused == (("CN-SCC-7", "unknown_id"),)


def test_a_register_does_not_change_when_another_is_made_of_it() -> None:
    register = Register([CONTRACT])
    register.updated([("CN-SCC-7", None)])
    assert ask(register, "cn_scc").ids == ("CN-SCC-7",)


def test_the_version_follows_the_content_and_not_the_way_to_it() -> None:
    one, other = Register([CONTRACT, ATTESTATION]), Register([ATTESTATION, replace(CONTRACT, revoked=True), CONTRACT])
    assert one.version == other.version
    assert len(bytes.fromhex(one.version)) == 8
    versions = {register.version for register in (Register(), one, one.updated([("ART4-1", None)]), Register([CLAUSES]))}
    assert len(versions) == 4


def test_a_record_under_a_foreign_key_grants_nothing() -> None:
    register = Register([CONTRACT]).updated([("CN-SCC-9", CONTRACT)])
    assert ask(register, "CN-SCC-9").refused == (("CN-SCC-7", "malformed"),)
    assert register.malformed == (("CN-SCC-9", "its key is not its id"),)
    assert ask(register, "CN-SCC-7").ids == ("CN-SCC-7",)


def test_records_of_the_topic_change_what_they_name() -> None:
    codec = Codec.committed()
    assert change_of(codec, b"CN-SCC-7", codec.encode(CONTRACT)) == ("CN-SCC-7", CONTRACT)
    assert change_of(codec, b"CN-SCC-7", None) == ("CN-SCC-7", None)


@pytest.mark.parametrize("value", [b"", b"\0\0\0\0\0", b"text", Codec.committed().encode(Totals("cn/2026", 1, (), (), 0))])
def test_a_value_that_cannot_be_read_takes_the_older_document_out_of_force(value: bytes) -> None:
    register = Register([CONTRACT]).updated([change_of(Codec.committed(), b"CN-SCC-7", value)])
    assert ask(register, "CN-SCC-7", "cn_scc").kinds == set()


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"id": "two words"}, "the id has other characters"),
        ({"id": "cn_scc"}, "the id has other characters, is too long, or is a kind"),
        ({"kind": "promise"}, "unknown kind"),
        ({"direction": "sideways"}, "direction"),
        ({"destinations": ("EU",)}, "ISO 3166-1"),
        ({"categories": ("gossip",)}, "unknown category"),
        ({"people_max": -1}, "people_max"),
        ({"valid_from": ""}, "no day"),
        ({"valid_from": "20260101"}, "no day"),
        ({"valid_to": "9999-12-31"}, "no day between 1990 and 2100"),
        ({"valid_to": "2025-12-31"}, "before valid_from"),
        ({"evidence_sha256": "abc"}, "no digest"),
        ({"kind": "cn_sa", "valid_to": "2029-01-02"}, "longer in force than its law allows"),
        ({"kind": "cn_cert", "valid_to": ""}, "longer in force than its law allows"),
    ],
)
def test_a_malformed_record_is_refused_with_what_is_wrong(changed: dict[str, Any], words: str) -> None:
    record = replace(CONTRACT, **changed)
    assert words in problem_of(record)
    with pytest.raises(PackError, match=r"^mechanism "):
        check(record)


def test_an_assessment_may_last_three_years() -> None:
    check(replace(CONTRACT, kind="cn_sa", valid_to="2029-01-01"))


def test_a_refusal_names_no_content() -> None:
    with pytest.raises(PackError) as refused:
        check(replace(CONTRACT, id="13812345678 王小明", kind="王小明"))
    assert "王小明" not in str(refused.value)


def test_every_kind_belongs_to_a_law_with_working_days() -> None:
    assert {kind: law_of(kind) for kind in mechanism_kinds() if not has_calendar(law_of(kind))} == {}
    assert [law_of(kind) for kind in ("cn_scc", "hr_necessity", "eu_scc", "uk_idta", "cbpr")] == ["CN", "CN", "EU", "GB", "SG"]


def test_a_document_is_warned_of_sixty_working_days_before_its_end_and_not_a_day_earlier() -> None:
    register = Register([replace(CONTRACT, valid_to="2026-12-31"), ATTESTATION])
    assert warnings(register, dt.date(2026, 10, 8)) == ()
    (found,) = warnings(register, dt.date(2026, 10, 9))
    assert (found.id, found.country, found.renew_by) == ("CN-SCC-7", "CN", dt.date(2026, 10, 9))
    assert (found.days_left, found.working_days_left, found.expired) == (83, 60, False)


def test_the_calendar_is_that_of_the_law() -> None:
    german = replace(CLAUSES, valid_to="2026-12-31")
    assert warnings(Register([german]), dt.date(2026, 10, 6)) == ()
    (found,) = warnings(Register([german]), dt.date(2026, 10, 7))
    assert found.country == "EU"


def test_what_has_ended_is_told_until_it_is_revoked_or_has_a_successor() -> None:
    ended = replace(CONTRACT, valid_to="2026-11-20")
    (found,) = warnings(Register([ended]), TODAY)
    assert (found.expired, found.days_left, found.working_days_left) == (True, -4, -2)
    assert warnings(Register([replace(ended, revoked=True)]), TODAY) == ()
    assert warnings(Register([ended, replace(CONTRACT, id="CN-SCC-8", valid_from="2026-11-21")]), TODAY) == ()


@pytest.mark.parametrize(
    "changed",
    [
        {"valid_from": "2026-11-22"},  # a day between
        {"customer_id": "c-205"},
        {"kind": "cn_cert"},
        {"direction": "inbound"},
        {"destinations": ("SG",)},
        {"categories": ("contact",)},
        {"people_max": 100},
        {"revoked": True},
    ],
)
def test_a_document_that_covers_less_is_no_successor(changed: dict[str, Any]) -> None:
    ended = replace(CONTRACT, valid_to="2026-11-20")
    other = replace(CONTRACT, **{"id": "CN-SCC-8", "valid_from": "2026-11-21", **changed})
    assert [found.id for found in warnings(Register([ended, other]), TODAY)] == ["CN-SCC-7"]


@pytest.mark.parametrize(("people", "ids"), [(0, "AB"), (5, "AB"), (6, "B"), (10, "B"), (11, ""), (None, "")])
def test_each_limit_of_people_is_its_own(people: int | None, ids: str) -> None:
    register = Register([replace(CONTRACT, id="A", people_max=5), replace(CONTRACT, id="B", people_max=10)])
    for _ in range(2):  # the second answer is remembered
        assert "".join(ask(register, "A", "B", people=people).ids) == ids
