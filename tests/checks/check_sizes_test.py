"""scripts/check_sizes measures files, functions and parameters, and names where there is too much."""
import pathlib
import unittest

import small_tree

CHECK = pathlib.Path(__file__).resolve().parents[2] / "scripts/check_sizes"


def check(files):
    return small_tree.checked(CHECK, files)


def function(n_lines, head="int f(int a) {", line="  a += 1;\n"):
    return head + "\n" + line * (n_lines - 2) + "}\n"


class CheckSizes(unittest.TestCase):
    def assert_right(self, text):
        self.assertEqual(check({"rung/a.cpp": text}),
                         (0, "check_sizes: 1 files, none too long, no function too large\n"))

    def assert_wrong(self, text, *expected):
        status, output = check({"rung/a.cpp": text})
        self.assertEqual(status, 1, output)
        self.assertEqual(output.splitlines(), [f"rung/a.cpp:{problem}" for problem in expected])

    def test_files(self):
        self.assert_right("// text\n" * 400)
        self.assert_wrong("// text\n" * 401, "401: error: 401 lines: a file has one subject and at most 400")
        self.assertEqual(check({"rung/a.cpp": "", "scripts/tool": "#\n" * 401})[0], 1)
        self.assertEqual(check({"rung/a.cpp": "", "tests/fuzz/corpus/csv/seed.csv": "1\n" * 401})[0], 0)

    def test_functions(self):
        self.assert_right(function(60))
        self.assert_wrong(function(61), "1: error: f has 61 lines: at most 60")
        self.assert_wrong("#include <a>\nclass A {\n" + function(61, "  A(int a) : a_(a), b_{2} {") + "};\n",
                          "3: error: A has 61 lines: at most 60")
        self.assert_wrong("template <class T>\nauto f(T a) -> std::pair<T, int> {\n" + "a;\n" * 60 + "}\n",
                          "2: error: f has 62 lines: at most 60")
        self.assert_wrong("TEST_P(A, B) {\n  g([&](int x) {\n" + "    x;\n" * 60 + "  });\n}\n",
                          "1: error: TEST_P has 64 lines: at most 60")

    def test_data_does_not_count(self):
        table = "  const X table[] = {\n" + '      {"a", 1},\n' * 100 + "  };\n"
        self.assert_right("int f() {\n" + table + "}\n")
        self.assert_right("const X kTable[] = {\n" + '    {"g(", 1},\n' * 100 + "};\n")

    def test_parameters(self):
        self.assert_right("int f(int a, std::map<int, int> b = {1, 2}, int c = g(1, 2), int d[2], int (*e)(int, int)) {}\n")
        self.assert_right("int x = f(a, b, c, d, e, g);\nint f(int, int, int, int, int, int);\n")
        self.assert_wrong("int x = 0;\nint f(int a, int b, int c, int d, int e,\n      int g) {}\n",
                          "2: error: f has 6 parameters: at most 5; take a struct")
        self.assert_wrong("const auto f = [&](int a, int b, int c, int d, int e, int g) { return a; };\n",
                          "1: error: a lambda has 6 parameters: at most 5; take a struct")

    def test_the_object_of_a_function_in_a_table_does_not_count(self):
        self.assert_right("void f(const void* self, int b, int c, int d, int e, int g) {}\n")
        self.assert_right("void f(const void*, int b, int c, int d, int e, int g) {}\n")
        self.assert_wrong("void f(int a, int b, int c, int d, int e, const void* self) {}\n",
                          "1: error: f has 6 parameters: at most 5; take a struct")

    def test_text_is_no_code(self):
        self.assert_right("// f(a, b, c, d, e, g) {\n" + 'const char* x = "f(a, b, c, d, e, g) {";\n' +
                          "const int n = 1'000;\n")

    def test_nothing_to_check_is_no_success(self):
        self.assertEqual(check({"README.md": ""})[0], 1)


if __name__ == "__main__":
    unittest.main()
