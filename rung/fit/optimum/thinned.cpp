#include "rung/fit/optimum/thinned.hpp"

#include <algorithm>
#include <vector>

namespace rung {

Points thinned(const Points& points, std::size_t most, std::size_t turn) {
  const std::size_t n = std::min(points.size(), most);
  Points few(points.n_inputs(), n);
  std::vector<double> row(points.n_inputs());
  for (std::size_t i = 0; i < n; ++i) {
    const std::size_t half_step = turn * (points.size() / n / 2);
    const std::size_t even = n == 1 ? 0 : i * (points.size() - 1) / (n - 1);
    const std::size_t from = std::min(even + half_step, points.size() - 1);
    for (std::size_t k = 0; k < row.size(); ++k) row[k] = points.input(k, from);
    few.set(i, row, points.y(from), points.weight(from));
  }
  return few;
}

}  // namespace rung
