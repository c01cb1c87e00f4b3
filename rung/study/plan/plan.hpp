#pragma once
/// rung plan: which runs of those on offer to train next, for a table and its law.

#include <optional>
#include <string>
#include <vector>

#include "rung/study/plan/design.hpp"
#include "rung/study/plan/hardware.hpp"
#include "rung/study/table/fit_group.hpp"

namespace rung::plan {

struct PlanRequest {
  table::Request what;
  table::UncertaintyOptions uncertainty;  // no replicates are drawn: a design is by the covariance
  std::string grid;  // candidates in a few words: see candidate_grid; "": a table has them
  std::string cost;  // of a candidate, from its columns; "": FLOPs where the law's inputs say them
  std::vector<std::string> at;  // targets: "N=7e9, D=4e12"
  Criterion criterion = Criterion::c;
  std::string budget;  // "1e21"; with hardware "500h", "1000usd", "300kwh"
  int n_runs = 0;      // in place of a budget: so many, whatever they cost
  int most_repeats = 1;
  bool greedy = false;

  /// InputError for what a design can't be made by.
  void validate(bool has_candidate_table, const std::optional<Hardware>& hardware) const;
};

/// "c", "v" or "d". InputError on anything else.
Criterion parse_criterion(const std::string& text);
std::string_view criterion_name(Criterion criterion);

struct PlanResult {
  Fitted fitted;
  double budget = 0;
  bool counts_runs = false;   // costs and budget are numbers of runs
  bool counts_flops = false;  // they are FLOPs, and not of a unit that --cost alone knows
  std::vector<Candidate> candidates;
  Design design;
  std::optional<Hardware> hardware;
  std::vector<std::string> notes;
};

/// `offered`: a table of candidates, columns as in the runs' or named as the inputs; absent: the
/// request's grid.
PlanResult run(const PlanRequest& request, const table::Prepared& prepared,
               std::optional<Table> offered, const std::optional<Hardware>& hardware);

}  // namespace rung::plan
