#pragma once
/// Which parameters of a formula no data can tell apart.

#include <vector>

#include "rung/law/law.hpp"

namespace rung::formula {

/// Groups of parameters whose gradients are linearly dependent wherever one looks, so that many
/// values of them predict the same: A and B in A*B. Of `checked`, indices.
std::vector<std::vector<int>> indistinct(const Law& law, const std::vector<int>& checked);

}  // namespace rung::formula
