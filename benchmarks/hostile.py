"""What hostile text costs: CPU time per character of each kind beside that of prose, in one process and one run.

    python -m benchmarks.hostile [--chars N] [--rounds N] [--rows N] [--json]

Each kind is a text of the same length; the promise is at most twice the cost of prose, for kinds of Chinese of Chinese prose. Text without
any place to cut overflows the hold-back of a stream, which stops it unreleased: what has been spent by then is counted against all its
characters. `--rows` measures a table of so many rows beside one of a tenth of them: the cost per character must not grow.
"""

from __future__ import annotations

import argparse
import base64
import json
import random
import sys
import time
from collections.abc import Callable
from itertools import islice

from benchmarks.corpora import SENTENCES, deltas
from detectors.analyzer import build_engine
from detectors.scanner import Scanner

MOST = 2.0
CHARS = 12_000
LINE_CHARS = 160

Make = Callable[[random.Random], str]


def _digits(rnd: random.Random, count: int) -> str:
    return "".join(rnd.choice("0123456789") for _ in range(count))


def _word(rnd: random.Random, count: int = 8) -> str:
    return "".join(rnd.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(count))


def _row(rnd: random.Random) -> str:
    return f"| {_word(rnd)} {_word(rnd)} | {_word(rnd)}@example.com | +44 20 7946 {_digits(rnd, 4)} | {_digits(rnd, 8)} |\n"


# One piece of each kind of text; pieces are put together until the text is long enough.
KINDS: dict[str, Make] = {
    "prose": lambda rnd: rnd.choice(SENTENCES[:3] + SENTENCES[5:6]) + " ",
    "prose with values": lambda rnd: rnd.choice(SENTENCES) + " ",
    "table rows": _row,
    "dot leaders": lambda rnd: f"Chapter {_word(rnd)} {'.' * rnd.randint(40, 90)} {_digits(rnd, 3)}\n",
    "rows of dots": lambda _: "." * 80 + "\n",
    "digit runs": lambda rnd: _digits(rnd, rnd.randint(20, 80)) + " ",
    "numbers of ten digits": lambda rnd: _digits(rnd, 10) + " ",
    "single digits": lambda rnd: _digits(rnd, 1) + " ",
    "long words": lambda rnd: _word(rnd, rnd.randint(40, 100)) + " ",
    "one endless word": _word,
    "one endless number": lambda rnd: _digits(rnd, 10),
    "numbers without end": lambda rnd: _digits(rnd, 10) + " ",
    "zero-width": lambda rnd: "\u200b".join(_word(rnd)) + " ",
    "bidi controls": lambda rnd: f"\u202e{_word(rnd)}\u202c \u2066{_word(rnd)}\u2069 ",
    "homoglyphs": lambda rnd: _word(rnd).translate(str.maketrans("aeopcx", "аеорсх")) + " ",
    "HTML entities": lambda rnd: "".join(f"&#{ord(char)};" for char in _word(rnd)) + " ",
    "URL encoding": lambda rnd: "".join(f"%{ord(char):02X}" for char in _word(rnd)) + " ",
    "base64": lambda rnd: base64.b64encode(rnd.randbytes(150)).decode() + "\n",
    "base64 of e-mail": lambda rnd: base64.b64encode(f"to {_word(rnd)}@example.com, thanks".encode()).decode() + "\n",
    "JSON escapes": lambda rnd: f'{{\\"{_word(rnd)}\\":\\"{_word(rnd)}\\n{_digits(rnd, 5)}\\"}} ',
    "markdown escapes": lambda rnd: f"\\*{_word(rnd)}\\* \\[{_word(rnd)}\\] **{_word(rnd)}** ",
    "Chinese numerals": lambda rnd: "".join(rnd.choice("一二三四五六七八九〇") for _ in range(11)) + "，",
    "Chinese prose": lambda rnd: rnd.choice(
        ("人工智能正在改变我们的生活方式，", "它可以帮助医生更早地发现疾病。", "请把面粉和水混合均匀，")
    ),
    "at signs": lambda rnd: f"{_word(rnd, 3)}@{_word(rnd, 3)}@ ",
    "slashes": lambda rnd: "/".join(_word(rnd, 3) for _ in range(20)) + " ",
    "capitals": lambda rnd: _word(rnd).upper() + _digits(rnd, 3) + " ",
}


PROSE, CHINESE = "prose", "Chinese prose"
BESIDE = {CHINESE: CHINESE, "Chinese numerals": CHINESE}
ENDLESS = frozenset({"one endless number", "one endless word", "numbers without end"})


def text_of(kind: str, chars: int, rnd: random.Random) -> str:
    """Return a text of one kind, of so many characters, in lines of some two hundred unless it is one without end."""
    pieces: list[str] = []
    length = line = 0
    while length < chars:
        piece = KINDS[kind](rnd)
        line += len(piece)
        if line > LINE_CHARS and kind not in ENDLESS:
            piece, line = piece.rstrip() + "\n", 0
        pieces.append(piece)
        length += len(piece)
    return "".join(pieces)[:chars]


def cost(scanner: Scanner, text: str) -> tuple[float, bool]:
    """Return microseconds a character of streaming a text in deltas of some thirty characters, and whether it overflowed."""
    pieces = list(deltas(text, 20, 40, random.Random(1)))
    begun = time.process_time()
    scan = scanner.open()
    for piece in pieces:
        scanner.feed(scan, piece)
        scanner.advance([scan])
        scan.take()
    scanner.close(scan)
    scanner.advance([scan])
    scan.take()
    return (time.process_time() - begun) / len(text) * 1e6, scan.overflowed


def measure(scanner: Scanner, chars: int, rounds: int) -> list[tuple[str, float, bool]]:
    """Return kind, median of the ratios to prose of the same round, and whether it overflowed; fresh text in each round."""
    ratios: dict[str, list[float]] = {kind: [] for kind in KINDS}
    overflowed: dict[str, bool] = {}
    for number in range(-1, rounds):  # the first warms up
        rnd = random.Random(f"hostile {number}")
        spent: dict[str, float] = {}
        for kind in KINDS:
            spent[kind], overflowed[kind] = cost(scanner, text_of(kind, chars, rnd))
        if number >= 0:
            for kind, seen in ratios.items():
                seen.append(spent[kind] / spent[BESIDE.get(kind, PROSE)])
    return [(kind, sorted(seen)[len(seen) // 2], overflowed[kind]) for kind, seen in ratios.items()]


def growth(scanner: Scanner, rows: int) -> float:
    """Return the cost per character of a table of ``rows`` rows beside that of one of a tenth of them."""
    rnd = random.Random("rows")
    short = "".join(_row(rnd) for _ in range(max(1, rows // 10)))
    long = "".join(islice(iter(lambda: _row(rnd), ""), rows))
    return cost(scanner, long)[0] / cost(scanner, short)[0]


def main() -> int:
    """Measure and print; 1 if a kind costs more than was promised."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--chars", type=int, default=CHARS)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--rows", type=int, default=0)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    scanner = Scanner(build_engine(("all",)))
    measured = measure(scanner, options.chars, options.rounds)
    grown = growth(scanner, options.rows) if options.rows else None
    if options.json:
        fields = {kind: {"ratio": round(ratio, 2), "overflowed": over} for kind, ratio, over in measured}
        print(json.dumps({"ratio_to_prose": fields, "growth_of_rows": grown}))
    else:
        for kind, ratio, over in measured:
            remarks = ("   (stopped: hold-back)" if over else "") + ("" if ratio <= MOST else "   more than twice")
            print(f"{kind:24} {ratio:6.2f} x {BESIDE.get(kind, PROSE)}{remarks}")
        if grown is not None:
            print(f"{options.rows:,} table rows: {grown:.2f} x the cost per character of {options.rows // 10:,} rows")
    return int(any(ratio > MOST for _, ratio, _ in measured))


if __name__ == "__main__":
    sys.exit(main())
