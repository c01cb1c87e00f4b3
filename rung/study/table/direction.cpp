#include "rung/study/table/direction.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <vector>

#include "rung/core/statistics.hpp"
#include "rung/core/text.hpp"

namespace rung::table {
namespace {

std::vector<std::string> input_names(const Law& law) {
  std::vector<std::string> names;
  for (const InputInfo& input : law.info.inputs) names.push_back(input.name);
  return names;
}

/// Every input has a term of this sign, and none of the other.
bool has_terms(const Law& law, double sign) {
  std::set<int> inputs;
  for (const PowerTerm& term : law.info.power_terms) {
    if (term.sign != sign) return false;
    inputs.insert(term.input);
  }
  return !inputs.empty() && static_cast<int>(inputs.size()) == law.n_inputs();
}

bool only_falls(const Law& law) {
  const auto is_positive = [&](int parameter) {
    return law.info.parameters[static_cast<std::size_t>(parameter)].lower >= 0;
  };
  return has_terms(law, 1) && std::ranges::all_of(law.info.power_terms, [&](const PowerTerm& term) {
           return is_positive(term.scale) && is_positive(term.exponent);
         });
}

bool rises(const Points& points) {
  std::vector<double> places, values;
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (points.weight(i) == 0) continue;
    double place = 0;
    for (std::size_t k = 0; k < points.n_inputs(); ++k) place += std::log(points.input(k, i));
    if (!std::isfinite(place)) return false;
    places.push_back(place);
    values.push_back(points.y(i));
  }
  constexpr double kClearly = 0.5;
  constexpr std::size_t kLeast = 4;
  return values.size() >= kLeast &&
         correlation(ranks(places), ranks(values)).value_or(0) > kClearly;
}

}  // namespace

std::string direction_doubt(const Law& law, const Points& points) {
  if (!only_falls(law) || !rises(points)) return "";
  std::vector<std::string> rising;
  for (const Law* other : built_in_laws()) {
    if (input_names(*other) == input_names(law) && has_terms(*other, -1))
      rising.push_back(other->info.name);
  }
  return "the values rise with " + join(input_names(law), " and ") + ", and " + law.info.name +
         " only falls, whatever its parameters" +
         (rising.empty() ? ": fit 1 - y, or a law that rises"
                         : ": " + join(rising, ", ") + (rising.size() == 1 ? " rises" : " rise") +
                               ", or fit an error (1 - y)");
}

}  // namespace rung::table
