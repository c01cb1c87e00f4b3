// What speaks against a step's fit.

#include <algorithm>

#include "rung/study/ladder/steps.hpp"
#include "rung/study/ladder/wrong_runs.hpp"

namespace rung::ladder {
namespace {

/// Of either step: the fit, the runs that it is fitted to and their checkpoints.
template <class Result>
bool is_sure_of_runs(const Result& result) {
  return result.fitted.fit.is_sure() && !result.at_chance && !have_one_value(result.points) &&
         wrong_runs(result).empty() && result.wrong_checkpoints.empty();
}

}  // namespace

bool Step1Result::has_no_run_to_spare() const {
  return fitted.points->size() <= static_cast<std::size_t>(fitted.law->n_parameters());
}

bool Step1Result::leaves_range(const TargetPrediction& target) const {
  return is_accuracy(metric) && target.predicted &&
         (*target.predicted < 0 || *target.predicted > task.maximum);
}

bool Step1Result::is_sure() const {
  return is_sure_of_runs(*this) && !has_no_run_to_spare() &&
         std::none_of(targets.begin(), targets.end(),
                      [&](const TargetPrediction& target) { return leaves_range(target); });
}

bool Step2Result::is_sure() const { return is_sure_of_runs(*this) && !end_in_doubt(); }

}  // namespace rung::ladder
