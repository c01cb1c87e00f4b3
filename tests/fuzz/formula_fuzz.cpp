// Formulas and constraints from arbitrary text: nothing but InputError, and what is a law can be
// evaluated with its derivatives and gives the same value each way.
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "rung/core/error.hpp"
#include "rung/fit/constraint_text.hpp"
#include "rung/fit/points.hpp"
#include "rung/law/formula.hpp"
#include "tests/fuzz/by_turns.hpp"

namespace {

const rung::Points& points() {
  static const rung::Points kPoints = rung::Points::from_columns(
      {{1e7, 3e8, 2e9, 0.5}, {2e8, 1e9, 7e10, 3}}, std::vector<double>{3.5, 3.1, 2.5, 0.7});
  return kPoints;
}

bool same(double a, double b) {
  return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b) ||
         (std::isnan(a) && std::isnan(b)) || std::abs(a - b) <= 1e-9 * std::abs(b);
}

void try_formula(std::string_view text, const std::vector<std::string>& inputs) {
  std::vector<rung::Problem> warnings;
  const rung::Law law = rung::formula_law(text, inputs, {}, &warnings);
  const auto P = static_cast<std::size_t>(law.n_parameters());
  std::vector<double> theta, gradient(P), hessian(P * (P + 1) / 2), metric(hessian);
  for (const rung::ParameterInfo& parameter : law.info.parameters) {
    if (!(parameter.search.low < parameter.search.high)) std::abort();
    theta.push_back(parameter.typical);
  }
  rung::Points two(inputs.size(), points().size());
  for (std::size_t i = 0; i < two.size(); ++i) {
    std::vector<double> row;
    for (std::size_t k = 0; k < inputs.size(); ++k) row.push_back(points().input(k, i));
    two.set(i, row, points().y(i));
  }
  const rung::AlignedArray target = two.transformed(rung::Residual::raw);
  const rung::KernelCall call{theta.data(),
                              nullptr,
                              two.view(target),
                              rung::Residual::raw,
                              {.delta = rung::kInfinity, .scale = 2}};
  const void* self = law.kernel.self.get();
  const double objective = law.kernel.objective(self, call);
  const double value =
      law.kernel.derivatives(self, call, gradient.data(), hessian.data(), metric.data());
  if (!same(value, objective)) std::abort();
  rung::AlignedArray f(two.n_padded()), again(two.n_padded()), jacobian(P * two.n_padded());
  law.kernel.predict(self, call, f.data());
  law.kernel.jacobian(self, call, again.data(), jacobian.data());
  for (std::size_t i = 0; i < two.size(); ++i) {
    if (!same(f[i], again[i])) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(bytes), size);
  const std::size_t turn = fuzz::turn_of(text, 6);
  rung::ConstraintTexts texts;
  try {
    switch (turn) {
      case 0:
        try_formula(text, {"N", "D"});
        return 0;
      case 1:
        try_formula(text, {"N"});
        return 0;
      case 2:
        texts.param = {text};
        break;
      case 3:
        texts.fix = {text};
        break;
      case 4:
        texts.tie = {text};
        break;
      default:
        texts.prior = {text};
    }
    rung::formula_parameters(rung::constraints_from(texts));
  } catch (const rung::InputError&) {
  }
  return 0;
}
