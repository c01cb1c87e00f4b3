#pragma once
/// Tests over every law of the catalogue.

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "rung/law/law.hpp"

namespace rung {

inline std::vector<std::string> names_of_laws() {
  std::vector<std::string> names;
  for (const Law* law : built_in_laws()) names.push_back(law->info.name);
  return names;
}

/// A law's name as a test may be called.
inline std::string test_name_of_law(const testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

}  // namespace rung
