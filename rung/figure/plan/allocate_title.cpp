#include "rung/figure/plan/allocate_title.hpp"

#include <algorithm>

#include "rung/core/text.hpp"
#include "rung/figure/scale.hpp"

namespace rung {
namespace {

/// "1.2B", or "1.2B to 3.4B" where groups differ.
template <class Words>
std::string span_words(const std::vector<double>& values, Words words) {
  const auto [least, most] = std::minmax_element(values.begin(), values.end());
  const std::string low = words(*least), high = words(*most);
  return low == high ? low : low + " to " + high;
}

/// The first question that any group has an answer to; none: their number.
std::size_t first_answered(const plan::AllocateResult& result) {
  std::size_t i = 0;
  const auto is_answered = [&](const plan::AllocatedLaw& law) {
    return law.answers[i].best.has_value();
  };
  while (i < result.asked.size() &&
         std::none_of(result.laws.begin(), result.laws.end(), is_answered))
    ++i;
  return i;
}

/// ", code" of one group with a name, ", by group" of several, ", in 1 of 2 groups" of some.
std::string whose(const plan::AllocateResult& result, std::size_t n_answers) {
  const std::size_t n = result.laws.size();
  const std::string& label = result.laws.front().loss.label;
  if (n == 1) return label.empty() ? "" : ", " + label;
  return n_answers == n
             ? ", by group"
             : ", in " + std::to_string(n_answers) + " of " + std::to_string(n) + " groups";
}

}  // namespace

std::string allocation_title(const plan::AllocateResult& result) {
  const std::size_t i = first_answered(result);
  if (i == result.asked.size()) return "Compute-optimal sizes";
  std::vector<double> sizes, tokens, flops;
  for (const plan::AllocatedLaw& law : result.laws) {
    if (const auto& best = law.answers[i].best) {
      sizes.push_back(best->n_params), tokens.push_back(best->n_tokens);
      flops.push_back(best->lifetime_flops);
    }
  }
  const plan::AllocateOptions& options = result.laws.front().options;
  const std::string kind = options.inference_tokens > 0 ? " lifetime FLOPs" : " FLOPs";
  const bool budget = result.asked[i].question.budget_flops.has_value();
  std::string words = (budget ? "Best size for " + power_of_ten(flops.front()) + kind
                              : "Cheapest way to " + result.asked[i].words) +
                      ": " + span_words(sizes, short_count) + " parameters";
  if (result.laws.size() == 1) words += ", " + short_count(tokens.front()) + " tokens";
  if (!budget) words += ", " + span_words(flops, power_of_ten) + kind;
  if (const auto& most = options.most_tokens)
    words += " (trained on no more than " + short_count(*most) + " tokens)";
  return words + whose(result, sizes.size());
}

std::string isoflop_title(const std::vector<plan::IsoflopRuns>& groups) {
  std::vector<double> exponents, sizes;
  for (const plan::IsoflopRuns& group : groups) {
    exponents.push_back(group.fit.n_params.exponent);
    if (!group.splits.empty()) sizes.push_back(group.splits.front().n_params);
  }
  const std::string by_group = groups.size() > 1 ? ", by group" : "";
  if (sizes.empty())
    return "Best size grows as compute to the power of " +
           span_words(exponents, [](double x) { return significant(x, 3); }) + by_group;
  const plan::BudgetSplit& first = groups.front().splits.front();
  return "Best size for " + power_of_ten(first.budget_flops) +
         " FLOPs: " + span_words(sizes, short_count) + " parameters" +
         (groups.size() == 1 ? ", " + short_count(first.n_tokens) + " tokens" : by_group);
}

}  // namespace rung
