"""The text model as JAX sees it: the upper layers of the backbone with low-rank changes, and three heads.

What is learned of a layer is a product of two narrow matrices beside each of its own (E. Hu et al., "LoRA", arXiv:2106.09685); a build adds
it to the weights, so it costs nothing at run time. ``models.text_model`` writes the same arithmetic as an ONNX graph.
"""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from models.e5 import Backbone
from models.text_model import CONV, DOMAINS, KINDS, NAME_TAGS, POOLED, RANK, SITES, WIDTH, layer_weights

Tree = dict[str, Any]


def frozen(backbone: Backbone, layers: range) -> list[Tree]:
    """Return the weights of these layers, as they are."""
    return [{name: jnp.asarray(value) for name, value in layer_weights(backbone, layer).items()} for layer in layers]


def begin(layers: range, form_width: int, seed: int) -> Tree:
    """Return what is learned, at its start: changes that change nothing, and heads by chance."""
    rnd = np.random.default_rng(seed)

    def spread(*shape: int) -> jax.Array:
        return jnp.asarray(rnd.normal(0, 1 / np.sqrt(shape[0]), shape).astype(np.float32))

    tree: Tree = {}
    for layer in layers:
        for site, (wide, out) in SITES.items():
            tree[f"l{layer}.{site}.in"] = spread(wide, RANK)
            tree[f"l{layer}.{site}.out"] = jnp.zeros((RANK, out), jnp.float32)
    tree |= {"names.in": spread(WIDTH, CONV), "names.in.b": jnp.zeros(CONV)}
    for number in (1, 2):
        tree[f"names.conv{number}"] = spread(3 * CONV, CONV)
        tree[f"names.conv{number}.b"] = jnp.zeros(CONV)
    tree |= {"names.out": spread(CONV, len(NAME_TAGS)), "names.out.b": jnp.zeros(len(NAME_TAGS))}
    tree |= {"pool.in": spread(WIDTH, POOLED), "pool.in.b": jnp.zeros(POOLED), "pool.look": spread(POOLED, 1)}
    tree |= {"domain.mid": spread(3 * POOLED, POOLED), "domain.mid.b": jnp.zeros(POOLED)}
    tree |= {"domain.out": spread(POOLED, len(DOMAINS)), "domain.out.b": jnp.full(len(DOMAINS), -2.0)}
    tree |= {"kind.mid": spread(3 * POOLED + form_width, POOLED), "kind.mid.b": jnp.zeros(POOLED)}
    return tree | {"kind.out": spread(POOLED, len(KINDS)), "kind.out.b": jnp.zeros(len(KINDS))}


def forward(
    tree: Tree, base: list[Tree], first: int, hidden: jax.Array, live: jax.Array, form: jax.Array, drop: Any
) -> tuple[jax.Array, jax.Array, jax.Array]:
    """Return logits of domains, kinds and name tags.

    Args:
        tree: What is learned.
        base: The frozen layers that are run.
        first: Number of the first of them.
        hidden: What enters them, ``[batch, time, 384]``.
        live: 1 where there is a piece, ``[batch, time]``.
        form: ``models.form``, ``[batch, WIDTH]``.
        drop: A key for dropout, None outside of training.
    """
    keys = iter(jax.random.split(drop, 32)) if drop is not None else None

    def dropped(x: jax.Array, share: float) -> jax.Array:
        return x if keys is None else x * jax.random.bernoulli(next(keys), 1 - share, x.shape) / (1 - share)

    def product(x: jax.Array, layer: int, weights: Tree, site: str) -> jax.Array:
        change = (x @ tree[f"l{layer}.{site}.in"]) @ tree[f"l{layer}.{site}.out"]
        return x @ weights[site] + weights[f"{site}.b"] + change

    batch, time, width = hidden.shape
    x = hidden.astype(jnp.float32).reshape(-1, width)  # products of two dimensions are quicker
    mask = (1 - live)[:, None, None, :] * -1e9
    for layer, weights in enumerate(base, first):
        heads = product(x, layer, weights, "qkv").reshape(batch, time, 3, 12, width // 12).transpose(2, 0, 3, 1, 4)
        looks = jax.nn.softmax(heads[0] @ heads[1].swapaxes(-1, -2) / np.sqrt(width // 12) + mask, -1)
        seen = (looks @ heads[2]).transpose(0, 2, 1, 3).reshape(-1, width)
        x = _normed(x + product(seen, layer, weights, "ao"), weights, "1")
        inner = jax.nn.gelu(product(x, layer, weights, "fi"), approximate=False)
        x = _normed(x + product(inner, layer, weights, "fo"), weights, "2")
    x = x.reshape(batch, time, width)
    # What stands before and behind a text has no tag.
    inside = jnp.pad(live[:, 1:], ((0, 0), (0, 1))).at[:, 0].set(0)
    z = jax.nn.relu(dropped(x, 0.1) @ tree["names.in"] + tree["names.in.b"]) * inside[..., None]
    for number in (1, 2):
        sides = jnp.pad(z, ((0, 0), (number, number), (0, 0)))
        near = jnp.concatenate([sides[:, : -2 * number], z, sides[:, 2 * number :]], -1)
        z = (z + jax.nn.relu(near @ tree[f"names.conv{number}"] + tree[f"names.conv{number}.b"])) * inside[..., None]
    tags = dropped(z, 0.1) @ tree["names.out"] + tree["names.out.b"]
    y = jax.nn.relu(dropped(x, 0.1) @ tree["pool.in"] + tree["pool.in.b"])
    mean = (y * live[..., None]).sum(1) / live.sum(1, keepdims=True)
    most = jnp.where(live[..., None] > 0, y, 0).max(1)
    looked = jax.nn.softmax(jnp.where(live > 0, (y @ tree["pool.look"])[..., 0], -1e9), 1)
    pooled = dropped(jnp.concatenate([mean, most, (y * looked[..., None]).sum(1)], 1), 0.3)
    domain = dropped(jax.nn.relu(pooled @ tree["domain.mid"] + tree["domain.mid.b"]), 0.3) @ tree["domain.out"] + tree["domain.out.b"]
    both = jnp.concatenate([pooled, dropped(form, 0.1)], 1)
    kind = dropped(jax.nn.relu(both @ tree["kind.mid"] + tree["kind.mid.b"]), 0.3) @ tree["kind.out"] + tree["kind.out.b"]
    return domain, kind, tags


def _normed(x: jax.Array, weights: Tree, which: str) -> jax.Array:
    centred = x - x.mean(-1, keepdims=True)
    return centred / jnp.sqrt((centred**2).mean(-1, keepdims=True) + 1e-12) * weights[f"gain{which}"] + weights[f"shift{which}"]
