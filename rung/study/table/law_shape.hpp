#pragma once
/// What a law looks like before it meets data.

#include <vector>

#include "rung/law/law.hpp"

namespace rung::table {

/// The law at its typical parameters over its first input, one curve for each of a few values of
/// the second; the other inputs stay half-way.
struct LawShape {
  std::vector<double> x;
  std::vector<std::vector<double>> curves;
  std::vector<double> second;  // one a curve; empty where there is no second input
};

LawShape shape_of(const Law& law);

}  // namespace rung::table
