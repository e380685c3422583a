"""Where a value came from: cost of a look-up, of building, and its growth, beside a plain `in` and a fuzzy ratio in the same run.

Quality is on tests/quality/provenance.yaml: pairs that are one value, and near misses that are not. A rival claims an echo where the value
stands in the text letter by letter (`in`), or where a window of the text is at least 90 % alike (rapidfuzz, or difflib without it).

    python benchmarks/provenance.py [--repeat 5]
"""

from __future__ import annotations

import argparse
import difflib
import importlib.util
import random
import sys
import time
import timeit
from collections.abc import Callable
from pathlib import Path

import yaml

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from detectors.provenance import EchoIndex

ROOT = Path(__file__).resolve().parent.parent

ALIKE = 90.0
SIZES = (10_000, 20_000, 40_000, 80_000, 160_000)
VALUES = {
    "phone, exact": "+65 8123 4567",
    "phone, otherwise": "0065-8123-4567",
    "phone, absent": "+65 9876 5432",
    "card, absent": "6222021234567890128",
    "date, otherwise": "2 January 1990",
    "date, absent": "3 March 1991",
    "name, exact": "Marta Quill",
    "name, otherwise": "QUILL, Marta",
    "name, absent": "Peter Quilt",
    "Chinese name, absent": "张晓明",
    "mask, absent": "139****5678",
}
KNOWN = "I am Marta Quill, born 1990-01-02, call +65 8123 4567. "


def words(size: int, dice: random.Random) -> str:
    """Return text of a size in which the known values stand once, in the middle."""
    plain = [
        "the",
        "booking",
        "for",
        "room",
        "12",
        "of",
        "a",
        "guest",
        "from",
        "Lisbon",
        "was",
        "kept",
        "until",
        "2024",
        "订单",
        "已确认",
        "。",
    ]
    half = size // 2
    left = " ".join(dice.choices(plain, k=half // 3))[:half]
    return f"{left} {KNOWN} {' '.join(dice.choices(plain, k=half // 3))}"[:size]


def fuzzy() -> tuple[str, Callable[[str, str], bool]]:
    """Return the fuzzy rival that is installed."""
    if importlib.util.find_spec("rapidfuzz"):
        from rapidfuzz import fuzz  # type: ignore[import-not-found]

        return "rapidfuzz", lambda value, text: fuzz.partial_ratio(value, text) >= ALIKE

    def alike(value: str, text: str) -> bool:
        matcher = difflib.SequenceMatcher(None, text, value, autojunk=False)
        block = matcher.find_longest_match()
        start = max(0, block.a - block.b)
        return difflib.SequenceMatcher(None, text[start : start + len(value)], value, autojunk=False).ratio() * 100 >= ALIKE

    return "difflib", alike


def microseconds(call: Callable[[], object], repeat: int) -> float:
    """Return the best of some rounds in processor time, of as many calls as fill some milliseconds."""
    timer = timeit.Timer(call, timer=time.process_time)
    number = max(1, int(5e-3 / max(timer.timeit(1), 1e-6)))
    return min(timer.repeat(repeat, number)) / number * 1e6


def quality(rivals: dict[str, Callable[[str, str], bool]]) -> None:
    """Print how many pairs each finds, and how many near misses each takes for an echo."""
    listed = yaml.safe_load((ROOT / "tests/quality/provenance.yaml").read_text("utf-8"))
    same, other = ([tuple(pair) for pairs in listed[part].values() for pair in pairs] for part in ("same", "other"))
    print(f"\n{'echoes claimed':<16}{f'of {len(same)} pairs':>16}{f'of {len(other)} near misses':>22}")
    for name, claims in rivals.items():
        print(f"{name:<16}{sum(claims(*pair) for pair in same):>16}{sum(claims(*pair) for pair in other):>22}")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--repeat", type=int, default=5)
    repeat = arguments.parse_args().repeat
    dice = random.Random(7)
    fuzzy_name, alike = fuzzy()

    request, home = words(1_000, dice), "".join(words(10_000, dice).split(KNOWN))
    index = EchoIndex(request, (home,), opaque_sources=False)
    print(f"a look-up in a request of {len(request):,} and a source of {len(home):,} characters, microseconds")
    print(f"{'value':<22}{'carnet':>9}{'match':>9}{'in':>8}{fuzzy_name:>12}  provenance")
    for name, value in VALUES.items():
        provenance = index.classify(value)
        ours = microseconds(lambda value=value: index.classify(value), repeat)  # type: ignore[misc]
        told = microseconds(lambda value=value: index.match(value), repeat)  # type: ignore[misc]
        plain = microseconds(lambda value=value: value in home or value in request, repeat)  # type: ignore[misc]
        slow = microseconds(lambda value=value: alike(value, home) or alike(value, request), 1)  # type: ignore[misc]
        print(f"{name:<22}{ours:>9.1f}{told:>9.1f}{plain:>8.2f}{slow:>12.1f}  {provenance}")

    def everything(text: str) -> None:
        built = EchoIndex(text, (), opaque_sources=False)
        for value in VALUES.values():
            built.match(value)

    print("\nbuilding, microseconds per 1,000 characters: nothing looked up; one absent number; one of each kind, with offsets")
    print(f"{'characters':<12}{'built':>9}{'number':>9}{'all':>9}")
    for size in SIZES:
        text = words(size, dice)
        bare = microseconds(lambda text=text: EchoIndex(text, (), opaque_sources=False), repeat)  # type: ignore[misc]
        number = microseconds(lambda text=text: EchoIndex(text, (), opaque_sources=False).classify("6222021234567890128"), repeat)  # type: ignore[misc]
        whole = microseconds(lambda text=text: everything(text), repeat)  # type: ignore[misc]
        print(f"{size:<12,}{bare / size * 1000:>9.1f}{number / size * 1000:>9.1f}{whole / size * 1000:>9.1f}")

    print("\nhostile texts, microseconds per 1,000 characters: all kinds of values, built anew")
    for name, piece in {
        "one digit": "1",
        "near misses": "81234567",
        "masks": "1**2**3 ",
        "names": "Quill Marta, ",
        "dates": "1/2/1990 ",
    }.items():
        texts = [piece * (size // len(piece)) for size in SIZES[::2]]
        costs = [microseconds(lambda text=text: everything(text), 1) / len(text) * 1000 for text in texts]  # type: ignore[misc]
        print(f"{name:<14}" + "".join(f"{cost:>9.1f}" for cost in costs))

    quality(
        {
            "carnet": lambda value, text: EchoIndex(text, (), opaque_sources=False).classify(value) == "foreign_echo",
            "in": lambda value, text: value in text,
            fuzzy_name: alike,
        }
    )


if __name__ == "__main__":
    main()
