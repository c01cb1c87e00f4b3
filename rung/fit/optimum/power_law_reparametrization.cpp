#include "rung/fit/optimum/power_law_reparametrization.hpp"

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

PowerLawReparametrization::PowerLawReparametrization(const LawInfo& law, const Points& points,
                                                     const std::vector<int>& coordinate_of,
                                                     const std::vector<unsigned char>& of_log) {
  const auto coordinate = [&](int parameter) {
    return coordinate_of[static_cast<std::size_t>(parameter)];
  };
  if (law.power_terms.empty() || coordinate(law.floor) < 0) return;
  for (const PowerTerm& term : law.power_terms) {
    if (coordinate(term.scale) < 0 || coordinate(term.exponent) < 0) {
      terms_.clear();
      return;
    }
    const bool log_scale = of_log[static_cast<std::size_t>(term.scale)] != 0;
    terms_.push_back({coordinate(term.scale), coordinate(term.exponent), log_scale,
                      mean_log_input(points, term.input), term.sign});
  }
  floor_ = coordinate(law.floor);
}

void PowerLawReparametrization::transform(const double* from, double* to) const {
  constexpr std::size_t kMostTerms = 8;
  if (terms_.empty() || terms_.size() > kMostTerms) return;
  double centre_value = to[floor_];
  double scale[kMostTerms];
  for (std::size_t k = 0; k < terms_.size(); ++k) {
    const ReparametrizedTerm& term = terms_[k];
    const double alpha = from[term.exponent], alpha_move = to[term.exponent] - alpha;
    const double fall = std::exp(-alpha * term.log_centre), scale_from = from[term.scale];
    const double amplitude = term.of_log ? std::exp(scale_from) * fall : scale_from * fall;
    const double scale_move = (to[term.scale] - scale_from) * (term.of_log ? amplitude : fall);
    const double amplitude_move = scale_move - amplitude * term.log_centre * alpha_move;
    const double slope = amplitude * alpha + amplitude_move * alpha + amplitude * alpha_move;
    if (!(slope * amplitude > 0) || !(to[term.exponent] > 0)) return;
    const double reached = slope / to[term.exponent];
    centre_value += term.sign * (amplitude + amplitude_move - reached);
    const double log_rise = to[term.exponent] * term.log_centre;
    scale[k] = term.of_log ? std::log(reached) + log_rise : reached * std::exp(log_rise);
  }
  for (std::size_t k = 0; k < terms_.size(); ++k) to[terms_[k].scale] = scale[k];
  to[floor_] = centre_value;
}

}  // namespace rung
