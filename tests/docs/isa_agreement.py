#!/usr/bin/env python3
"""Runs the documented commands on each instruction set and compares their results in JSON.

usage: isa_agreement.py RUNG [FILE:LINE ...]   without names: all blocks, and what once differed (ONCE_APART)

Numbers agree to 1e-6, relative or of the largest number beside them, wherever what they belong to is identified:
intervals, backtests and what leaving a run out moves among them. A result that says "identified": false, or whose fit
or steps say so, is left out, as is what a command says of such optima in words. Two kinds of fits don't say whether
they are identified and have bounds of their own (BOUNDS). The numbers of results agree everywhere. Exit 1 names every
number that differs.
"""
import json
import math
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import documented_commands

TOLERANCE = 1e-6
# Measured, and what it comes of.
BOUNDS = {
    # 0.6%: published methods fit laws of up to five parameters to whatever sizes are there, two in the worst case.
    r"^decide\[\d+\]\.predicted\.": 1e-2,
    # 3e-6 of what is left of two predictions near 1 that agree to 1e-9 each.
    r"^ladder diagnose\[\d+\]\.runs\[\d+\]\.influence\.": 1e-5,
    # 1.0e-5, of one random choice among fifteen: what is fitted to it has no flag either.
    r"^observe select\[\d+\]\.random\[\d+\]\.errors\.": 3e-5,
}
SETS = ("avx512", "avx2", "baseline")
# Of where and when, of optima that fit as well, and of how far a search went.
LEFT_OUT = {"seconds", "options", "version", "alternatives", "notes", "note", "n_not_converged", "inputs_read", "condition_number"}
ONCE_APART = [f"rung ladder {words} -k v2_main -c published:olmo-ladder/configs/final.json" for words in
              ("diagnose", "single-step", "compute-error", "predict --method combined")]
# Takes --json away from nobody: a command that has it already, or doesn't take it, runs as it stands.
WRAPPER = """#!/bin/bash
n=$(ls "$ISA_RESULTS" | wc -l)
for word in "$@"; do
  case "$word" in --json|--json=*|help|manual|completion|version|--help) exec "$ISA_RUNG" "$@" ;; esac
done
exec "$ISA_RUNG" "$@" --json "$ISA_RESULTS/$(printf %03d "$n").json"
"""


def unidentified(value, of_fits=False):
    """Whether this result, or a fit right inside it, is of one optimum among others."""
    if not isinstance(value, dict):
        return False
    if value.get("identified") is False or value.get("status") in ("unbounded", "failed", "local"):
        return True
    return any(unidentified(part, key == "fits") for key, part in value.items() if isinstance(part, dict) and
               (of_fits or "fit" in key or "step" in key))


def scale_of(values):
    return max((abs(v) for v in values if isinstance(v, (int, float)) and math.isfinite(v)), default=0)


def tolerance_of(path):
    return next((bound for pattern, bound in BOUNDS.items() if re.search(pattern, path)), TOLERANCE)


def differences(a, b, path, beside=0):
    if isinstance(a, dict) and isinstance(b, dict):
        if unidentified(a) or unidentified(b):
            return
        if a.keys() != b.keys():
            yield f"{path}: keys {sorted(a.keys() ^ b.keys())}"
            return
        for key in a:
            if key not in LEFT_OUT:
                yield from differences(a[key], b[key], f"{path}.{key}", scale_of(a.values()))
    elif isinstance(a, list) and isinstance(b, list):
        if len(a) != len(b):
            yield f"{path}: {len(a)} and {len(b)} entries"
            return
        for i, (x, y) in enumerate(zip(a, b)):
            yield from differences(x, y, f"{path}[{i}]", scale_of(a))
    elif isinstance(a, bool) or not (isinstance(a, (int, float)) and isinstance(b, (int, float))):
        if a != b and not isinstance(a, str):
            yield f"{path}: {a} and {b}"
    elif abs(a - b) > tolerance_of(path) * max(abs(a), beside):
        yield f"{path}: {a:.10g} and {b:.10g}"


def results(block, rung, shared, instruction_set):
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        root = documented_commands.sandbox(folder, rung, shared if "../shared" in block.script else None)
        (root / "build/release/rung").unlink()
        (root / "build/release/rung").write_text(WRAPPER, encoding="utf-8")
        (root / "build/release/rung").chmod(0o755)
        (folder / "results").mkdir()
        environment = {name: value for name, value in os.environ.items() if name != "RUNG_DATA"}
        environment |= {"PATH": f"{root}/build/release{os.pathsep}{os.environ['PATH']}", "XDG_CACHE_HOME": str(folder),
                        "RUNG_ISA": instruction_set, "ISA_RUNG": str(rung), "ISA_RESULTS": str(folder / "results")}
        subprocess.run(["bash", "-c", block.script], cwd=root, env=environment, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, check=False)
        found = []
        for path in sorted((folder / "results").iterdir()):
            text = path.read_text(encoding="utf-8")
            if text:
                found.append(json.loads(text))
        return found


def scripts(names):
    """Documented blocks and, unless some were named, the others."""
    for block in documented_commands.blocks(documented_commands.ROOT):
        if (not names or block.name in names) and not block.not_run and not block.exit:
            yield block
    for command in [] if names else ONCE_APART:
        yield documented_commands.Block(command, command, None, None, [], 0, False)


def compare(block, rung, shared):
    by_set = {name: results(block, rung, shared, name) for name in SETS}
    first = by_set[SETS[0]]
    for name in SETS[1:]:
        if len(by_set[name]) != len(first):
            yield f"{block.name}: {len(first)} results on {SETS[0]}, {len(by_set[name])} on {name}"
            continue
        for a, b in zip(first, by_set[name]):
            for line in differences(a["results"], b["results"], a["command"]):
                yield f"{block.name}: {SETS[0]} and {name}: {line}"


def main(arguments):
    rung, names = pathlib.Path(arguments[0]).resolve(), arguments[1:]
    shared = pathlib.Path(os.environ.get("RUNG_SHARED", documented_commands.ROOT.parent / "shared")).resolve()
    status, n = 0, 0
    for block in scripts(names):
        lines = list(compare(block, rung, shared))
        n += 1
        for line in lines[:20]:
            print(line)
        if len(lines) > 20:
            print(f"{block.name}: {len(lines) - 20} more")
        status = status or bool(lines)
    print(f"{n} blocks on {', '.join(SETS)}")
    return int(status)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
