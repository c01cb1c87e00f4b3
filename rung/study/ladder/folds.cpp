#include "rung/study/ladder/folds.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

namespace rung::ladder {
namespace {

/// Values within this ratio are the same rung: token counts end at whole steps.
constexpr double kSameRung = 1.2;

/// The rank of each value among the distinct ones, and how many there are.
struct Ranks {
  std::vector<std::size_t> of;
  std::size_t n = 0;
};

Ranks ranks_of(const std::vector<double>& values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  Ranks ranks{std::vector<std::size_t>(values.size())};
  double first = 0;
  for (const std::size_t i : order) {
    if (ranks.n == 0 || values[i] > kSameRung * first) first = values[i], ++ranks.n;
    ranks.of[i] = ranks.n - 1;
  }
  return ranks;
}

}  // namespace

std::vector<Fold> rolling_folds(std::span<const Scale> runs, std::size_t n_least) {
  std::vector<double> sizes, lengths, compute;
  for (const Scale& run : runs) {
    sizes.push_back(run.n_params);
    lengths.push_back(run.n_tokens / run.n_params);
    compute.push_back(run.compute_flops.value_or(6 * run.n_params * run.n_tokens));
  }
  const Ranks size = ranks_of(sizes), length = ranks_of(lengths);
  const double most = compute.empty() ? 0 : *std::max_element(compute.begin(), compute.end());

  std::vector<Fold> folds;
  using Where = std::function<bool(std::size_t)>;
  const auto add = [&](std::string name, const Where& train, const Where& test) {
    Fold fold{std::move(name), {}, {}};
    for (std::size_t i = 0; i < runs.size(); ++i) {
      if (train(i)) {
        fold.train.push_back(i);
      } else if (test(i)) {
        fold.test.push_back(i);
      }
    }
    if (fold.train.size() < n_least || fold.test.empty()) return;
    for (const Fold& other : folds) {
      if (other.train == fold.train && other.test == fold.test) return;
    }
    folds.push_back(std::move(fold));
  };
  const Where rest = [](std::size_t) { return true; };
  const auto below = [](const Ranks& ranks, std::size_t bound) -> Where {
    return [&ranks, bound](std::size_t i) { return ranks.of[i] < bound; };
  };
  const auto cheaper = [&](double divisor) -> Where {
    return [&compute, bound = most / divisor](std::size_t i) { return compute[i] < bound; };
  };
  add("largest size", below(size, size.n - 1), rest);
  add("larger half of the sizes", below(size, (size.n + 1) / 2), rest);
  add("greatest length", below(length, length.n - 1), rest);
  add("longer half of the lengths", below(length, (length.n + 1) / 2), rest);
  add(
      "largest size at the greatest length",
      [&](std::size_t i) { return size.of[i] + 1 < size.n && length.of[i] + 1 < length.n; },
      [&](std::size_t i) { return size.of[i] + 1 == size.n && length.of[i] + 1 == length.n; });
  add("compute from 1/8 of the most", cheaper(8), rest);
  add("compute from 1/3 of the most, trained below 1/25", cheaper(25),
      [&](std::size_t i) { return compute[i] >= most / 3; });
  return folds;
}

}  // namespace rung::ladder
