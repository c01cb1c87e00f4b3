// The hunt for wrong certificates in small: tests/slow runs it over thousands of fits.
#include "tests/support/hunt/hunt.hpp"

#include <gtest/gtest.h>

namespace rung::hunt {
namespace {

TEST(SmallHunt, FindsNoWrongCertificate) {
  const Settings settings{.seed = 3, .n_starts = 6, .n_steps = 80};
  const Tally tally = hunt(settings, 0, 24);
  EXPECT_GT(tally.count(Status::certified), 24) << "so many fits of 48 at the least";
  EXPECT_EQ(tally.count(Fault::certified_above_truth), 0);
  EXPECT_EQ(tally.count(Fault::certified_and_beaten), 0);
  EXPECT_EQ(tally.count(Fault::unbounded_but_finite), 0);
  EXPECT_EQ(tally.count(Fault::formula_unlike_law), 0);
  EXPECT_EQ(tally.count(Fault::identified_but_not), 0);
}

}  // namespace
}  // namespace rung::hunt
