#!/usr/bin/env python3
"""Installs a build into a folder of its own and uses it from there as somebody else's project would: the program of
docs/library.md is built through the CMake package and through pkg-config, run, and its output compared with what the
document shows; one source includes every installed header; the installed command finds the tables that ship.

usage: tests/package/package_check.py BUILD_FOLDER CXX
"""
import difflib
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]


def run(*command, **options):
    done = subprocess.run(command, text=True, capture_output=True, check=False, **options)
    if done.returncode != 0:
        sys.exit(f"error: {shlex.join(map(str, command))} exits with {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def block(language):
    """The document's one block in that language."""
    text = (ROOT / "docs/library.md").read_text(encoding="utf-8")
    blocks = re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    if len(blocks) != 1:
        sys.exit(f"docs/library.md: error: {len(blocks)} blocks of {language}, expected 1")
    return blocks[0]


def compare(name, printed):
    shown = block("text")
    if printed != shown:
        diff = difflib.unified_diff(shown.splitlines(), printed.splitlines(), "docs/library.md", name, lineterm="")
        sys.exit("\n".join([f"error: {name} does not print what docs/library.md shows", *diff]))


def main(build, compiler):
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        prefix, program, headers = folder / "prefix", folder / "program.cpp", folder / "headers.cpp"
        run("cmake", "--install", build, "--prefix", prefix)
        program.write_text(block("cpp"), encoding="utf-8")
        installed = sorted(path.relative_to(prefix / "include") for path in (prefix / "include").rglob("*.hpp"))
        headers.write_text("".join(f'#include "{path}"\n' for path in installed), encoding="utf-8")

        run("cmake", "-S", ROOT / "tests/package", "-B", folder / "build", f"-DCMAKE_PREFIX_PATH={prefix}",
            f"-DCMAKE_CXX_COMPILER={compiler}", f"-DSOURCES={program};{headers}")
        run("cmake", "--build", folder / "build")
        compare("the program built with CMake", run(folder / "build/consumer", cwd=folder))

        paths = {"PKG_CONFIG_PATH": ":".join(str(path.parent) for path in prefix.rglob("rung.pc"))}
        flags = run("pkg-config", "--cflags", "--libs", "rung", env=os.environ | paths).strip()
        run("sh", "-c", f"{compiler} -std=c++20 -o by-hand program.cpp {flags}", cwd=folder)
        compare("the program built with pkg-config", run(folder / "by-hand", cwd=folder))

        command = run(prefix / "bin/rung", "ladder", "step2", "-k", "piqa_val_5shot",
                      "-c", "published:olmo-ladder/configs/final.json", cwd="/")
        if "PIQA" not in command:
            sys.exit(f"error: the installed command says\n{command}")
    print(f"the package works: {len(installed)} headers")


if __name__ == "__main__":
    main(*sys.argv[1:])
