"""The Chinese lane alone: cost per delta, hold-back, exactness, and what labelled text says of its names; argus-redact beside it.

    python -m benchmarks.chinese --sentences FILE.iob2 [--streams N] [--repeats N] [--seed N] [--rivals PYTHON]

Answers of some 600 characters are put together from the sentences of the file, and cut into deltas of 2 to 4 characters. 64 streams are
open at a time; each is looked at after 24 new characters, up to the last place behind white space or a clause mark, as the scanner does it.
Time is CPU time of one thread. argus-redact gets the same deltas in its own environment, ``lang="zh"``, its fast mode, without a model; its
names are counted as found where the name no longer stands in its output.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from detectors.blas import use_one_thread
from detectors.chinese import ChineseStep, ChineseTagger, load_tagger
from detectors.chinese_names import Found
from detectors.tokens import CLAUSE_MARKS

STEP_CHARS = 24
ANSWER_CHARS = 600
ANSWERS = 128
TYPES = {"PER": "PERSON", "LOC": "LOCATION", "ORG": "ORGANIZATION"}
Gold = tuple[int, int, str]
_CUT = re.compile(rf"(?<=[\s{CLAUSE_MARKS}])(?=\S)")
_RIVAL = r"""
import json, sys, time
import argus_redact
from argus_redact.streaming import StreamingRedactor
answers, sentences = json.load(sys.stdin)
argus_redact.redact("请联系张伟。", lang="zh", mode="fast", salt=b"benchmark-salt-0123456789")
begin = time.process_time(); held = []
for deltas in answers:
    redactor = StreamingRedactor(salt=b"benchmark-salt-0123456789", lang="zh")
    received = 0
    for delta in deltas:
        redactor.feed(delta)
        held.append(len(redactor._inc_buffer) - redactor._ctx_len)
    redactor.flush()
streaming = time.process_time() - begin
begin = time.process_time()
outputs = [argus_redact.redact(text, lang="zh", mode="fast", salt=b"benchmark-salt-0123456789")[0] for text in sentences]
json.dump([streaming, time.process_time() - begin, outputs, sorted(held), argus_redact.__version__], sys.stdout)
"""


def main() -> None:
    """Print the figures."""
    options = _options()
    use_one_thread()
    rnd = random.Random(options.seed)
    labelled = read(options.sentences)
    answers = _answers([text for text, _ in labelled], rnd)
    deltas = [_deltas(answer, rnd) for answer in answers]
    count, size = sum(map(len, deltas)), sum(map(len, answers))
    print(f"{len(answers)} answers, {size:,} characters, {count:,} deltas, {options.streams} streams, seed {options.seed}")
    tagger = load_tagger()
    costs: list[float] = []
    for _ in range(options.repeats):
        found, held, cost = stream(tagger, deltas, options.streams)
        costs.append(cost / count * 1e6)
    costs.sort()
    own = costs[len(costs) // 2]
    print(
        f"lane: {own:.1f} µs a delta (median of {len(costs)}, {costs[0]:.1f} to {costs[-1]:.1f}), {own * count / size:.1f} µs a character"
    )
    print(f"hold-back in characters: {_quantiles(held)}")
    different = sum(one != list(whole) for one, whole in zip(found, wholes(tagger, answers), strict=True))
    print(f"answers with findings other than in the whole text: {different}")
    names = wholes(tagger, [text for text, _ in labelled])
    for least in (0.0, 0.7):
        for label in (*TYPES.values(), ""):
            print(f"score {least} and more, {label or 'all':12} {_quality(labelled, names, least, label)}")
    _print_rival(options.rivals, labelled, names, deltas, own)


def stream(tagger: ChineseTagger, answers: Sequence[Sequence[str]], streams: int) -> tuple[list[list[Found]], list[int], float]:
    """Return what was found in each answer, the hold-back after each delta, and the CPU time of the lane."""
    found: list[list[Found]] = [[] for _ in answers]
    held: list[int] = []
    cost = 0.0
    for first in range(0, len(answers), streams):
        group = range(first, min(first + streams, len(answers)))
        states = {index: tagger.open() for index in group}
        text = dict.fromkeys(group, "")  # received, from the last cut on
        cut, tried = dict.fromkeys(group, 0), dict.fromkeys(group, 0)
        for turn in range(max(len(answers[index]) for index in group)):
            steps: list[tuple[int, ChineseStep]] = []
            for index in group:
                if turn >= len(answers[index]):
                    continue
                text[index] += answers[index][turn]
                last = turn + 1 == len(answers[index])
                received = cut[index] + len(text[index])
                if received - tried[index] >= STEP_CHARS or last:
                    tried[index] = received
                    size = len(text[index]) if last else max((place.start() for place in _CUT.finditer(text[index], 1)), default=0)
                    if size or last:
                        steps.append((index, ChineseStep(states[index], text[index][:size], cut[index], last=last)))
                        cut[index], text[index] = cut[index] + size, text[index][size:]
            begin = time.process_time()
            tagger.step([step for _, step in steps])
            cost += time.process_time() - begin
            for index, step in steps:
                found[index] += step.found
            for index in group:
                undecided = states[index].undecided
                open_from = cut[index] if undecided is None else undecided
                held.append(cut[index] + len(text[index]) - open_from)
    return found, held, cost


def wholes(tagger: ChineseTagger, texts: Sequence[str]) -> list[list[Found]]:
    """Return what is found in each text as a whole."""
    steps = [ChineseStep(tagger.open(), text, 0, last=True) for text in texts]
    tagger.step(steps)
    return [step.found for step in steps]


def read(path: Path) -> list[tuple[str, list[Gold]]]:
    """Return sentences and their names from an IOB2 file: number, word, label in the first three columns."""
    sentences: list[tuple[str, list[Gold]]] = []
    text, gold = "", list[Gold]()
    for line in [*path.read_text(encoding="utf-8").splitlines(), ""]:
        if line.startswith("#"):
            continue
        if not line:
            if text:
                sentences.append((text, gold))
            text, gold = "", []
            continue
        _, word, label, *_ = line.split("\t")
        if label.startswith("B-"):
            gold.append((len(text), len(text) + len(word), TYPES[label[2:]]))
        elif label.startswith("I-") and gold:
            gold[-1] = (gold[-1][0], len(text) + len(word), gold[-1][2])
        text += word
    return sentences


def _answers(sentences: Sequence[str], rnd: random.Random) -> list[str]:
    """Put sentences together, shuffled anew as often as it takes. Nothing is remembered of a sentence, so a second time costs the same."""
    answers, answer = list[str](), ""
    while True:
        for sentence in rnd.sample(sentences, len(sentences)):
            answer += sentence + ("\n" if rnd.random() < 0.2 else "")
            if len(answer) >= ANSWER_CHARS:
                answers.append(answer)
                answer = ""
            if len(answers) == ANSWERS:
                return answers


def _deltas(text: str, rnd: random.Random) -> list[str]:
    out: list[str] = []
    at = 0
    while at < len(text):
        size = rnd.randint(2, 4)
        out.append(text[at : at + size])
        at += size
    return out


def _quality(labelled: Sequence[tuple[str, list[Gold]]], names: Sequence[Sequence[Found]], least: float, label: str) -> str:
    counted: Counter[str] = Counter()
    for (_, gold), found in zip(labelled, names, strict=True):
        wanted = [one for one in gold if label in {"", one[2]}]
        given = [one[:3] for one in found if one.score >= least and label in {"", one.entity_type}]
        counted["wanted"] += len(wanted)
        counted["given"] += len(given)
        counted["exact"] += sum(one in wanted for one in given)
        counted["given over"] += sum(any(_overlap(one, other) for other in wanted) for one in given)
        counted["wanted over"] += sum(any(_overlap(one, other) for other in given) for one in wanted)
    exact = 2 * counted["exact"] / (counted["given"] + counted["wanted"])
    precision, recall = counted["given over"] / counted["given"], counted["wanted over"] / counted["wanted"]
    overlap = 2 * precision * recall / (precision + recall)
    sizes = f"{counted['given']} given, {counted['wanted']} wanted"
    return f"exact F1 {exact:.3f}; overlap P {precision:.3f} R {recall:.3f} F1 {overlap:.3f} ({sizes})"


def _overlap(one: Gold, other: Gold) -> bool:
    return one[2] == other[2] and one[0] < other[1] and other[0] < one[1]


def _print_rival(
    python: Path | None,
    labelled: Sequence[tuple[str, list[Gold]]],
    names: Sequence[Sequence[Found]],
    deltas: Sequence[list[str]],
    own: float,
) -> None:
    if python is None or not python.exists():
        print("argus-redact: not measured (--rivals PYTHON names an environment that has it)")
        return
    asked = json.dumps([list(deltas), [text for text, _ in labelled]])
    answer = subprocess.run([str(python), "-W", "ignore", "-c", _RIVAL], input=asked, capture_output=True, text=True, check=False)
    if answer.returncode:
        print(f"argus-redact: exit {answer.returncode}", file=sys.stderr)
        return
    streaming, batch, outputs, held, version = json.loads(answer.stdout)
    count, size = sum(map(len, deltas)), sum(len(text) for text, _ in labelled)
    cost = streaming / count * 1e6
    print(f"argus-redact {version}: {cost:.1f} µs a delta streaming ({cost / own:.2f} times the lane)")
    print(f"argus-redact, whole sentences: {batch / size * 1e6:.1f} µs a character")
    print(f"argus-redact, hold-back in characters: {_quantiles(held)}")
    people = ours = theirs = 0
    for (text, gold), found, output in zip(labelled, names, outputs, strict=True):
        for start, end, label in gold:
            if label == "PERSON":
                people += 1
                ours += any(one.start <= start and end <= one.end for one in found)
                theirs += text[start:end] not in output
    print(f"people covered whole: {ours} of {people}, argus-redact {theirs}")


def _quantiles(values: Sequence[int]) -> str:
    ordered = sorted(values)
    return ", ".join(f"p{q} {ordered[min(len(ordered) - 1, len(ordered) * q // 100)]}" for q in (50, 90, 99)) + f", most {ordered[-1]}"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.chinese", description="The Chinese lane beside argus-redact.")
    parser.add_argument("--sentences", type=Path, required=True, help="labelled Chinese sentences, IOB2 (Universal NER)")
    parser.add_argument("--streams", type=int, default=64)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--rivals", type=Path, default=Path(".carnet/rivals/bin/python"), help="the Python of an environment with argus-redact"
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()
