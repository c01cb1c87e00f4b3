#pragma once
/// `rung ladder predict --method combined`, and what the demo shares with it.

#include "rung/app/ladder/common.hpp"

namespace rung::app {

/// What the combined predictor reads: it needs accuracy, and leaves out the ways of predicting
/// whose loss a ladder lacks.
Wanted combined_wanted(const std::string& config_path);

LadderInputs read_combined_inputs(CommandContext& context, const LadderOptions& options);

/// InputError where `command` was given options that it would not heed.
Answer predict_combined(CommandContext& context, const LadderOptions& options, Options& command);

}  // namespace rung::app
