#include "rung/study/observational/index_starts.hpp"

#include <algorithm>
#include <cmath>

#include "rung/study/observational/eigen.hpp"

namespace rung::observational {
namespace {

constexpr std::size_t kKept = 6;
/// Steepness, per standard deviation along the direction.
constexpr double kSteepness[] = {0.5, 1, 2, 4, 8, 16};
/// Where the sigmoid is half-way, from the lowest (0) to the highest (1) model.
constexpr double kThresholds[] = {-1, -0.25, 0, 0.25, 0.5, 0.75, 1, 1.25, 2, 3};

struct Start {
  double error = 0;
  std::vector<double> theta;
};

std::vector<Eigen::VectorXd> directions(const Eigen::MatrixXd& centred, const Eigen::VectorXd& y) {
  std::vector<Eigen::VectorXd> all;
  for (Eigen::Index k = 0; k < centred.cols(); ++k)
    all.push_back(Eigen::VectorXd::Unit(centred.cols(), k));
  if (centred.cols() > 1)
    all.push_back(
        centred.completeOrthogonalDecomposition().solve((y.array() - y.mean()).matrix().eval()));
  const std::size_t n = all.size();
  for (std::size_t i = 0; i < n; ++i) all.push_back(-all[i]);
  return all;
}

/// floor + (1 - floor) s with the floor that is best, inside its range.
double best_floor(const Eigen::ArrayXd& s, const Eigen::ArrayXd& y, double width) {
  const Eigen::ArrayXd rest = 1 - s;
  const double squares = rest.square().sum();
  return squares > 0 ? std::clamp((rest * (y - s)).sum() / squares, 0.0, width) : 0;
}

Start start_at(const Eigen::ArrayXd& along, double steepness, double threshold,
               const Eigen::ArrayXd& y, const RegressionOptions& options) {
  const Eigen::ArrayXd s = 1 / (1 + (-steepness * (along - threshold)).exp());
  const bool has_floor = options.link == Link::parametric_sigmoid;
  const double floor = has_floor ? best_floor(s, y, options.width) : 0;
  Start start;
  start.error = (floor + (1 - floor) * s - y).square().sum();
  if (has_floor) start.theta.push_back(floor);
  if (has_floor && !options.fixed_height) start.theta.push_back(1 - floor);
  return start;
}

}  // namespace

std::vector<std::vector<double>> index_starts(const Matrix& x, std::span<const double> y,
                                              const RegressionOptions& options) {
  if (options.link != Link::sigmoid && options.link != Link::parametric_sigmoid) return {};
  const Eigen::MatrixXd points = view(x);
  const Eigen::VectorXd observed =
      Eigen::Map<const Eigen::VectorXd>(y.data(), static_cast<Eigen::Index>(y.size()));
  const Eigen::RowVectorXd middle = points.colwise().mean();
  const Eigen::MatrixXd centred = points.rowwise() - middle;

  std::vector<Start> best;  // of each direction and steepness
  for (const Eigen::VectorXd& direction : directions(centred, observed)) {
    const Eigen::ArrayXd along = centred * direction;
    const double sd = std::sqrt(along.square().mean());
    if (!(sd > 0)) continue;
    const double low = along.minCoeff(), span = along.maxCoeff() - low;
    for (const double steepness : kSteepness) {
      Start best_here{kInfinity, {}};
      for (const double place : kThresholds) {
        const double threshold = low + place * span;
        Start start = start_at(along, steepness / sd, threshold, observed.array(), options);
        if (!(start.error < best_here.error)) continue;
        const Eigen::VectorXd weights = steepness / sd * direction;
        // In the law's order: floor and height stand before the index in its formula.
        start.theta.push_back(-steepness / sd * threshold - middle.dot(weights));
        start.theta.insert(start.theta.end(), weights.data(), weights.data() + weights.size());
        best_here = std::move(start);
      }
      if (best_here.error < kInfinity) best.push_back(std::move(best_here));
    }
  }
  std::stable_sort(best.begin(), best.end(),
                   [](const Start& a, const Start& b) { return a.error < b.error; });
  std::vector<std::vector<double>> starts;
  for (std::size_t i = 0; i < std::min(kKept, best.size()); ++i)
    starts.push_back(std::move(best[i].theta));
  return starts;
}

}  // namespace rung::observational
