// The hunt over 3,000 fits and more: see tests/support/hunt/hunt.hpp. RUNG_HUNT_SEED, _FIRST and
// _CASES pick others.
#include "tests/support/hunt/hunt.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

namespace rung::hunt {
namespace {

std::size_t setting(const char* name, std::size_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

TEST(Hunt, FindsNoWrongCertificate) {
  const Settings settings{.seed = setting("RUNG_HUNT_SEED", 1)};
  const Tally tally =
      hunt(settings, setting("RUNG_HUNT_FIRST", 0), setting("RUNG_HUNT_CASES", 1656));
  EXPECT_EQ(tally.count(Fault::certified_above_truth), 0);
  EXPECT_LE(tally.count(Fault::certified_and_beaten) * 1000, tally.count(Status::certified));
  EXPECT_LE(tally.count(Fault::unbounded_but_finite) * 200, tally.count(Status::unbounded));
  EXPECT_EQ(tally.count(Fault::formula_unlike_law), 0);
  EXPECT_EQ(tally.count(Fault::identified_but_not), 0);
}

}  // namespace
}  // namespace rung::hunt
