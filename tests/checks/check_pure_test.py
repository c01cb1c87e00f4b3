"""scripts/check_pure accepts pure objects and names the call, or the room, that others need."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

CHECK = pathlib.Path(__file__).resolve().parents[2] / "scripts/check_pure"
SYSTEM = "namespace rung { int read_file() { return 1; } }\n"


def check(files):
    """Of the objects of these sources, by their place in the library."""
    with tempfile.TemporaryDirectory() as folder:
        build = pathlib.Path(folder)
        objects = []
        for name, text in files.items():
            path = build / "CMakeFiles/rung.dir/rung" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            subprocess.run(["c++", "-std=c++20", "-c", path, "-o", f"{path}.o"], check=True)
            objects.append(f"build {path.relative_to(build)}.o: CXX\n")
        (build / "build.ninja").write_text("".join(objects), encoding="utf-8")
        done = subprocess.run([sys.executable, CHECK, folder], capture_output=True, text=True, check=False)
        return done.returncode, done.stdout.replace(folder + "/", "") + done.stderr


class CheckPure(unittest.TestCase):
    def assert_wrong(self, text, *expected):
        status, output = check({"system/file.cpp": SYSTEM, "fit/fit.cpp": text})
        self.assertEqual(status, 1, output)
        for part in ("fit/fit.cpp.o: error: a pure room", *expected):
            self.assertIn(part, output)

    def test_arithmetic_is_pure_and_others_may_do_more(self):
        status, output = check({"system/file.cpp": "#include <fcntl.h>\nint number() { return open(\"a\", 0); }\n",
                                "fit/fit.cpp": "#include <cmath>\ndouble half(double x) { return std::sin(x) / 2; }\n"})
        self.assertEqual((status, output), (0, "check_pure: 1 objects call no file, process or thread\n"))

    def test_system_calls(self):
        self.assert_wrong("#include <unistd.h>\nint number() { return fork(); }\n", "calls fork")
        self.assert_wrong("#include <fcntl.h>\nint number() { return open(\"a\", 0); }\n", "calls open")

    def test_classes_that_stand_for_them(self):
        self.assert_wrong("#include <fstream>\nvoid write() { std::ofstream(\"a\") << 1; }\n", "basic_ofstream")
        self.assert_wrong("#include <thread>\nvoid start() { std::thread([] {}).join(); }\n", "thread")
        self.assert_wrong("#include <filesystem>\nbool is() { return std::filesystem::exists(\"a\"); }\n", "status")

    def test_another_room_that_does_it_for_them(self):
        self.assert_wrong("namespace rung { int read_file(); int twice() { return 2 * read_file(); } }\n",
                          "needs _ZN4rung9read_fileEv of", "system/file.cpp.o")

    def test_nothing_to_check_is_no_success(self):
        self.assertEqual(check({"core/text.cpp": "int x;\n"})[0], 1)


if __name__ == "__main__":
    unittest.main()
