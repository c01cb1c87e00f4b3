#pragma once
/// What a run's curves are drawn over, and how far on it a run was to go.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rung/data/run.hpp"

namespace rung::runs {

enum class Axis { tokens, flops, steps, time };
Axis parse_axis(const std::string& text);
/// What is counted: "tokens", "hours".
std::string_view axis_name(Axis axis);

/// Without the embedding where the run says it.
std::optional<double> size_of(const Run& run);
/// NaN where none is finite.
double last_known(const std::vector<double>& values);
/// Empty where the run has no such metric.
const std::vector<double>& metric_values(const Run& run, const std::string& name);

/// A value a row, NaN or none at all where it is not known. FLOPs are 6 N D where the run doesn't
/// say them.
std::vector<double> axis_values(const Run& run, Axis axis);

/// What a run was to reach, by its settings or its name ("1xC"): tokens, FLOPs or steps. Where its
/// settings say another axis's end, as far behind the last row of both as that is: whether a run is
/// finished is the same over each axis that its rows have.
std::optional<double> planned_of(const Run& run, Axis axis);

}  // namespace rung::runs
