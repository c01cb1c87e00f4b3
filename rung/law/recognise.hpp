#pragma once
/// Formulas that are laws of the catalogue under other names.

#include <optional>
#include <vector>

#include "rung/law/law.hpp"

namespace rung {

/// A built-in law and where its parameters and inputs stand in a formula's: entry p is the
/// formula's index of the law's parameter p.
struct WrittenLike {
  const Law* law;
  std::vector<int> parameters, inputs;
};

/// The built-in law whose formula is written as this one's but for the names of parameters and
/// inputs; absent where there is none, and for laws of the catalogue themselves.
std::optional<WrittenLike> written_like(const Law& formula);

}  // namespace rung
