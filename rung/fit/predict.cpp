#include <array>
#include <cmath>

#include "rung/fit/problem.hpp"
#include "rung/law/formula/tape.hpp"

namespace rung {
namespace {

// Of a PointsView: the doubles of one point with its padding, and their alignment in bytes.
constexpr std::size_t kOneDoubles = 8, kViewAlignment = 64;

}  // namespace

std::vector<double> predict(const Law& law, const std::vector<double>& theta,
                            const Points& points) {
  AlignedArray f(points.n_padded());
  const AlignedArray unused(points.n_padded());
  law.kernel.predict(law.kernel.self.get(), {theta.data(), nullptr, points.view(unused)}, f.data());
  return {f.data(), f.data() + points.size()};
}

// Searches ask for millions of them, so that nothing is allocated.
double predict(const Law& law, const std::vector<double>& theta, std::span<const double> inputs) {
  constexpr std::size_t kMostInputs = formula::Tape::kMostInputs;
  using Column = std::array<double, kOneDoubles>;
  alignas(kViewAlignment) std::array<Column, 2 * kMostInputs> columns;
  alignas(kViewAlignment) Column f, unused{};
  std::array<const double*, 2 * kMostInputs> pointers{};
  const std::size_t n = law.info.inputs.size();
  for (std::size_t k = 0; k < n; ++k) {
    columns[k].fill(inputs[k]), columns[n + k].fill(std::log(inputs[k]));
    pointers[k] = columns[k].data(), pointers[n + k] = columns[n + k].data();
  }
  const PointsView one{
      1, kOneDoubles, pointers.data(), pointers.data() + n, unused.data(), unused.data()};
  law.kernel.predict(law.kernel.self.get(), {theta.data(), nullptr, one}, f.data());
  return f.front();
}

}  // namespace rung
