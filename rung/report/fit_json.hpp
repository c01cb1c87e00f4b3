#pragma once
/// A fit as the JSON that others script against.

#include <optional>
#include <span>
#include <string>

#include "rung/report/json.hpp"

namespace rung {

struct Criteria;
struct Fit;
struct Fitted;
struct Law;

/// {"law", "parameters": {name: {"value", "stderr", "lower", "upper"}}, "objective", "n_points",
/// "status", "identified", "notes"}; what the fit does not say is null. `law`: the name to give it;
/// "": its own.
Json json_fit(const Fit& fit, const std::string& law = "");

/// The same with what it was fitted with: "loss", "residual", "interval_kind", "n_replicates",
/// "condition_number" (of Diagnosis).
Json json_fit(const Fitted& fitted, std::optional<double> condition_number,
              const std::string& law = "");

/// {"N": 7e9, "D": 4e12}
Json json_inputs(const Law& law, std::span<const double> inputs);

/// {"n_parameters", "log_likelihood", "aic", "aicc", "bic", "leave_one_out"}
Json json_criteria(const Criteria& criteria);

}  // namespace rung
