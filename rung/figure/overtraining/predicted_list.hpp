#pragma once
/// The list of predicted runs in a panel of figure 1.

#include <string>
#include <vector>

#include "rung/data/testbed.hpp"
#include "rung/figure/figure.hpp"
#include "rung/fit/fitted.hpp"

namespace rung::overtraining {

struct PredictedRun {
  double off = 0;  // relative to the value, without a sign
  std::string words;
  std::string detail{};  // where there is room
};

/// "6.9B, 20 per parameter: −0.7%"; both values are known.
PredictedRun predicted_run(const TestbedModel& model, const Prediction& prediction);

/// Where the law says what no value is: "6.9B, 20 per parameter: none (!), the law says −1.034"
PredictedRun run_without_value(const TestbedModel& model, const Prediction& prediction);

/// Each run with how far off it is, in the panel's emptiest corner; of more than six those furthest
/// off, without details, and how many more there are.
void add_list(std::string title, std::vector<PredictedRun> runs, Panel& panel);

}  // namespace rung::overtraining
