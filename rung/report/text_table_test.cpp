#include "rung/report/text_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <sstream>
#include <stdexcept>

#include "rung/core/text.hpp"
#include "rung/core/utf8.hpp"

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
            "      7B-4T           a longer title\n"
            "task  actual   error           error\n"
            "------------------------------------\n"
            "MMLU  0.5000  0.2500          0.1250\n");
  EXPECT_EQ(table.csv(), "task,actual,error,error\nMMLU,0.5,0.25,0.125\n");
  EXPECT_EQ(table.markdown(),
            "| task | 7B-4T actual | 7B-4T error | a longer title error |\n"
            "| --- | ---: | ---: | ---: |\n"
            "| MMLU | 0.5000 | 0.2500 | 0.1250 |\n");
  EXPECT_EQ(table.latex().substr(0, table.latex().find("task")),
            "\\begin{tabular}{lrrr}\n\\toprule\n"
            " & \\multicolumn{2}{c}{7B-4T} & \\multicolumn{1}{c}{a longer title} \\\\\n"
            "\\cmidrule(lr){2-3}\\cmidrule(lr){4-4}\n");
}

TEST(TextTable, NumbersOfAColumnLookAlike) {
  TextTable table;
  for (const char* name : {"mixed", "whole", "counts"}) table.add_column(name);
  table.add_row({1.5, 12345.0, 7e9});
  table.add_row({107.0, 0.0, 1.3e10});
  EXPECT_EQ(table.text(),
            "mixed  whole  counts\n"
            "--------------------\n"
            "1.500  12345     7e9\n"
            "107.0      0  1.3e10\n");
}

TEST(TextTable, ExponentsAreWrittenAsInText) {
  EXPECT_EQ(four_digits(5.578e10), "5.578e10");
  EXPECT_EQ(four_digits(2e-8), "2.000e-8");
  EXPECT_EQ(four_digits(1.5e20), "1.500e20");
}

TextTable wide_table() {
  TextTable table;
  table.add_column("run");
  table.add_column("training set");
  table.begin_group("loss in nats");
  table.add_column("measured value");
  table.add_column("predicted value");
  table.begin_group("");
  table.begin_details();
  table.add_column("FLOPs");
  table.begin_details(false);
  table.add_column("doubts");
  table.add_row({"a", "c4", 2.5, 2.25, 1e21, "far from the runs and beyond"});
  table.add_row({"b", "c4", 2.0, 2.0, 1e22, ""});
  return table;
}

TEST(TextTable, WhatDoesNotFitIsNarrowedStepByStep) {
  const TextTable table = wide_table();
  EXPECT_EQ(table.text(0), table.text(200));
  // Broken headers.
  EXPECT_EQ(table.text(80),
            "               loss in nats\n"
            "     training  measured  predicted\n"
            "run  set          value      value  FLOPs  doubts\n"
            "-----------------------------------------------------------------------\n"
            "a    c4           2.500      2.250   1e21  far from the runs and beyond\n"
            "b    c4           2.000      2.000   1e22\n");
  // What is the same in each row said once, and details left out.
  EXPECT_EQ(table.text(60),
            "training set: c4\n\n"
            "     loss in nats\n"
            "     measured  predicted\n"
            "run     value      value  doubts\n"
            "------------------------------------------------------\n"
            "a       2.500      2.250  far from the runs and beyond\n"
            "b       2.000      2.000\n"
            "(--wide adds FLOPs)\n");
  // Words over several lines.
  EXPECT_EQ(table.text(52),
            "training set: c4\n\n"
            "     loss in nats\n"
            "     measured  predicted\n"
            "run     value      value  doubts\n"
            "----------------------------------------------------\n"
            "a       2.500      2.250  far from the runs and\n"
            "                          beyond\n"
            "b       2.000      2.000\n"
            "(--wide adds FLOPs)\n");
  // Columns under each other, a group together.
  EXPECT_EQ(table.text(36),
            "training set: c4\n\n"
            "     loss in nats\n"
            "run  measured value  predicted value\n"
            "------------------------------------\n"
            "a             2.500            2.250\n"
            "b             2.000            2.000\n\n"
            "run  doubts\n"
            "---------------------------------\n"
            "a    far from the runs and beyond\n"
            "b\n"
            "(--wide adds FLOPs)\n");
}

TEST(TextTable, EachPartNamesItsRows) {
  TextTable table;
  table.add_column("training set");
  table.add_column("loss set");
  for (const char* number : {"a", "b", "eta", "E"}) table.add_column(number);
  for (const char* set : {"paloma_programing_languages", "c4_val"}) {
    for (const char* mix : {"c4_original", "rpj"})
      table.add_row({std::string(mix), std::string(set), 1.5, 2.5, 0.5, 2.0});
  }
  EXPECT_EQ(table.text(60),
            "training set  loss set                         a      b\n"
            "-------------------------------------------------------\n"
            "c4_original   paloma_programing_languages  1.500  2.500\n"
            "rpj           paloma_programing_languages  1.500  2.500\n"
            "c4_original   c4_val                       1.500  2.500\n"
            "rpj           c4_val                       1.500  2.500\n\n"
            "training set  loss set                        eta  E\n"
            "----------------------------------------------------\n"
            "c4_original   paloma_programing_languages  0.5000  2\n"
            "rpj           paloma_programing_languages  0.5000  2\n"
            "c4_original   c4_val                       0.5000  2\n"
            "rpj           c4_val                       0.5000  2\n");
}

TEST(TextTable, WhatIsTheSameInEveryRowKeepsItsGroupsName) {
  TextTable table;
  table.add_column("task");
  for (const char* target : {"7B", "13B"}) {
    table.begin_group(target);
    table.add_column("predicted");
    table.add_column("90% interval");
  }
  for (const char* task : {"MMLU", "PIQA"})
    table.add_row(
        {std::string(task), 2.436, std::string("2.3–2.6"), 2.348, std::string("2.2–2.5")});
  EXPECT_THAT(table.text(36),
              testing::StartsWith("7B 90% interval: 2.3–2.6, 13B 90%\ninterval: 2.2–2.5\n"));
}

/// Else nothing but the rows' names would be left.
TEST(TextTable, WhatAllNumbersHaveInCommonStaysInTheTable) {
  TextTable table;
  table.add_column("choice");
  for (const char* name : {"change of the prediction", "mean magnitude"}) table.add_column(name);
  for (const char* choice : {"as published", "without 80M"})
    table.add_row({std::string(choice), std::string("0.0 (!)"), std::string("0.0 (!)")});
  EXPECT_THAT(table.text(36), testing::ContainsRegex("without 80M +0.0 \\(!\\) +0.0 \\(!\\)\n"));
}

TEST(TextTable, RowsWithoutAValueAreSaidToBeLeftOut) {
  TextTable table;
  table.add_column("task");
  table.add_column("a long name of a number", "", decimals(1));
  table.add_column("another long name of one", "", decimals(1));
  table.begin_details();
  table.add_column("error");
  table.add_row({"MMLU", 0.5, 0.5, 0.1});
  table.add_row({"PIQA", {}, {}, {}});
  const std::string text = table.text(30);
  EXPECT_THAT(text, testing::Not(testing::HasSubstr("PIQA")));
  EXPECT_THAT(text, testing::HasSubstr("(--wide adds error, rows\nwithout a value)\n"));
  EXPECT_THAT(table.text(300), testing::HasSubstr("PIQA"));
}

TEST(TextTable, HeadersAreBrokenBesideWordsOnlyWhereTheyMustBe) {
  TextTable table;
  table.add_column("predicted by the others", "", decimals(1));
  table.add_column("7B-4T", "", decimals(1));
  table.add_row({0.5, 0.5});
  EXPECT_EQ(table.text(20),
            "predicted by\n  the others  7B-4T\n-------------------\n"
            "         0.5    0.5\n");
  EXPECT_THAT(table.text(15), testing::HasSubstr("7B-\n"));
}

/// Where not even the parts fit with a column of sentences whole.
TEST(TextTable, SentencesOfAPartAreBroken) {
  TextTable table;
  table.add_column("a name of an error set");
  for (const char* header : {"guessing", "best", "worst"}) table.add_column(header);
  table.add_column("doubts");
  table.add_row({"bigbench_understanding", 0.25, 0.125, 0.5, "not monotone, rises as loss falls"});
  table.add_row({"enterprise_pii", 0.5, 0.25, 0.75, "chance level"});
  std::istringstream lines(table.text(45));
  std::string all;
  for (std::string line; std::getline(lines, line); all += line + '\n')
    EXPECT_LE(display_width(line), 45U) << line;
  EXPECT_THAT(all, testing::HasSubstr("bigbench_understanding  not monotone, rises\n"
                                      "                        as loss falls\n"));
}

TEST(TextTable, ARowOfDetailsAloneIsLeftOutWithThem) {
  TextTable table;
  table.add_column("task");
  table.add_column("actual accuracy");
  table.begin_details();
  table.add_column("error");
  table.add_row({"MMLU", 0.5, 0.25});
  table.add_rule();
  table.add_row({"mean |error|", {}, 0.25});
  EXPECT_EQ(table.text(16),
            "        actual\n"
            "task  accuracy\n"
            "--------------\n"
            "MMLU    0.5000\n"
            "(--wide adds\nerror)\n");
}

TEST(TextTable, ColumnsOfAbsentNumbersGoBeforeDetails) {
  TextTable table;
  table.add_column("task");
  table.begin_details();
  table.add_column("tokens");
  table.begin_details(false);
  table.add_column("actual");
  table.add_column("loss");
  for (const char* task : {"MMLU", "PIQA"}) table.add_row({task, 5e12, std::monostate{}, 0.5});
  EXPECT_THAT(table.text(28), testing::HasSubstr("actual"));
  EXPECT_EQ(table.text(20),
            "task  tokens    loss\n"
            "--------------------\n"
            "MMLU    5e12  0.5000\n"
            "PIQA    5e12  0.5000\n");
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
  TextTable table;
  table.add_column("name");
  table.add_column("n");
  table.add_row({"損失", 1.0});
  table.add_row({"été", 2.0});
  EXPECT_EQ(table.text(), "name  n\n-------\n損失  1\nété   2\n");
}

TEST(TextTable, AColumnWithNothingInItIsOnlyForPrograms) {
  TextTable table;
  for (const char* header : {"for", "interval", "N"}) table.add_column(header);
  table.add_row({"1e21", "", 7e9});
  table.add_row({"1e23", "", 8e9});
  EXPECT_EQ(table.text().find("interval"), std::string::npos);
  EXPECT_EQ(table.csv(), "for,interval,N\n1e21,,7000000000\n1e23,,8000000000\n");
}

TEST(TextTable, AlignmentCanBeSaid) {
  TextTable table;
  table.add_column("code", "", {}, Align::left);
  table.add_column("word", "", {}, Align::right);
  table.add_row({1.0, "a"});
  EXPECT_EQ(table.text(), "code  word\n----------\n1        a\n");
}

TEST(TextTable, PathsAreBrokenBesideSentences) {
  TextTable table;
  table.add_column("file");
  table.add_column("what is wrong");
  table.add_row({"models/of/one/kind/first.json", "its options say another rate than its name"});
  table.add_row({"second.json", "nothing"});
  EXPECT_EQ(table.text(40),
            "file                 what is wrong\n"
            "----------------------------------------\n"
            "models/of/one/kind/  its options say\n"
            "first.json           another rate than\n"
            "                     its name\n"
            "second.json          nothing\n");
}

TEST(TextTable, ARowOfAnotherLengthIsAMistakeOfTheProgram) {
  TextTable table;
  table.add_column("x");
  EXPECT_THROW(table.add_row({1.0, 2.0}), std::logic_error);
}

}  // namespace
}  // namespace rung
