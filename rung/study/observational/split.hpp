#pragma once
/// Which models a fit learns from, and which it is tried on.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace rung::observational {

struct Split {
  enum class Method {
    none,    // all are learnt from
    random,  // the test models are drawn
    rank,    // the test models are those at the top of a column
    cutoff,  // the test models are those above a value of a column
  };
  Method method = Method::cutoff;
  /// random, rank: how many, or below 1 the share of all, rounded down.
  double test = 0.2;
  /// cutoff: models up to this, inclusive, are learnt from.
  double threshold = 84;
  /// The threshold is a share of the column's largest value.
  bool threshold_is_share = false;
  std::uint64_t seed = 0;  // of random
};
Split::Method parse_split_method(std::string_view text);
std::string_view split_method_name(Split::Method method);
std::vector<std::string> split_method_names();

/// Indices, ascending.
struct SplitRows {
  std::vector<std::size_t> train, test;
};

/// Splits n models; `values` is the column that rank and cutoff go by, with NaN where a model has
/// none: such a model is tried, not learnt from. InputError where nothing is left to learn from, or
/// `test` asks for no model or for all.
SplitRows split_rows(std::size_t n, const std::vector<double>& values, const Split& split);

}  // namespace rung::observational
