#pragma once
/// Model configurations and recipes as documents.

#include "rung/report/document.hpp"
#include "rung/study/model/size.hpp"

namespace rung::model {

Document describe(const Configs& configs);
Document describe(const Config& config, const Family& family);
/// Two lines, total then non-embedding.
Document describe_size(const Size& size);
/// FLOPs per token, and the run's total where a length was asked for.
Document describe_flops(const Size& size);
Document describe(const NodeCounts& counts);

/// The settings in force, one a row: what `rung train` prints at its start.
TextTable settings_table(const Config& config, const Recipe& recipe);

}  // namespace rung::model
