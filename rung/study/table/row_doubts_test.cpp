#include "rung/study/table/row_doubts.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace rung::table {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

/// `n_lengths` rows each of three sizes, by size, with a column that names the size.
Table checkpoints(std::size_t n_lengths) {
  Table table("runs.csv");
  std::vector<double> n, d, loss;
  std::vector<std::string> run;
  for (std::size_t size = 0; size < 3; ++size) {
    for (std::size_t length = 0; length < n_lengths; ++length) {
      n.push_back(1e8 * static_cast<double>(size + 1));
      d.push_back(1e9 * static_cast<double>(length + 1));
      loss.push_back(1.7 + 400 * std::pow(n.back(), -0.34) + 410 * std::pow(d.back(), -0.28));
      run.push_back("run " + std::to_string(size));
    }
  }
  table.add({"N", n});
  table.add({"D", d});
  table.add({"loss", loss});
  table.add({"run", run});
  return table;
}

std::vector<std::string> doubts(Table table, const std::vector<std::string>& told_apart = {}) {
  Request request;
  request.law = "chinchilla";
  const Prepared prepared = prepare(std::move(table), request);
  return doubts_of_rows(prepared, prepared.samples.front(), told_apart);
}

TEST(DoubtsOfRows, CheckpointsOfNamedRunsAreHintedAtByTheirColumn) {
  EXPECT_THAT(doubts(checkpoints(6)), Contains(HasSubstr("--bootstrap-kind cluster:run")));
}

TEST(DoubtsOfRows, ColumnsThatTheLawTellsApartNameNoRuns) {
  EXPECT_THAT(doubts(checkpoints(6), {"run"}), Not(Contains(HasSubstr("cluster:run"))));
}

TEST(DoubtsOfRows, CheckpointsWithoutANameAreHintedAt) {
  Table table = checkpoints(9), unnamed("runs.csv");
  for (const char* name : {"N", "D", "loss"}) unnamed.add(table.column(name));
  EXPECT_THAT(doubts(unnamed), Contains(HasSubstr("cluster:COLUMN")));
}

TEST(DoubtsOfRows, AFewLengthsOfEachSizeAreRunsOfTheirOwn) {
  EXPECT_THAT(doubts(checkpoints(4)), IsEmpty());
}

}  // namespace
}  // namespace rung::table
