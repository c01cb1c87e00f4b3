#pragma once
/// Sizes in the names of runs: "OLMo-190M-1xC" says 190 million parameters.

#include <optional>
#include <span>
#include <string>

namespace rung {

/// 190e6 of "OLMo-190M-1xC", the first word that begins with a digit and ends in K, M or B. Absent
/// where the name has none.
std::optional<double> size_in_name(const std::string& name);

struct NamedSize {
  std::string name;
  double n_params = 0;  // as the data say it
  bool with_embedding = true;
};

/// "the sizes of 2 runs are others than their names say: x-1.3B has 1.3M parameters; …", or nothing
/// where none is. A count without the embedding may be a small part of what the name says. Letters
/// before a size ("s1.6B") are passed over where most names of that kind agree with their runs.
std::string doubt_of_named_sizes(std::span<const NamedSize> runs);

}  // namespace rung
