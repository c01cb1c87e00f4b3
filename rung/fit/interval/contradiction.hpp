#pragma once
/// Intervals that other parameters, which fit as well, contradict.

#include <span>
#include <vector>

#include "rung/fit/fit.hpp"
#include "rung/fit/interval/interval.hpp"

namespace rung {

/// Takes the standard error and the interval from each parameter whose value in another optimum as
/// good as the best lies outside of it: such an interval is of one optimum alone.
void withdraw_contradicted_intervals(Fit& fit);

/// What the alternatives predict, where that is another value than the fit's; each value once.
std::vector<double> other_predictions(const Law& law, const Fit& fit,
                                      std::span<const double> inputs);

/// Whether an interval holds all that the alternatives predict.
bool holds_alternatives(const Law& law, const Fit& fit, std::span<const double> inputs,
                        const Interval& interval);

}  // namespace rung
