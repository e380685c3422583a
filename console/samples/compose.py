"""Write ``answers.jsonl``: the hand-written letters with generated values; the same file on every run.

``python -m console.samples.compose`` rewrites it. Numbers are made up within ranges kept free for fiction, tests or examples where a
country has one: US 555-01xx, GB 020 7946 0xxx, DE 030 23125 xxx, card numbers that payment firms publish for tests, example IBANs.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from console.samples.letters import WITH_PEOPLE, WITHOUT_PEOPLE, Letter

SEED = "carnet samples 1"
DESTINATIONS = ("SG", "DE", "US", "FR", "GB", "BR")
PROVENANCES = ("echo", "domestic", "unmatched")
NAMES_EN = (
    "Amelia Hartwell", "Oliver Brandt", "Priya Menon", "Lucas Ferreira", "Hannah Vogel", "Daniel Okafor", "Camille Rousseau",
    "Thomas Whitfield", "Mei Ling Tan", "Sofia Almeida", "Edward Langley", "Nora Lindqvist",
)  # fmt: skip
NAMES_ZH = ("林晓雯", "陈志远", "黄雅婷", "王建明", "李思涵", "张文博", "刘佳怡", "赵明轩", "吴静怡", "周子涵")
CARDS = ("4111 1111 1111 1111", "4012888888881881", "5555 5555 5555 4444", "5105105105105100", "6011 1111 1111 1117")
IBANS = ("DE89 3704 0044 0532 0130 00", "GB29NWBK60161331926819", "FR1420041010050500013M02606", "NL91ABNA0417164300")
MOBILE_PREFIXES = ("1380000", "1390000", "1500000", "1860000", "1990000")
AREAS = ("440507", "440511", "110101", "310104", "330106")
PHONES = {
    "SG": "+65 8123 {0:04d}",
    "DE": "+49 30 23125{1:03d}",
    "US": "+1 212 555 01{2:02d}",
    "FR": "+33 1 99 00 {2:02d} {3:02d}",
    "GB": "+44 20 7946 0{1:03d}",
    "BR": "+55 11 91234-{0:04d}",
}


def check_character(digits: str) -> str:
    """Return the check character of a mainland resident identity number: ISO 7064 MOD 11-2 over its first 17 digits (GB 11643-1999)."""
    return "10X98765432"[sum(int(digit) * 2 ** (17 - at) for at, digit in enumerate(digits)) % 11]


def _values(letter: Letter, destination: str, dice: random.Random) -> dict[str, str]:
    name, other = dice.sample(NAMES_ZH if letter.language == "zh" else NAMES_EN, 2)
    birthday = f"{dice.randint(1955, 2004)}{dice.randint(1, 12):02d}{dice.randint(1, 28):02d}"
    digits = f"{dice.choice(AREAS)}{birthday}{dice.randint(1, 999):03d}"
    numbers = (dice.randint(0, 9999), dice.randint(0, 999), dice.randint(0, 99), dice.randint(0, 99))
    account = name.lower().replace(" ", ".") if name.isascii() else f"user{dice.randint(1000, 9999)}"
    return {
        "name": name,
        "other": other,
        "email": f"{account}@{dice.choice(('example.com', 'example.org', 'mail.example.net'))}",
        "phone": PHONES.get(destination, PHONES["SG"]).format(*numbers),
        "mobile": f"{dice.choice(MOBILE_PREFIXES)}{dice.randint(0, 9999):04d}",
        "resident_id": digits + check_character(digits),
        "card": dice.choice(CARDS),
        "iban": dice.choice(IBANS),
        "reference": f"{dice.choice('ABCEHKMR')}{dice.choice('DFGLPSTW')}-{dice.randint(100, 999)}",
    }


def _stream(number: int, letter: Letter, destination: str, provenance: str, dice: random.Random) -> dict[str, Any]:
    values = _values(letter, destination, dice)
    echo = f" {letter.echo}" if provenance == "echo" else ""
    sources = [{"kind": "retrieval", "text": letter.source.format(**values)}] if provenance == "domestic" else []
    return {
        "stream_id": f"sample-{number:03d}",
        "customer_id": f"c-{200 + number % 7}",
        "destination": destination,
        "end_user_location": destination,
        "origin_data_centre": "shantou-1",
        "route": "shantou-singapore",
        "model": {"name": "assistant-large", "origin": "CN", "version": "2026-10"},
        "mechanisms": [],
        "request_text": (letter.question + echo).format(**values),
        "domestic_sources": sources,
        "output": letter.text.format(**values),
    }


def streams() -> Iterator[dict[str, Any]]:
    """Yield the sample streams: each letter as echo, from home and unmatched; the clean ones once; then two odd destinations."""
    dice = random.Random(SEED)  # noqa: S311 - the samples must come out the same, and are secret to nobody
    number = 0
    for turn, provenance in enumerate(PROVENANCES):
        for place, letter in enumerate(WITH_PEOPLE):
            yield _stream(number, letter, DESTINATIONS[(place + 2 * turn) % len(DESTINATIONS)], provenance, dice)
            number += 1
    for place, letter in enumerate(WITHOUT_PEOPLE):
        yield _stream(number, letter, DESTINATIONS[place], "clean", dice)
        number += 1
    yield _stream(number, WITH_PEOPLE[10], "CN", "echo", dice)
    yield {**_stream(number + 1, WITH_PEOPLE[12], "SG", "echo", dice), "end_user_location": "CN"}
    yield _stream(number + 2, WITH_PEOPLE[0], "XX", "unmatched", dice)


def rendered() -> str:
    """Return the file's text, one stream a line."""
    return "".join(json.dumps(stream, ensure_ascii=False) + "\n" for stream in streams())


def answers_path() -> Path:
    """Return where the shipped samples lie."""
    return Path(__file__).resolve().parent / "answers.jsonl"


if __name__ == "__main__":
    answers_path().write_text(rendered(), encoding="utf-8")
