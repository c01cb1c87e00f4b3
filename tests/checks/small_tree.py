"""What a check of the source tree says about a small tree made for it."""
import pathlib
import subprocess
import sys
import tempfile


def checked(check, files):
    """The exit status and the output, paths relative to the tree's root."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            path = pathlib.Path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        done = subprocess.run([sys.executable, check, folder], capture_output=True, text=True, check=False)
        return done.returncode, done.stdout.replace(folder + "/", "")
