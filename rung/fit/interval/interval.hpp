#pragma once
/// A range that holds something with a stated probability.

#include <string>

namespace rung {

struct Interval {
  double level = 0.95;
  double lower = 0;
  double upper = 0;
  std::string method;  // "delta-mean", "bootstrap-mean"
};

}  // namespace rung
