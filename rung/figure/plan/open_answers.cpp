#include "rung/figure/plan/open_answers.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "rung/core/numbers.hpp"
#include "rung/core/statistics.hpp"
#include "rung/core/text.hpp"

namespace rung {

std::vector<double> sizes_around(const plan::Allocation& best,
                                 const plan::AllocateOptions& options) {
  constexpr double kAround = 12;
  std::vector<double> sizes = log_grid(best.n_params / kAround, best.n_params, kCurvePoints / 2);
  const auto tokens = [&](double n) {
    return plan::tokens_for_budget(n, best.lifetime_flops, options);
  };
  const double most = best.n_params * kAround;
  std::vector<double> fewer = log_grid(best.n_tokens / kAround, best.n_tokens, kCurvePoints / 2);
  std::reverse(fewer.begin(), fewer.end());
  for (const double wanted : fewer) {
    double low = best.n_params, high = most;
    while (high / low > 1 + 1e-12) {
      const double middle = std::sqrt(low * high);
      (tokens(middle) > wanted ? low : high) = middle;
    }
    sizes.push_back(low);
  }
  return sizes;
}

void add_open_slice(const std::vector<plan::LossOf>& losses, const plan::Answer& answer,
                    const plan::AllocateOptions& options, SpreadLines lines, Panel& panel) {
  constexpr double kAround = 3;
  const std::vector<double> sizes =
      answer.others ? log_grid(answer.others->first.n_params / kAround,
                               answer.others->second.n_params * kAround, kCurvePoints)
                    : sizes_around(*answer.best, options);
  for (const double n : sizes) {
    const double d = plan::tokens_for_budget(n, answer.best->lifetime_flops, options);
    if (!(d > 0)) continue;
    ValueRange range{kInfinity, -kInfinity};
    for (const plan::LossOf& loss : losses) {
      const double value = loss(n, d);
      range = {std::min(range.least, value), std::max(range.most, value)};
    }
    lines.add(n, range.least <= range.most ? std::optional(range) : std::nullopt);
  }
  std::move(lines).add_to(panel);
}

void add_open_size(const plan::Answer& answer, Colour colour, std::vector<Layer>& layers) {
  const double flops = answer.best->lifetime_flops;
  double middle = answer.best->n_params;
  if (answer.others) {
    const double least = answer.others->first.n_params, most = answer.others->second.n_params;
    layers.push_back(Curve{.x = {flops, flops},
                           .y = {least, most},
                           .colour = colour,
                           .width_px = 3,
                           .dash = Dash::dotted});
    middle = std::sqrt(least * most);
  }
  layers.push_back(Note{flops, middle, "not determined", colour});
}

std::string title_with_reserve(const plan::AllocateResult& result, std::size_t question,
                               const std::string& question_words, const std::string& title) {
  std::vector<double> sizes;  // that may be the best
  std::size_t n_answers = 0, n_open = 0;
  for (const plan::AllocatedLaw& law : result.laws) {
    const plan::Answer& answer = law.answers[question];
    if (!answer.best) continue;
    ++n_answers;
    if (answer.determined) continue;
    ++n_open;
    if (answer.others)
      sizes.insert(sizes.end(), {answer.others->first.n_params, answer.others->second.n_params});
  }
  if (n_open == 0) return title;
  if (n_open < n_answers)
    return title + "; not determined in " + std::to_string(n_open) + " of " +
           std::to_string(n_answers) + " groups";
  const plan::Asked& asked = result.asked[question];
  std::string words = (asked.question.budget_flops ? "Best size for " : "Cheapest way to ") +
                      question_words + ": not determined";
  if (sizes.empty()) return words;
  const auto [least, most] = std::minmax_element(sizes.begin(), sizes.end());
  return words + " (" + short_count(*least) + " to " + short_count(*most) + " parameters)";
}

}  // namespace rung
