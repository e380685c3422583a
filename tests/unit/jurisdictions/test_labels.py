"""Which marks a delivery carries for the labels of its verdict, and how plain text shows them."""

import datetime as dt
import json

import pytest

from jurisdictions.compile import compile_packs
from jurisdictions.evaluate import evaluate
from jurisdictions.facts import facts_of
from jurisdictions.labels import bundled_labels, check_labels, marks_of, parse_labels, render
from jurisdictions.lists import LISTS
from jurisdictions.pack import load_packs, parse_pack
from schemas.errors import PackError
from schemas.records import DeliveryRecord, EvidenceRef, HoldBack, Mark

SHIPPED = (LISTS / "labels.v1.yaml").read_text("utf-8")
ORIGIN = {"producer": "Shantou Compute", "produce_id": "s-1", "propagator": "Carnet Egress", "propagate_id": "s-1:0"}
TODAY = compile_packs(load_packs(), dt.date(2026, 11, 24))
AIGC_KEYS = ["Label", "ContentProducer", "ProduceID", "ReservedCode1", "ContentPropagator", "PropagateID", "ReservedCode2"]


def marks(
    *labels: str, destination: str = "SG", kind: str = "text", first: bool = True, last: bool = False, **more: object
) -> tuple[Mark, ...]:
    origin = {**ORIGIN, **more}
    return marks_of(labels, destination=destination, kind=kind, is_first=first, is_last=last, **origin)  # type: ignore[arg-type]


def delivery(text: str, marks: tuple[Mark, ...] = (), action: str = "label", last: bool = False) -> DeliveryRecord:
    evidence = EvidenceRef(0, 0, bytes(32), bytes(16))
    return DeliveryRecord("s-1:0", "s-1", 0, "c", "SG", text, 0, 0, action, (), (), (), last, evidence, HoldBack(0, 0), marks)


def test_every_label_of_the_shipped_packs_can_be_put() -> None:
    check_labels(load_packs())


def test_a_pack_with_a_label_that_nobody_can_put_is_refused_by_name() -> None:
    pack = parse_pack(
        """
id: tt
version: 1.0.0
title: For tests
rules:
  - id: TT-1
    title: A rule for tests
    citation: {law: Some law, article: "1", address: somewhere, language: en, accessed: 2026-11-23, checked: text, checked_by: nobody}
    in_force: {from: 2024-01-01}
    when: personal
    action: label
    labels: [tt.nobody_puts_this]
    tests:
      - {facts: {personal: true}, fires: true}
      - {facts: {personal: false}, fires: false}
""",
        "tt.v1.yaml",
    )
    with pytest.raises(PackError, match=r"tt@1\.0\.0: TT-1: label 'tt\.nobody_puts_this'"):
        check_labels([pack])
    with pytest.raises(PackError, match=r"tt\.nobody_puts_this"):
        marks("tt.nobody_puts_this")


def test_the_explicit_label_of_text_says_the_words_that_the_chinese_standard_demands() -> None:
    for destination in ("SG", "CN", "HK", "DE", "KR"):
        for mark in marks("cn.explicit", destination=destination, last=True):
            assert "人工智能" in mark.content or "AI" in mark.content
            assert "生成" in mark.content
    assert {mark.content for mark in marks("cn.explicit", destination="HK")} == {"人工智能生成"}


@pytest.mark.parametrize(
    ("first", "last", "places"),
    [
        (True, False, ["start", "interface"]),
        (False, False, ["interface"]),
        (False, True, ["end", "interface"]),
        (True, True, ["start", "end", "interface"]),
    ],
)
def test_text_is_labelled_at_its_start_and_end_and_beside_it_all_along(first: bool, last: bool, places: list[str]) -> None:
    assert [mark.place for mark in marks("cn.explicit", first=first, last=last)] == places


def test_a_picture_has_no_start() -> None:
    assert [mark.place for mark in marks("cn.explicit", kind="image", last=True)] == ["interface"]


def test_the_implicit_label_is_the_object_of_the_standard_with_its_keys_in_order() -> None:
    (mark,) = marks("cn.aigc_metadata", kind="file")
    assert (mark.place, mark.standard) == ("metadata", "GB 45438-2025")
    fields = json.loads(mark.content)
    assert list(fields) == AIGC_KEYS
    assert fields["Label"] == "1"
    assert (fields["ContentProducer"], fields["ProduceID"]) == ("Shantou Compute", "s-1")
    assert (fields["ContentPropagator"], fields["PropagateID"]) == ("Carnet Egress", "s-1:0")


def test_text_for_the_union_carries_a_statement_for_machines_that_names_the_record_in_the_ledger() -> None:
    (mark,) = marks("eu.machine_readable", destination="DE", first=False)
    fields = json.loads(mark.content)
    assert mark.place == "metadata"
    assert fields["ai_generated"] is True
    assert fields["digitalSourceType"].endswith("/trainedAlgorithmicMedia")
    assert (fields["content_id"], fields["delivery_id"]) == ("s-1", "s-1:0")


def test_a_korean_reader_is_told_in_korean_and_everybody_else_in_english() -> None:
    assert "인공지능" in marks("kr.ai_notice", destination="KR")[0].content
    assert marks("kr.ai_notice", destination="SG")[0].content == "This service is based on generative AI."


def test_the_californian_disclosure_names_provider_system_time_and_identifier_or_is_not_put_at_all() -> None:
    (mark,) = marks("us.ca.latent", destination="US", kind="image", system="qwen 3", made_at_ms=1_795_000_000_000)
    fields = json.loads(mark.content)
    assert (fields["provider"], fields["system"], fields["content_id"]) == ("Shantou Compute", "qwen 3", "s-1:0")
    assert dt.datetime.fromisoformat(fields["created"]) == dt.datetime.fromtimestamp(1_795_000_000, dt.UTC)
    with pytest.raises(PackError, match="demands system"):
        marks("us.ca.latent", destination="US", kind="image")


def test_a_mark_for_machines_without_the_name_of_the_producer_is_refused() -> None:
    with pytest.raises(PackError, match="demands ContentProducer"):
        marks("cn.aigc_metadata", kind="file", producer="")


def test_a_tag_is_in_the_record_and_shown_to_nobody() -> None:
    assert marks("ingress.mechanism_missing", "eu.watermark_missing", last=True) == ()


def test_the_agreement_takes_the_explicit_label_away_and_brings_the_recipients_record_for_six_months() -> None:
    outcomes = {}
    for kinds in ((), ("art9_unlabelled",)):
        facts = facts_of(
            (),
            destination="SG",
            end_user_location="SG",
            origin_data_centre="shantou-1",
            model_origin="CN",
            route="r",
            mechanisms=(*kinds, "sg_contract"),
            token_count=1,
            domains=frozenset(),
            declared={**TODAY.assumed, "cn_people_since_january": 0, "cn_sensitive_people_since_january": 0},
        )
        outcomes[kinds] = evaluate(TODAY, facts)
    unlabelled = outcomes["art9_unlabelled",]
    assert "cn.explicit" in outcomes[()].labels
    assert "record_recipient" not in outcomes[()].obligations
    assert "cn.explicit" not in unlabelled.labels
    assert "record_recipient" in unlabelled.obligations
    fired = {ref.id for ref in unlabelled.rules}
    assert {entry.rule.retain for entry in TODAY.rules if entry.rule.id in fired and "record_recipient" in entry.rule.obligations} == {"6m"}


def test_plain_text_shows_each_label_once_around_the_untouched_text() -> None:
    texts = ["Dear customer,\n", "the answer is ", "42."]
    shown = render(
        delivery(text, marks("cn.explicit", first=place == 0, last=place == 2), last=place == 2) for place, text in enumerate(texts)
    )
    label = "[人工智能生成 (AI-generated)]\n"
    assert shown == label + "".join(texts) + "\n" + label


def test_a_label_that_becomes_due_midway_still_comes_before_the_text_it_is_put_on() -> None:
    shown = render([delivery("first "), delivery("second", marks("eu.interaction_notice", destination="IE", first=False))])
    assert shown == "first \n[You are interacting with an AI system.]\nsecond"


def test_a_notice_without_text_begins_no_label() -> None:
    assert render([delivery("", marks("cn.explicit", last=True), action="hold")]) == ""


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (
            "{zh: 人工智能生成, en: 人工智能生成 (AI-generated)}",
            "{zh: 人工智能生成, en: Machine-made}",
            "without one of the words demanded",
        ),
        ("{zh: 人工智能生成, en: 人工智能生成 (AI-generated)}", "{zh: 人工智能生成}", "no English words"),
        ("{place: metadata, form: aigc}", "{place: metadata}", "a form goes with metadata"),
        ("kinds: [text, code]", "kinds: [txt, code]", "unknown kinds"),
        ("    tag: true\n", "    tag: false\n", "either a tag or something to put"),
        ("{CN: zh,", "{UK: zh,", "no ISO 3166-1 code"),
        ("  us.ca.latent:", "  us ca latent:", "not of the form"),
        ("    puts:\n      - {place: metadata, form: aigc}\n", "    shows: everything\n", "Extra inputs"),
    ],
)
def test_a_wrong_entry_of_the_list_is_refused_with_its_reason(old: str, new: str, reason: str) -> None:
    assert old in SHIPPED
    with pytest.raises(PackError, match=reason):
        parse_labels(SHIPPED.replace(old, new), "labels.v1.yaml")


def test_every_label_says_where_its_duty_comes_from() -> None:
    assert all(label.citation.law and label.says for label in bundled_labels().labels.values())
    assert {label.word for label in bundled_labels().labels.values() if not label.puts} >= {"ingress.mechanism_missing"}
