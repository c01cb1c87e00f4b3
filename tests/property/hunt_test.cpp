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

// Whole hunts found these, most of which a walk along profiles mends: a narrow valley of a kinked
// loss, a long one of an asymmetric loss, an optimum in another part of six nonlinear parameters;
// and a last step too short to matter that led across a jump of the predictions, or with a scale of
// 1e146 up. Minima between poles and of hardly more rows than parameters are not certified, and
// exponents have two signs. Rows that lie close together may ask for exponents of 100 and rates of
// 1000, which ranges that the data lay out hold. A search that begins with a smoother loss may lead
// away from the best node, and one near the end of numbers from its start.
TEST(SmallHunt, WitnessesOfEarlierHuntsAreRight) {
  constexpr std::pair<std::uint64_t, std::uint64_t> kWitnesses[] = {
      {5, 107},  {5, 225},  {5, 791},   {5, 1523}, {4, 1200},  {6, 75},
      {8, 888},  {10, 265}, {10, 553},  {10, 994}, {10, 1529}, {11, 525},
      {12, 163}, {12, 517}, {12, 1247}, {14, 274}, {15, 130}};
  for (const auto& [seed, index] : kWitnesses) {
    const Settings settings{.seed = seed};
    EXPECT_EQ(hunt(settings, index, 1, 1).n_faults(), 0) << "seed " << seed << ", case " << index;
  }
}

}  // namespace
}  // namespace rung::hunt
