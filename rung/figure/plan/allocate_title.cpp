#include "rung/figure/plan/allocate_title.hpp"

#include <algorithm>
#include <cctype>
#include <map>

#include "rung/core/text.hpp"
#include "rung/figure/plan/budget_key.hpp"
#include "rung/figure/scale.hpp"
#include "rung/figure/table/inputs.hpp"

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

std::string beyond_in(const plan::AllocateResult& result) {
  std::vector<table::Beyond> beyond;
  for (const plan::AllocatedLaw& law : result.laws) {
    for (const plan::Answer& answer : law.answers) {
      if (!answer.best || !answer.determined) continue;
      const std::vector<table::Beyond> of_answer = law.beyond(answer);
      beyond.insert(beyond.end(), of_answer.begin(), of_answer.end());
    }
  }
  return beyond.empty() ? "" : "sizes and tokens " + beyond_words(beyond);
}

/// Of answers whose value cannot be; "" where there is none.
std::string impossible_in(const plan::AllocateResult& result) {
  std::vector<std::string> where;
  for (const plan::AllocatedLaw& law : result.laws) {
    for (std::size_t i = 0; i < law.answers.size(); ++i) {
      const std::string words = question_words(result.asked[i]);
      if (law.answers[i].best && !law.answers[i].is_possible && !contains(where, words))
        where.push_back(words);
    }
  }
  if (where.empty()) return "";
  return "no " + result.y + " at " + join(where, ", ") + ", where the law does not hold";
}

/// "loss 1.5: not reachable", "loss 1.85: reachable in 86% of the refits", of several groups "not
/// reachable in 1 of 3 groups, reachable in 80% of the refits or more"; "" where all of them reach
/// it.
std::string reached_in(const plan::AllocateResult& result, std::size_t question) {
  const std::size_t n = result.laws.size();
  std::map<std::string, std::size_t> without;  // how many groups have no answer, by why
  const plan::Answer* least = nullptr;         // by the share of refits that reach it
  for (const plan::AllocatedLaw& law : result.laws) {
    const plan::Answer& answer = law.answers[question];
    if (!plan::reached_share(answer).empty() &&
        (!least || *answer.reachable_share < *least->reachable_share))
      least = &answer;
    if (!answer.best) ++without[answer.why_not.substr(0, answer.why_not.find_first_of(":,"))];
  }
  std::vector<std::string> parts;
  for (const auto& [why, count] : without)
    parts.push_back(
        why +
        (n > 1 ? " in " + std::to_string(count) + " of " + std::to_string(n) + " groups" : ""));
  if (least)
    parts.push_back((n > 1 || least->best ? "reachable in " : "but in ") +
                    plan::reached_share(*least) + " of the refits" + (n > 1 ? " or more" : ""));
  return parts.empty() ? "" : question_words(result.asked[question]) + ": " + join(parts, ", ");
}

/// Where a chain's losses leave the second law's data; "" where none does.
std::string losses_outside(const plan::AllocateResult& result) {
  for (const plan::AllocatedLaw& law : result.laws) {
    for (const plan::Answer& answer : law.answers) {
      if (answer.best && answer.is_outside_metric)
        return "losses outside the second law's data (" + significant(law.metric->lowest.front()) +
               " to " + significant(law.metric->highest.front()) + ")";
    }
  }
  return "";
}

/// "bars: 95% intervals"; "" without any.
std::string bars_in(const plan::AllocateResult& result) {
  for (const plan::AllocatedLaw& law : result.laws) {
    for (const plan::Answer& answer : law.answers) {
      const auto& interval = answer.n_params ? answer.n_params : answer.loss;
      if (answer.best && answer.determined && interval)
        return "bars: " + significant(100 * interval->level, 3) + "% intervals";
    }
  }
  return "";
}

}  // namespace

std::string question_words(const plan::Asked& asked) {
  return asked.question.budget_flops ? flops_words(*asked.question.budget_flops) : asked.words;
}

std::string allocation_subtitle(const plan::AllocateResult& result, const std::string& dotted) {
  std::vector<std::string> parts = {beyond_in(result), impossible_in(result)};
  for (std::size_t i = 0; i < result.asked.size(); ++i) parts.push_back(reached_in(result, i));
  parts.insert(parts.end(), {losses_outside(result), bars_in(result), dotted});
  std::erase(parts, "");
  std::string words = join(parts, "; ");
  if (!words.empty()) words.front() = static_cast<char>(std::toupper(words.front()));
  return words;
}

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
