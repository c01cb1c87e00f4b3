#include "rung/study/observational/transform.hpp"

#include <algorithm>
#include <cmath>

#include "rung/core/error.hpp"
#include "rung/core/numbers.hpp"
#include "rung/core/text.hpp"

namespace rung::observational {
namespace {

constexpr double kOffset = 1e-9;

double log_or_nan(double y) { return y + kOffset > 0 ? std::log(y + kOffset) : kNaN; }

}  // namespace

bool MetricTransform::changes_range() const {
  const bool scaled = std::find(steps.begin(), steps.end(), Step::min_max) != steps.end();
  return scaled && (low != 0 || high != 1);
}

double MetricTransform::apply(double y) const {
  for (const Step step : steps) {
    switch (step) {
      case Step::min_max:
        y = (y - low) / (high - low);
        break;
      case Step::log:
        y = log_or_nan(y);
        break;
      case Step::logit:
        y = log_or_nan(y) - log_or_nan(1 - y);
        break;
    }
  }
  return y;
}

std::vector<double> MetricTransform::apply(const std::vector<double>& y) const {
  std::vector<double> result;
  for (const double value : y) result.push_back(apply(value));
  return result;
}

std::string MetricTransform::name(const std::string& metric) const {
  std::string text = metric;
  for (const Step step : steps) {
    switch (step) {
      case Step::min_max:
        if (low != 0) text = "(" + text + " - " + shortest(low) + ")";
        if (high - low != 1) text += " / " + shortest(high - low);
        break;
      case Step::log:
        text = "ln(" + text + ")";
        break;
      case Step::logit:
        text = "logit(" + text + ")";
        break;
    }
  }
  return text;
}

MetricTransform parse_transform(std::string_view steps, double low, double high) {
  MetricTransform transform{.steps = {}, .low = low, .high = high};
  for (const std::string& part : split(steps, ',')) {
    const std::string_view step = trimmed(part);
    if (step.empty()) continue;
    if (step == "minmax") {
      transform.steps.push_back(MetricTransform::Step::min_max);
    } else if (step == "log") {
      transform.steps.push_back(MetricTransform::Step::log);
    } else if (step == "logit") {
      transform.steps.push_back(MetricTransform::Step::logit);
    } else {
      throw InputError("there is no transform '" + std::string(step) + "' of a metric",
                       "transforms: minmax, log, logit, or several in order: minmax,logit");
    }
  }
  if (!(high > low))
    throw InputError("a metric's range from " + shortest(low) + " to " + shortest(high) +
                     " is none");
  return transform;
}

}  // namespace rung::observational
