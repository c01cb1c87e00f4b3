#include "rung/study/model/foresight.hpp"

#include "rung/core/error.hpp"
#include "rung/study/table/fit_group.hpp"

namespace rung::model {
namespace {

/// Absent where the rungs are too few, or too much alike. One more than the law's parameters, so
/// that something is left to judge the noise by.
std::optional<Fitted> fit_of(const std::vector<MeasuredRung>& rungs) {
  std::vector<double> n_params, n_tokens, losses;
  for (const MeasuredRung& rung : rungs) {
    n_params.push_back(rung.n_params);
    n_tokens.push_back(rung.n_tokens);
    losses.push_back(rung.loss);
  }
  Table table("the ladder's rungs");
  table.add({"N", std::move(n_params)});
  table.add({"D", std::move(n_tokens)});
  table.add({"loss", std::move(losses)});
  table::Request request;
  request.law = "chinchilla";
  const table::UncertaintyOptions uncertainty{.resample = {.n_replicates = 0},
                                              .interval_for = IntervalFor::observation};
  try {
    const table::Prepared prepared = table::prepare(std::move(table), request);
    if (rungs.size() <= prepared.law->info.parameters.size()) return std::nullopt;
    return table::fit_each(prepared, request, uncertainty).front().fitted;
  } catch (const InputError&) {  // one size, or one length, so far
    return std::nullopt;
  }
}

}  // namespace

void Foresight::add(const MeasuredRung& rung) {
  rungs_.push_back(rung);
  fitted_ = fit_of(rungs_);
}

std::optional<Prediction> Foresight::prediction(double n_params, double n_tokens, double level,
                                                std::optional<double> actual) const {
  if (!fitted_ || fitted_->fit.status == Status::failed) return std::nullopt;
  Fitted fitted = *fitted_;
  fitted.options.level = level;
  const std::vector<double> inputs = {n_params, n_tokens};
  Prediction prediction = fitted.prediction(inputs, actual);
  if (!prediction.predicted || !prediction.interval) return std::nullopt;
  return prediction;
}

}  // namespace rung::model
