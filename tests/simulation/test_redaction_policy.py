"""The policy of redaction in the pipeline: by type and destination, the same at every replay, revealed with the key of the scope alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from detectors.redaction.keys import scope_key
from detectors.redaction.modes import check_pseudonym, reveal
from schemas.codec import Codec
from schemas.errors import ConfigurationError
from schemas.records import DeliveryRecord
from streams.pipeline import Equipment, build_pipeline
from streams.settings import KeysSettings, RedactSettings, Settings
from tests.requests import request
from tests.simulation.world import PARTITIONS, Log, Reader, run, write_streams

CARD, MAIL = "4111 1111 1111 1111", "mei.tan@example.sg"
TEXT = f"We charged the card {CARD} again, and then the card {CARD} once more. A copy of it all goes to {MAIL} as well."
POLICY = """
version: 1
types:
  "*": {mode: replace}
  CREDIT_CARD: {mode: pseudonym, scope: customer}
  EMAIL_ADDRESS: {mode: keep, first: 1, domain: true}
destinations:
  DE:
    CREDIT_CARD: {mode: keep, last: 4}
"""


def settings(directory: Path, policy: str = POLICY) -> Settings:
    (directory / "policy.yaml").write_text(policy, "utf-8")
    return Settings(keys=KeysSettings(dir=directory / "keys"), redact=RedactSettings(policy=directory / "policy.yaml"))


def deliveries(equipment: Equipment, directory: Path, seed: int, crash: float = 0.0) -> dict[str, list[DeliveryRecord]]:
    """Return what is delivered of three streams: two of one customer to Singapore, one of it to Germany."""
    pipeline = build_pipeline(settings(directory), PARTITIONS, equipment)
    log = Log()
    streams = [(request("s-1", "SG"), TEXT), (request("s-2", "SG"), TEXT), (request("s-3", "DE"), TEXT)]
    write_streams(log, Codec.committed(), streams, seed=3)
    run(log, pipeline.processor, pipeline.state, seed, crash=crash)
    found: dict[str, list[DeliveryRecord]] = {}
    for record in Reader(log, pipeline.codec).deliveries():
        found.setdefault(record.stream_id, []).append(record)
    return found


def redacted(records: list[DeliveryRecord], entity_type: str) -> list[str]:
    spans = [(record.text, each) for record in records for each in record.redactions]
    return [text[each.start : each.end] for text, each in spans if each.entity_type == entity_type]


def test_each_destination_gets_what_the_policy_says(equipment: Equipment, tmp_path: Path) -> None:
    found = deliveries(equipment, tmp_path, seed=1)
    cards = redacted(found["s-1"], "CREDIT_CARD")
    assert len(cards) == 2
    assert len({*cards, *redacted(found["s-2"], "CREDIT_CARD")}) == 1
    assert redacted(found["s-3"], "CREDIT_CARD") == ["•••• •••• •••• 1111"] * 2
    for records in found.values():
        text = "".join(record.text for record in records)
        assert CARD not in text
        assert MAIL not in text
        assert redacted(records, "EMAIL_ADDRESS") == ["m••••••@example.sg"]


def test_a_pseudonym_is_revealed_with_the_key_of_the_customer(equipment: Equipment, tmp_path: Path) -> None:
    (card, _) = redacted(deliveries(equipment, tmp_path, seed=1)["s-1"], "CREDIT_CARD")
    root = (tmp_path / "keys" / "value.bin").read_bytes()
    assert reveal("CREDIT_CARD", card, scope_key(root, "customer", "c-1")) == CARD
    assert not check_pseudonym("CREDIT_CARD", card, scope_key(root, "customer", "c-2"), CARD)


@pytest.mark.parametrize("seed", range(3))
def test_a_crash_does_not_change_a_pseudonym(equipment: Equipment, tmp_path: Path, seed: int) -> None:
    calm, stormy = deliveries(equipment, tmp_path, seed), deliveries(equipment, tmp_path, seed + 100, crash=0.4)
    for stream_id, records in calm.items():
        assert "".join(each.text for each in stormy[stream_id]) == "".join(each.text for each in records)


def test_a_policy_for_a_type_that_nobody_looks_for_stops_the_start(equipment: Equipment, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"policy\.yaml.*CREDIT_CRAD"):
        build_pipeline(settings(tmp_path, POLICY.replace("CREDIT_CARD", "CREDIT_CRAD")), PARTITIONS, equipment)
