#!/usr/bin/env python3
"""Writes language_model.json: logits, loss, gradients and ten steps of training of small decoders, by PyTorch.

A second implementation of what rung/train/torch_network.cpp, rung/lm/optimizer.cpp and rung/lm/layout.cpp do, from the
published descriptions and with PyTorch's own layers, autograd, AdamW and clipping. Weights and tokens are formulas, so
that both sides make them for themselves.

usage: language_model.py > language_model.json
"""
import json
import math

import torch
from torch.nn import functional as F

torch.manual_seed(0)
torch.set_num_threads(1)

MODELS = {
    "norm_after": dict(norm_place="after", norm="rms", epsilon=1e-6, qk_norm=True, theta=500000.0),
    "norm_before": dict(norm_place="before", norm="rms", epsilon=1e-6, qk_norm=False, theta=10000.0),
    "open_lm": dict(norm_place="before", norm="layer_norm", epsilon=1e-5, qk_norm=True, theta=10000.0),
}
D, HEADS, LAYERS, HIDDEN, VOCAB = 16, 2, 2, 24, 32
SEQUENCES, LENGTH = 3, 12
Z_LOSS, RATE, CLIP, STEPS = 1e-4, 1e-3, 1.0, 10


def shapes(model):
    yield VOCAB, D
    for _ in range(LAYERS):
        yield 3 * D, D
        if model["qk_norm"]:
            yield D,
            yield D,
        yield D, D
        yield 2 * HIDDEN, D
        yield D, HIDDEN
        yield D,
        yield D,
    yield D,
    yield VOCAB, D


def weights(model):
    made, offset = [], 0
    for shape in shapes(model):
        n = math.prod(shape)
        values = [math.sin(0.7 * i * i % 100 + 0.3 * i) for i in range(offset, offset + n)]
        tensor = torch.tensor(values, dtype=torch.float64).view(shape)
        made.append((0.2 * tensor if len(shape) == 2 else 1 + 0.1 * tensor).float().requires_grad_())
        offset += n
    return made


def tokens(step):
    return torch.tensor([[(7 * t * t + 3 * s + 5 * step + s * t) % VOCAB for t in range(LENGTH)]
                         for s in range(SEQUENCES)])


def norm(model, x, gain):
    if model["norm"] == "layer_norm":
        return F.layer_norm(x, x.shape[-1:], gain, None, model["epsilon"])
    return gain * (x / torch.sqrt(x.pow(2).mean(-1, keepdim=True) + model["epsilon"]))


def rotate(model, x):
    """x: [B, H, T, dh], as complex numbers whose parts stand half a head apart."""
    half = x.shape[-1] // 2
    frequency = model["theta"] ** (-torch.arange(half, dtype=torch.float64) / half)
    angle = torch.arange(x.shape[2], dtype=torch.float64)[:, None] * frequency
    turned = torch.complex(x[..., :half].double(), x[..., half:].double()) * torch.polar(torch.ones_like(angle), angle)
    return torch.cat([turned.real, turned.imag], -1).float()


def attention(model, x, take):
    qkv = take()
    q, k, v = (F.linear(x, part) for part in qkv.split(D))
    if model["qk_norm"]:
        q, k = norm(model, q, take()), norm(model, k, take())
    q, k, v = (part.view(*part.shape[:2], HEADS, -1).transpose(1, 2) for part in (q, k, v))
    q, k = rotate(model, q), rotate(model, k)
    scores = torch.einsum("bhid,bhjd->bhij", q, k) / math.sqrt(D // HEADS)
    later = torch.ones(LENGTH, LENGTH, dtype=torch.bool).triu(1)
    shares = scores.masked_fill(later, -math.inf).softmax(-1)
    mixed = torch.einsum("bhij,bhjd->bhid", shares, v)
    return F.linear(mixed.transpose(1, 2).flatten(2), take())


def feed_forward(x, take):
    gate, up = (F.linear(x, part) for part in take().split(HIDDEN))
    return F.linear(F.silu(gate) * up, take())


def logits(model, all_weights, ids):
    rest = iter(all_weights)
    take = lambda: next(rest)
    x = F.embedding(ids, take())
    for _ in range(LAYERS):
        # Both sublayers' matrices stand before both norms' gains.
        first = [take() for _ in range(4 if model["qk_norm"] else 2)]
        second = [take(), take()]
        gains = take(), take()
        for gain, sublayer in zip(gains, (lambda y: attention(model, y, iter(first).__next__),
                                          lambda y: feed_forward(y, iter(second).__next__))):
            x = x + (norm(model, sublayer(x), gain) if model["norm_place"] == "after" else sublayer(norm(model, x, gain)))
    x = norm(model, x, take())
    return F.linear(x, take())


def losses(model, all_weights, ids):
    out = logits(model, all_weights, ids)[:, :-1].flatten(0, 1)
    cross_entropy = F.cross_entropy(out, ids[:, 1:].flatten())
    return cross_entropy, cross_entropy + Z_LOSS * out.logsumexp(-1).pow(2).mean()


def golden(model):
    parts = weights(model)
    cross_entropy, loss = losses(model, parts, tokens(0))
    loss.backward()
    result = {"logits": logits(model, parts, tokens(0)).flatten()[::7].tolist(), "loss": cross_entropy.item(),
              "gradients": torch.cat([part.grad.flatten() for part in parts])[::11].tolist(), "curve": []}
    parts = weights(model)
    adam = torch.optim.AdamW([{"params": parts[:1], "weight_decay": 0.0}, {"params": parts[1:], "weight_decay": 0.1}],
                             lr=RATE, betas=(0.9, 0.95), eps=1e-8)
    for step in range(STEPS):
        adam.zero_grad()
        cross_entropy, loss = losses(model, parts, tokens(step))
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parts, CLIP)
        adam.step()
        result["curve"].append(cross_entropy.item())
    return result


print(json.dumps({name: golden(model) for name, model in MODELS.items()}, indent=1))
