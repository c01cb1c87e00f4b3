#!/usr/bin/env python3
"""Runs one block of commands from the documents and compares what it prints with what the document shows.

usage: documented_commands.py --list          each block's name, FILE:LINE
       documented_commands.py RUNG FILE:LINE  runs it; 77 (skipped) where it can't run here

A block is ```sh with a line that starts with `rung` or is `make demo` (run as `rung demo`). A ```text block right
after it is the output: exact, save that a decimal number may be off by one in its last digit and that `…` stands for
anything, or for any lines where it stands alone. Comments before a block, read in order:
  <!-- not run: WHY -->   skipped, by name
  <!-- needs: PATH -->    skipped where PATH is absent (a path under ../shared in the block itself needs no saying)
  <!-- wide: WHY -->      what it prints may be wider than a terminal's 80 columns
  <!-- exit: N -->        the exit status to expect; the output then includes standard error
It runs in a folder of links to the repository's, so what it writes is gone after: on a machine that has no public data,
unless the block or its `needs` names ../shared (RUNG_SHARED), which then lies beside that folder.
"""
import dataclasses
import difflib
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unicodedata

ROOT = pathlib.Path(__file__).resolve().parents[2]
SKIPPED = 77
COLUMNS = 80
BLOCK = re.compile(r"(?P<comments>(?:^<!--.*?-->\s*\n)*)^```sh\n(?P<script>.*?)^```\n"
                   r"(?:\s*^```text\n(?P<output>.*?)^```$)?", re.MULTILINE | re.DOTALL)
OURS = re.compile(r"^(?:build/release/)?rung\s|^make demo$", re.MULTILINE)
DECIMAL = re.compile(r"[-+]?\d+\.\d+")


@dataclasses.dataclass
class Block:
    name: str
    script: str
    output: str | None
    not_run: str | None
    needs: list[str]
    exit: int
    wide: bool


def blocks(root):
    for path in [root / "README.md", *sorted((root / "docs").rglob("*.md"))]:
        text = path.read_text(encoding="utf-8")
        for match in BLOCK.finditer(text):
            script, comments = match["script"], match["comments"]
            if not OURS.search(script):
                continue
            line = text.count("\n", 0, match.start("script"))
            not_run = re.search(r"<!-- not run: (.*?) -->", comments)
            status = re.search(r"<!-- exit: (\d+) -->", comments)
            yield Block(name=f"{path.relative_to(root)}:{line}",
                        script=re.sub(r"^make demo$", "rung demo", script, flags=re.MULTILINE),
                        output=match["output"], not_run=not_run and not_run[1],
                        needs=re.findall(r"<!-- needs: (.*?) -->", comments),
                        exit=int(status[1]) if status else 0, wide="<!-- wide: " in comments)


def pattern_of(output):
    """A regular expression with one group a decimal number."""
    text = ""
    for line in output.splitlines():
        if line.strip() == "…":
            text += r"(?:.*\n)*?"
            continue
        parts = re.split(rf"({DECIMAL.pattern}|…)", line.rstrip())
        text += "".join(".*?" if part == "…" else f"({DECIMAL.pattern})" if DECIMAL.fullmatch(part)
                        else re.escape(part) for part in parts) + r"\n"
    return re.compile(text)


def near(shown, printed):
    decimals = len(shown.split(".")[1])
    return len(printed.split(".")[1]) == decimals and abs(
        round(float(shown) * 10**decimals) - round(float(printed) * 10**decimals)) <= 1


def same(shown, printed):
    printed = "".join(line.rstrip() + "\n" for line in printed.splitlines())
    match = pattern_of(shown).fullmatch(printed)
    numbers = DECIMAL.findall(shown)
    return bool(match) and all(map(near, numbers, match.groups()))


def columns_of(line):
    """What a terminal takes for it."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


def sandbox(folder, rung, shared):
    """FOLDER/rung, a repository root of links; FOLDER/shared where it is wanted and there."""
    root = folder / "rung"
    (root / "build/release").mkdir(parents=True)
    (root / "build/release/rung").symlink_to(rung)
    for entry in ROOT.iterdir():
        if entry.name not in ("build", "figures", ".git"):
            (root / entry.name).symlink_to(entry)
    if shared and shared.is_dir():
        (folder / "shared").symlink_to(shared)
    return root


def why_not(block, root):
    if block.not_run:
        return block.not_run
    if "../shared/" in block.script and not (root / "../shared").resolve().exists():
        return "no ../shared"
    return next((f"no {path}" for path in block.needs
                 if not pathlib.Path(os.path.normpath(root / path)).exists()), None)


def run(block, rung, shared):
    """(status, text to print): 0 as documented, 1 not, 77 skipped."""
    with tempfile.TemporaryDirectory() as folder:
        wants_shared = "../shared" in " ".join([block.script, *block.needs])
        root = sandbox(pathlib.Path(folder), rung, shared if wants_shared else None)
        reason = why_not(block, root)
        if reason:
            return SKIPPED, f"{block.name}: skipped: {reason}"
        environment = {name: value for name, value in os.environ.items() if name != "RUNG_DATA"}
        environment |= {"PATH": f"{root}/build/release{os.pathsep}{os.environ['PATH']}", "XDG_CACHE_HOME": folder}
        done = subprocess.run(["bash", "-euo", "pipefail", "-c", block.script], cwd=root, text=True,
                              env=environment, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT if block.exit else subprocess.PIPE, check=False)
    if done.returncode != block.exit:
        return 1, (f"{block.name}: error: exit {done.returncode}, documented is {block.exit}\n"
                   f"{block.script}{done.stdout}{done.stderr or ''}")
    if block.output is not None and not same(block.output, done.stdout):
        diff = difflib.unified_diff(block.output.splitlines(), done.stdout.splitlines(),
                                    "documented", "printed", lineterm="")
        return 1, "\n".join([f"{block.name}: error: the output is not the documented one", *diff])
    too_wide = [line for line in done.stdout.splitlines() if columns_of(line) > COLUMNS]
    if too_wide and not block.wide and not block.exit:  # error messages are lines of their own length
        return 1, "\n".join([f"{block.name}: error: lines of more than {COLUMNS} columns", *too_wide])
    return 0, f"{block.name}: as documented"


def main(arguments):
    if arguments == ["--list"]:
        print("\n".join(block.name for block in blocks(ROOT)))
        return 0
    rung, name = arguments
    block = next((block for block in blocks(ROOT) if block.name == name), None)
    if block is None:
        sys.exit(f"{name}: error: no block of commands starts here")
    shared = pathlib.Path(os.environ.get("RUNG_SHARED", ROOT.parent / "shared")).resolve()
    status, text = run(block, pathlib.Path(rung).resolve(), shared)
    print(text)
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
