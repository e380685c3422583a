"""The files of an export, and ``python -m audit verify`` on them."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from audit import store
from audit.__main__ import main
from schemas.errors import LedgerError
from tests.golden import ledger_example
from tests.golden.ledger_example import DIRECTORY, LEDGER_NAME, OTHER_KEY, VKEY, build, verifier_key

LOG = build()


@pytest.fixture
def export(tmp_path: Path) -> Path:
    for partition in (0, 2, 11):
        log = build(partition)
        assert store.write_partition(tmp_path, partition, log.entries, log.checkpoints) == len(log.entries)
    return tmp_path


def test_what_is_written_is_read_back(export: Path) -> None:
    assert store.partitions(export) == (0, 2, 11)
    assert tuple(store.read_entries(export, 2)) == LOG.entries
    assert tuple(store.read_checkpoints(export, 2)) == LOG.checkpoints


def test_a_torn_file_gives_its_whole_entries_and_then_says_where_it_is_torn(export: Path) -> None:
    path = store.entries_path(export, 2)
    whole = path.read_bytes()
    for cut in range(len(whole) - 1, len(whole) - 4 - len(LOG.entries[-1]), -1):  # within the last entry and its length
        path.write_bytes(whole[:cut])
        read: list[bytes] = []
        with pytest.raises(LedgerError, match=r"at byte \d+"):
            read.extend(store.read_entries(export, 2))
        assert tuple(read) == LOG.entries[: len(read)]
        assert len(read) == len(LOG.entries) - 1


def test_a_file_that_is_none_of_ours_is_refused(export: Path) -> None:
    store.entries_path(export, 2).write_bytes(b"something else, longer than a header")
    with pytest.raises(LedgerError):
        list(store.read_entries(export, 2))


def test_an_intact_export_exits_with_0_and_one_line_a_partition(export: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(export), "--key", VKEY]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 4
    assert all("intact · complete" in line for line in lines[1:])


def test_the_key_may_lie_in_a_file(export: Path) -> None:
    (export / "ledger.vkey").write_text(VKEY + "\n", encoding="utf-8")
    assert main(["verify", str(export), "--key", str(export / "ledger.vkey")]) == 0


def test_an_altered_entry_exits_with_3_and_names_entry_and_delivery(export: Path, capsys: pytest.CaptureFixture[str]) -> None:
    commitment = hashlib.sha256(b"s-3:4").digest()
    path = store.entries_path(export, 2)
    path.write_bytes(path.read_bytes().replace(commitment, bytes(32)))
    index = next(place for place, entry in enumerate(LOG.entries) if commitment in entry)
    witness = export / "witness.jsonl"
    row = {"partition": 2, "entry_index": index, "entry_sha256": hashlib.sha256(LOG.entries[index]).hexdigest()}
    witness.write_text(json.dumps(row) + "\n", encoding="utf-8")
    assert main(["verify", str(export), "--key", VKEY, "--witness", str(witness)]) == 3
    assert f"altered at {index}" in (shown := capsys.readouterr().out)
    assert "(delivery s-3:4)" in shown
    assert main(["verify", str(export), "--key", VKEY, "--json", "--witness", str(witness)]) == 3
    answer = json.loads(capsys.readouterr().out)
    assert answer["exit_code"] == 3
    assert [report["intact"] for report in answer["partitions"]] == [True, False, True]
    problem = answer["partitions"][1]["problems"][0]
    assert (problem["kind"], problem["entry_index"], problem["delivery_id"]) == ("altered", index, "s-3:4")


def test_a_torn_export_exits_with_4(export: Path) -> None:
    path = store.entries_path(export, 0)
    path.write_bytes(path.read_bytes()[:-5])
    assert main(["verify", str(export), "--key", VKEY]) == 4


def test_an_export_without_the_entries_of_a_partition_exits_with_4(export: Path) -> None:
    store.entries_path(export, 0).unlink()
    assert main(["verify", str(export), "--key", VKEY]) == 4


def test_an_end_that_was_cut_off_with_its_checkpoints_exits_with_4_for_who_kept_a_checkpoint(export: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    store.checkpoints_path(kept, 2).write_text(json.dumps(LOG.checkpoints[-1]) + "\n", encoding="utf-8")
    store.write_partition(export, 2, LOG.entries[: LOG.sizes[4]], LOG.checkpoints[:5])
    assert main(["verify", str(export), "--key", VKEY]) == 0
    assert main(["verify", str(export), "--key", VKEY, "--remembered", str(kept)]) == 4


def test_another_key_exits_with_6(export: Path) -> None:
    assert main(["verify", str(export), "--key", verifier_key(LEDGER_NAME, OTHER_KEY.public_key())]) == 6


def test_a_damaged_line_of_checkpoints_exits_with_6(export: Path) -> None:
    path = store.checkpoints_path(export, 2)
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([*lines[:3], lines[3][:40], *lines[4:]]) + "\n", encoding="utf-8")
    assert main(["verify", str(export), "--key", VKEY]) == 6


@pytest.mark.parametrize("key", ["no key", "carnet.example/audit+00000000+AAAA", ""])
def test_a_key_that_is_none_exits_with_2_and_one_line(export: Path, key: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(export), "--key", key]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_an_empty_directory_exits_with_2(tmp_path: Path) -> None:
    assert main(["verify", str(tmp_path), "--key", VKEY]) == 2


def test_the_golden_ledger_verifies_and_is_what_the_script_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert main(["verify", str(DIRECTORY), "--key", str(DIRECTORY / "ledger.vkey")]) == 0
    monkeypatch.setattr(ledger_example, "DIRECTORY", tmp_path)
    ledger_example.main()
    written = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert written == {path.name: path.read_bytes() for path in DIRECTORY.iterdir()}
    assert len(written) == 5
