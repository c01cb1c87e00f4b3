#include "rung/data/table.hpp"

#include <gmock/gmock.h>

#include <stdexcept>

#include "rung/core/error.hpp"
#include "tests/support/error_of.hpp"

namespace rung {
namespace {

using testing::ElementsAre;
using Numbers = std::vector<double>;
using Texts = std::vector<std::string>;

Table two_columns() {
  Table table("t.csv");
  table.add({"loss", Numbers{1, 2}});
  table.add({"name", Texts{"3", "b"}});
  table.set_lines({2, 5});
  return table;
}

TEST(Table, FindsItsColumns) {
  const Table table = two_columns();
  EXPECT_EQ(table.n_rows(), 2);
  EXPECT_THAT(table.column_names(), ElementsAre("loss", "name"));
  EXPECT_TRUE(table.has("name"));
  EXPECT_FALSE(table.has("names"));
  EXPECT_THAT(table.numbers("loss"), ElementsAre(1, 2));
}

TEST(Table, SaysWhatItLacks) {
  const Table table = two_columns();
  EXPECT_EQ(error_of([&] { table.column("lost"); }),
            "t.csv: error: there is no column 'lost' (did you mean 'loss'?)");
  EXPECT_EQ(error_of([&] { table.numbers("name"); }),
            "t.csv:5: error: column 'name': 'b' is not a number");
}

TEST(Table, ColumnsAreOfOneLength) {
  Table table = two_columns();
  EXPECT_THROW(table.add({"short", Numbers{1}}), std::logic_error);
}

}  // namespace
}  // namespace rung
