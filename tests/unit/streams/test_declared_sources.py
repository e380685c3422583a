"""A sender may hand over keyed digests of its values instead of its texts; what it cannot be asked about stays unknown."""

import dataclasses
import os
from pathlib import Path

import pytest

from detectors.provenance import value_digests
from detectors.scanner import Scanner
from schemas.records import DomesticSource
from streams.sealing import Sealer, load_sealer
from streams.state import new_stream
from tests.requests import request

KEY = b"shared with the sender of it all"
PHONE = "138 1234 5678"


class _NoScanner(Scanner):
    def __init__(self) -> None:
        """Nothing is scanned here."""

    def open(self) -> None:  # type: ignore[override]
        return None


def provenance_of(value: str, digests: list[str], key: bytes | None) -> str:
    sources = tuple(DomesticSource("retrieval", None, digest) for digest in digests)
    opened = dataclasses.replace(request("s-1"), request_text="hello", domestic_sources=sources)
    sealer = Sealer(bytes(32), bytes(32), os.urandom)
    return new_stream(opened, 0, sealer.new_data_key(), _NoScanner(), key).echo.classify(value)


def declared(value: str) -> list[str]:
    return [f"hmac-sha256:{digest.hex()}" for digest in value_digests(KEY, value)]


@pytest.mark.parametrize(
    ("value", "digests", "key", "provenance"),
    [
        (PHONE, declared("+86 13812345678"), KEY, "domestic_source"),
        ("139 1234 5678", declared("+86 13812345678"), KEY, "unmatched"),
        (PHONE, declared("+86 13812345678"), None, "unknown"),
        ("139 1234 5678", [*declared(PHONE), "sha256:" + "0" * 64], KEY, "unknown"),
    ],
)
def test_a_digest_matches_under_the_shared_key_alone(value: str, digests: list[str], key: bytes | None, provenance: str) -> None:
    assert provenance_of(value, digests, key) == provenance


def test_the_key_of_senders_is_read_if_it_is_there_and_never_made(tmp_path: Path) -> None:
    assert load_sealer(tmp_path, None, os.urandom).source_key is None
    (tmp_path / "sources.bin").write_bytes(KEY)
    assert load_sealer(tmp_path, None, os.urandom).source_key == KEY
