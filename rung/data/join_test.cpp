#include "rung/data/join.hpp"

#include <gmock/gmock.h>

#include <cmath>

#include "rung/core/error.hpp"
#include "rung/data/reader/csv.hpp"

namespace rung {
namespace {

using testing::DoubleEq;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsNan;
using testing::ThrowsMessage;

Table left() { return parse_csv("Model,N\na,1\nb,2\nc,3\na,4\n", "left.csv"); }

TEST(Join, KeepsTheLeftRowsAndTheirOrder) {
  const Joined joined =
      join(left(), parse_csv("Model,acc,note\nb,0.5,x\na,0.25,y\nz,1,\n", "r.csv"), "Model");
  EXPECT_THAT(joined.table.numbers("N"), ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(joined.table.numbers("acc"),
              ElementsAre(DoubleEq(0.25), DoubleEq(0.5), IsNan(), DoubleEq(0.25)));
  EXPECT_THAT(std::get<std::vector<std::string>>(joined.table.column("note").values),
              ElementsAre("y", "x", "", "y"));
  EXPECT_THAT(joined.left_only, ElementsAre("c"));
  EXPECT_THAT(joined.right_only, ElementsAre("z"));
}

TEST(Join, KeysMayBeNumbers) {
  const Joined joined =
      join(parse_csv("N,a\n7,1\n13,2\n", "l.csv"), parse_csv("N,b\n13,5\n7,4\n", "r.csv"), "N");
  EXPECT_THAT(joined.table.numbers("b"), ElementsAre(4, 5));
}

TEST(Join, AColumnOfBothFillsWhatIsMissing) {
  const Joined joined = join(parse_csv("Model,acc\na,\nb,0.5\n", "l.csv"),
                             parse_csv("Model,acc\na,0.25\nb,0.5\n", "r.csv"), "Model");
  EXPECT_THAT(joined.table.numbers("acc"), ElementsAre(0.25, 0.5));
}

TEST(Join, RefusesCellsThatDiffer) {
  EXPECT_THAT(
      [] {
        join(parse_csv("Model,acc\na,0.1\nb,0.5\n", "l.csv"),
             parse_csv("Model,acc\na,0.25\nb,0.5\n", "r.csv"), "Model");
      },
      ThrowsMessage<InputError>(HasSubstr("l.csv:2: error: 'acc' is 0.1 here and 0.25")));
}

TEST(Join, ARightKeyStandsForOneRow) {
  EXPECT_NO_THROW(join(left(), parse_csv("Model,acc\na,1\na,1\n", "r.csv"), "Model"));
  EXPECT_THAT(
      [] { join(left(), parse_csv("Model,acc\na,1\nb,2\na,3\n", "r.csv"), "Model"); },
      ThrowsMessage<InputError>(HasSubstr("r.csv:4: error: Model 'a' stands here a second")));
}

TEST(Join, RefusesATableWithoutTheColumn) {
  EXPECT_THROW(join(left(), parse_csv("model,acc\na,1\n", "r.csv"), "Model"), InputError);
}

}  // namespace
}  // namespace rung
