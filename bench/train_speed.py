#!/usr/bin/env python3
"""Training speed beside the same model in eager PyTorch, each run a process of its own, by turns.

usage: bench/train_speed.py RUNG [MODEL…]          medians of seven pairs
       bench/train_speed.py --eager MODEL.json     what a pair's second process does

Says tokens a second, their ratio, the share of the machine's matrix product (which bounds both) and the most memory.
bf16 is measured where the processor has AMX; elsewhere its products are slower than those of fp32.
"""
import functools
import json
import math
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time

PAIRS, STEPS = 7, 3  # steps after one that is not timed, as rung-train speed does
MODELS = ["tiny-330k", "tiny-1.7M", "tiny-8.7M"]
LEAST_BF16_WIDTH, LEAST_BF16_GAIN = 128, 1.4
ROOT = pathlib.Path(__file__).resolve().parents[1]


def eager(path):
    """Prints tokens a second of training steps, written as one writes a model in PyTorch."""
    import torch
    from torch import nn
    from torch.nn import functional as F
    size = json.loads(pathlib.Path(path).read_text())
    d, heads, hidden, vocab = size["d_model"], size["n_heads"], size["d_hidden"], size["padded_vocab_size"]
    length, n_sequences = size["sequence_length"], size["device_batch_size"]

    class Norm(nn.Module):
        def __init__(self):
            super().__init__()
            self.gain = nn.Parameter(torch.ones(d))

        def forward(self, x):
            return self.gain * (x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-6))

    half = d // heads // 2
    angle = torch.arange(length)[:, None] * size["rope_theta"] ** (-torch.arange(half) / half)
    cos, sin = angle.cos(), angle.sin()
    later = torch.ones(length, length, dtype=torch.bool).triu(1)

    def rotate(x):
        a, b = x.chunk(2, -1)
        return torch.cat([a * cos - b * sin, b * cos + a * sin], -1)

    class Block(nn.Module):
        def __init__(self):
            super().__init__()
            self.qkv, self.out = nn.Linear(d, 3 * d, bias=False), nn.Linear(d, d, bias=False)
            self.gate_up, self.down = nn.Linear(d, 2 * hidden, bias=False), nn.Linear(hidden, d, bias=False)
            self.q_norm, self.k_norm, self.norm1, self.norm2 = Norm(), Norm(), Norm(), Norm()

        def forward(self, x):
            q, k, v = self.qkv(x).chunk(3, -1)
            q, k, v = (part.view(*part.shape[:2], heads, -1).transpose(1, 2)
                       for part in (self.q_norm(q), self.k_norm(k), v))
            scores = rotate(q) @ rotate(k).transpose(-1, -2) / math.sqrt(d // heads)
            mixed = scores.masked_fill(later, -math.inf).softmax(-1) @ v
            x = x + self.norm1(self.out(mixed.transpose(1, 2).flatten(2)))
            gate, up = self.gate_up(x).chunk(2, -1)
            return x + self.norm2(self.down(F.silu(gate) * up))

    model = nn.Sequential(nn.Embedding(vocab, d), *[Block() for _ in range(size["n_layers"])], Norm(),
                          nn.Linear(d, vocab, bias=False))
    adam = torch.optim.AdamW(model.parameters(), lr=1e-6, betas=(0.9, 0.95), weight_decay=0.1)
    ids = (torch.arange(n_sequences * length) * 7919 % vocab).view(n_sequences, length)
    for step in range(STEPS + 1):
        if step == 1:
            start = time.perf_counter()
        adam.zero_grad()
        out = model(ids)[:, :-1].flatten(0, 1)
        loss = F.cross_entropy(out, ids[:, 1:].flatten()) + 1e-5 * out.logsumexp(-1).pow(2).mean()
        loss.backward()
        adam.step()
    print(STEPS * n_sequences * length / (time.perf_counter() - start))


def measured(words):
    """(number printed, MiB at most)"""
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        printed = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"train_speed.py: {' '.join(words)} failed")
    return float(printed), usage.ru_maxrss / 1024


def settings_of(rung, folder, model, precision):
    """A run.toml, and its numbers by name."""
    printed = subprocess.run([rung, "train", "--model", model, "--data", f"{folder}/data", "--precision", precision,
                              "--dry-run"], check=True, capture_output=True, text=True).stdout
    lines = [line for line in printed.splitlines() if re.match(r"\[|\w+ = |$", line)]
    path = pathlib.Path(folder, f"{model}-{precision}.toml")
    path.write_text("\n".join(lines) + "\n")
    numbers = {key: float(value) for key, value in re.findall(r"^(\w+) = ([\d.e+-]+)$", "\n".join(lines), re.MULTILINE)}
    whole = {key: int(value) if value == int(value) else value for key, value in numbers.items()}
    pathlib.Path(folder, f"{model}.json").write_text(json.dumps(whole))
    return str(path), whole


def flops_per_token(rung, model):
    printed = subprocess.run([rung, "model", "flops", "--model", model, "--json", "-"], check=True,
                             capture_output=True, text=True).stdout
    return json.loads(printed)["results"][0]["flops_per_token"]


@functools.cache
def python_with_torch():
    """This Python, or Debian's, whose python3-torch it may be."""
    return next((python for python in (sys.executable, "/usr/bin/python3") if pathlib.Path(python).exists()
                 and not subprocess.run([python, "-c", "import torch"], capture_output=True, check=False).returncode), None)


def compare(rung, folder, model):
    trainer = str(pathlib.Path(rung).with_name("rung-train"))
    path, _ = settings_of(rung, folder, model, "fp32")
    ours, theirs, limits = [], [], []
    for _ in range(PAIRS):
        ours.append(measured([trainer, "speed", path]))
        theirs.append(measured([python_with_torch(), __file__, "--eager", f"{folder}/{model}.json"]))
        limits.append(measured([trainer, "limit", "fp32"])[0])
    ratio = statistics.median(a[0] / b[0] for a, b in zip(ours, theirs))
    share = statistics.median(a[0] * flops_per_token(rung, model) / limit for a, limit in zip(ours, limits))
    speed, eager_speed = (statistics.median(x[0] for x in side) for side in (ours, theirs))
    memory, eager_memory = (max(x[1] for x in side) for side in (ours, theirs))
    print(f"{model:<10} fp32 {speed:>9.0f} tokens/s, eager PyTorch {eager_speed:>9.0f}: {ratio:.2f}x"
          f"{'' if ratio >= 1 else ' (falls short of 1x)'}; {share:.0%} of the matrix product; "
          f"{memory:.0f} MiB, PyTorch {eager_memory:.0f}", flush=True)


def compare_bf16(rung, folder, model):
    trainer = str(pathlib.Path(rung).with_name("rung-train"))
    paths = [settings_of(rung, folder, model, precision)[0] for precision in ("bf16", "fp32")]
    pairs = [[measured([trainer, "speed", path])[0] for path in paths] for _ in range(PAIRS)]
    gain = statistics.median(a / b for a, b in pairs)
    print(f"{model:<10} bf16 {statistics.median(a for a, _ in pairs):>9.0f} tokens/s: {gain:.2f}x fp32"
          f"{'' if gain >= LEAST_BF16_GAIN else f' (falls short of {LEAST_BF16_GAIN}x)'}", flush=True)


def main(arguments):
    if arguments[:1] == ["--eager"]:
        return eager(arguments[1])
    rung, *models = arguments
    if not pathlib.Path(rung).with_name("rung-train").exists():
        print("training: skipped: rung-train is not built")
        return 0
    if not python_with_torch():
        print("training: skipped: no python3-torch")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        texts = [str(path) for path in sorted(ROOT.glob("docs/*.md"))]
        subprocess.run([rung, "tokenize", *texts, "--vocab-size", "1024", "--to", f"{folder}/data"], check=True,
                       capture_output=True)
        has_amx = "amx_bf16" in pathlib.Path("/proc/cpuinfo").read_text()
        for model in models or MODELS:
            compare(rung, folder, model)
            _, numbers = settings_of(rung, folder, model, "fp32")
            if numbers["d_model"] < LEAST_BF16_WIDTH:
                continue
            if has_amx:
                compare_bf16(rung, folder, model)
            else:
                print(f"{model:<10} bf16 skipped: this processor has no AMX")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
