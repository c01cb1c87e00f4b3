#!/usr/bin/env python3
"""Writes open_lm_NAME.pt and open_lm.json: tiny models of OpenLM as torch.save writes them, and what they say.

A second implementation of what rung/train/torch_decoder.cpp and rung/lm/generate do, from the published description.
Weights are formulas; two names are wrapped as data-parallel training and torch.compile do.

usage: open_lm.py FOLDER
"""
import json
import math
import sys

import torch
from torch.nn import functional as F

torch.set_num_threads(1)
D, HEADS, LAYERS, HIDDEN, VOCAB, EPSILON, THETA = 16, 2, 2, 24, 32, 1e-5, 10000.0
PROMPT = [3, 17, 5, 9, 28, 3]
MODELS = {
    "swiglu": dict(ffn="swiglu", bias=False, qk_norm=True, wrap="module.", dtype=torch.float32),
    "gelu": dict(ffn="gelu", bias=True, qk_norm=False, wrap="_orig_mod.", dtype=torch.bfloat16),
    "geglu": dict(ffn="geglu", bias=False, qk_norm=False, wrap="module._orig_mod.", dtype=torch.float16),
}


def state(model):
    weights = {}

    def add(name, *shape):
        offset = sum(w.numel() for w in weights.values())
        n = math.prod(shape)
        values = torch.tensor([math.sin(0.7 * i * i % 100 + 0.3 * i) for i in range(offset, offset + n)])
        scale, base = (0.3, 0.0) if len(shape) == 2 else (0.1, 0.0 if name.endswith("bias") else 1.0)
        weights[name] = (base + scale * values).view(shape).to(model["dtype"])

    def norm(name):
        add(name + ".weight", D)
        if model["bias"]:
            add(name + ".bias", D)

    add("tok_embeddings.weight", VOCAB, D)
    for i in range(LAYERS):
        at = f"layers.{i}."
        add(at + "attention.in_proj.weight", 3 * D, D)
        add(at + "attention.out_proj.weight", D, D)
        if model["qk_norm"]:
            norm(at + "attention.q_norm")
            norm(at + "attention.k_norm")
        if model["ffn"] == "swiglu":
            add(at + "feed_forward.w12.weight", 2 * HIDDEN, D)
            add(at + "feed_forward.w3.weight", D, HIDDEN)
        elif model["ffn"] == "gelu":
            add(at + "feed_forward.0.weight", 4 * D, D)
            add(at + "feed_forward.2.weight", D, 4 * D)
        else:
            for name in "gate_proj", "up_proj":
                add(at + f"feed_forward.{name}.weight", HIDDEN, D)
                add(at + f"feed_forward.{name}.bias", HIDDEN)
            add(at + "feed_forward.down_proj.weight", D, HIDDEN)
            add(at + "feed_forward.down_proj.bias", D)
        norm(at + "attention_norm")
        norm(at + "ffn_norm")
    norm("norm")
    add("output.weight", VOCAB, D)
    return weights


def rotate(x, positions):
    """x: [T, H, dh], turned as complex numbers."""
    if positions == "none":
        return x
    half = x.shape[-1] // 2
    place = torch.arange(x.shape[1 if positions == "head_rotary" else 0], dtype=torch.float64)
    angle = place[:, None] * THETA ** (-torch.arange(half, dtype=torch.float64) / half)
    angle = angle[None] if positions == "head_rotary" else angle[:, None]
    if positions == "llama_rotary":
        return torch.view_as_real(torch.view_as_complex(x.double().unflatten(-1, (half, 2)).contiguous())
                                  * torch.polar(torch.ones_like(angle), angle)).flatten(-2).float()
    turned = torch.complex(x[..., :half].double(), x[..., half:].double()) * torch.polar(torch.ones_like(angle), angle)
    return torch.cat([turned.real, turned.imag], -1).float()


def logits(w, model, positions, ids):
    norm = lambda name, x: F.layer_norm(x, (D,), w[name + ".weight"], w.get(name + ".bias"), EPSILON)
    x = w["tok_embeddings.weight"][ids]
    for i in range(LAYERS):
        at = f"layers.{i}."
        q, k, v = F.linear(norm(at + "attention_norm", x), w[at + "attention.in_proj.weight"]).split(D, -1)
        if model["qk_norm"]:
            q, k = norm(at + "attention.q_norm", q), norm(at + "attention.k_norm", k)
        q, k, v = (part.view(len(ids), HEADS, -1) for part in (q, k, v))
        scores = torch.einsum("ihd,jhd->hij", rotate(q, positions), rotate(k, positions)) / math.sqrt(D // HEADS)
        later = torch.ones(len(ids), len(ids), dtype=torch.bool).triu(1)
        shares = scores.masked_fill(later, -math.inf).softmax(-1)
        x = x + F.linear(torch.einsum("hij,jhd->ihd", shares, v).flatten(1), w[at + "attention.out_proj.weight"])
        y, at = norm(at + "ffn_norm", x), at + "feed_forward."
        if model["ffn"] == "swiglu":
            gate, up = F.linear(y, w[at + "w12.weight"]).split(HIDDEN, -1)
            y = F.linear(F.silu(gate) * up, w[at + "w3.weight"])
        elif model["ffn"] == "gelu":
            y = F.linear(F.gelu(F.linear(y, w[at + "0.weight"])), w[at + "2.weight"])
        else:
            part = lambda name, z: F.linear(z, w[at + name + ".weight"], w[at + name + ".bias"])
            y = part("down_proj", F.gelu(part("gate_proj", y)) * part("up_proj", y))
        x = x + y
    return F.linear(norm("norm", x), w["output.weight"])


def greedy(w, model, n):
    ids = list(PROMPT)
    for _ in range(n):
        ids.append(int(logits(w, model, "rotary", torch.tensor(ids))[-1].argmax()))
    return ids[len(PROMPT):]


golden = {}
for name, model in MODELS.items():
    weights = state(model)
    saved = {model["wrap"] + key: value for key, value in weights.items()}
    for i in range(LAYERS):
        half = D // HEADS // 2
        frequencies = THETA ** (-torch.arange(half, dtype=torch.float32) / half)
        saved[f"{model['wrap']}layers.{i}.attention.pos_embed.inv_freq"] = frequencies
    torch.save({"epoch": 1, "name": "tiny", "state_dict": saved, "evaluation_metrics": [{"loss": 2.5}]},
               f"{sys.argv[1]}/open_lm_{name}.pt")
    full = {key: value.float() for key, value in weights.items()}
    positions = ["rotary", "head_rotary", "llama_rotary", "none"] if name == "swiglu" else ["rotary"]
    golden[name] = {"logits": {kind: logits(full, model, kind, torch.tensor(PROMPT)).flatten()[::7].tolist()
                               for kind in positions}, "greedy": greedy(full, model, 12)}
with open(sys.argv[1] + "/open_lm.json", "w") as file:
    json.dump(golden, file, indent=1)
    file.write("\n")
