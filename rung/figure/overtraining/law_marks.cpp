#include "rung/figure/overtraining/law_marks.hpp"

#include <cmath>

#include "rung/core/text.hpp"
#include "rung/figure/scale.hpp"

namespace rung::overtraining {

std::string factor_words(double x) {
  return x < 100 ? significant(x, 2) : short_count(std::round(x));
}

void add_whisker(const Estimate& estimate, std::vector<double>& lower, std::vector<double>& upper) {
  lower.push_back(estimate.interval ? estimate.interval->lower : NAN);
  upper.push_back(estimate.interval ? estimate.interval->upper : NAN);
}

}  // namespace rung::overtraining
