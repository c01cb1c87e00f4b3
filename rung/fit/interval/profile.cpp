#include "rung/fit/interval/profile.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "rung/core/distributions.hpp"
#include "rung/core/index.hpp"
#include "rung/core/parallel.hpp"
#include "rung/fit/optimum/search.hpp"

namespace rung {
namespace {

/// The profile of one parameter, evaluated outwards from the fit.
class Walk {
 public:
  Walk(const FitProblem& problem, const Fit& fit, int parameter, double limit)
      : problem_(problem),
        parameter_(parameter),
        by_logarithm_(fit.theta[at(parameter)] > 0 &&
                      is_known_by_logarithm(problem, fit.theta, parameter)),
        limit_(limit) {
    const int c = problem.coordinate_of(parameter);
    const std::vector<double> z = problem.coordinates_of(fit.theta);
    centre_ = z[at(c)];
    lower_ = problem.lower(c), upper_ = problem.upper(c);
    if (by_logarithm_ && !problem.of_log(parameter)) {
      scale_ = 1 / centre_;
      centre_ = std::log(centre_);
      lower_ = std::log(std::max(lower_, 0.0)), upper_ = std::log(upper_);
    }
    best_ = problem.objective(z.data());
    found_[centre_] = {0, fit.theta, true};
  }

  /// The coordinate where the height is 1 on the side of `step`'s sign; `step` is one of the
  /// problem's own coordinate.
  std::optional<double> end(double step) {
    n_astray_ = 0;
    by_ratio_ = false;
    step *= scale_;
    double inside = centre_, outside = centre_;
    constexpr int kMostSteps = 40;
    // Not followed further than a thousand standard errors, and a factor of 1e9.
    const double furthest =
        std::min(1e3 * std::abs(step), problem_.of_log(parameter_) ? 20.7 : kInfinity);
    for (int i = 0; i < kMostSteps && std::abs(outside - centre_) < furthest; ++i) {
      outside = std::clamp(inside + step, lower_, upper_);
      if (has_to_keep_sign(outside)) outside = inside / 2, by_ratio_ = true;
      if (outside == inside) return end_at_bound(inside);
      double height = height_at(outside);
      if (height >= 1) height = height_by_steps(inside, outside);
      if (is_lost()) return std::nullopt;
      if (height >= 1) {
        const auto [below, above] = root(inside, outside);
        if (is_lost()) return std::nullopt;
        if (found_[below].height > kClose) return ended(below, above);
        // A jump: of refits that went astray, or to where the law has no value.
        if (height_by_steps(below, above) >= 1) return std::nullopt;
        outside = above;
        height = found_[above].height;
      }
      inside = outside;
      step *= height < 0.25 ? 2 : 1.3;
    }
    return std::nullopt;
  }

  const auto& found() const { return found_; }
  bool converged() const { return converged_; }
  double natural(double z) const { return by_logarithm_ ? std::exp(z) : z; }

 private:
  struct Found {
    double height = 0;
    std::vector<double> theta;
    bool converged = true;
  };

  /// An interval ends at the bound that the estimate lies at. Where the bound comes first on the
  /// way from elsewhere, the data determine no end.
  std::optional<double> end_at_bound(double bound) const {
    return bound == centre_ && !by_logarithm_ && !problem_.of_log(parameter_) ? std::optional(bound)
                                                                              : std::nullopt;
  }

  /// Whether a step leads to 0 or beyond, where the limit is reached at 0 and the law is linear in
  /// the parameter: of a scale that changes its sign another law is left, whose fit may be as good.
  bool has_to_keep_sign(double outside) {
    if (by_logarithm_ || centre_ == 0 || outside / centre_ > 0) return false;
    if (!ends_before_zero_) {
      const std::vector<int> linear = structure_of(problem_).linear;
      const int coordinate = problem_.coordinate_of(parameter_);
      ends_before_zero_ =
          std::find(linear.begin(), linear.end(), coordinate) != linear.end() && height_at(0) >= 1;
      n_astray_ = 0;
    }
    return *ends_before_zero_;
  }

  /// The others are fitted again, from where they were at the nearest value on the way from the
  /// centre; where that says that the height is reached, from the nearest further out, too.
  double height_at(double z) {
    const bool up = z > centre_;
    const auto after = found_.upper_bound(z), at_or_after = found_.lower_bound(z);
    const auto towards = up ? std::prev(at_or_after) : after;
    Found best = refitted(z, towards->second.theta);
    const bool any_beyond = up ? after != found_.end() : at_or_after != found_.begin();
    if (best.height >= 1 && any_beyond) {
      const auto beyond = up ? after : std::prev(at_or_after);
      keep_lower(refitted(z, beyond->second.theta), best);
    }
    if (const auto known = found_.find(z); known != found_.end()) keep_lower(known->second, best);
    found_[z] = best;
    return best.height;
  }

  /// The height at `to`, which a refit from afar may miss: by refits in small steps.
  double height_by_steps(double from, double to) {
    constexpr int kSteps = 6;
    std::vector<double> theta = found_[from].theta;
    for (int i = 1; i < kSteps; ++i)
      theta = refitted(std::lerp(from, to, static_cast<double>(i) / kSteps), theta).theta;
    keep_lower(refitted(to, theta), found_[to]);
    return found_[to].height;
  }

  static void keep_lower(Found other, Found& best) {
    if (other.height < best.height) best = std::move(other);
  }

  Found refitted(double z, const std::vector<double>& from) {
    check_cancelled();
    const FitProblem fixed = problem_.with_fixed(parameter_, natural(z));
    Found found{.theta = from};
    double objective = 0;
    if (fixed.n_free() > 0) {
      const std::vector<double> start = fixed.coordinates_of(from);
      Minimum minimum = minimize(fixed, start);
      if (!minimum.converged) minimum = descend_from(fixed, structure_of(fixed), start);
      found.converged = minimum.converged;
      n_astray_ += minimum.converged ? 0 : 1;
      objective = minimum.objective;
      found.theta = fixed.theta_at(minimum.z);
    } else {
      objective = fixed.objective(nullptr);
    }
    found.height = std::isfinite(objective) ? (objective - best_) / limit_ : 1e300;
    return found;
  }

  /// Refits that do not converge take long; an end that needs so many of them is not told.
  bool is_lost() const {
    constexpr int kMostAstray = 40;
    return n_astray_ > kMostAstray;
  }

  /// Two coordinates as near to each other as need be, the first of a height below 1.
  std::pair<double, double> root(double inside, double outside) {
    constexpr int kHalvings = 24;
    const double from = by_ratio_ ? 0 : centre_;
    for (int i = 0; i < kHalvings && std::abs(outside - inside) > 1e-6 * std::abs(outside - from) &&
                    !is_lost();
         ++i) {
      // Heights grow like the square of the distance, so their roots are nearly straight.
      const double a = std::sqrt(std::max(0.0, found_[inside].height)),
                   b = std::sqrt(found_[outside].height);
      double share = b > a && b < 1e100 ? (1 - a) / (b - a) : 0.5;
      share = std::clamp(share, 0.02, 0.98);
      const double middle = inside + share * (outside - inside);
      const double height = height_at(middle);
      (height < 1 ? inside : outside) = middle;
      if (std::abs(height - 1) < 1e-6) return {middle, middle};
    }
    return {inside, outside};
  }

  /// A refit that did not converge lies too high. That matters where it is the one that says that
  /// the height is reached, not further out. No end is where another parameter has run out of
  /// numbers: A / N^alpha needs an A beyond 1e308 where alpha is 42 and N 2e7.
  std::optional<double> ended(double inside, double outside) {
    constexpr double kHuge = 1e280;
    const std::vector<double>& theta = found_[outside].theta;
    if (std::any_of(theta.begin(), theta.end(), [](double value) { return value > kHuge; }))
      return std::nullopt;
    converged_ = converged_ && found_[outside].converged;
    return (inside + outside) / 2;
  }

  static constexpr double kClose = 0.9;  // of 1: the height next to an end
  const FitProblem& problem_;
  int parameter_;
  bool by_logarithm_;
  double scale_ = 1;  // of steps: of the logarithm for one of the parameter
  double limit_, centre_ = 0, lower_ = 0, upper_ = 0, best_ = 0;
  std::map<double, Found> found_;
  bool converged_ = true;
  int n_astray_ = 0;  // refits on this side that did not converge
  std::optional<bool> ends_before_zero_;
  bool by_ratio_ = false;  // this side is followed by halves
};

}  // namespace

double profile_limit(const FitProblem& problem, const Fit& fit, double level) {
  const double t = student_t_quantile(0.5 + level / 2, fit.covariance->dof);
  if (problem.has_priors()) return t * t / 2;  // the objective is minus the log posterior
  const LossShape shape = problem.loss().shape();
  const Points& points = problem.points();
  const std::vector<double> fitted = problem.predict(fit.theta, points);
  double inside = 0;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const double r =
        transformed(problem.residual(), fitted[i]) - transformed(problem.residual(), points.y(i));
    inside += std::abs(r) <= shape.delta ? 1 / static_cast<double>(points.size()) : 0;
  }
  return t * t * fit.covariance->residual_variance * inside * shape.scale / 2;
}

std::optional<Profile> profile(const FitProblem& problem, const Fit& fit, int parameter,
                               double level) {
  const int coordinate = problem.coordinate_of(parameter);
  if (!fit.covariance || coordinate < 0 || problem.loss().kinked()) return std::nullopt;
  const double limit = profile_limit(problem, fit, level);
  if (!(limit > 0)) return std::nullopt;
  const std::vector<int>& moving = fit.covariance->coordinates;
  const auto place = std::find(moving.begin(), moving.end(), coordinate);
  const auto i = static_cast<std::size_t>(place - moving.begin());
  Walk walk(problem, fit, parameter, limit);
  // At a bound there is no standard error to start from.
  const double step =
      place == moving.end() ? 0.01 : std::sqrt(fit.covariance->matrix[i * moving.size() + i]);
  Profile result{.parameter = parameter, .level = level};
  if (const auto end = walk.end(-step)) result.lower = walk.natural(*end);
  if (const auto end = walk.end(step)) result.upper = walk.natural(*end);
  result.converged = walk.converged();
  for (const auto& [z, found] : walk.found()) {
    if (found.height > 1e100) continue;
    result.values.push_back(walk.natural(z));
    result.heights.push_back(found.height);
  }
  return result;
}

}  // namespace rung
