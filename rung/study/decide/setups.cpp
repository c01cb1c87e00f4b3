#include "rung/study/decide/setups.hpp"

#include <algorithm>

namespace rung::decide {
namespace {

/// Where the published name says which sizes are dropped.
struct Naming {
  std::string before, after;
  bool says_default;  // "-default" where none is
};

struct Published {
  Naming naming;
  Setup setup;
};

std::vector<Published> ten_setups() {
  const Setup three{.law = "compute-power", .borrowed = {"alpha", "A"}};
  Setup two = three;
  two.without_floor = true;
  Setup five{.law = "chinchilla", .borrowed = {"beta", "B", "alpha", "A"}, .n_spare_points = 1};
  const Setup five_in_one{.law = "single-step",
                          .has_loss = false,
                          .borrowed = {"p", "q", "beta", "B", "alpha", "A"},
                          .n_spare_points = 1};
  const Setup three_in_one{.law = "single-step-compute",
                           .has_loss = false,
                           .borrowed = {"p", "q", "alpha", "A"},
                           .n_spare_points = 1};
  const Setup through{.law = "compute-power-negated",
                      .has_loss = false,
                      .through_metric = true,
                      .borrowed = {"alpha", "A"}};
  const auto with = [](Setup setup, bool helper_point, double skipped_share) {
    setup.helper_point = helper_point;
    setup.skipped_share = skipped_share;
    return setup;
  };
  return {{{"3_param", "", true}, three},
          {{"3_param", "-helper_points", true}, with(three, true, 0.1)},
          {{"3_param", "-step2=0.5", true}, with(three, false, 0.5)},
          {{"3_param", "-helper_points-step2=0.5", true}, with(three, true, 0.5)},
          {{"5_param-ai2", "", false}, five},
          {{"5_param-1_step-ai2", "", false}, five_in_one},
          {{"3_param-1_step", "", false}, three_in_one},
          {{"2_param", "", true}, two},
          {{"3_param-intermediate", "", true}, through},
          {{"3_param-intermediate", "-helper_points", true}, with(through, true, 0.1)}};
}

}  // namespace

std::vector<Setup> published_setups(const std::vector<std::string>& sizes,
                                    std::size_t most_dropped) {
  constexpr std::size_t kFewestSizes = 2;
  std::vector<Setup> setups;
  if (sizes.size() < kFewestSizes) return setups;
  for (const Published& published : ten_setups()) {
    std::string dropped;
    for (std::size_t n = 0; n <= std::min(most_dropped, sizes.size() - kFewestSizes); ++n) {
      if (n > 0) dropped += (n > 1 ? "_no_" : "no_") + sizes[sizes.size() - n];
      Setup setup = published.setup;
      const Naming& naming = published.naming;
      const std::string drop = n > 0 ? "-" + dropped : naming.says_default ? "-default" : "";
      setup.stem = naming.before + naming.after;
      setup.name = naming.before + drop + naming.after;
      setup.n_dropped = n;
      setups.push_back(std::move(setup));
    }
  }
  return setups;
}

}  // namespace rung::decide
