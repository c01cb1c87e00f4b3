#pragma once
/// Fitted relations as people write them: "y = 0.95sigmoid(5.52PC-1 - 3.45PC-2 - 3.74) + 0.05".

#include <optional>
#include <string>
#include <vector>

#include "rung/study/observational/regression.hpp"

namespace rung::observational {

/// Two decimals a number; a weight or constant within 0.005 of 0 is left out, a weight within 0.005
/// of 1 or -1 stands as its name alone. Without any weight left, " + 0.50".
std::string linear_text(const std::vector<double>& weights, const std::vector<std::string>& names,
                        std::optional<double> constant);

/// "y = sigmoid(...)": the link of `index`, itself as text.
std::string link_text(const Regression& regression, const std::string& index);

/// The whole relation.
std::string formula_text(const Regression& regression, const std::vector<std::string>& names);

}  // namespace rung::observational
