#pragma once
/// Lists in which nothing stands twice.

#include <algorithm>
#include <vector>

namespace rung {

/// The values in order of first appearance.
template <class T>
std::vector<T> each_once(const std::vector<T>& values) {
  std::vector<T> once;
  for (const T& value : values) {
    if (std::find(once.begin(), once.end(), value) == once.end()) once.push_back(value);
  }
  return once;
}

}  // namespace rung
