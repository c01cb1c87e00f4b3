#pragma once
/// What the names of runs say: "OLMo-190M-1xC" has 190 million parameters and the tokens of 1xC.

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

struct NamedLength {
  std::string name;
  double n_params = 0, n_tokens = 0;  // as the data say them, at the end
};

/// "the tokens of 1 run are others than its name says: 760M-5xC has …", or nothing where none are:
/// where 5xC says many times as many tokens a parameter as the 1xC and 2xC of most others would
/// have it, whatever 1xC is.
std::string doubt_of_named_lengths(std::span<const NamedLength> runs);

}  // namespace rung
