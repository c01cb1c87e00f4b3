#include "rung/figure/plan/budget_key.hpp"

#include "rung/figure/scale.hpp"

namespace rung {

std::string flops_words(double flops) { return power_of_ten(flops) + " FLOPs"; }

BudgetKey::BudgetKey(const std::vector<plan::IsoflopRuns>& groups) {
  std::map<double, std::string> words;
  for (const plan::IsoflopRuns& group : groups) {
    for (const plan::IsoflopBottom& bottom : group.fit.bottoms)
      words.emplace(bottom.compute_flops, flops_words(bottom.compute_flops));
  }
  std::vector<std::string> in_order;
  for (const auto& [flops, each] : words) {
    if (in_order.empty() || in_order.back() != each) in_order.push_back(each);
  }
  constexpr std::size_t kMostNamed = 10, kNamedOfMany = 6;
  const std::size_t n = in_order.size(), n_named = n > kMostNamed ? kNamedOfMany : n;
  const std::vector<Colour> colours = ordered_colours(n);
  for (std::size_t i = 0; i < n; ++i) colours_[in_order[i]] = colours[i];
  for (std::size_t i = 0; i < n_named; ++i)
    named_.insert(in_order[n_named > 1 ? i * (n - 1) / (n_named - 1) : 0]);
}

std::string BudgetKey::label(double flops) const {
  const std::string words = flops_words(flops);
  return named_.contains(words) ? words : "";
}

}  // namespace rung
