// Law files from arbitrary text: nothing but InputError, and what is a law describes itself and can
// be evaluated with its derivatives, which leave its value as it is.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "rung/core/error.hpp"
#include "rung/fit/points.hpp"
#include "rung/law/catalogue.hpp"
#include "tests/fuzz/by_turns.hpp"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

void check_description(const rung::LawInfo& info) {
  const int n_inputs = static_cast<int>(info.inputs.size());
  for (const rung::InputInfo& input : info.inputs) require(input.typical_low < input.typical_high);
  for (const rung::ParameterInfo& parameter : info.parameters) {
    require(parameter.lower <= parameter.typical && parameter.typical <= parameter.upper);
    require(parameter.search.low < parameter.search.high);
    require(parameter.search.input >= 0 && parameter.search.input < n_inputs);
  }
  for (const rung::LimitInfo& limit : info.limits) require(limit.input < n_inputs);
}

void check_value(const rung::Law& law) {
  const auto P = static_cast<std::size_t>(law.n_parameters());
  std::vector<double> theta, gradient(P), hessian(P * (P + 1) / 2), metric(hessian), row;
  for (const rung::ParameterInfo& parameter : law.info.parameters)
    theta.push_back(parameter.typical);
  for (const rung::InputInfo& input : law.info.inputs) row.push_back(input.typical_low);
  rung::Points one(row.size(), 1);
  one.set(0, row, 1);
  const rung::AlignedArray target = one.transformed(rung::Residual::raw);
  const rung::KernelCall call{theta.data(),
                              nullptr,
                              one.view(target),
                              rung::Residual::raw,
                              {.delta = rung::kInfinity, .scale = 2}};
  const void* self = law.kernel.self.get();
  const double objective = law.kernel.objective(self, call);
  const double value =
      law.kernel.derivatives(self, call, gradient.data(), hessian.data(), metric.data());
  const bool none = !std::isfinite(objective) && !std::isfinite(value);
  require(none || std::abs(value - objective) <= 1e-9 * objective);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(bytes), size);
  rung::LawCatalogue catalogue;
  try {
    // Built-in names are taken.
    if (fuzz::turn_of(text, 2) == 0)
      catalogue.add(text, "mine.toml");
    else
      catalogue.add("name = \"own\"\n" + text.substr(std::min(text.find('\n'), text.size())),
                    "mine.toml");
  } catch (const rung::InputError&) {
  }
  for (const auto& law : catalogue.own()) {
    check_description(law->info);
    check_value(*law);
  }
  return 0;
}
