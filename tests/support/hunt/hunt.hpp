#pragma once
/// The hunt for wrong certificates: made-up fits, each compared with its truth, with a second
/// optimiser from many starts, and with the law typed in as its own printed formula.

#include <array>
#include <cstdio>
#include <ctime>
#include <numeric>
#include <string>
#include <vector>

#include "rung/core/error.hpp"
#include "rung/core/parallel.hpp"
#include "rung/law/formula.hpp"
#include "tests/support/hunt/case.hpp"
#include "tests/support/hunt/checker.hpp"

namespace rung::hunt {

enum class Fault {
  certified_and_beaten,
  certified_above_truth,
  unbounded_but_finite,
  formula_unlike_law,
  identified_but_not,
  slow,
  refused,
};
inline constexpr int kFaults = 7;
inline const char* fault_name(Fault fault) {
  constexpr const char* kNames[] = {"certified and beaten",
                                    "certified above the truth",
                                    "unbounded, lower finite optimum",
                                    "formula unlike law",
                                    "identified, but not",
                                    "slower than 5 s",
                                    "refused"};
  return kNames[static_cast<int>(fault)];
}

struct Outcome {
  bool made = false;
  bool by_formula = false;
  Status status = Status::failed;
  std::vector<std::pair<Fault, std::string>> faults;
};

struct Settings {
  std::uint64_t seed = 1;
  int n_starts = 40;
  int n_steps = 150;
};

/// By how much an objective has to be lower to count.
inline bool lower(double a, double b, double least) { return a < b * (1 - 1e-6) - least; }

/// Of this thread, which other work on the machine does not slow down.
inline double cpu_seconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

class Judge {
 public:
  Judge(const Settings& settings, std::uint64_t index, const Case& made)
      : settings_(settings), index_(index), made_(made) {}

  /// Of the fit by the law itself, then of the fit by its formula.
  std::array<Outcome, 2> judge() {
    const FitOptions options{.loss = made_.loss, .residual = made_.residual};
    Outcome by_law{.made = true}, by_formula{.by_formula = true};
    const auto of_law = fitted(*made_.law, options, by_law);
    Checker::Found best = of_law ? second_opinion(*made_.law, *of_law, by_law) : Checker::Found{};
    const std::string& text = made_.law->info.formula;
    if (text.find(" = ") != std::string::npos) return {by_law, by_formula};  // not a value
    by_formula.made = true;
    std::vector<std::string> inputs;
    for (const InputInfo& input : made_.law->info.inputs) inputs.push_back(input.name);
    const Law formula = formula_law(text, inputs);
    const auto of_formula = fitted(formula, options, by_formula);
    if (of_law && of_formula) compare(*of_law, formula, *of_formula, by_formula);
    if (of_formula) second_opinion(formula, *of_formula, by_formula);
    return {by_law, by_formula};
  }

 private:
  std::optional<Fit> fitted(const Law& law, const FitOptions& options, Outcome& outcome) const {
    const double start = cpu_seconds();
    try {
      Fit found = fit(law, made_.points, options);
      outcome.status = found.status;
      const double seconds = cpu_seconds() - start;
      if (seconds > 5) outcome.faults.push_back({Fault::slow, std::to_string(seconds) + " s"});
      return found;
    } catch (const InputError& error) {
      const std::string what = error.what();
      // One size or one value of an input determines nothing, which is said.
      if (what.find("same inputs") == std::string::npos)
        outcome.faults.push_back({Fault::refused, what});
      return std::nullopt;
    }
  }

  static std::string text(double a, double b) {
    char line[80];
    std::snprintf(line, sizeof line, "%.10g against %.10g", a, b);
    return line;
  }

  /// Parameters of the formula in the law's order.
  std::vector<double> reordered(const Law& formula, const std::vector<double>& theta) const {
    std::vector<double> out;
    for (const ParameterInfo& parameter : formula.info.parameters) {
      const int p = made_.law->parameter_index(parameter.name);
      out.push_back(p < 0 ? 1 : theta[static_cast<std::size_t>(p)]);
    }
    return out;
  }

  void compare(const Fit& of_law, const Law& formula, const Fit& of_formula,
               Outcome& outcome) const {
    const Objective objective(formula, made_.points, made_.loss, made_.residual);
    const double least = objective.least_difference();
    // A formula has no bounds, so it may be lower, never higher.
    if (lower(of_law.objective, of_formula.objective, least))
      outcome.faults.push_back(
          {Fault::formula_unlike_law, std::string(status_name(of_formula.status)) + " " +
                                          text(of_formula.objective, of_law.objective)});
  }

  Checker::Found second_opinion(const Law& law, const Fit& found, Outcome& outcome) const {
    const Objective objective(law, made_.points, made_.loss, made_.residual);
    const Checker checker(objective);
    const double least = objective.least_difference();
    const std::vector<double> truth =
        outcome.by_formula ? reordered(law, made_.truth) : made_.truth;
    const double of_truth = objective.of(truth);
    if (found.status == Status::certified && lower(of_truth, found.objective, least))
      outcome.faults.push_back({Fault::certified_above_truth, text(found.objective, of_truth)});
    Rng rng(settings_.seed + 1000, index_);
    Checker::Found best;
    bool differs = false;
    double widest = 0;
    for (int i = 0; i < settings_.n_starts; ++i) {
      std::vector<double> start = truth;
      if (i > 0) {
        const bool near_fit = i % 3 == 1;
        const double widths[] = {0.1, 1, 0.4};
        start = wide_start(law, near_fit ? found.theta : truth, rng, widths[i % 3]);
      }
      const Checker::Found other = checker.descend(start, settings_.n_steps);
      if (other.objective < best.objective) best = other;
      const double rounding = 1e-4 * least;
      if (found.identified && other.objective <= found.objective * (1 + 1e-8) + rounding) {
        const double apart = distance(law, found.theta, other.theta);
        if (apart > 0.01) differs = true, widest = std::max(widest, apart);
      }
    }
    const bool beaten = lower(best.objective, found.objective, least);
    if (beaten && found.status == Status::certified)
      outcome.faults.push_back(
          {Fault::certified_and_beaten, text(found.objective, best.objective)});
    if (beaten && found.status == Status::unbounded && checker.leads_to_finite_optimum(best))
      outcome.faults.push_back(
          {Fault::unbounded_but_finite, text(found.objective, best.objective)});
    if (differs && !beaten)
      outcome.faults.push_back(
          {Fault::identified_but_not, "predictions differ by " + std::to_string(widest)});
    return best;
  }

  /// Relative, at ten times the largest inputs.
  double distance(const Law& law, const std::vector<double>& a,
                  const std::vector<double>& b) const {
    std::vector<double> far;
    for (std::size_t k = 0; k < made_.points.n_inputs(); ++k) {
      double most = -kInfinity;
      for (std::size_t i = 0; i < made_.points.size(); ++i)
        most = std::max(most, made_.points.input(k, i));
      far.push_back(law.info.inputs[k].positive ? 10 * most : most + std::abs(most));
    }
    const double at_a = predict(law, a, far), at_b = predict(law, b, far);
    return std::abs(at_a - at_b) / std::max(std::abs(at_a), 1e-300);
  }

  const Settings& settings_;
  std::uint64_t index_;
  const Case& made_;
};

/// Counts over all outcomes, printed as a table; every fault is printed with its index.
class Tally {
 public:
  void add(const std::vector<std::array<Outcome, 2>>& all) {
    for (const auto& pair : all) {
      for (const Outcome& outcome : pair) {
        if (!outcome.made) continue;
        ++n_fits_;
        ++of_status_[static_cast<std::size_t>(outcome.status)];
        for (const auto& [fault, words] : outcome.faults)
          ++of_fault_[static_cast<std::size_t>(fault)];
      }
    }
  }

  int n_fits() const { return n_fits_; }
  int count(Status status) const { return of_status_[static_cast<std::size_t>(status)]; }
  int count(Fault fault) const { return of_fault_[static_cast<std::size_t>(fault)]; }

  int n_faults() const { return std::accumulate(of_fault_.begin(), of_fault_.end(), 0); }

  void print() const {
    std::printf("%d fits: %d certified, %d local, %d unbounded, %d failed\n", n_fits_,
                count(Status::certified), count(Status::local), count(Status::unbounded),
                count(Status::failed));
    for (int i = 0; i < kFaults; ++i)
      std::printf("  %-34s %d\n", fault_name(static_cast<Fault>(i)),
                  of_fault_[static_cast<std::size_t>(i)]);
  }

 private:
  int n_fits_ = 0;
  std::array<int, 4> of_status_{};
  std::array<int, kFaults> of_fault_{};
};

inline std::array<Outcome, 2> outcomes_of(const Settings& settings, std::uint64_t index) {
  const std::optional<Case> made = CaseMaker(settings.seed, index).make();
  if (!made) return {};
  auto outcomes = Judge(settings, index, *made).judge();
  for (const Outcome& outcome : outcomes) {
    for (const auto& [fault, words] : outcome.faults) {
      std::printf("%llu %s%s, %s, %zu rows, noise %g, %s, %s: %s\n",
                  static_cast<unsigned long long>(index), made->law->info.name.c_str(),
                  outcome.by_formula ? " (formula)" : "", design_name(made->design),
                  made->points.size(), made->noise, made->loss.text().c_str(), fault_name(fault),
                  words.c_str());
      std::fflush(stdout);
    }
  }
  return outcomes;
}

inline Tally hunt(const Settings& settings, std::uint64_t first, std::size_t n, int n_threads = 0) {
  std::vector<std::array<Outcome, 2>> all(n);
  parallel_for(n, n_threads, [&](std::size_t i) { all[i] = outcomes_of(settings, first + i); });
  Tally tally;
  tally.add(all);
  tally.print();
  return tally;
}

}  // namespace rung::hunt
