// What a Pack computes and what the laws' kernels return, in each instruction set that this machine
// has; cmake/tests.cmake compiles probe_pack for all of them.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

#include "rung/core/rng.hpp"
#include "rung/fit/points.hpp"
#include "rung/law/formula/compile.hpp"
#include "rung/law/law.hpp"
#include "rung/law/special_kernel.hpp"
#include "tests/support/apart.hpp"

namespace rung::baseline {
void probe_pack(char function, const double* x, double* y, std::size_t n);
}  // namespace rung::baseline
#ifdef RUNG_HAVE_avx2
namespace rung::avx2 {
void probe_pack(char function, const double* x, double* y, std::size_t n);
}  // namespace rung::avx2
#endif
#ifdef RUNG_HAVE_avx512
namespace rung::avx512 {
void probe_pack(char function, const double* x, double* y, std::size_t n);
}  // namespace rung::avx512
#endif

namespace rung {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

struct InstructionSet {
  const char* name;
  bool runs_here;
  void (*probe)(char function, const double* x, double* y, std::size_t n);

  friend void PrintTo(const InstructionSet& set, std::ostream* out) { *out << set.name; }
};

std::vector<InstructionSet> instruction_sets() {
  std::vector<InstructionSet> sets = {{"baseline", true, baseline::probe_pack}};
#ifdef RUNG_HAVE_avx2
  sets.push_back(
      {"avx2", __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"), avx2::probe_pack});
#endif
#ifdef RUNG_HAVE_avx512
  sets.push_back({"avx512", __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq"),
                  avx512::probe_pack});
#endif
  return sets;
}

/// A law's kernel in an instruction set.
Kernel kernel_in(const Law& law, const char* instruction_set) {
  if (const auto special = special_kernel(law.info.name, instruction_set)) return *special;
  return formula::kernel_of(std::static_pointer_cast<const formula::Program>(law.kernel.self),
                            instruction_set);
}

class EachInstructionSet : public testing::TestWithParam<InstructionSet> {
 protected:
  void SetUp() override {
    if (!GetParam().runs_here) GTEST_SKIP() << "this machine has no " << GetParam().name;
  }

  std::vector<double> apply(char function, const std::vector<double>& x) const {
    const std::size_t padded = (x.size() + 7) / 8 * 8;
    AlignedArray in(padded, 1), out(padded);
    std::copy(x.begin(), x.end(), in.data());
    GetParam().probe(function, in.data(), out.data(), padded);
    return {out.data(), out.data() + x.size()};
  }
  double at(char function, double x) const { return apply(function, {x}).front(); }

  /// The largest error over x in units in the last place of the true value.
  double worst_ulps(char function, long double (*truth)(long double),
                    const std::vector<double>& x) const {
    const std::vector<double> y = apply(function, x);
    double worst = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      const long double expected = truth(x[i]);
      const double size = std::abs(static_cast<double>(expected));
      const double ulp = std::nextafter(size, kInfinity) - size;
      const double error = static_cast<double>(std::abs(y[i] - expected)) / ulp;
      if (!(error <= worst)) worst = error;
    }
    return worst;
  }
};

std::vector<double> spread(double low, double high, int n = 200'000) {
  std::vector<double> x;
  for (int i = 0; i < n; ++i) x.push_back(low + (high - low) * i / (n - 1));
  return x;
}

/// Positive numbers of every size, by their logarithm.
std::vector<double> every_size() {
  std::vector<double> x;
  for (const double log_x : spread(-707, 708)) x.push_back(std::exp(log_x));
  return x;
}

long double exp_l(long double x) { return std::exp(x); }
long double log_l(long double x) { return std::log(x); }
long double sqrt_l(long double x) { return std::sqrt(x); }
long double sigmoid_l(long double x) { return 1 / (1 + std::exp(-x)); }
long double softplus_l(long double x) {
  return std::max(x, 0.0L) + std::log1p(std::exp(-std::abs(x)));
}

TEST_P(EachInstructionSet, ExpIsWithinOneAndAHalfUlps) {
  EXPECT_LE(worst_ulps('e', exp_l, spread(-708, 709.39)), 1.5);
  EXPECT_LE(worst_ulps('e', exp_l, spread(-1, 1)), 1.5);
}

TEST_P(EachInstructionSet, ExpAtTheEdges) {
  EXPECT_EQ(at('e', 0), 1);
  EXPECT_EQ(at('e', -0.0), 1);
  EXPECT_EQ(at('e', 709.5), kInfinity);
  EXPECT_EQ(at('e', kInfinity), kInfinity);
  EXPECT_LT(at('e', -1e6), 1e-307);
  EXPECT_LT(at('e', -kInfinity), 1e-307);
  EXPECT_GE(at('e', -kInfinity), 0);
  EXPECT_TRUE(std::isnan(at('e', kNaN)));
}

TEST_P(EachInstructionSet, LogIsWithinTwoUlps) {
  EXPECT_LE(worst_ulps('l', log_l, every_size()), 2);
  EXPECT_LE(worst_ulps('l', log_l, spread(0.4, 2.5)), 2);
  EXPECT_LE(worst_ulps('l', log_l, spread(1 - 1e-9, 1 + 1e-9)), 2);
}

TEST_P(EachInstructionSet, LogAtTheEdges) {
  EXPECT_EQ(at('l', 1), 0);
  EXPECT_EQ(at('l', 0), -kInfinity);
  EXPECT_EQ(at('l', kInfinity), kInfinity);
  EXPECT_TRUE(std::isnan(at('l', -1)));
  EXPECT_TRUE(std::isnan(at('l', kNaN)));
}

TEST_P(EachInstructionSet, SqrtIsExact) {
  EXPECT_LE(worst_ulps('q', sqrt_l, every_size()), 0.5);
  EXPECT_TRUE(std::isnan(at('q', -1)));
}

TEST_P(EachInstructionSet, SigmoidIsWithinFourUlpsInBothTails) {
  EXPECT_LE(worst_ulps('s', sigmoid_l, spread(-700, 700)), 4);
  EXPECT_LE(worst_ulps('s', sigmoid_l, spread(-3, 3)), 4);
  EXPECT_EQ(at('s', 0), 0.5);
  EXPECT_EQ(at('s', 1e308), 1);
  EXPECT_LT(at('s', -1e308), 1e-307);
  EXPECT_TRUE(std::isnan(at('s', kNaN)));
}

TEST_P(EachInstructionSet, SoftplusIsWithinFourUlpsInBothTails) {
  EXPECT_LE(worst_ulps('p', softplus_l, spread(-700, 700)), 4);
  EXPECT_LE(worst_ulps('p', softplus_l, spread(-40, 3)), 4);
  EXPECT_EQ(at('p', 1e300), 1e300);
  EXPECT_TRUE(std::isnan(at('p', kNaN)));
}

TEST_P(EachInstructionSet, SineCosineAndArctangentAreWithinRoundingOfOne) {
  for (const double range : {1.0, 30.0, 9e5}) {
    const std::vector<double> x = spread(-range, range);
    const std::vector<double> sine = apply('i', x), cosine = apply('c', x), angle = apply('a', x);
    for (std::size_t i = 0; i < x.size(); ++i) {
      ASSERT_NEAR(sine[i], std::sin(x[i]), 3e-16) << x[i];
      ASSERT_NEAR(cosine[i], std::cos(x[i]), 3e-16) << x[i];
      ASSERT_NEAR(angle[i], std::atan(x[i]), 5e-16) << x[i];
    }
  }
  for (const char function : {'i', 'a'}) EXPECT_NEAR(at(function, 1e-9), 1e-9, 1e-24);
  EXPECT_EQ(at('a', kInfinity), std::atan(kInfinity));
  EXPECT_EQ(at('a', -kInfinity), -std::atan(kInfinity));
  EXPECT_EQ(at('c', 0), 1);
  for (const char function : {'i', 'c'}) {
    EXPECT_TRUE(std::isnan(at(function, 2e6)));
    EXPECT_TRUE(std::isnan(at(function, kInfinity)));
  }
  for (const char function : {'i', 'c', 'a'}) EXPECT_TRUE(std::isnan(at(function, kNaN)));
}

TEST_P(EachInstructionSet, TanhIsWithinRoundingOfOne) {
  const std::vector<double> x = spread(-30, 30), y = apply('t', x);
  for (std::size_t i = 0; i < x.size(); ++i) ASSERT_NEAR(y[i], std::tanh(x[i]), 5e-16) << x[i];
}

/// Equal to a part in 1e13 of the value or of `scale`.
void expect_same(double found, double expected, double scale, const std::string& what) {
  EXPECT_NEAR(found, expected, 1e-13 * (std::abs(expected) + scale)) << what;
}

/// Points of a law about its typical inputs, and observations off its predictions.
Points typical_points(const Law& law, const std::vector<double>& theta, std::size_t n) {
  Rng rng(11);
  Points points(law.info.inputs.size(), n);
  for (std::size_t i = 0; i < n; ++i) {
    std::vector<double> inputs;
    for (const InputInfo& input : law.info.inputs) {
      const double share = rng.uniform(), low = input.typical_low, high = input.typical_high;
      inputs.push_back(input.positive ? low * std::pow(high / low, share)
                                      : low + (high - low) * share);
    }
    Points one(inputs.size(), 1);
    one.set(0, inputs, 1);
    AlignedArray f(8);
    law.kernel.predict(law.kernel.self.get(), {theta.data(), nullptr, one.view(f)}, f.data());
    points.set(i, inputs, f[0] * (0.9 + 0.2 * rng.uniform()), 0.5 + rng.uniform());
  }
  return points;
}

TEST_P(EachInstructionSet, LawsSayWhatTheBaselineSays) {
  for (const Law* listed : built_in_laws()) {
    const Law& law = *listed;
    const Kernel kernel = kernel_in(law, GetParam().name), baseline = kernel_in(law, "baseline");
    const void* self = kernel.self.get();
    std::vector<double> theta;
    std::vector<unsigned char> of_log;
    for (const ParameterInfo& parameter : law.info.parameters) {
      theta.push_back(parameter.typical);
      of_log.push_back(parameter.of_log ? 1 : 0);
    }
    const std::size_t n_theta = theta.size();
    const Points points = typical_points(law, theta, 37);
    for (const Residual residual : {Residual::raw, Residual::log}) {
      const AlignedArray target = points.transformed(residual);
      const KernelCall call{
          theta.data(), of_log.data(), points.view(target), residual, {.delta = 0.01}};
      AlignedArray f(points.n_padded()), f0(points.n_padded());
      AlignedArray jacobian(points.n_padded() * n_theta), jacobian0(points.n_padded() * n_theta);
      kernel.jacobian(self, call, f.data(), jacobian.data());
      baseline.jacobian(self, call, f0.data(), jacobian0.data());
      for (std::size_t i = 0; i < f.size(); ++i) expect_same(f[i], f0[i], 0, law.info.name);
      for (std::size_t i = 0; i < jacobian.size(); ++i) {
        expect_same(jacobian[i], jacobian0[i], std::abs(f0[i % points.n_padded()]), law.info.name);
      }
      std::vector<double> gradient(n_theta), gradient0(n_theta),
          hessian(n_theta * (n_theta + 1) / 2), hessian0(hessian.size()), metric(hessian.size()),
          metric0(hessian.size());
      const double value =
          kernel.derivatives(self, call, gradient.data(), hessian.data(), metric.data());
      const double value0 =
          baseline.derivatives(self, call, gradient0.data(), hessian0.data(), metric0.data());
      if (residual != Residual::raw && value0 == kInfinity) {
        EXPECT_EQ(value, value0) << law.info.name;  // it predicts below zero: no logarithm
        continue;
      }
      EXPECT_NEAR(value, value0, 1e-12 * value0) << law.info.name;
      EXPECT_NEAR(kernel.objective(self, call), value0, 1e-12 * value0) << law.info.name;
      for (std::size_t p = 0, k = 0; p < n_theta; ++p) {
        // Sums cancel: compared with the size that the metric, which only adds, gives them.
        const double metric_p = metric0[p * (p + 3) / 2];
        EXPECT_NEAR(gradient[p], gradient0[p], 1e-11 * std::sqrt(value0 * metric_p))
            << law.info.name << " " << p;
        for (std::size_t q = 0; q <= p; ++q, ++k) {
          const double size = std::sqrt(metric_p * metric0[q * (q + 3) / 2]);
          EXPECT_NEAR(metric[k], metric0[k], 1e-12 * size) << law.info.name << " " << p << q;
          EXPECT_NEAR(hessian[k], hessian0[k], 1e-11 * (size + std::abs(hessian0[k])))
              << law.info.name << " " << p << q;
        }
      }
    }
  }
}

TEST_P(EachInstructionSet, FitsApartAreWhatEachIsAlone) {
  for (const Law* listed : built_in_laws()) {
    const Law& law = *listed;
    std::vector<double> theta;
    std::vector<unsigned char> of_log;
    for (const ParameterInfo& parameter : law.info.parameters) {
      theta.push_back(parameter.typical);
      of_log.push_back(parameter.of_log ? 1 : 0);
    }
    const Points points = typical_points(law, theta, 13);
    const AlignedArray target = points.transformed(Residual::raw);
    const KernelCall call{
        theta.data(), of_log.data(), points.view(target), Residual::raw, {.delta = 0.01}};
    expect_each_lane_apart(kernel_in(law, GetParam().name), call, law.info.inputs.size(),
                           theta.size(), law.info.name);
  }
}

TEST(InstructionSets, TheCatalogueRunsTheBestOne) {
  std::string best = "baseline";
  for (const InstructionSet& set : instruction_sets()) {
    if (set.runs_here) best = set.name;
  }
  const char* asked = std::getenv("RUNG_ISA");
  if (asked != nullptr) GTEST_SKIP() << "RUNG_ISA asks for " << asked;
  EXPECT_EQ(instruction_set(), best);
}

INSTANTIATE_TEST_SUITE_P(All, EachInstructionSet, testing::ValuesIn(instruction_sets()),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace rung
