#include "rung/study/overtraining/tables.hpp"

#include <algorithm>
#include <tuple>

#include "rung/core/error.hpp"
#include "rung/core/text.hpp"

namespace rung::overtraining {
namespace {

const NamedTable& named_table(const std::string& name) {
  std::vector<std::string> known;
  for (const NamedTable& table : named_tables()) {
    if (table.name == name) return table;
    known.push_back(table.name);
  }
  const std::string hint = did_you_mean(name, known);
  throw InputError("there is no table '" + name + "'",
                   hint.empty() ? "there are " + join(known, ", ") : hint);
}

}  // namespace

const std::vector<NamedTable>& named_tables() {
  static const Choice kAverages = published_averages();
  static const Choice kAllErrors = {{}, {"c4_val"}, {}};
  static const Choice kAllLosses = {{}, {}, {"avg", "avg_subset"}};
  static const Choice kSomeErrors = {
      {},
      {"c4_val"},
      {"avg", "avg_subset", "arc_easy", "lambada_openai", "openbook_qa", "hellaswag_zeroshot"}};
  constexpr SetsTaken kNoErrors = {.error = Takes::none}, kOneLoss = {.loss = Takes::one},
                      kOneLossAlone = {.loss = Takes::one, .error = Takes::none},
                      kNone = {Takes::none, Takes::none, Takes::none};
  static const std::vector<NamedTable> kTables = {
      {"configuration",
       "the runs that each law is fitted on",
       kAverages,
       {.train = Takes::one, .loss = Takes::none, .error = Takes::none}},
      {"runs", "every model with its losses and errors", kAverages},
      {"loss-laws", "parameters of the loss law", kAllLosses, kNoErrors},
      {"error-laws", "parameters of the error law", kAllErrors},
      {"loss-predictions", "losses of the larger and longer runs, predicted", kAllLosses,
       kNoErrors},
      {"error-predictions", "their errors, predicted", kSomeErrors},
      {"all-predictions", "every model's losses and errors, predicted", kAverages},
      {"predictability", "which errors can be predicted, and how far off they are", kAllErrors,
       kOneLoss},
      {"correlation", "correlation of errors with loss", kAllErrors, kOneLossAlone},
      {"tokens", "loss against tokens per parameter", kAverages, kOneLossAlone},
      {"cost", "what over-training costs", kAverages, kNoErrors},
      {"best-settings", "the hyperparameter search: runs that no cheaper one beats", kAverages,
       kNone},
      {"sensitivity", "the hyperparameter search: what each setting is worth", kAverages, kNone},
      {"tasks", "what was evaluated", kAverages, kNone}};
  return kTables;
}

void TableRequest::validate() const {
  const SetsTaken& takes = named_table(name).sets;
  for (const auto& [option, given, taken] :
       {std::tuple("--train-set", !choice.train_sets.empty(), takes.train),
        std::tuple("--loss-set", !choice.loss_sets.empty(), takes.loss),
        std::tuple("--error-set", !choice.error_sets.empty(), takes.error)}) {
    if (given && taken == Takes::none)
      throw InputError("table " + name + " takes no " + option + ": it is the same for all",
                       "leave it out");
  }
  require_one(choice, takes);
}

TableSource::TableSource(const TableRequest& request, const Testbed& testbed, const Study& study,
                         int n_threads)
    : testbed_(testbed),
      study_(study),
      choice_(first_where_one(
          complete(testbed, study, request.choice, named_table(request.name).defaults),
          named_table(request.name).sets)),
      n_threads_(n_threads) {}

CostResult TableSource::costs() const {
  return run(CostRequest{.choice = choice_}, testbed_, study_, n_threads_);
}

}  // namespace rung::overtraining
