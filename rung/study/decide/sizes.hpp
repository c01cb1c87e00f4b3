#pragma once
/// What a size's name stands for.

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace rung::decide {

struct NamedSize {
  double n_params = 0;
  std::optional<double> batch_tokens;  // a step
};
using NamedSizes = std::map<std::string, NamedSize, std::less<>>;

/// Adds the entries of a TOML text (rung/study/decide/sizes.toml shows what it holds) to `base`, in
/// place of those of the same names. InputError with every problem.
NamedSizes parse_sizes(std::string_view toml, const std::string& source, NamedSizes base);

/// Those that ship.
const NamedSizes& published_sizes();

/// Of a name that is known, or that is a quantity ("150M"); absent for another.
std::optional<NamedSize> size_of(const NamedSizes& sizes, const std::string& name);

}  // namespace rung::decide
