// A compiled law against the same as a formula: "E + A/N^alpha + B/D^beta" over 240 points.
#include <benchmark/benchmark.h>

#include <cmath>
#include <string>
#include <vector>

#include "rung/core/rng.hpp"
#include "rung/fit/points.hpp"
#include "rung/law/formula.hpp"

namespace {

const rung::Law& law_of(bool formula) {
  static const rung::Law kFormula =
      rung::formula_law("A + 0*N + 0*D", {"N", "D"});
  return formula ? kFormula : rung::find_law("chinchilla");
}

}  // namespace
