#include "rung/data/reader/csv_file.hpp"

#include <gmock/gmock.h>

#include <cmath>
#include <string>

#include "rung/core/rng.hpp"
#include "rung/data/reader/read_table.hpp"
#include "tests/support/temp_folder.hpp"

namespace rung {
namespace {

void expect_same(const Table& a, const Table& b, const std::string& text) {
  ASSERT_EQ(a.column_names(), b.column_names()) << text;
  EXPECT_EQ(a.lines(), b.lines()) << text;
  for (std::size_t i = 0; i < a.columns().size(); ++i) {
    const Column &x = a.columns()[i], &y = b.columns()[i];
    ASSERT_EQ(x.is_number(), y.is_number()) << text;
    if (!x.is_number()) {
      EXPECT_EQ(x.values, y.values) << text;
      continue;
    }
    const auto& p = std::get<std::vector<double>>(x.values);
    const auto& q = std::get<std::vector<double>>(y.values);
    ASSERT_EQ(p.size(), q.size()) << text;
    for (std::size_t row = 0; row < p.size(); ++row)
      EXPECT_TRUE(p[row] == q[row] || (std::isnan(p[row]) && std::isnan(q[row]))) << text;
  }
}

std::string random_cell(Rng& rng) {
  const double kind = rng.uniform();
  if (kind < 0.8) return std::to_string(1000 * rng.uniform());
  if (kind < 0.9) return "";
  return kind < 0.97 ? "NA" : "word";
}

TEST(CsvFile, InPiecesIsTheWhole) {
  const TempFolder folder;
  Rng rng(3);
  int n_read = 0;
  for (int trial = 0; trial < 60; ++trial) {
    std::string text = trial % 5 == 0 ? "\xef\xbb\xbf\nfirst,b,c\n" : "first,b,c\n";
    const int n_rows = static_cast<int>(60 * rng.uniform());
    for (int row = 0; row < n_rows; ++row) {
      text += random_cell(rng) + "," + random_cell(rng) + ",1";
      text += rng.uniform() < 0.1 ? "\r\n" : rng.uniform() < 0.1 ? "\n\n" : "\n";
    }
    if (rng.uniform() < 0.3 && n_rows > 0) text.pop_back();
    const std::string path = folder.write("x.csv", text).string();
    for (const std::size_t piece_bytes : {7, 64, 1 << 20}) {
      const std::optional<Table> table = read_csv_pieces(path, {.n_threads = 2}, piece_bytes);
      if (!table) continue;  // a header longer than a piece
      ++n_read;
      expect_same(*table, parse_csv(text, path), text);
    }
  }
  EXPECT_GT(n_read, 100);
}

TEST(CsvFile, OnlyWantedColumns) {
  const TempFolder folder;
  const std::string path = folder.write("x.csv", "a,b,c\n1,2,3\n4,word,6\n").string();
  const std::optional<Table> table = read_csv_pieces(path, {.columns = {"c", "a"}});
  ASSERT_TRUE(table);
  EXPECT_THAT(table->column_names(), testing::ElementsAre("a", "c"));
  EXPECT_THAT(table->numbers("c"), testing::ElementsAre(3, 6));
}

TEST(CsvFile, WhatNeedsTheWholeIsLeft) {
  const TempFolder folder;
  for (const char* text : {"", "a,b\n1\n", "a,a\n1,2\n", "a,b\n1,\"x\ny\"\n", "\"a\",b\n1,2\n"}) {
    const std::string path = folder.write("x.csv", text).string();
    EXPECT_FALSE(read_csv_pieces(path, {})) << text;
  }
  EXPECT_FALSE(read_csv_pieces(folder.write("x.csv", "a\n1\n").string(), {.columns = {"b"}}));
}

}  // namespace
}  // namespace rung
