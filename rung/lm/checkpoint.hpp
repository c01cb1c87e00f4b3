#pragma once
/// A run's state after a step, as one file: a line of JSON that says what it is, then weights and
/// AdamW's moments as little-endian floats. Written beside its place and renamed: it is whole or
/// not there, and no older one is touched.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "rung/lm/optimizer.hpp"

namespace rung::lm {

struct Checkpoint {
  std::int64_t step = 0;
  std::string model;  // toml_of its configuration: whose weights they are
  std::vector<float> weights;
  AdamState adam;
};

/// What is written: the weights are where the network has them.
struct CheckpointView {
  std::int64_t step = 0;
  std::string model;
  std::span<const float> weights;
  const AdamState& adam;
};

/// FOLDER/checkpoints/step100.rung.
std::filesystem::path checkpoint_path(const std::filesystem::path& folder, std::int64_t step);
/// The steps that a run's folder has checkpoints of, ascending.
std::vector<std::int64_t> checkpoint_steps(const std::filesystem::path& folder);

/// InputError where it can't be written; nothing is changed then.
void write_checkpoint(const std::filesystem::path& path, const CheckpointView& checkpoint);

/// InputError, with that hint, where it is no checkpoint, is damaged, or is of another model than
/// `model`.
Checkpoint read_checkpoint(const std::filesystem::path& path, const std::string& model,
                           const std::string& hint = "");

}  // namespace rung::lm
