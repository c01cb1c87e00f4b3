#pragma once
/// A fit as the JSON that others script against.

#include "rung/report/json.hpp"

namespace rung {

struct Fit;

/// {"law", "parameters": {name: {"value", "stderr", "lower", "upper"}}, "objective", "n_points",
/// "status", "identified", "notes"}; what the fit does not say is null. `law`: the name to give it;
/// "": its own.
Json json_fit(const Fit& fit, const std::string& law = "");

}  // namespace rung
