#include "rung/fit/outliers.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "rung/core/distributions.hpp"
#include "rung/core/index.hpp"

namespace rung {
namespace {

/// Points that are left out one by one.
class Deletion {
 public:
  explicit Deletion(WeighedResiduals residuals)
      : all_(std::move(residuals)), in_(all_.weighs), rss_(squared_norm(all_.residual)) {
    n_ = static_cast<double>(std::count(in_.begin(), in_.end(), true));
  }

  double n_left() const { return n_; }
  double dof() const { return n_ - static_cast<double>(all_.basis.n_columns); }

  struct Extreme {
    std::size_t point = 0;
    double studentized = 0;  // by the others
  };
  Extreme most_extreme() const {
    Extreme most;
    for (std::size_t i = 0; i < in_.size(); ++i) {
      if (!in_[i]) continue;
      const double kept = kept_of(i), r = all_.residual[i];
      if (kept <= 1e-9) continue;  // the fit goes through it whatever it is
      const double without = (rss_ - r * r / kept) / (dof() - 1);
      const double size = without > 0 ? std::abs(r) / std::sqrt(without * kept) : 0;
      if (size > most.studentized) most = {i, size};
    }
    return most;
  }

  void leave_out(std::size_t i) {
    const double kept = kept_of(i), r = all_.residual[i];
    rss_ = std::max(0.0, rss_ - r * r / kept);
    in_[i] = false;
    --n_;
    if (!all_.bounded) refit_without(i, kept);
  }

 private:
  /// Of a residual, when its point is in the fit.
  double kept_of(std::size_t i) const {
    return all_.bounded ? 1 : 1 - squared_norm(all_.basis.row(i));
  }

  /// The least squares fit of the others: residuals, and its basis made orthonormal again.
  void refit_without(std::size_t i, double kept) {
    const std::vector<double> out(all_.basis.row(i).begin(), all_.basis.row(i).end());
    const double leverage = 1 - kept, r = all_.residual[i];
    const double stretch = leverage > 0 ? (1 / std::sqrt(kept) - 1) / leverage : 0;
    for (std::size_t j = 0; j < all_.residual.size(); ++j) {
      const double shared = dot(all_.basis.row(j), out);
      all_.residual[j] += shared * r / kept;
      add_scaled(stretch * shared, out, all_.basis.row(j));
    }
  }

  WeighedResiduals all_;
  std::vector<bool> in_;
  double n_ = 0, rss_ = 0;
};

}  // namespace

std::vector<bool> outliers_among(WeighedResiduals residuals) {
  constexpr double kLevel = 0.05;
  std::vector<bool> outlying(residuals.residual.size(), false);
  Deletion deletion(std::move(residuals));
  constexpr double kMostWork = 1e6;  // rows gone through: time stays in proportion to them
  const double n = deletion.n_left();
  const auto most =
      static_cast<std::size_t>(std::max(0.0, std::min({n / 5, deletion.dof() - 2, kMostWork / n})));
  std::vector<std::size_t> order;
  std::size_t n_outliers = 0;
  while (order.size() < most) {
    const auto [point, studentized] = deletion.most_extreme();
    if (studentized == 0) break;
    const double tail = kLevel / deletion.n_left();
    order.push_back(point);
    if (studentized > student_t_quantile(1 - tail / 2, deletion.dof() - 1))
      n_outliers = order.size();
    deletion.leave_out(point);
  }
  for (std::size_t k = 0; k < n_outliers; ++k) outlying[order[k]] = true;
  return outlying;
}

}  // namespace rung
