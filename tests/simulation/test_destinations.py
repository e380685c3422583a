"""One answer, five destinations, five verdicts: who may receive it, on which basis, and what goes with it."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from schemas.codec import Codec
from schemas.partitioning import partition_of
from schemas.records import Decision, DeliveryRecord, DomesticSource, MechanismOnFile, StreamClosed, TokenChunk
from streams import names
from streams.pipeline import Equipment, Pipeline, build_pipeline
from streams.settings import KeysSettings, MechanismsSettings, Settings
from streams.tick import Control
from tests.requests import request
from tests.simulation.world import PARTITIONS, Log, Reader, run

CODEC = Codec.committed()
PHONE, RESIDENT = "+65 8123 4567", "11010519491231002X"
TEXT = (
    f"Thank you, we will call you at {PHONE}. The patient with the identity number {RESIDENT} was diagnosed with diabetes "
    "and takes insulin every day. Please keep this in mind."
)
PLACES = {"SG": ("SG", "SG"), "EU": ("DE", "DE"), "US": ("US", "US"), "ID": ("ID", "ID"), "CN": ("SG", "CN")}
ON_FILE = ("art4_attest", "art9_unlabelled", "cn_scc", "sep_consent", "pipia", "sg_contract")
DOCUMENT = MechanismOnFile("CN-SCC-17", "cn_scc", "c-1", "outbound", (), (), 0, "17", "2025-01-01", "2027-12-31", "", revoked=False)
OTHERS = [
    MechanismOnFile(f"{kind}-1", kind, "c-1", "both", (), (), 0, "1", "2025-01-01", "", "", revoked=False)
    for kind in ("art4_attest", "art9_unlabelled", "sep_consent", "pipia", "sg_contract")
]


@dataclass
class Told:
    """What became of one answer at one place."""

    decisions: list[Decision]
    deliveries: list[DeliveryRecord]

    @property
    def action(self) -> str:
        return max((one.action for one in self.decisions), key=["release", "label", "redact", "hold", "block"].index)

    @property
    def rules(self) -> set[str]:
        return {rule.id for one in self.decisions for rule in one.rules}

    @property
    def text(self) -> str:
        return "".join(one.text for one in self.deliveries)


def sent(pipeline: Pipeline, mechanisms: tuple[str, ...] = ON_FILE) -> dict[str, Told]:
    """Send the answer to every place and return what became of it."""
    log = Log()
    for place, (destination, user) in PLACES.items():
        home = (DomesticSource("retrieval", f"Patient file: {RESIDENT}, diabetes, insulin", None),)
        asked = f"please call me at {PHONE}"
        opened = request(place, destination, asked, end_user_location=user, domestic_sources=home, mechanisms=mechanisms)
        for record in (opened, TokenChunk(place, 0, TEXT, 30), StreamClosed(place, "stop", 1, 30)):
            log.append(partition_of(place, PARTITIONS), place.encode(), CODEC.encode(record))
    run(log, pipeline.processor, pipeline.state, seed=1)
    reader = Reader(log, CODEC)
    return {
        place: Told(
            [entry.decision for entry in reader.entries() if entry.stream_id == place and entry.decision is not None],
            [record for record in reader.deliveries() if record.stream_id == place],
        )
        for place in PLACES
    }


def build(equipment: Equipment, tmp_path: Path, mode: str = "declared") -> Pipeline:
    settings = Settings(keys=KeysSettings(dir=tmp_path), mechanisms=MechanismsSettings(mode=mode))  # type: ignore[arg-type]
    return build_pipeline(settings, PARTITIONS, equipment)


def file(pipeline: Pipeline, *documents: MechanismOnFile) -> None:
    """Put documents on file."""
    pipeline.processor.control([Control(names.MECHANISMS, 0, one.id.encode(), CODEC.encode(one)) for one in documents])


def test_one_answer_gets_five_verdicts(equipment: Equipment, tmp_path: Path) -> None:
    told = sent(build(equipment, tmp_path))
    assert {place: one.action for place, one in told.items()} == {
        "SG": "release",
        "EU": "label",
        "US": "release",
        "ID": "label",
        "CN": "hold",
    }
    assert len({frozenset(one.rules) for one in told.values()}) == 5
    assert {"EU-AIA-001", "EU-GDPR-001"} <= told["EU"].rules
    assert "US-DSP-REC" in told["US"].rules
    assert "ID-001" in told["ID"].rules
    assert "CN-AI-001" in told["CN"].rules
    assert told["SG"].text == TEXT
    assert told["CN"].text == ""
    statement = next(mark for one in told["EU"].deliveries for mark in one.marks if mark.label == "eu.machine_readable")
    assert json.loads(statement.content)


def test_every_rule_that_fired_has_a_citation(equipment: Equipment, tmp_path: Path) -> None:
    known = {rule.id: rule for pack in equipment.packs for rule in pack.rules}
    for one in sent(build(equipment, tmp_path)).values():
        for rule_id in one.rules:
            citation = known[rule_id].citation
            assert citation.law
            assert citation.article
            assert citation.accessed
            assert citation.checked_by


def test_without_a_path_out_of_china_what_came_from_home_stays(equipment: Equipment, tmp_path: Path) -> None:
    told = sent(build(equipment, tmp_path), ("art4_attest", "art9_unlabelled", "sg_contract"))
    for one in told.values():
        assert one.action == "hold"
        assert {"CN-XB-003", "CN-XB-006"} <= one.rules
        assert RESIDENT not in one.text


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (DOCUMENT, ""),
        (replace(DOCUMENT, valid_to="2026-11-01"), "expired"),
        (replace(DOCUMENT, revoked=True), "revoked"),
        (replace(DOCUMENT, customer_id="c-2"), "none_on_file"),
        (replace(DOCUMENT, destinations=("DE",)), "destination"),
        (replace(DOCUMENT, categories=("contact",)), "category"),
    ],
    ids=["in force", "expired", "revoked", "of another customer", "for another place", "for other data"],
)
def test_only_a_document_in_force_for_this_is_a_basis(equipment: Equipment, tmp_path: Path, document: MechanismOnFile, reason: str) -> None:
    pipeline = build(equipment, tmp_path, "register")
    file(pipeline, *OTHERS, document)
    told = sent(pipeline)["SG"]
    assert told.action == ("hold" if reason else "release")
    used = {name for one in told.decisions for name in one.mechanisms}
    assert ("CN-SCC-17" in used) is not bool(reason)
    refused = {name for one in told.decisions for name in one.mechanisms_refused}
    named = "cn_scc" if reason == "none_on_file" else "CN-SCC-17"  # another's document is not told of
    assert refused == ({f"{named} {reason}"} if reason else set())


def test_in_register_mode_what_a_request_claims_is_no_basis(equipment: Equipment, tmp_path: Path) -> None:
    assert sent(build(equipment, tmp_path, "register"))["SG"].action == "hold"


def test_a_document_that_is_taken_off_the_file_counts_no_longer(equipment: Equipment, tmp_path: Path) -> None:
    pipeline = build(equipment, tmp_path, "register")
    file(pipeline, *OTHERS, DOCUMENT)
    pipeline.processor.control([Control(names.MECHANISMS, 0, DOCUMENT.id.encode(), None)])
    assert sent(pipeline)["SG"].action == "hold"
