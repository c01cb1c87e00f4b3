#include "rung/fit/valley.hpp"

#include <cmath>

namespace rung {
namespace {

double mean_log_input(const Points& points, int input) {
  double total = 0;
  for (std::size_t i = 0; i < points.size(); ++i) {
    total += std::log(points.input(static_cast<std::size_t>(input), i));
  }
  return total / static_cast<double>(points.size());
}

}  // namespace

Valley::Valley(const LawInfo& law, const Points& points, const std::vector<int>& coordinate_of) {
  const auto coordinate = [&](int parameter) {
    return coordinate_of[static_cast<std::size_t>(parameter)];
  };
  if (law.power_terms.empty() || coordinate(law.floor) < 0) return;
  for (const PowerTerm& term : law.power_terms) {
    const bool of_log = law.parameters[static_cast<std::size_t>(term.scale)].of_log;
    if (!of_log || coordinate(term.scale) < 0 || coordinate(term.exponent) < 0) {
      terms_.clear();
      return;
    }
    terms_.push_back({coordinate(term.scale), coordinate(term.exponent),
                      mean_log_input(points, term.input), term.sign});
  }
  floor_ = coordinate(law.floor);
}

void Valley::bend(const double* from, double* to) const {
  constexpr std::size_t kMostTerms = 8;
  if (terms_.empty() || terms_.size() > kMostTerms) return;
  double centre_value = to[floor_];
  double scale[kMostTerms];
  for (std::size_t k = 0; k < terms_.size(); ++k) {
    const Term& term = terms_[k];
    const double alpha = from[term.exponent], alpha_move = to[term.exponent] - alpha;
    const double amplitude = std::exp(from[term.scale] - alpha * term.log_centre);
    const double amplitude_move =
        amplitude * (to[term.scale] - from[term.scale] - term.log_centre * alpha_move);
    const double slope = amplitude * alpha + amplitude_move * alpha + amplitude * alpha_move;
    if (!(slope > 0) || !(to[term.exponent] > 0)) return;
    const double reached = slope / to[term.exponent];
    centre_value += term.sign * (amplitude + amplitude_move - reached);
    scale[k] = std::log(reached) + to[term.exponent] * term.log_centre;
  }
  for (std::size_t k = 0; k < terms_.size(); ++k) to[terms_[k].scale] = scale[k];
  to[floor_] = centre_value;
}

}  // namespace rung
