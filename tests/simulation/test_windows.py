"""What waits for the text model, what does not, and what the evidence says of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from detectors.finding import Finding
from detectors.reading import Reading
from schemas.codec import Codec
from schemas.errors import DetectionError
from schemas.partitioning import partition_of
from schemas.records import DomesticSource, ModelUse, RequestOpened, StreamClosed, TokenChunk
from streams.pipeline import Equipment, Pipeline, build_pipeline
from streams.settings import ClassifySettings, KeysSettings, Settings
from tests.requests import request
from tests.simulation.world import PARTITIONS, Log, Reader, run, write_streams

MAIL = "mei.tan@example.sg"
HOME = (DomesticSource("retrieval", f"Customer file: {MAIL}", None),)
PLAIN = "The harbour opens at six, and the first boat leaves at seven with bread and letters for the islands. "
ILL = f"Please tell {MAIL} that the second biopsy came back and that the treatment starts on Monday at the clinic. "
GERMAN = "Gestern hat uns Annegret Brunnthaler aus Klagenfurt besucht, und wir haben den ganzen Abend über alte Zeiten geredet. "


class Told:
    """Reads texts by a rule instead of a model: what a test relies on must not depend on how well a model is trained."""

    def __init__(self, language: str = "en", *, fails: str = "\0") -> None:
        self.language = language
        self.fails = fails
        self.shown: list[str] = []

    def swap(self) -> bool:
        return False

    @contextmanager
    def lease(self) -> Iterator[Told]:
        yield self

    def read(self, texts: Sequence[str]) -> list[Reading]:
        if any(self.fails in text for text in texts):
            raise DetectionError("model text_int8 failed on shapes")
        self.shown += texts
        return [self._one(text) for text in texts]

    def _one(self, text: str) -> Reading:
        ill = "biopsy" in text
        at = text.find("Annegret Brunnthaler")
        names = (Finding(at, at + 20, "PERSON", 0.93, "TextModel"),) if at >= 0 else ()
        use = ModelUse("text_int8", "b" * 64, "CPUExecutionProvider", "prose", 0.9)
        language = ModelUse("language", "a" * 64, "CPUExecutionProvider", self.language, 0.9)
        return Reading(language, "prose", 0.9, ("health",), (0.97 if ill else 0.02,), ("health",) if ill else (), names, use)


def pipeline_of(equipment: Equipment, tmp_path: Path, told: Told, read: str = "needed") -> Pipeline:
    settings = Settings(keys=KeysSettings(dir=tmp_path), classify=ClassifySettings(read=read))  # type: ignore[arg-type]
    return build_pipeline(settings, PARTITIONS, replace(equipment, readers=told))  # type: ignore[arg-type]


def outcome_of(
    equipment: Equipment,
    tmp_path: Path,
    told: Told,
    opened: RequestOpened,
    chunks: Sequence[str],
    *,
    read: str = "needed",
    close: bool = True,
) -> Reader:
    pipeline = pipeline_of(equipment, tmp_path, told, read)
    log, codec, stream_id = Log(), Codec.committed(), opened.stream_id
    sent = [TokenChunk(stream_id, at, piece, 1) for at, piece in enumerate(chunks)]
    closing = [StreamClosed(stream_id, "stop", len(chunks), len(chunks))] if close else []
    records: list[RequestOpened | TokenChunk | StreamClosed] = [opened, *sent, *closing]
    for record in records:
        log.append(partition_of(stream_id, PARTITIONS), stream_id.encode(), codec.encode(record))
    run(log, pipeline.processor, pipeline.state, 1, tick_max=1)
    return Reader(log, pipeline.codec)


def released(reader: Reader) -> str:
    return "".join(record.text for record in reader.deliveries())


def cut(text: str) -> list[str]:
    return [text[at : at + 5] for at in range(0, len(text), 5)]


def test_text_without_findings_waits_for_nothing_and_is_not_shown_to_the_model(equipment: Equipment, tmp_path: Path) -> None:
    told = Told()
    reader = outcome_of(equipment, tmp_path, told, request("s", domestic_sources=HOME), cut(PLAIN * 6))
    assert released(reader) == PLAIN * 6
    assert told.shown == []
    assert max(record.hold_back.characters for record in reader.deliveries()) < 120


def test_personal_data_waits_until_it_is_known_what_it_stands_in(equipment: Equipment, tmp_path: Path) -> None:
    before = outcome_of(equipment, tmp_path, Told(), request("s", domestic_sources=HOME), cut(PLAIN + ILL[:70]), close=False)
    assert MAIL not in released(before)
    assert released(before) in PLAIN + ILL
    assert "Please tell" in released(before)


def test_what_the_text_is_about_decides_over_personal_data_from_home(equipment: Equipment, tmp_path: Path) -> None:
    opened = request("s", domestic_sources=HOME, mechanisms=("art9_unlabelled", "sg_contract"))
    ill = outcome_of(equipment, tmp_path, Told(), opened, cut(PLAIN + ILL + PLAIN))
    plain = outcome_of(equipment, tmp_path, Told(), opened, cut(PLAIN + ILL.replace("biopsy", "parcel") + PLAIN))

    def rules(reader: Reader) -> set[str]:
        return {rule.id for entry in reader.entries() if entry.decision for rule in entry.decision.rules}

    assert rules(ill) - rules(plain)

    def sensitive(reader: Reader) -> set[str]:
        decisions = [entry.decision for entry in reader.entries() if entry.decision]
        return {fact.value for decision in decisions for fact in decision.facts if fact.name == "sensitive"}

    assert sensitive(ill) == {"true", "false"}
    assert sensitive(plain) == {"false"}


def test_the_evidence_names_model_digest_and_window(equipment: Equipment, tmp_path: Path) -> None:
    reader = outcome_of(equipment, tmp_path, Told(), request("s", domestic_sources=HOME), cut(PLAIN + ILL + PLAIN), read="always")
    uses = {use for entry in reader.entries() if entry.decision for use in entry.decision.models if use.name == "text_int8"}
    assert {use.label for use in uses} == {"prose", "health"}
    assert {(use.sha256, use.provider) for use in uses} == {("b" * 64, "CPUExecutionProvider")}
    whole = PLAIN + ILL + PLAIN
    assert all("biopsy" in whole[use.window_start : use.window_end] for use in uses if use.label == "health")
    assert min(use.window_start for use in uses) == 0
    assert max(use.window_end for use in uses) == len(whole)


def test_names_in_a_language_that_no_lane_reads_come_from_the_model(equipment: Equipment, tmp_path: Path) -> None:
    opened = request("s", "DE", domestic_sources=(DomesticSource("retrieval", "Annegret Brunnthaler", None),), mechanisms=("cn_scc",))
    reader = outcome_of(equipment, tmp_path, Told("de"), opened, cut(GERMAN + GERMAN))
    found = [note for entry in reader.entries() if entry.decision for note in entry.decision.findings if note.recognizer == "TextModel"]
    assert [(note.entity_type, GERMAN[note.start : note.end]) for note in found[:1]] == [("PERSON", "Annegret Brunnthaler")]
    assert len(found) == 2
    assert {note.provenance for note in found} == {"domestic_source"}


def test_a_model_that_fails_holds_the_stream(equipment: Equipment, tmp_path: Path) -> None:
    reader = outcome_of(equipment, tmp_path, Told(fails="biopsy"), request("s", domestic_sources=HOME), cut(PLAIN + ILL + PLAIN))
    assert MAIL not in released(reader)
    assert {record.error_code for record in reader.held()} == {DetectionError.code}
    assert sum(record.characters for record in reader.held()) + len(released(reader)) == len(PLAIN + ILL + PLAIN)


def test_a_text_on_which_the_model_fails_stops_its_own_stream_alone(equipment: Equipment, tmp_path: Path) -> None:
    well = PLAIN + ILL.replace("biopsy", "parcel") + PLAIN
    pipeline = pipeline_of(equipment, tmp_path, Told(fails="biopsy"))
    log = Log()
    opened = [(request(f"s-{number}", domestic_sources=HOME), PLAIN + ILL + PLAIN if number % 2 else well) for number in range(6)]
    write_streams(log, Codec.committed(), opened, seed=3)
    run(log, pipeline.processor, pipeline.state, 1, tick_max=400)
    reader = Reader(log, pipeline.codec)
    assert {record.stream_id for record in reader.held() if record.error_code == DetectionError.code} == {"s-1", "s-3", "s-5"}
    entries = [entry for entry in reader.entries() if entry.decision]
    assert {entry.stream_id for entry in entries if entry.decision and entry.decision.error_code} == {"s-1", "s-3", "s-5"}


def test_without_the_model_what_depends_on_it_is_held(equipment: Equipment, tmp_path: Path) -> None:
    opened = request("s", domestic_sources=HOME, mechanisms=("art9_unlabelled", "sg_contract"))
    reader = outcome_of(equipment, tmp_path, Told(), opened, cut(PLAIN + ILL + PLAIN), read="never")
    assert MAIL not in released(reader)
    assert reader.held()


@pytest.mark.parametrize("size", [1, 3, 17, 400])
def test_the_chunks_do_not_matter(equipment: Equipment, tmp_path: Path, size: int) -> None:
    whole = PLAIN + ILL + GERMAN + PLAIN
    told = Told()
    chunks = [whole[at : at + size] for at in range(0, len(whole), size)]
    reader = outcome_of(equipment, tmp_path, told, request("s", domestic_sources=HOME), chunks, read="always")
    assert "".join(told.shown) == whole
    assert [text.strip() for text in told.shown if text.strip()] == [text.strip() for text in (PLAIN, ILL, GERMAN, PLAIN)]
    assert reader.deliveries()[-1].is_last


def test_another_version_of_the_model_is_on_record_from_the_tick_it_came_in(equipment: Equipment, tmp_path: Path) -> None:
    class Exchanged(Told):
        """Another version after a hundred ticks."""

        ticks = 0

        def swap(self) -> bool:
            self.ticks += 1
            return self.ticks == 100

        def read(self, texts: Sequence[str]) -> list[Reading]:
            digest = ("c" if self.ticks >= 100 else "b") * 64
            return [replace(one, model=replace(one.model, sha256=digest)) for one in super().read(texts)]

    told = Exchanged()
    reader = outcome_of(equipment, tmp_path, told, request("s"), cut(PLAIN * 9), read="always")
    digests = [use.sha256[0] for entry in reader.entries() if entry.decision for use in entry.decision.models if use.name == "text_int8"]
    assert digests == sorted(digests)
    assert set(digests) == {"b", "c"}


def test_personal_data_that_no_rule_asks_about_waits_for_nothing(equipment: Equipment, tmp_path: Path) -> None:
    """The rules on sensitive data are about data from home; what the customer sent may go, whatever it stands beside."""
    told = Told()
    reader = outcome_of(equipment, tmp_path, told, request("s", request_text=f"Write to {MAIL}"), cut(PLAIN + ILL + PLAIN))
    assert told.shown == []
    assert {note.provenance for entry in reader.entries() if entry.decision for note in entry.decision.findings} >= {"foreign_echo"}
    assert released(reader).count(MAIL) == 1


def test_one_value_from_home_makes_those_beside_it_wait(equipment: Equipment, tmp_path: Path) -> None:
    both = f"Please tell {MAIL} and john.roe@example.org that the second biopsy came back and that the treatment starts on Monday. "
    told = Told()
    opened = request("s", request_text="Write to john.roe@example.org", domestic_sources=HOME)
    outcome_of(equipment, tmp_path, told, opened, cut(PLAIN + both + PLAIN))
    assert "".join(told.shown).count("biopsy") == 1
