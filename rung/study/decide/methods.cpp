#include "rung/study/decide/methods.hpp"

#include <cmath>

namespace rung::decide {
namespace {

void set_compute(double flops, double target_flops, Method& method) {
  method.compute_flops = flops;
  if (std::isfinite(flops) && target_flops > 0) method.compute_share = flops / target_flops;
}

Method single_scale(const Evaluations& evaluations, const MethodChoice& choice,
                    const std::string& metric, std::size_t place) {
  const Size& size = evaluations.sizes[choice.small_sizes[place]];
  Method method{.name = metric + "@" + size.name,
                .metric = metric,
                .size = choice.small_sizes[place],
                .kind = metric + "@" + std::to_string(choice.small_sizes.size() - place)};
  set_compute(size.compute_flops, choice.target_flops, method);
  return method;
}

Method extrapolating(const Evaluations& evaluations, const MethodChoice& choice,
                     const Setup& setup) {
  Method method{.name = setup.name,
                .metric = choice.gold,
                .setup = setup,
                .kind = setup.stem + "-" + std::to_string(setup.n_dropped)};
  double flops = 0;
  for (std::size_t i = 0; i + setup.n_dropped < choice.small_sizes.size(); ++i)
    flops += evaluations.sizes[choice.small_sizes[i]].compute_flops;
  set_compute(flops, choice.target_flops, method);
  return method;
}

}  // namespace

std::vector<Method> methods_of(const Evaluations& evaluations, const MethodChoice& choice) {
  std::vector<Method> methods;
  for (std::size_t i = choice.small_sizes.size(); i-- > 0;) {
    methods.push_back(single_scale(evaluations, choice, choice.gold, i));
    for (const std::string& proxy : choice.proxies) {
      if (proxy != choice.gold) methods.push_back(single_scale(evaluations, choice, proxy, i));
    }
  }
  if (!choice.has_places) return methods;
  std::vector<std::string> names;
  for (const std::size_t size : choice.small_sizes) names.push_back(evaluations.sizes[size].name);
  for (Setup setup : published_setups(names, choice.most_dropped)) {
    if (setup.has_loss && !choice.has_loss) continue;
    setup.through_itself = setup.through_metric && choice.through == choice.gold;
    methods.push_back(extrapolating(evaluations, choice, setup));
  }
  return methods;
}

}  // namespace rung::decide
