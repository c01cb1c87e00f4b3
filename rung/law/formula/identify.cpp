#include "rung/law/formula/identify.hpp"

#include <algorithm>
#include <cmath>

#include "rung/core/index.hpp"
#include "rung/core/rng.hpp"

namespace rung::formula {
namespace {

constexpr std::size_t kLanes = 8;
constexpr std::size_t kPoints = 256;
// Rounding leaves 1e-15 of a dependent column; the most alike of real laws leave 1e-9.
constexpr double kVanishes = 1e-13;
constexpr double kTakesPart = 1e-6;

struct alignas(64) Lanes {
  double values[kLanes];
};
/// Values for the kernels, which want them aligned.
class Column {
 public:
  explicit Column(std::size_t size, double fill = 0) : lanes_(size / kLanes) {
    std::fill_n(data(), size, fill);
  }
  double* data() { return lanes_.data()->values; }
  const double* data() const { return lanes_.data()->values; }

 private:
  std::vector<Lanes> lanes_;
};

using Matrix = std::vector<std::vector<double>>;  // by column

/// The gradient by each parameter at random inputs and parameters, where it exists.
Matrix random_gradients(const Law& law, const std::vector<int>& checked, std::uint64_t draw) {
  Rng rng(21, draw);
  std::vector<Column> columns;
  std::vector<const double*> inputs, log_inputs;
  columns.reserve(2 * law.info.inputs.size());
  for (int k = 0; k < law.n_inputs(); ++k) {
    Column& x = columns.emplace_back(kPoints);
    Column& log_x = columns.emplace_back(kPoints);
    for (std::size_t i = 0; i < kPoints; ++i) {
      log_x.data()[i] = -3 + 6 * rng.uniform();
      x.data()[i] = std::exp(log_x.data()[i]);
    }
    inputs.push_back(x.data());
    log_inputs.push_back(log_x.data());
  }
  std::vector<double> theta;
  for (const ParameterInfo& parameter : law.info.parameters) {
    const double jitter = 0.5 + rng.uniform();
    theta.push_back(parameter.typical == 0 ? jitter : parameter.typical * jitter);
  }
  Column f(kPoints), gradients(kPoints * theta.size());
  const PointsView points{kPoints, kPoints, inputs.data(), log_inputs.data(), nullptr, nullptr};
  law.kernel.jacobian(law.kernel.self.get(), {theta.data(), nullptr, points}, f.data(),
                      gradients.data());
  Matrix result(checked.size());
  for (std::size_t i = 0; i < kPoints; ++i) {
    const auto value = [&](int p) { return gradients.data()[at(p) * kPoints + i]; };
    if (!std::all_of(checked.begin(), checked.end(),
                     [&](int p) { return std::isfinite(value(p)); }))
      continue;
    for (std::size_t c = 0; c < checked.size(); ++c) result[c].push_back(value(checked[c]));
  }
  return result;
}

double dot(const std::vector<double>& a, const std::vector<double>& b) {
  double total = 0;
  for (std::size_t i = 0; i < a.size(); ++i) total += a[i] * b[i];
  return total;
}

/// Neither rows nor columns so large or small that their squares overflow, or that one row is all
/// that counts: which columns depend on each other stays as it is.
void balance(Matrix& columns) {
  const std::size_t n_rows = columns.front().size();
  for (std::size_t i = 0; i < n_rows; ++i) {
    double largest = 0;
    for (const std::vector<double>& column : columns)
      largest = std::max(largest, std::abs(column[i]));
    if (largest == 0) continue;
    for (std::vector<double>& column : columns) column[i] /= largest;
  }
  for (std::vector<double>& column : columns) {
    double largest = 0;
    for (const double value : column) largest = std::max(largest, std::abs(value));
    if (largest == 0) continue;
    for (double& value : column) value /= largest;
  }
}

/// For each column that earlier ones make up, those and itself.
std::vector<std::vector<int>> dependent_columns(Matrix columns) {
  balance(columns);
  std::vector<std::vector<int>> groups;
  Matrix kept, shares;  // orthonormal; kept[k] = sum over columns c of shares[k][c] * column c
  const std::size_t n = columns.size();
  for (std::size_t c = 0; c < n; ++c) {
    std::vector<double> rest = columns[c], share(n, 0.0);
    const double size = std::sqrt(dot(rest, rest));
    if (size == 0) continue;
    share[c] = 1 / size;
    for (double& value : rest) value /= size;
    for (int pass = 0; pass < 2; ++pass) {
      for (std::size_t k = 0; k < kept.size(); ++k) {
        const double along = dot(kept[k], rest);
        for (std::size_t i = 0; i < rest.size(); ++i) rest[i] -= along * kept[k][i];
        for (std::size_t i = 0; i < n; ++i) share[i] -= along * shares[k][i];
      }
    }
    const double left = std::sqrt(dot(rest, rest));
    if (left < kVanishes) {
      std::vector<int> group;
      for (std::size_t i = 0; i <= c; ++i) {
        const double part = std::abs(share[i]) * std::sqrt(dot(columns[i], columns[i]));
        if (part > kTakesPart) group.push_back(static_cast<int>(i));
      }
      groups.push_back(group);
      continue;
    }
    for (double& value : rest) value /= left;
    for (double& value : share) value /= left;
    kept.push_back(rest);
    shares.push_back(share);
  }
  return groups;
}

}  // namespace

std::vector<std::vector<int>> indistinct(const Law& law, const std::vector<int>& checked) {
  constexpr std::uint64_t kDraws = 2;
  std::vector<std::vector<int>> groups;
  for (std::uint64_t draw = 0; draw < kDraws; ++draw) {
    const Matrix gradients = random_gradients(law, checked, draw);
    if (gradients.empty() || gradients.front().size() < 2 * checked.size()) return {};
    const std::vector<std::vector<int>> found = dependent_columns(gradients);
    if (draw == 0) groups = found;
    std::erase_if(groups, [&](const std::vector<int>& group) {
      return std::find(found.begin(), found.end(), group) == found.end();
    });
  }
  for (std::vector<int>& group : groups) {
    for (int& member : group) member = checked[at(member)];
  }
  return groups;
}

}  // namespace rung::formula
