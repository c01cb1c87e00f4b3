#include "rung/figure/palette.hpp"

#include <gtest/gtest.h>

#include <set>

namespace rung {
namespace {

TEST(Palette, AsManyKindsAsThereAreLookApart) {
  for (const std::size_t n : {0u, 1u, 6u, 7u, 12u}) {
    std::set<std::uint32_t> apart;
    for (const Colour& colour : category_colours(n)) apart.insert(colour.rgb);
    EXPECT_EQ(apart.size(), n);
  }
  EXPECT_EQ(category_colours(6)[5], category_colour(5));
}

}  // namespace
}  // namespace rung
