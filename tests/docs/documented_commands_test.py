"""The runner of documented commands finds, runs and skips blocks as it says, and fails where it should."""
import pathlib
import stat
import tempfile
import unittest

import documented_commands as docs

README = """# Title
<!-- needs: ../shared/data/ladder -->
```sh
make demo
```
```text
error 5.852% of 8 tasks
…
```

```sh
git clone somewhere
```

<!-- exit: 2 -->
```sh
rung ladder --no-such-option
```
"""


class DocumentedCommands(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        (self.folder / "README.md").write_text(README, encoding="utf-8")
        self.demo, self.wrong_option = docs.blocks(self.folder)
        (self.folder / "shared/data/ladder").mkdir(parents=True)

    def run_block(self, block, printed="", status=0, shared="shared"):
        rung = self.folder / "rung"
        rung.write_text(f"#!/bin/sh\nprintf '{printed}'\necho left >left_behind.txt\nexit {status}\n")
        rung.chmod(rung.stat().st_mode | stat.S_IXUSR)
        return docs.run(block, rung, self.folder / shared)[0]

    def test_finds_blocks(self):
        self.assertEqual((self.demo.name, self.demo.script), ("README.md:3", "rung demo\n"))
        self.assertEqual((self.wrong_option.name, self.wrong_option.output), ("README.md:16", None))

    def test_output_must_be_the_documented_one(self):
        self.assertEqual(self.run_block(self.demo, "error 5.853%% of 8 tasks\\nmore\\n"), 0)
        self.assertEqual(self.run_block(self.demo, "error 5.854%% of 8 tasks\\nmore\\n"), 1)
        self.assertEqual(self.run_block(self.demo, "error 5.852%% of 9 tasks\\nmore\\n"), 1)
        self.assertEqual(self.run_block(self.demo, ""), 1)

    def test_lines_must_fit_a_terminal(self):
        self.demo.output = None
        self.assertEqual(self.run_block(self.demo, "é" * 80), 0)
        self.assertEqual(self.run_block(self.demo, "é" * 81), 1)
        self.demo.wide = True
        self.assertEqual(self.run_block(self.demo, "é" * 81), 0)

    def test_exit_status_must_be_the_documented_one(self):
        self.assertEqual(self.run_block(self.demo, "error 5.852%% of 8 tasks\\n", status=1), 1)
        self.assertEqual(self.run_block(self.wrong_option, status=2), 0)
        self.assertEqual(self.run_block(self.wrong_option), 1)

    def test_skipped_without_its_data(self):
        self.assertEqual(self.run_block(self.demo, shared="nowhere"), docs.SKIPPED)

    def test_leaves_nothing_in_the_repository(self):
        self.run_block(self.wrong_option, status=2)
        self.assertFalse((docs.ROOT / "left_behind.txt").exists())


if __name__ == "__main__":
    unittest.main()
