#pragma once
/// What rung doctor says.

#include <string>
#include <vector>

#include "rung/report/document.hpp"

namespace rung {

/// One thing that was looked for on this machine.
struct Finding {
  std::string what;
  bool found = false;
  std::string value;  // what was found, or what to do
};

Document describe(const std::vector<Finding>& findings);

}  // namespace rung
