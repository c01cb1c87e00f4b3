#include "rung/study/table/observation_intervals.hpp"

#include <algorithm>

#include "rung/fit/interval/delta.hpp"

namespace rung::table {

ObservationIntervals::ObservationIntervals(Fitted& fitted,
                                           const std::vector<std::vector<double>>& places)
    : fitted_(fitted) {
  constexpr std::size_t kWork = 5000, kFewest = 10, kMost = 25;  // points times places
  const std::size_t most = std::clamp(kWork / fitted_.points->size(), kFewest, kMost);
  fitted_.interval_for = IntervalFor::observation;
  if (places.size() <= most) places_ = {places.begin(), places.end()};
  for (std::size_t k = 0; k < most && places.size() > most; ++k)
    places_.insert(places[k * (places.size() - 1) / (most - 1)]);
}

std::optional<Interval> ObservationIntervals::at(const std::vector<double>& inputs) {
  if (!places_.contains(inputs)) return std::nullopt;
  const auto [place, is_new] = known_.try_emplace(inputs);
  if (is_new) place->second = interval(inputs);
  return place->second;
}

std::optional<Interval> ObservationIntervals::interval(const std::vector<double>& inputs) const {
  constexpr std::size_t kMostChecked = 2000;  // points, by which laws are nearly linear
  if (fitted_.points->size() <= kMostChecked) return fitted_.interval(inputs);
  return delta_interval(*fitted_.problem, fitted_.fit, inputs, fitted_.options.level, true);
}

}  // namespace rung::table
