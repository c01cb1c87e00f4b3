#include "rung/fit/optimum/piece_starts.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <set>

#include "rung/core/index.hpp"
#include "rung/core/rng.hpp"
#include "rung/fit/optimum/descend.hpp"
#include "rung/fit/optimum/search.hpp"
#include "rung/fit/optimum/thinned.hpp"

namespace rung {
namespace {

using Side = std::vector<bool>;  // of each point, at one kink
using Sides = std::vector<Side>;

/// The inputs of points, each from 0 to 1; by logarithm where all are positive.
std::vector<std::vector<double>> spread(const Points& points) {
  std::vector<std::vector<double>> columns;
  for (std::size_t k = 0; k < points.n_inputs(); ++k) {
    std::vector<double> column;
    for (std::size_t i = 0; i < points.size(); ++i) column.push_back(points.input(k, i));
    const bool positive = *std::min_element(column.begin(), column.end()) > 0;
    for (double& x : column) x = positive ? std::log(x) : x;
    const auto [least, most] = std::minmax_element(column.begin(), column.end());
    const double low = *least, width = *most > low ? *most - low : 1;
    for (double& x : column) x = (x - low) / width;
    columns.push_back(std::move(column));
  }
  return columns;
}

/// Adds the two sides of each of a few lines across a direction.
void add_splits(const std::vector<double>& along, std::set<Side>& splits) {
  constexpr int kLines = 5;
  std::vector<double> sorted = along;
  std::sort(sorted.begin(), sorted.end());
  for (int line = 1; line <= kLines; ++line) {
    const double place = sorted[sorted.size() * at(line) / (kLines + 1)];
    Side side;
    for (const double x : along) side.push_back(x < place);
    if (std::find(side.begin(), side.end(), true) == side.end()) continue;
    splits.insert(side);
    side.flip();
    splits.insert(side);
  }
}

/// Points on either side of lines through the inputs, each alone and by twos.
std::vector<Side> splits_of(const Points& points) {
  constexpr int kAngles = 8;
  const std::vector<std::vector<double>> columns = spread(points);
  std::set<Side> splits;
  for (std::size_t j = 0; j < columns.size(); ++j) {
    add_splits(columns[j], splits);
    for (std::size_t k = 0; k < j; ++k) {
      for (int angle = 1; angle < kAngles; ++angle) {
        const double phi = std::numbers::pi * angle / kAngles;
        std::vector<double> along;
        for (std::size_t i = 0; i < points.size(); ++i)
          along.push_back(std::cos(phi) * columns[j][i] + std::sin(phi) * columns[k][i]);
        add_splits(along, splits);
      }
    }
  }
  return {splits.begin(), splits.end()};
}

Points with_sides(const Points& points, const Sides& sides) {
  Points placed(points.n_inputs() + sides.size(), points.size());
  for (std::size_t i = 0; i < points.size(); ++i) {
    std::vector<double> inputs = points.inputs(i);
    for (const Side& side : sides) inputs.push_back(side[i] ? 1 : 0);
    placed.set(i, inputs, points.y(i), points.weight(i));
  }
  return placed;
}

class PieceSearch {
 public:
  PieceSearch(const FitProblem& problem, const Structure& structure)
      : few_(thinned(problem.points(), kMostPoints)),
        problem_(problem.with_points(few_)),
        pieces_(*problem.law().pieces),
        n_kinks_(at(pieces_.n_inputs() - problem.law().n_inputs())) {
    options_.mesh = Mesh::coarse;
    options_.further_nodes = false;
    options_.spans.resize(at(problem.n_parameters()));
    for (std::size_t k = 0; k < structure.nonlinear.size(); ++k)
      options_.spans[at(problem.parameter_of(structure.nonlinear[k]))] = structure.spans[k];
  }

  PieceStarts run() {
    const std::vector<Side> splits = splits_of(few_);
    if (splits.empty()) return {};
    Rng rng(27);
    const auto n_splits = static_cast<std::uint32_t>(splits.size());
    const std::size_t most = n_kinks_ == 1 ? std::min(splits.size(), most_tries()) : most_tries();
    std::vector<std::uint32_t> order(n_splits);
    for (std::uint32_t i = 0; i < n_splits; ++i) order[i] = i;
    for (std::uint32_t i = n_splits; i > 1; --i) std::swap(order[i - 1], order[rng.below(i)]);
    for (std::size_t i = 0; i < most; ++i) {
      Sides sides = {splits[order[i % n_splits]]};
      while (sides.size() < n_kinks_) sides.push_back(splits[rng.below(n_splits)]);
      search(std::move(sides));
    }
    return {std::move(starts_), covered_};
  }

 private:
  static constexpr std::size_t kMostPoints = 64, kMostSides = 4;

  /// In units of one point and one pair of parameters, as much as a search from some fifty nodes.
  std::size_t most_tries() const {
    constexpr double kMostWork = 3e5;
    const double each = static_cast<double>(few_.size()) *
                        static_cast<double>(problem_.n_free() * problem_.n_free());
    return static_cast<std::size_t>(std::clamp(kMostWork / each, 12.0, 96.0));
  }

  /// The best fit on these sides, then on those where its points lie, until they stay.
  void search(Sides sides) {
    constexpr int kMostRounds = 6;
    std::vector<double> z, lowest;
    double objective = kInfinity;  // of the formula itself
    std::set<Sides> seen;
    for (int round = 0; round < kMostRounds && seen.insert(sides).second; ++round) {
      const Points placed = with_sides(few_, sides);
      const FitProblem smooth = problem_.with_law(pieces_, placed);
      if (round == 0) {
        const SearchResult found = global_search(smooth, {}, options_);
        covered_ = n_kinks_ == 1 && found.structure.is_covered();
        if (found.minima.empty()) break;
        z = found.minima.front().z;
      } else {
        z = descend(smooth, z).z;
      }
      const std::vector<double> theta = problem_.theta_at(z);
      const double here = problem_.objective(z.data());
      if (here < objective) objective = here, lowest = theta;
      if (!move_to_own(theta, sides)) break;
    }
    if (!lowest.empty()) starts_.push_back(std::move(lowest));
  }

  /// Sets the sides to those on which the points lie; false where that can't be told.
  bool move_to_own(const std::vector<double>& theta, Sides& sides) const {
    if (n_kinks_ > kMostSides) return false;
    const std::vector<double> f = problem_.predict(theta, few_);
    std::vector<bool> told(few_.size(), false);
    Sides own = sides;
    for (unsigned set = 0; set < 1u << n_kinks_; ++set) {
      Sides all;
      for (std::size_t k = 0; k < n_kinks_; ++k) all.emplace_back(few_.size(), (set >> k & 1) != 0);
      const std::vector<double> here = predict(pieces_, theta, with_sides(few_, all));
      for (std::size_t i = 0; i < f.size(); ++i) {
        if (told[i] || !(std::abs(here[i] - f[i]) <= 1e-12 * std::abs(f[i]))) continue;
        told[i] = true;
        for (std::size_t k = 0; k < n_kinks_; ++k) own[k][i] = all[k][i];
      }
    }
    sides = std::move(own);
    return true;
  }

  Points few_;
  FitProblem problem_;
  const Law& pieces_;
  std::size_t n_kinks_;
  SearchOptions options_;
  std::vector<std::vector<double>> starts_;
  bool covered_ = false;
};

}  // namespace

PieceStarts piece_starts(const FitProblem& problem, const Structure& structure) {
  const Law* pieces = problem.law().pieces.get();
  if (pieces == nullptr || pieces->n_parameters() != problem.n_parameters()) return {};
  return PieceSearch(problem, structure).run();
}

}  // namespace rung
