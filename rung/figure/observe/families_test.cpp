#include "rung/figure/observe/families.hpp"

#include <gtest/gtest.h>

#include <set>

namespace rung::observational {
namespace {

TEST(FamilyLook, LinesOfFamiliesDifferWhereTheirColoursDoNot) {
  std::vector<std::string> names;
  for (int i = 0; i < 24; ++i) names.push_back("f" + std::to_string(i));
  const FamilyLook look(names);
  std::set<std::pair<std::uint32_t, Dash>> lines;
  for (const std::string& name : names) {
    lines.emplace(look.line(name).colour.rgb, look.line(name).dash);
    EXPECT_EQ(look.line(name).colour, look.mark(name).colour);
  }
  EXPECT_EQ(lines.size(), names.size());
}

}  // namespace
}  // namespace rung::observational
