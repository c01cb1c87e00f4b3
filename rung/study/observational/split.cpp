#include "rung/study/observational/split.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "rung/core/error.hpp"
#include "rung/core/rng.hpp"
#include "rung/core/text.hpp"

namespace rung::observational {
namespace {

constexpr std::pair<Split::Method, std::string_view> kMethods[] = {
    {Split::Method::none, "none"},
    {Split::Method::random, "random"},
    {Split::Method::rank, "rank"},
    {Split::Method::cutoff, "cutoff"},
};

std::size_t n_test(std::size_t n, const Split& split) {
  const double wanted =
      split.test < 1 ? std::floor(split.test * static_cast<double>(n)) : std::floor(split.test);
  if (!(wanted >= 1) || wanted >= static_cast<double>(n))
    throw InputError("a test set of " + shortest(split.test) + " of " + std::to_string(n) +
                         " models leaves " + (wanted >= 1 ? "none to learn from" : "none to try"),
                     "below 1 it is a share, from 1 on a number of models");
  return static_cast<std::size_t>(wanted);
}

/// The first n_test of `order` are tried, the others learnt from.
SplitRows taken_from(std::vector<std::size_t> order, std::size_t n_test) {
  SplitRows rows;
  rows.test.assign(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(n_test));
  rows.train.assign(order.begin() + static_cast<std::ptrdiff_t>(n_test), order.end());
  std::sort(rows.test.begin(), rows.test.end());
  std::sort(rows.train.begin(), rows.train.end());
  return rows;
}

SplitRows cut(const std::vector<double>& values, const Split& split) {
  double threshold = split.threshold;
  if (split.threshold_is_share) {
    double largest = -std::numeric_limits<double>::infinity();
    for (const double value : values) {
      if (!std::isnan(value)) largest = std::max(largest, value);
    }
    threshold *= largest;
  }
  SplitRows rows;
  for (std::size_t i = 0; i < values.size(); ++i)
    (values[i] <= threshold ? rows.train : rows.test).push_back(i);
  if (rows.train.empty())
    throw InputError("no model lies at or below the cutoff " + shortest(threshold) +
                     ": nothing is left to learn from");
  return rows;
}

}  // namespace

Split::Method parse_split_method(std::string_view text) {
  for (const auto& [method, name] : kMethods) {
    if (name == text) return method;
  }
  throw InputError("there is no split '" + std::string(text) + "'",
                   "splits: " + join(split_method_names(), ", "));
}

std::string_view split_method_name(Split::Method method) {
  for (const auto& [known, name] : kMethods) {
    if (known == method) return name;
  }
  return "";
}

std::vector<std::string> split_method_names() {
  std::vector<std::string> names;
  for (const auto& [method, name] : kMethods) names.emplace_back(name);
  return names;
}

SplitRows split_rows(std::size_t n, const std::vector<double>& values, const Split& split) {
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), std::size_t{0});
  switch (split.method) {
    case Split::Method::none:
      return {order, {}};
    case Split::Method::cutoff:
      return cut(values, split);
    case Split::Method::rank:
      std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        if (std::isnan(values[a]) || std::isnan(values[b]))
          return std::isnan(values[a]) && !std::isnan(values[b]);
        return values[a] > values[b];
      });
      return taken_from(std::move(order), n_test(n, split));
    case Split::Method::random: {
      Rng rng(split.seed);
      for (std::size_t i = n; i > 1; --i)
        std::swap(order[i - 1], order[rng.below(static_cast<std::uint32_t>(i))]);
      return taken_from(std::move(order), n_test(n, split));
    }
  }
  return {};
}

}  // namespace rung::observational
