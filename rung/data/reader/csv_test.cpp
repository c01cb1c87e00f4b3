#include "rung/data/reader/csv.hpp"

#include <gmock/gmock.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>

#include "rung/core/error.hpp"
#include "rung/core/rng.hpp"
#include "rung/core/text.hpp"
#include "rung/system/file.hpp"
#include "tests/support/column_texts.hpp"
#include "tests/support/shared_data.hpp"

namespace rung {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsNan;

Table parse(std::string_view content, const CsvOptions& options = {}) {
  return parse_csv(content, "t.csv", options);
}

std::string csv_error(std::string_view content, const CsvOptions& options = {}) {
  try {
    parse(content, options);
  } catch (const InputError& error) {
    return error.what();
  }
  return "no error";
}

TEST(Csv, TellsNumbersFromText) {
  const Table table = parse("step,name,loss\n1,a,2.5\n3812622336.0,,\n-4e2,7,.5\n");
  EXPECT_THAT(table.column_names(), ElementsAre("step", "name", "loss"));
  EXPECT_THAT(table.numbers("step"), ElementsAre(1, 3812622336.0, -400));
  EXPECT_THAT(texts(table, "name"), ElementsAre("a", "", "7"));
  EXPECT_THAT(table.numbers("loss"), ElementsAre(2.5, IsNan(), 0.5));
  EXPECT_THAT(table.lines(), ElementsAre(2, 3, 4));
  EXPECT_EQ(table.source(), "t.csv");
}

TEST(Csv, KeepsTheTextOfNumbersThatStandBeforeText) {
  EXPECT_THAT(texts(parse("skipped,a\nx,1.50\ny,NA\nz,\n\"q,\",07b\n", {.columns = {"a"}}), "a"),
              ElementsAre("1.50", "NA", "", "07b"));
}

TEST(Csv, MissingWordsAreMissingNumbers) {
  EXPECT_THAT(parse("a\nNA\nN/A\nnull\nNone\nnan\n \n\"\"\n1\n").numbers("a"),
              ElementsAre(IsNan(), IsNan(), IsNan(), IsNan(), IsNan(), IsNan(), 1));
}

TEST(Csv, QuotedCells) {
  const Table table =
      parse("\"a,b\",\"c\"\"d\",e\r\n\"x\r\ny\",\"1\",\"say \"\"hi\"\"\"\r\nmid\"dle,2,\"\"\r\n");
  EXPECT_THAT(table.column_names(), ElementsAre("a,b", "c\"d", "e"));
  EXPECT_THAT(texts(table, "a,b"), ElementsAre("x\r\ny", "mid\"dle"));
  EXPECT_THAT(table.numbers("c\"d"), ElementsAre(1, 2));
  EXPECT_THAT(texts(table, "e"), ElementsAre("say \"hi\"", ""));
  EXPECT_THAT(table.lines(), ElementsAre(2, 4));
}

TEST(Csv, AnyLineEndsMarksAndBlankLines) {
  for (const char* content :
       {"a,b\n1,2\n3,4\n", "a,b\n1,2\n3,4", "a,b\r\n1,2\r\n3,4\r\n", "a,b\r\n1,2\r\n3,4",
        "\xef\xbb\xbf"
        "a,b\n1,2\n3,4\n",
        "\n a , b\n\n1, 2 \n \r\n3,+4\n\n"}) {
    const Table table = parse(content);
    EXPECT_THAT(table.numbers("a"), ElementsAre(1, 3)) << content;
    EXPECT_THAT(table.numbers("b"), ElementsAre(2, 4)) << content;
  }
  EXPECT_THAT(parse("a\n\n1\n\n\n2").lines(), ElementsAre(3, 6));
  EXPECT_THAT(parse("a\n1\n\n2").lines(), ElementsAre(2, 4));
  EXPECT_THAT(parse("a\n1\n2\n \n").lines(), ElementsAre(2, 3));
  EXPECT_TRUE(parse("a\n1\n", {.keep_lines = false}).lines().empty());
}

TEST(Csv, AHeaderAloneIsATableWithoutRows) {
  const Table table = parse("a,b");
  EXPECT_EQ(table.n_rows(), 0);
  EXPECT_TRUE(table.numbers("b").empty());
}

TEST(Csv, ReadsOnlyTheWantedColumns) {
  const Table table =
      parse("a;b;c;d\n1;x;3;4\n5;\"x;\ny\";7;8\n",
            {.separator = ';', .columns = {"c", "a"}, .optional_columns = {"d", "z"}});
  EXPECT_THAT(table.column_names(), ElementsAre("a", "c", "d"));
  EXPECT_THAT(table.numbers("c"), ElementsAre(3, 7));
  EXPECT_THAT(table.numbers("d"), ElementsAre(4, 8));
}

TEST(Csv, SaysWhatIsWrong) {
  EXPECT_EQ(csv_error(""), "t.csv: error: the file is empty");
  EXPECT_EQ(csv_error("\n\n"), "t.csv: error: the file is empty");
  EXPECT_EQ(csv_error("a,b,a\n1,2,3\n"), "t.csv:1:5: error: columns 1 and 3 are both named 'a'");
  EXPECT_EQ(csv_error("step,loss\n1,2\n", {.columns = {"los"}}),
            "t.csv:1:1: error: there is no column 'los' (did you mean 'loss'?)");
  EXPECT_EQ(csv_error("step;loss\n1;2\n", {.columns = {"loss"}}),
            "t.csv:1:1: error: there is no column 'loss' (is the separator a semicolon?)");
  EXPECT_EQ(csv_error("step,loss\n1,2\n", {.columns = {"los", "acc", "bpb", "size", "seed"}}),
            "t.csv:1:1: error: there is no column 'los', nor 4 others that are needed (did you "
            "mean 'loss'?)");
  EXPECT_EQ(csv_error("a,b\n1,\"2\n3,4\n"), "t.csv:2:3: error: this quote never closes");
  EXPECT_EQ(csv_error("a,b\n\"1\"2,3\n"), "t.csv:2:4: error: text after the closing quote");
  EXPECT_THAT(csv_error(std::string_view("\xff\xfe"
                                         "a\0",
                                         4)),
              HasSubstr("UTF-16"));
}

TEST(Csv, SaysEveryRaggedRowWhateverIsWanted) {
  const std::string expected =
      "t.csv:3:1: error: this row has 2 cells, the header has 3\n"
      "t.csv:5:1: error: this row has 4 cells, the header has 3 (text that holds the separator "
      "needs quotes)";
  for (const std::vector<std::string>& columns :
       {std::vector<std::string>{}, {"a"}, {"b"}, {"c"}, {"a", "c"}}) {
    EXPECT_EQ(csv_error("a,b,c\n1,2,3\n1,2\n\n1,2,3,4\n", {.columns = columns}), expected);
  }
}

TEST(Csv, SaysEachCellThatIsNoNumber) {
  EXPECT_EQ(
      csv_error("s,x,y\na,1,2\nb,,2\nc,\" 1x\",nan\n", {.number_columns = {"x", "y", "absent"}}),
      "t.csv:3:3: error: x is empty\n"
      "t.csv:4:3: error: x is ' 1x', not a number\n"
      "t.csv:4:9: error: y is 'nan', not a finite number");
  EXPECT_EQ(csv_error("x\n1e999\n", {.number_columns = {"x"}}),
            "t.csv:2:1: error: x is '1e999', not a number (numbers reach to 1.8e308)");
}

TEST(Csv, StopsListingAtAHundredProblems) {
  std::string content = "a,b\n";
  for (int i = 0; i < 250; ++i) content += "1\n";
  EXPECT_THAT(csv_error(content), HasSubstr("\nt.csv: error: 240 problems more"));
}

/// Cells of all kinds, and the file that holds them.
struct RandomTable {
  std::vector<std::vector<std::string>> rows;
  std::string csv;
};

RandomTable random_table(std::uint64_t seed) {
  Rng rng(seed);
  const std::vector<std::string> kinds = {
      "",  "a", "with,comma",         "two\nlines",         "quo\"te", "\"",
      " ", ",", std::string(70, 'x'), std::string(64, ','), "3"};
  const std::size_t n_columns = 1 + rng.below(12), n_rows = rng.below(20);
  const std::string line_end = rng.below(2) ? "\n" : "\r\n";
  RandomTable table;
  for (std::size_t c = 0; c < n_columns; ++c) table.csv += (c ? ",c" : "c") + std::to_string(c);
  for (std::size_t r = 0; r < n_rows; ++r) {
    table.rows.emplace_back();
    for (std::size_t c = 0; c < n_columns; ++c) {
      std::string cell = rng.below(3) ? shortest(rng.normal())
                                      : kinds[rng.below(static_cast<std::uint32_t>(kinds.size()))];
      table.rows.back().push_back(cell);
      for (std::size_t i = 0; (i = cell.find('"', i)) != std::string::npos; i += 2)
        cell.insert(i, 1, '"');
      // Always quoted where a bare cell would read otherwise, a blank line among them.
      const bool quoted =
          rng.below(4) == 0 || cell.find_first_of(",\n\"") != std::string::npos || n_columns == 1;
      table.csv += (c ? "," : line_end) + (quoted ? '"' + cell + '"' : cell);
    }
  }
  if (rng.below(2)) table.csv += line_end;
  return table;
}

TEST(Csv, ReadsBackRandomTables) {
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    const RandomTable written = random_table(seed);
    Rng rng(seed, 1);
    CsvOptions options;
    const Table all = parse(written.csv);
    for (const std::string& name : all.column_names()) {
      if (rng.below(2)) options.columns.push_back(name);
    }
    const Table table = parse(written.csv, options);
    ASSERT_EQ(table.n_rows(), written.rows.size()) << written.csv;
    for (const Column& column : table.columns()) {
      const auto c = static_cast<std::size_t>(*parse_double(column.name.substr(1)));
      for (std::size_t r = 0; r < written.rows.size(); ++r) {
        const std::string& expected = written.rows[r][c];
        if (column.is_number()) {
          const double number = std::get<std::vector<double>>(column.values)[r];
          ASSERT_EQ(trimmed(expected), std::isnan(number) ? "" : shortest(number)) << written.csv;
        } else {
          ASSERT_EQ(texts(table, column.name)[r], expected) << written.csv;
        }
      }
    }
  }
}

TEST(Csv, SurvivesBrokenFiles) {
  for (std::uint64_t seed = 0; seed < 3000; ++seed) {
    std::string content = random_table(seed).csv;
    Rng rng(seed, 2);
    for (int i = 0; i < 3; ++i) {
      content[rng.below(static_cast<std::uint32_t>(content.size()))] = "\",\n\r x1\0"[rng.below(8)];
    }
    content.resize(rng.below(static_cast<std::uint32_t>(content.size() + 1)));
    content.shrink_to_fit();
    try {
      const Table table =
          parse(content, {.optional_columns = {"c1"}, .number_columns = {"c0", "c1"}});
      for (const Column& column : table.columns()) EXPECT_EQ(column.size(), table.lines().size());
    } catch (const InputError& error) {
      EXPECT_FALSE(error.problems().empty());
    }
  }
}

TEST(Csv, ThreadsChangeNothing) {
  Rng rng(1);
  std::string content = "number,late_text,word\n";
  constexpr int kRows = 120'000;
  for (int row = 0; row < kRows; ++row) {
    const std::string late = row == kRows - 1 ? "x" : std::to_string(row);
    content += join({shortest(rng.normal()), late, "w\n"}, ",");
    if (row % 1000 == 0) content += "\n";
  }
  const Table one = parse(content), four = parse(content, {.n_threads = 4});
  EXPECT_EQ(one.numbers("number"), four.numbers("number"));
  EXPECT_EQ(texts(one, "late_text"), texts(four, "late_text"));
  EXPECT_EQ(texts(one, "word"), texts(four, "word"));
  EXPECT_EQ(one.lines(), four.lines());
}

/// These files hold no quotes: a second reader, by the C library, of all but speed.
void expect_same_as_strtod(const std::filesystem::path& path, const Table& table) {
  const std::vector<std::string> lines = split(read_file(path), '\n');
  for (std::size_t row = 0; row < table.n_rows(); ++row) {
    const std::vector<std::string> cells = split(lines[row + 1], ',');
    ASSERT_EQ(cells.size(), table.columns().size());
    for (std::size_t c = 0; c < cells.size(); ++c) {
      const double expected = std::strtod(cells[c].c_str(), nullptr);
      ASSERT_EQ(table.numbers(table.columns()[c].name)[row], expected) << path << " row " << row;
    }
  }
}

TEST(Csv, ReadsTheLadderRuns) {
  const auto folder = shared_path("data/olmo-ladder/ladder-runs");
  if (!folder) GTEST_SKIP() << "no shared data";
  std::size_t n_rows = 0;
  for (const auto& entry : std::filesystem::directory_iterator(*folder)) {
    const Table table = parse_csv(read_file(entry.path()), entry.path().string());
    const bool is_target = entry.path().filename().string().starts_with("peteish");
    EXPECT_EQ(table.columns().size(), is_target ? 114 : 97) << entry.path();
    expect_same_as_strtod(entry.path(), table);
    n_rows += table.n_rows();
  }
  EXPECT_EQ(n_rows, 1859);  // 1,879 lines, 20 of them headers
}

}  // namespace
}  // namespace rung
