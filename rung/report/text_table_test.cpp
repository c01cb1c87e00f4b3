#include "rung/report/text_table.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <stdexcept>

#include "rung/core/text.hpp"

namespace rung {
namespace {

TextTable errors_by_task() {
  TextTable table;
  table.add_column("task");
  table.add_column("error", "relative_error", [](double x) { return percent(x, 1, true); });
  table.add_column("points", "n_points");
  table.add_row({"MMLU", -0.0128, 16.0});
  table.add_row({"ARC-C", 0.1, std::monostate{}});
  table.add_rule();
  table.add_row({"mean", 1.0 / 3, number_cell(std::nullopt)});
  return table;
}

TEST(TextTable, TextIsAligned) {
  EXPECT_EQ(errors_by_task().text(),
            "task    error  points\n"
            "---------------------\n"
            "MMLU    -1.3%      16\n"
            "ARC-C  +10.0%       -\n"
            "---------------------\n"
            "mean   +33.3%       -\n");
}

TEST(TextTable, CsvKeepsEveryDigit) {
  EXPECT_EQ(errors_by_task().csv(),
            "task,relative_error,n_points\n"
            "MMLU,-0.0128,16\n"
            "ARC-C,0.1,\n"
            "mean,0.3333333333333333,\n");
}

TEST(TextTable, NoCellRunsInASpreadsheetOrActsOnATerminal) {
  TextTable table;
  table.add_column("name");
  table.add_column("value");
  for (const char* name : {"=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "-2", "-x", "plain"})
    table.add_row({name, -1.0});
  EXPECT_EQ(table.csv(),
            "name,value\n'=1+1,-1\n'@SUM(A1),-1\n'+cmd|' /C calc'!A0,-1\n-2,-1\n'-x,-1\n"
            "plain,-1\n");
  TextTable acting;
  acting.add_column("name");
  acting.add_row({"a\x1b[31m\nb"});
  EXPECT_EQ(acting.text(), "name\n------------\na\\x1b[31m\\nb\n");
}

TEST(TextTable, LatexIsABooktabsTabular) {
  EXPECT_EQ(errors_by_task().latex(),
            "\\begin{tabular}{lrr}\n"
            "\\toprule\n"
            "task & error & points \\\\\n"
            "\\midrule\n"
            "MMLU & $-$1.3\\% & 16 \\\\\n"
            "ARC-C & +10.0\\% & -- \\\\\n"
            "\\midrule\n"
            "mean & +33.3\\% & -- \\\\\n"
            "\\bottomrule\n"
            "\\end{tabular}\n");
}

TEST(TextTable, TitlesOverGroupsOfColumns) {
  TextTable table;
  table.add_column("task");
  table.begin_group("7B-4T");
  table.add_column("actual");
  table.add_column("error");
  table.begin_group("a longer title");
  table.add_column("error");
  table.add_row({"MMLU", 0.5, 0.25, 0.125});
  EXPECT_EQ(table.text(),
            "      7B-4T          a longer title\n"
            "task  actual  error           error\n"
            "-----------------------------------\n"
            "MMLU     0.5   0.25           0.125\n");
  EXPECT_EQ(table.csv(), "task,actual,error,error\nMMLU,0.5,0.25,0.125\n");
  EXPECT_EQ(table.markdown(),
            "| task | 7B-4T actual | 7B-4T error | a longer title error |\n"
            "| --- | ---: | ---: | ---: |\n"
            "| MMLU | 0.5 | 0.25 | 0.125 |\n");
  EXPECT_EQ(table.latex().substr(0, table.latex().find("task")),
            "\\begin{tabular}{lrrr}\n\\toprule\n"
            " & \\multicolumn{2}{c}{7B-4T} & \\multicolumn{1}{c}{a longer title} \\\\\n"
            "\\cmidrule(lr){2-3}\\cmidrule(lr){4-4}\n");
}

TEST(TextTable, CsvQuotesWhatNeedsIt) {
  TextTable table;
  table.add_column("a,b");
  table.add_column("plain");
  table.add_row({"say \"hi\"", "two\nlines"});
  table.add_row({"carriage\rreturn", "semi;colon and blank"});
  EXPECT_EQ(table.csv(),
            "\"a,b\",plain\n"
            "\"say \"\"hi\"\"\",\"two\nlines\"\n"
            "\"carriage\rreturn\",semi;colon and blank\n");
}

TEST(TextTable, WhatIsNotFiniteIsAbsent) {
  TextTable table;
  table.add_column("x");
  table.add_row({std::nan("")});
  table.add_row({-std::numeric_limits<double>::infinity()});
  EXPECT_EQ(table.csv(), "x\n\n\n");
  EXPECT_EQ(table.text(), "x\n-\n-\n-\n");
}

TEST(TextTable, LatexEscapesEverySpecialCharacter) {
  TextTable table;
  table.add_column("_");
  table.add_row({"\\ & % $ # _ { } ~ ^ < >"});
  EXPECT_NE(table.latex().find("\n\\_ \\\\\n"), std::string::npos);
  EXPECT_NE(table.latex().find("\n\\textbackslash{} \\& \\% \\$ \\# \\_ \\{ \\} \\textasciitilde{} "
                               "\\textasciicircum{} \\textless{} \\textgreater{} \\\\\n"),
            std::string::npos);
}

TEST(TextTable, WidthIsWhatATerminalShows) {
  EXPECT_EQ(display_width("log A"), 5u);
  EXPECT_EQ(display_width("α ± β"), 5u);
  EXPECT_EQ(display_width("e\u0301"), 1u);  // e and a combining accent
  EXPECT_EQ(display_width("損失"), 4u);
  EXPECT_EQ(display_width("\xff\xc3"), 2u);  // not UTF-8, yet no reason to fail
  TextTable table;
  table.add_column("name");
  table.add_column("n");
  table.add_row({"損失", 1.0});
  table.add_row({"été", 2.0});
  EXPECT_EQ(table.text(), "name  n\n-------\n損失  1\nété   2\n");
}

TEST(TextTable, AlignmentCanBeSaid) {
  TextTable table;
  table.add_column("code", "", {}, Align::left);
  table.add_column("word", "", {}, Align::right);
  table.add_row({1.0, "a"});
  EXPECT_EQ(table.text(), "code  word\n----------\n1        a\n");
}

TEST(TextTable, ARowOfAnotherLengthIsAMistakeOfTheProgram) {
  TextTable table;
  table.add_column("x");
  EXPECT_THROW(table.add_row({1.0, 2.0}), std::logic_error);
}

}  // namespace
}  // namespace rung
