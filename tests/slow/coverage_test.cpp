// For every law: over many seeds, the 99% interval of each parameter that the data determine, and
// of a prediction far out, holds the truth in at least 97% of seeds. Prints the table that
// docs/laws.md records.
#include <gtest/gtest.h>

#include <cstdio>

#include "rung/core/parallel.hpp"
#include "tests/support/law_names.hpp"
#include "tests/support/simulated_law.hpp"

namespace rung {
namespace {

class Coverage : public testing::TestWithParam<std::string> {};

TEST_P(Coverage, TruthLiesInsideThe99PercentInterval) {
  const SimulatedLaw simulated(find_law(GetParam()));
  const std::size_t n_seeds = simulated.law().n_parameters() > 8 ? 200 : 300;  // slow searches
  using Verdict = SimulatedLaw::Verdict;
  std::vector<std::vector<SimulatedLaw::Outcome>> outcomes(n_seeds);
  parallel_for(n_seeds, 0, [&](std::size_t i) { outcomes[i] = simulated.outcomes(i + 1); });
  std::string row = GetParam() + ":";
  std::vector<CoveredQuantity> quantities = simulated.quantities();
  for (std::size_t q = 0; q < quantities.size(); ++q) {
    int n_silent = 0;
    for (const std::vector<SimulatedLaw::Outcome>& seed : outcomes) {
      quantities[q].n_inside += seed[q].verdict == Verdict::holds ? 1 : 0;
      n_silent += seed[q].verdict == Verdict::says_nothing ? 1 : 0;
    }
    const double share = quantities[q].n_inside / static_cast<double>(n_seeds);
    EXPECT_GE(share, 0.97) << quantities[q].name;
    char text[120];
    std::snprintf(text, sizeof text, " %s %.1f%%", quantities[q].name.c_str(), 100 * share);
    row += text;
    if (n_silent > 0) row += " (" + std::to_string(n_silent) + " without interval)";
  }
  std::puts(row.c_str());
}

INSTANTIATE_TEST_SUITE_P(Catalogue, Coverage, testing::ValuesIn(names_of_laws()), test_name_of_law);

}  // namespace
}  // namespace rung
