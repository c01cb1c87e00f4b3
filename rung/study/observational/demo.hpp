#pragma once
/// What the observational method says, in one go.

#include <string>
#include <vector>

#include "rung/study/observational/capabilities.hpp"
#include "rung/study/observational/prediction.hpp"

namespace rung::observational {

struct Demo {
  Capabilities capabilities;
  /// One emergent capability from components, compute and size, in this order.
  Predictions predictions;
  std::string data;                  // where the tables came from, for people
  std::vector<std::string> figures;  // file names
  std::string folder;

  const Prediction& from(const std::string& x) const;
};

/// The metric of the demo, and what it is predicted from.
inline constexpr const char* kDemoMetric = "word_unscrambling_2_exact_match";
PredictionRequest demo_request();

/// `models` have the benchmarks of components; `fitted` those of fits, and the metric.
Demo run_demo(const Models& models, const Models& fitted, const PredictionRequest& request);

}  // namespace rung::observational
