#include "rung/study/observational/formula_text.hpp"

#include <cmath>

#include "rung/core/text.hpp"

namespace rung::observational {
namespace {

constexpr double kShown = 0.005;

std::string two_decimals(double value) { return fixed(value, 2); }

}  // namespace

std::string linear_text(const std::vector<double>& weights, const std::vector<std::string>& names,
                        std::optional<double> constant) {
  std::string text;
  for (std::size_t k = 0; k < weights.size(); ++k) {
    const double size = std::abs(weights[k]);
    if (size <= kShown) continue;
    if (text.empty()) {
      text = weights[k] < 0 ? "- " : "";
    } else {
      text += weights[k] < 0 ? " - " : " + ";
    }
    text += (std::abs(size - 1) <= kShown ? "" : two_decimals(size)) + names[k];
  }
  if (constant && std::abs(*constant) > kShown)
    text += (*constant < 0 ? " - " : " + ") + two_decimals(std::abs(*constant));
  return text;
}

std::string link_text(const Regression& regression, const std::string& index) {
  switch (regression.options.link) {
    case Link::identity:
      return "y = " + index;
    case Link::exponential:
      return "y = exp(" + index + ")";
    case Link::sigmoid:
    case Link::parametric_sigmoid:
      break;
  }
  return "y = " +
         linear_text({regression.height()}, {"sigmoid(" + index + ")"}, regression.floor());
}

std::string formula_text(const Regression& regression, const std::vector<std::string>& names) {
  return link_text(regression, linear_text(regression.weights(), names, regression.intercept()));
}

}  // namespace rung::observational
