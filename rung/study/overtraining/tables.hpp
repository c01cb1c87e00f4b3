#pragma once
/// The tables of the over-training study by name: what each holds, and what it is made from.

#include <string>
#include <vector>

#include "rung/study/overtraining/cost.hpp"
#include "rung/study/overtraining/explore.hpp"

namespace rung::overtraining {

struct NamedTable {
  std::string name;
  std::string contents;
  Choice defaults;  // sets, where none are asked for; empty: all
  SetsTaken sets = {};
};
const std::vector<NamedTable>& named_tables();

struct TableRequest {
  std::string name;
  Choice choice;

  /// InputError for a name that no table has, for sets that the table does not depend on, and for
  /// several where it shows one.
  void validate() const;
};

/// What the tables are made from: fits and the like are made when a table asks for them.
class TableSource {
 public:
  /// InputError as validate(), and for sets that the testbed does not have.
  TableSource(const TableRequest& request, const Testbed& testbed, const Study& study,
              int n_threads);

  const Testbed& testbed() const { return testbed_; }
  const Study& study() const { return study_; }
  const Choice& choice() const { return choice_; }

  Fits fits() const { return fit_laws(testbed_, study_, choice_, n_threads_); }
  Fits loss_fits() const { return fit_loss_laws(testbed_, study_, choice_, n_threads_); }
  CostResult costs() const;
  TokensResult tokens() const { return run_tokens(choice_, testbed_, study_, n_threads_); }
  CorrelationResult correlations() const { return run_correlation(choice_, testbed_, study_); }

 private:
  const Testbed& testbed_;
  const Study& study_;
  Choice choice_;
  int n_threads_;
};

}  // namespace rung::overtraining
