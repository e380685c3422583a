"""`carnet mechanisms` as an officer runs it: a real Kafka with the compacted topic, files put, revoked, listed, checked."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import Producer
from typer.testing import CliRunner

from console.broker import Broker
from console.mechanism_files import read_documents
from console.mechanism_topic import read_register
from console.mechanisms import mechanisms_app
from jurisdictions.mechanisms import Register
from schemas.codec import Codec
from schemas.errors import ConfigurationError
from schemas.partitioning import partition_of
from streams import topics
from streams.names import MECHANISMS

run = CliRunner()
CONTRACT = """\
id: CN-SCC-7
kind: cn_scc
customer_id: c-204
direction: outbound
destinations: [EEA, SG]
people_max: 900000
number: 粤2026-0117
valid_from: 2026-01-01
valid_to: 2026-12-31
evidence: contract.pdf
"""
OTHERS = """\
- {id: ART4-1, kind: art4_attest, customer_id: "", direction: both, valid_from: 2026-01-01, evidence: contract.pdf}
- {id: EU-SCC-2, kind: eu_scc, customer_id: c-9, direction: inbound, valid_from: 2026-01-01, valid_to: 2028-12-31, evidence: contract.pdf}
"""


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    with Broker(tmp_path_factory.mktemp("kafka")) as running:
        yield running


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "contract.pdf").write_bytes(b"signed and sealed")
    path = tmp_path / "contract.yaml"
    path.write_text(CONTRACT, encoding="utf-8")
    return path


@pytest.fixture
def servers(broker: Broker, monkeypatch: pytest.MonkeyPatch) -> str:
    admin = topics.connect(broker.bootstrap_servers)
    if MECHANISMS in set(admin.list_topics()):
        admin.delete_topics([plan.name for plan in topics.PLAN], timeout_ms=30_000)
    admin.close()
    topics.create(broker.bootstrap_servers, 3, 1)
    monkeypatch.setenv("CARNET_KAFKA_BOOTSTRAP_SERVERS", broker.bootstrap_servers)
    return broker.bootstrap_servers


def carnet(*words: str | Path, code: int = 0) -> Any:
    answer = run.invoke(mechanisms_app, [*map(str, words), "--json"])
    assert answer.exit_code == code, answer.output
    return json.loads(answer.stdout) if answer.stdout else answer.stderr


def on_file(servers: str) -> Register:
    return read_register(servers, Codec.committed())


@pytest.mark.kafka
def test_a_document_is_put_on_file_listed_replaced_and_revoked(servers: str, file: Path) -> None:
    assert carnet("list") == []
    assert carnet("put", file) == [{"id": "CN-SCC-7", "kind": "cn_scc", "replaced": False}]
    (listed,) = carnet("list", "--on", "2026-11-24")
    assert (listed["state"], listed["days_left"], listed["working_days_left"], listed["renew_by"]) == ("ends soon", 37, 27, "2026-10-09")
    assert listed["evidence_sha256"] == hashlib.sha256(b"signed and sealed").hexdigest()
    assert len(listed["destinations"]) == 31
    file.write_text(CONTRACT.replace("2026-12-31", "2028-12-31"), encoding="utf-8")
    assert carnet("put", file)[0]["replaced"] is True
    assert [row["state"] for row in carnet("list", "--on", "2026-11-24")] == ["in force"]
    assert carnet("revoke", "CN-SCC-7") == {"id": "CN-SCC-7", "kind": "cn_scc", "was_revoked": False}
    assert [row["state"] for row in carnet("list")] == ["revoked"]
    assert carnet("revoke", "CN-SCC-7")["was_revoked"] is True
    assert "no document 'CN-SCC-8' is on file" in carnet("revoke", "CN-SCC-8", code=2)


@pytest.mark.kafka
def test_a_check_fails_while_something_on_file_ends_soon(servers: str, file: Path) -> None:
    others = file.with_name("others.yaml")
    others.write_text(OTHERS, encoding="utf-8")
    carnet("put", others)
    assert carnet("check", "--on", "2026-11-24") == {"ok": True, "documents": []}
    carnet("put", file)
    for day, state in (("2026-10-09", "ends soon"), ("2027-01-01", "expired")):
        told = carnet("check", "--on", day, code=1)
        assert [(row["id"], row["state"]) for row in told["documents"]] == [("CN-SCC-7", state)]
    assert carnet("check", "--on", "2026-10-08")["ok"] is True
    assert [row["id"] for row in carnet("list", "--customer", "c-204")] == ["ART4-1", "CN-SCC-7"]


@pytest.mark.kafka
def test_what_somebody_else_wrote_to_the_topic_grants_nothing_and_is_named(servers: str, file: Path) -> None:
    carnet("put", file)
    producer = Producer({"bootstrap.servers": servers, "log_level": 0})
    producer.produce(MECHANISMS, b"garbage", b"CN-SCC-7", partition=partition_of("CN-SCC-7", 3))
    stolen = Codec.committed().encode(read_documents(file)[0])
    producer.produce(MECHANISMS, stolen, b"\x1b[31mred", partition=1)
    assert producer.flush(30) == 0
    assert on_file(servers).get("CN-SCC-7") is None
    assert [row["problem"] for row in carnet("check", code=1)["documents"]] == ["its key is not its id"]


@pytest.mark.kafka
def test_the_table_carries_no_control_characters(servers: str, file: Path) -> None:
    file.write_text(CONTRACT.replace("粤2026-0117", '"\\x1b[31m7"'), encoding="utf-8")
    carnet("put", file)
    shown = run.invoke(mechanisms_app, ["list", "--on", "2026-11-24"]).stdout
    assert "CN-SCC-7" in shown
    assert "37 (27 working, CN)" in shown
    assert "\x1b" not in shown


@pytest.mark.kafka
def test_one_refused_document_keeps_the_whole_file_out(servers: str, file: Path) -> None:
    file.write_text(OTHERS + OTHERS.splitlines()[0].replace("ART4-1", "X-1").replace("art4_attest", "promise") + "\n", encoding="utf-8")
    assert "mechanism X-1: unknown kind" in carnet("put", file, code=2)
    assert on_file(servers).documents == ()


def test_a_file_gives_the_records_that_it_says(file: Path) -> None:
    (record,) = read_documents(file)
    assert (record.id, record.customer_id, record.number, record.valid_to) == ("CN-SCC-7", "c-204", "粤2026-0117", "2026-12-31")
    assert {"DE", "NO", "SG"} <= set(record.destinations)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("kind: cn_scc", "kind: [cn_scc", "not YAML"),
        ("kind: cn_scc", "kynd: cn_scc", "kind: Field required"),
        ("number:", "colour: red\nnumber:", "colour: Extra inputs"),
        ("direction: outbound", "direction: sideways", "direction"),
        ("[EEA, SG]", "[EEA, ZZ]", "no ISO 3166-1 code"),
        ("people_max: 900000", "people_max: many", "people_max"),
        ("2026-12-31", "2025-12-31", "before valid_from"),
        ("evidence: contract.pdf", "", "the proof is wanted"),
        ("evidence: contract.pdf", "evidence_sha256: abc", "evidence_sha256"),
        ("id: CN-SCC-7", "id: CN-SCC-7\nid: CN-SCC-8", "stands twice"),
    ],
)
def test_a_file_that_is_not_understood_is_refused_with_the_reason(file: Path, old: str, new: str, words: str) -> None:
    file.write_text(CONTRACT.replace(old, new), encoding="utf-8")
    with pytest.raises(ConfigurationError, match=words):
        read_documents(file)


def test_an_id_may_stand_once_in_a_file(file: Path) -> None:
    file.write_text(OTHERS + OTHERS, encoding="utf-8")
    with pytest.raises(ConfigurationError, match="an id stands twice"):
        read_documents(file)


@pytest.mark.parametrize("content", ["", "[]", "just words", "- 7"])
def test_a_file_without_documents_is_refused(file: Path, content: str) -> None:
    file.write_text(content, encoding="utf-8")
    with pytest.raises(ConfigurationError):
        read_documents(file)


def test_a_proof_that_is_not_there_is_an_error_with_its_name(file: Path) -> None:
    (file.parent / "contract.pdf").unlink()
    answer = run.invoke(mechanisms_app, ["put", str(file)])
    assert answer.exit_code == 1
    assert "contract.pdf" in answer.stderr
