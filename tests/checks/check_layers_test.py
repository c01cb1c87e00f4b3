"""scripts/check_layers accepts a right tree and names file and line in a wrong one."""
import pathlib
import unittest

import small_tree

CHECK = pathlib.Path(__file__).resolve().parents[2] / "scripts/check_layers"


def check(files):
    return small_tree.checked(CHECK, files)


class CheckLayers(unittest.TestCase):
    def test_right_way_and_tests_are_exempt(self):
        status, output = check({
            "rung/core/text.hpp": "#include <string>\n",
            "rung/fit/fit.hpp": '#include "rung/core/text.hpp"\n#include "rung/law/law.hpp"\n',
            "rung/figure/figure.hpp": '#include "rung/data/table.hpp"\n#include "laws.inc"\n',
            "rung/cli/main.cpp": '#include <iostream>\n#include "rung/lm/model.hpp"\n',
            "rung/core/text_test.cpp": '#include <fstream>\n#include "rung/study/ladder.hpp"\n',
        })
        self.assertEqual((status, output), (0, "check_layers: 4 files, every include points the right way\n"))

    def assert_wrong(self, files, *expected):
        status, output = check(files)
        self.assertEqual(status, 1)
        for text in expected:
            self.assertIn(text, output)

    def test_wrong_way_back(self):
        self.assert_wrong({"rung/core/text.hpp": '#pragma once\n  # include "rung/fit/fit.hpp"\n'},
                          "rung/core/text.hpp:2: error: core may not include fit")

    def test_wrong_way_aside(self):
        self.assert_wrong({"rung/law/law.hpp": '#include "rung/data/table.hpp"\n',
                           "rung/lm/model.cpp": "#include <rung/law/law.hpp>\n",
                           "rung/report/text.cpp": '#include "rung/figure/figure.hpp"\n'},
                          "rung/law/law.hpp:1: error: law may not include data",
                          "rung/lm/model.cpp:1: error: lm may not include law",
                          "rung/report/text.cpp:1: error: report may not include figure")

    def test_outer_world_relative_path_and_unknown_rooms(self):
        self.assert_wrong({"rung/data/csv.cpp": '#include <fstream>\n#include "table.hpp"\n#include "rung/attic/a.hpp"\n',
                           "rung/data/table.hpp": "",
                           "rung/cellar/a.hpp": ""},
                          "rung/data/csv.cpp:1: error: data may not include <fstream>",
                          "rung/data/csv.cpp:2: error: 'table.hpp' hides its room",
                          "rung/data/csv.cpp:3: error: 'rung/attic/a.hpp' is in no known room",
                          "rung/cellar/a.hpp:1: error: 'cellar' is no known room")

    def test_pure_rooms_reach_no_files_through_others(self):
        self.assert_wrong({"rung/system/file.hpp": "",
                           "rung/data/reader/csv.hpp": "",
                           "rung/data/table.hpp": '#include "rung/data/reader/csv.hpp"\n',
                           "rung/study/plan.hpp": '#include "rung/data/table.hpp"\n',
                           "rung/report/text.cpp": '#include <string>\n#include "rung/system/file.hpp"\n'},
                          "rung/study/plan.hpp:1: error: study may not reach rung/data/reader/csv.hpp"
                          " (rung/data/table.hpp -> rung/data/reader/csv.hpp)",
                          "rung/report/text.cpp:2: error: report may not reach rung/system/file.hpp")

    def test_pure_rooms_reach_no_files_through_what_stands_beside_a_header(self):
        self.assert_wrong({"rung/system/file.hpp": "",
                           "rung/data/run.hpp": "#pragma once\n",
                           "rung/data/run.cpp": '#include "rung/data/run.hpp"\n#include "rung/system/file.hpp"\n',
                           "rung/fit/fit.hpp": "#pragma once\n",
                           "rung/study/plan.cpp": '#include "rung/fit/fit.hpp"\n#include "rung/data/run.hpp"\n'},
                          "rung/study/plan.cpp:2: error: study may not reach rung/system/file.hpp"
                          " (rung/data/run.cpp -> rung/system/file.hpp)")

    def test_nothing_to_check_is_no_success(self):
        self.assertEqual(check({"README.md": ""})[0], 1)


if __name__ == "__main__":
    unittest.main()
