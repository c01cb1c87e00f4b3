#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "rung/fit/points.hpp"
#include "rung/study/laws/check.hpp"
#include "rung/study/laws/finite_difference.hpp"
#include "rung/study/laws/simulated.hpp"

namespace rung::laws {
namespace {

struct Exact {
  double f;
  std::vector<double> gradient, hessian;  // by the coordinates
};

Exact exact_at(const Law& law, const std::vector<double>& inputs, const std::vector<double>& theta,
               const std::vector<unsigned char>& of_log) {
  Points one(inputs.size(), 1);
  one.set(0, inputs, 1);
  // With the observation far below, |r| is the prediction but for a constant.
  const AlignedArray target(one.n_padded(), -1e300);
  const KernelCall call{theta.data(),
                        of_log.data(),
                        one.view(target),
                        Residual::raw,
                        {.delta = 1e-300, .scale = 1e300}};
  const std::size_t n = theta.size();
  Exact exact{0, std::vector<double>(n), std::vector<double>(n * (n + 1) / 2)};
  std::vector<double> metric(exact.hessian.size());
  const void* self = law.kernel.self.get();
  law.kernel.derivatives(self, call, exact.gradient.data(), exact.hessian.data(), metric.data());
  AlignedArray f(one.n_padded());
  law.kernel.predict(self, call, f.data());
  exact.f = f[0];
  return exact;
}

/// Compares at one place after the other and keeps the worst.
class Comparison {
 public:
  explicit Comparison(const Law& law) : law_(law) {}

  void look(const std::vector<double>& inputs, const std::vector<double>& theta, bool by_log) {
    std::vector<unsigned char> of_log;
    for (const double value : theta) of_log.push_back(by_log && value > 0 ? 1 : 0);
    const Exact exact = exact_at(law_, inputs, theta, of_log);
    for (std::size_t p = 0, k = 0; p < theta.size(); ++p) {
      const double u = of_log[p] != 0 ? std::log(theta[p]) : theta[p];
      const double step = of_log[p] != 0 || theta[p] == 0 ? 0.1 : 0.1 * std::abs(theta[p]);
      const auto moved = [&](double coordinate) {
        std::vector<double> there = theta;
        there[p] = of_log[p] != 0 ? std::exp(coordinate) : coordinate;
        return exact_at(law_, inputs, there, of_log);
      };
      const double slope = exact.gradient[p];
      const auto& parameters = law_.info.parameters;
      compare(slope, finite_difference([&](double c) { return moved(c).f; }, u, step),
              1e-9 * std::abs(slope) + 1e-11 * std::abs(exact.f) / step,
              "slope by " + parameters[p].name);
      for (std::size_t q = 0; q <= p; ++q, ++k) {
        const double found =
            finite_difference([&](double c) { return moved(c).gradient[q]; }, u, step);
        compare(
            exact.hessian[k], found,
            1e-9 * std::abs(exact.hessian[k]) + 1e-11 * std::abs(exact.gradient[q]) / step +
                3e-12 * std::abs(exact.f),
            "curvature by " + parameters[p].name + (p == q ? "" : " and " + parameters[q].name));
      }
    }
  }

  Check result() const {
    if (worst_ <= 1) return {"derivatives", Verdict::passed, "exact to 9 digits, of both orders"};
    return {"derivatives", Verdict::failed, finding_};
  }

 private:
  void compare(double exact, double found, double tolerance, const std::string& what) {
    const double ratio = std::abs(exact - found) / tolerance;
    if (ratio <= worst_) return;
    worst_ = std::isfinite(ratio) ? ratio : kInfinity;
    finding_ = what + fmt::format(": {:.9g} where finite differences give {:.9g}", exact, found);
  }

  const Law& law_;
  double worst_ = 0;  // error by what is tolerated
  std::string finding_;
};

}  // namespace

Check check_derivatives(const Law& law) {
  constexpr int kDraws = 8;
  Rng rng(12);
  Comparison comparison(law);
  for (const bool by_log : {false, true}) {
    for (int draw = 0; draw < kDraws; ++draw) {
      const std::vector<double> inputs = random_inputs(law, rng);
      std::vector<double> theta = typical_parameters(law);
      for (double& value : theta) value *= 0.9 + 0.2 * rng.uniform();
      comparison.look(inputs, theta, by_log);
    }
  }
  return comparison.result();
}

}  // namespace rung::laws
