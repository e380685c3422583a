"""What an operator adds for one customer tightens; what it waives is signed, ends, and is named by the verdict."""

import datetime as dt
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from jurisdictions.compile import Compiled, compile_packs
from jurisdictions.evaluate import Verdict, evaluate, explain
from jurisdictions.facts import FactValue, facts_of
from jurisdictions.overlay import Overlay, load_overlays, parse_overlay
from jurisdictions.pack import Pack, packs_sha256, parse_pack
from jurisdictions.signing import SIGNED, Key, sign_folder
from schemas.errors import PackError
from schemas.records import RuleRef

DAY = dt.date(2026, 11, 24)
FACTS = """
    citation: {law: Some law, article: "1", address: somewhere, language: en, accessed: 2026-11-23, checked: text, checked_by: nobody}
    in_force: {from: 2024-01-01}
    tests:
      - {facts: {personal: true, ciio: true, sensitive: true}, fires: true}
      - {facts: {personal: false, ciio: false, sensitive: false}, fires: false}
"""
PACK = f"""
id: tt
version: 1.0.0
title: For tests
applies: destination == 'SG'
rules:
  - id: TT-HOLD
    title: It holds what is personal
    when: personal
    action: hold
    obligations: [log, escalate]{FACTS}
  - id: TT-BLOCK
    title: It blocks what is critical
    when: ciio
    action: block{FACTS}
"""
OVERLAY = f"""
id: acme
version: 1.2.0
title: What ACME has agreed
customer: C-17
rules:
  - id: OV-ACME-1
    title: Sensitive data is taken out for this customer
    when: sensitive
    action: redact
    obligations: [log]{FACTS}
"""
WAIVER = """
waivers:
  - id: WV-ACME-1
    rule: TT-HOLD
    until: 2026-11-24
    reason: The customer has shown consent of all its staff
    granted_by: legal.example/jo
"""
PACKS = (parse_pack(PACK, "tt.v1.yaml"),)


def compiled_with(*texts: str, on: dt.date = DAY, packs: tuple[Pack, ...] = PACKS) -> Compiled:
    return compile_packs(packs, on, [parse_overlay(text, "a.overlay.yaml") for text in texts])


def decide(compiled: Compiled, customer: str | None = "C-17", **facts: FactValue) -> Verdict:
    known: dict[str, FactValue] = {"destination": "SG", "personal": False, "ciio": False, "sensitive": False, **facts}
    if customer is not None:
        known["customer"] = customer
    verdict = evaluate(compiled, known)
    interpreted = {name for name, value in explain(compiled, known) if value}
    assert {ref.id for ref in verdict.rules} == interpreted
    return verdict


def test_a_rule_of_an_overlay_counts_for_its_customer_and_for_nobody_else() -> None:
    compiled = compiled_with(OVERLAY)
    assert decide(compiled, sensitive=True).action == "redact"
    assert decide(compiled, sensitive=True).rules == (RuleRef("OV-ACME-1", "acme@1.2.0"),)
    assert decide(compiled, "C-18", sensitive=True).action == "release"


def test_who_the_customer_is_must_be_known() -> None:
    verdict = decide(compiled_with(OVERLAY), None, sensitive=True)
    assert (verdict.action, verdict.certain) == ("hold", False)
    assert verdict.unsettled == (RuleRef("OV-ACME-1", "acme@1.2.0"),)


def test_whose_delivery_it_is_is_one_of_its_facts() -> None:
    facts = facts_of(
        [("PERSON", "foreign_echo")],
        destination="SG",
        end_user_location="SG",
        origin_data_centre="a",
        model_origin="CN",
        route="r",
        mechanisms=(),
        customer="C-17",
        declared={"ciio": False},
        domains=frozenset({"health"}),
    )
    assert facts["customer"] == "C-17"
    assert {ref.id for ref in evaluate(compiled_with(OVERLAY), facts).rules} == {"TT-HOLD", "OV-ACME-1"}


def test_an_overlay_never_makes_a_verdict_laxer() -> None:
    assert decide(compiled_with(OVERLAY), sensitive=True, personal=True).action == "hold"
    assert decide(compiled_with(OVERLAY), sensitive=True, ciio=True).action == "block"


def test_an_overlay_that_releases_is_refused() -> None:
    with pytest.raises(PackError, match=r"a\.overlay\.yaml: OV-ACME-1: an overlay tightens"):
        parse_overlay(OVERLAY.replace("action: redact", "action: release"), "a.overlay.yaml")


def test_the_golden_rule_holds_for_overlays_too() -> None:
    text = OVERLAY.replace("action: redact", "action: block").replace("checked: text", "checked: secondary")
    with pytest.raises(PackError, match="needs a provision read at its source"):
        parse_overlay(text, "a.overlay.yaml")


def test_a_waived_rule_does_not_fire_for_the_customer_and_the_verdict_names_the_waiver() -> None:
    compiled = compiled_with(OVERLAY + WAIVER)
    verdict = decide(compiled, personal=True)
    assert (verdict.action, verdict.certain) == ("release", True)
    assert verdict.rules == (RuleRef("WV-ACME-1", "acme@1.2.0"),)
    assert verdict.obligations == ("log",)


def test_a_waiver_is_for_one_customer() -> None:
    verdict = decide(compiled_with(OVERLAY + WAIVER), "C-18", personal=True)
    assert verdict.action == "hold"
    assert verdict.rules == (RuleRef("TT-HOLD", "tt@1.0.0"),)


def test_where_the_rule_would_not_fire_the_waiver_is_not_named() -> None:
    compiled = compiled_with(OVERLAY + WAIVER)
    assert decide(compiled, personal=False).rules == ()
    assert decide(compiled, personal=True, destination="DE").rules == ()


def test_a_waiver_of_an_unknown_customer_helps_nobody() -> None:
    verdict = decide(compiled_with(OVERLAY + WAIVER), None, personal=True)
    assert (verdict.action, verdict.certain) == ("hold", False)


def test_a_waiver_leaves_the_other_rules_alone() -> None:
    verdict = decide(compiled_with(OVERLAY + WAIVER), personal=True, ciio=True)
    assert verdict.action == "block"
    assert {ref.id for ref in verdict.rules} == {"TT-BLOCK", "WV-ACME-1"}


@pytest.mark.parametrize(
    ("since", "day", "action"),
    [
        ("", dt.date(2026, 11, 24), "release"),
        ("", dt.date(2026, 11, 25), "hold"),
        ("from: 2026-11-23", dt.date(2026, 11, 22), "hold"),
        ("from: 2026-11-23", dt.date(2026, 11, 23), "release"),
    ],
)
def test_a_waiver_counts_from_its_first_day_to_its_last(since: str, day: dt.date, action: str) -> None:
    text = OVERLAY + WAIVER.replace("    until", f"    {since}\n    until" if since else "    until")
    assert decide(compiled_with(text, on=day), personal=True).action == action


def test_two_customers_may_waive_the_same_rule() -> None:
    other = (OVERLAY + WAIVER).replace("acme", "beta").replace("ACME", "BETA").replace("C-17", "C-18")
    compiled = compiled_with(OVERLAY + WAIVER, other)
    assert decide(compiled, "C-17", personal=True).rules == (RuleRef("WV-ACME-1", "acme@1.2.0"),)
    assert decide(compiled, "C-18", personal=True).rules == (RuleRef("WV-BETA-1", "beta@1.2.0"),)
    assert decide(compiled, "C-19", personal=True).action == "hold"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (OVERLAY + WAIVER.replace("TT-HOLD", "TT-BLOCK"), "waives TT-BLOCK, which blocks"),
        (OVERLAY + WAIVER.replace("TT-HOLD", "TT-NONE"), "which is a rule of no pack"),
        (OVERLAY + WAIVER.replace("rule: TT-HOLD", "rule: OV-ACME-1"), "which is a rule of no pack"),
        (OVERLAY + WAIVER.replace("WV-ACME-1", "TT-HOLD"), "the id TT-HOLD is taken"),
        (OVERLAY.replace("OV-ACME-1", "TT-HOLD"), "the id TT-HOLD is taken"),
        (OVERLAY.replace("id: acme", "id: tt"), "overlay tt: a pack or another overlay has this id"),
    ],
)
def test_an_overlay_that_does_not_fit_the_packs_is_refused(text: str, reason: str) -> None:
    with pytest.raises(PackError, match=reason):
        compiled_with(text)


def test_a_rule_that_blocks_in_any_version_is_never_waived() -> None:
    old = parse_pack(PACK.replace("version: 1.0.0", "version: 0.9.0\nin_force: {from: 2020-01-01, to: 2023-12-31}"), "a")
    new_text = PACK.replace("version: 1.0.0", "version: 1.0.0\nin_force: {from: 2024-01-01}")
    harder = parse_pack(new_text.replace("action: hold", "action: block"), "b")
    with pytest.raises(PackError, match="waives TT-HOLD, which blocks"):
        compiled_with(OVERLAY + WAIVER, packs=(old, harder))


@pytest.mark.parametrize(
    "line", ["until: 2026-11-24", "reason: The customer has shown consent of all its staff", "granted_by: legal.example/jo"]
)
def test_a_waiver_says_until_when_why_and_by_whom(line: str) -> None:
    with pytest.raises(PackError, match=rf"waivers\.0\.{line.split(':', maxsplit=1)[0]}"):
        parse_overlay(OVERLAY + WAIVER.replace(f"    {line}\n", ""), "a.overlay.yaml")


def test_the_digest_of_the_rules_covers_overlays_and_waivers() -> None:
    plain, waived, longer = (
        packs_sha256(PACKS, [parse_overlay(text, "a")])
        for text in (OVERLAY, OVERLAY + WAIVER, OVERLAY + WAIVER.replace("2026-11-24", "2026-11-25"))
    )
    assert len({packs_sha256(PACKS), plain, waived, longer}) == 4


OFFICER = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
JO = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
OFFICER_KEY = Key.of("ops.example/rules", OFFICER).vkey
JO_KEY = Key.of("legal.example/jo", JO).vkey


def signed_folder(folder: Path, text: str, *, by_jo: bool) -> Path:
    (folder / "acme.overlay.yaml").write_text(text, "utf-8")
    (folder / SIGNED).write_text(sign_folder(folder, OFFICER, "ops.example/rules"), "utf-8")
    if by_jo:
        (folder / SIGNED).write_text(sign_folder(folder, JO, "legal.example/jo"), "utf-8")
    return folder


def loaded(folder: Path, waiver_keys: tuple[str, ...] = (JO_KEY,)) -> tuple[Overlay, ...]:
    return load_overlays(folder, keys=(OFFICER_KEY,), waiver_keys=waiver_keys)


def test_a_signed_overlay_is_loaded_and_one_without_waivers_needs_no_second_signature(tmp_path: Path) -> None:
    (overlay,) = loaded(signed_folder(tmp_path, OVERLAY, by_jo=False))
    assert (overlay.customer, overlay.pack.name, overlay.waivers) == ("C-17", "acme@1.2.0", ())


def test_a_waiver_needs_the_signature_of_the_one_who_granted_it(tmp_path: Path) -> None:
    with pytest.raises(PackError, match=r"acme\.overlay\.yaml: WV-ACME-1: not signed by legal\.example/jo"):
        loaded(signed_folder(tmp_path, OVERLAY + WAIVER, by_jo=False))
    (overlay,) = loaded(signed_folder(tmp_path, OVERLAY + WAIVER, by_jo=True))
    assert [waiver.rule for waiver in overlay.waivers] == ["TT-HOLD"]


def test_who_is_not_on_the_list_grants_no_waiver(tmp_path: Path) -> None:
    folder = signed_folder(tmp_path, OVERLAY + WAIVER, by_jo=True)
    with pytest.raises(PackError, match="may grant no waivers"):
        loaded(folder, waiver_keys=())
    with pytest.raises(PackError, match="may grant no waivers"):
        load_overlays(folder, keys=(OFFICER_KEY, JO_KEY))


def test_who_may_grant_waivers_may_not_sign_overlays_by_that(tmp_path: Path) -> None:
    (tmp_path / "acme.overlay.yaml").write_text(OVERLAY, "utf-8")
    (tmp_path / SIGNED).write_text(sign_folder(tmp_path, JO, "legal.example/jo"), "utf-8")
    with pytest.raises(PackError, match="nobody who may sign overlays"):
        loaded(tmp_path)


def test_a_waiver_that_was_prolonged_after_the_signatures_stops_the_start(tmp_path: Path) -> None:
    folder = signed_folder(tmp_path, OVERLAY + WAIVER, by_jo=True)
    (folder / "acme.overlay.yaml").write_text(OVERLAY + WAIVER.replace("2026-11-24", "2027-11-24"), "utf-8")
    with pytest.raises(PackError, match=r"acme\.overlay\.yaml: altered"):
        loaded(folder)


def test_a_new_content_that_one_person_signed_loses_the_signatures_of_the_others(tmp_path: Path) -> None:
    folder = signed_folder(tmp_path, OVERLAY + WAIVER, by_jo=True)
    signed_folder(folder, OVERLAY + WAIVER.replace("2026-11-24", "2027-11-24"), by_jo=False)
    with pytest.raises(PackError, match=r"not signed by legal\.example/jo"):
        loaded(folder)


def test_overlays_without_signatures_are_refused(tmp_path: Path) -> None:
    (tmp_path / "acme.overlay.yaml").write_text(OVERLAY, "utf-8")
    with pytest.raises(PackError, match="the folder is not signed"):
        loaded(tmp_path)
