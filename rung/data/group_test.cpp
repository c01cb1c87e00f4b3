#include "rung/data/group.hpp"

#include <gmock/gmock.h>

#include "rung/core/error.hpp"
#include "rung/data/reader/csv.hpp"
#include "rung/data/select.hpp"

namespace rung {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Table small_table() {
  return parse_csv("params,dataset\n10,c4\n20,pile\n40,\n80,c4\n", "runs.csv");
}

TEST(GroupBy, OneColumn) {
  const std::vector<Group> groups = group_by(small_table(), {"dataset"});
  ASSERT_EQ(groups.size(), 3u);
  EXPECT_EQ(groups[0].label, "c4");
  EXPECT_THAT(groups[0].rows, ElementsAre(0, 3));
  EXPECT_EQ(groups[1].label, "pile");
  EXPECT_EQ(groups[2].label, "(missing)");
  EXPECT_THAT(groups[2].values, ElementsAre(""));
  EXPECT_THAT(select_rows(small_table(), groups[0].rows).numbers("params"), ElementsAre(10, 80));
}

TEST(GroupBy, SeveralColumnsAndMissingNumbers) {
  const Table table = parse_csv("w,d\n256,a\n512,a\n256,a\n,a\n256,b\n,a\n", "t.csv");
  const std::vector<Group> groups = group_by(table, {"d", "w"});
  std::vector<std::string> labels;
  for (const Group& group : groups) labels.push_back(group.label);
  EXPECT_THAT(labels, ElementsAre("d=a, w=256", "d=a, w=512", "d=a, w=(missing)", "d=b, w=256"));
  EXPECT_THAT(groups[2].rows, ElementsAre(3, 5));
}

TEST(GroupBy, NoColumnsAndNoRows) {
  EXPECT_THAT(group_by(small_table(), {}).at(0).rows, ElementsAre(0, 1, 2, 3));
  EXPECT_THAT(group_by(parse_csv("a\n", ""), {"a"}), IsEmpty());
  EXPECT_THROW(group_by(small_table(), {"datset"}), InputError);
}

}  // namespace
}  // namespace rung
