#pragma once
/// Runs under way, as a picture of text that a terminal shows again and again.

#include <string>

#include "rung/study/runs/runs.hpp"

namespace rung::runs {

/// The curves, on an even axis from the first row to what is planned, each run's state and end
/// below, and warnings: spikes, divergences, runs that fall off the ladder.
std::string live_text(const Result& result, int width, int height = 12);

}  // namespace rung::runs
