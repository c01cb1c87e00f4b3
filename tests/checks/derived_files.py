#!/usr/bin/env python3
"""Holds the tables and numbers that were derived from public results against those, where they are (RUNG_SHARED,
../shared by default); 77 (skipped) where they are not.
"""
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]


def main():
    shared = pathlib.Path(os.environ.get("RUNG_SHARED", ROOT.parent / "shared"))
    if not shared.is_dir():
        print("skipped: no ../shared")
        return 77
    programs = {"scripts/derive_published_tables": "data", "tests/golden/derive_numbers.py": "goldens"}
    return max(subprocess.run([ROOT / program, "--check", "--from", shared / folder], check=False).returncode
               for program, folder in programs.items())


if __name__ == "__main__":
    sys.exit(main())
