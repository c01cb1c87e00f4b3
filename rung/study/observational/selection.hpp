#pragma once
/// The choice of families to evaluate under a budget of models, and what is predicted from it.

#include <optional>
#include <string>
#include <vector>

#include "rung/study/observational/family_choice.hpp"

namespace rung::observational {

struct SelectionRequest {
  CandidateOptions candidates{};
  ChoiceOptions choice{};
  std::vector<std::string> metrics;  // what a choice is judged by; empty: it isn't
  MetricFitOptions fit{};
  int n_threads = 0;

  /// InputError without a budget, and for impossible budgets and limits.
  void validate() const;
};

struct JudgedChoice {
  ChosenFamilies choice;
  std::vector<std::string> models;
  ChoiceErrors errors;
};

struct SelectionOfBudget {
  std::size_t budget = 0;
  std::optional<JudgedChoice> best;  // absent where no choice determines the regression
  std::vector<JudgedChoice> random;

  /// The geometric mean of the random choices' errors; absent where one of them has none.
  std::optional<double> random_error() const;
};

struct Selection {
  SelectionRequest request;
  std::size_t n_candidates = 0, n_tested = 0;
  std::vector<std::string> families;  // of the candidates
  double n_combinations = 0;
  SubsetMethod method = SubsetMethod::exhaustive;
  std::vector<SelectionOfBudget> budgets;
  ChoiceErrors all;  // of all candidates
  std::vector<std::string> warnings;
};

/// Chooses among `models`; `fitted` are the same models with the benchmarks that metrics are
/// predicted from, and the metrics. These are tried on the models beyond the limits.
Selection run_selection(const Models& models, const Models& fitted,
                        const SelectionRequest& request);

}  // namespace rung::observational
