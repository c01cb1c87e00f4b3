#include "rung/study/imports/facts.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "rung/core/counted.hpp"
#include "rung/core/error.hpp"
#include "rung/core/quantity.hpp"
#include "rung/core/text.hpp"
#include "rung/data/run_log.hpp"
#include "rung/data/run_table.hpp"
#include "rung/data/select.hpp"
#include "rung/data/text_column.hpp"
#include "rung/study/imports/merge_runs.hpp"

namespace rung::imports {
namespace {

/// What a fact is known as that is a number.
bool is_number_fact(const std::string& name) {
  return name.starts_with("n_params") || name == "n_tokens" || name == "batch_tokens" ||
         name == "total_flops" || name == "flops_per_token" || name == "seed";
}

bool is_blank(const Column& column, std::size_t row) {
  if (column.is_number()) return std::isnan(std::get<std::vector<double>>(column.values)[row]);
  return trimmed(std::get<Texts>(column.values)[row]).empty();
}

/// Without the rows that are blank. InputError for one that says something of no run.
Facts facts_of_runs(const Facts& facts) {
  const std::vector<Column>& columns = facts.columns();
  const auto is_name = [](const Column& column) { return known_name(column.name) == "model"; };
  if (std::none_of(columns.begin(), columns.end(), is_name))
    throw InputError(Location{facts.source()}, "has no column 'model': whose facts are these?",
                     "a row a run: model, n_params, n_tokens, batch_tokens");
  std::vector<std::size_t> rows;
  for (std::size_t row = 0; row < facts.n_rows(); ++row) {
    const auto is_said = [row](const Column& column) { return !is_blank(column, row); };
    if (std::none_of(columns.begin(), columns.end(), is_said)) continue;
    if (std::none_of(columns.begin(), columns.end(),
                     [&](const Column& column) { return is_name(column) && is_said(column); }))
      throw InputError(facts.location(row), "names no run: whose facts are these?",
                       "fill in '" + std::find_if(columns.begin(), columns.end(), is_name)->name +
                           "', or delete the row");
    rows.push_back(row);
  }
  return select_rows(facts, rows);
}

/// InputError where a cell of a column of numbers is a word: it would say nothing, in silence.
void check_facts_are_numbers(const Facts& facts) {
  for (const Column& column : facts.columns()) {
    if (column.is_number() || !is_number_fact(known_name(facts, column))) continue;
    const Texts& texts = std::get<Texts>(column.values);
    const auto word = std::find_if(texts.begin(), texts.end(), [](const std::string& text) {
      const auto read = numbers_of({text});
      return read ? !read->other_rows.empty() : !is_missing_word(trimmed(text));
    });
    if (word == texts.end()) continue;
    const std::string hint = how_to_write(*word);
    throw InputError(
        facts.location(static_cast<std::size_t>(word - texts.begin())),
        "'" + column.name + "' must be a number, not '" + *word + "'",
        hint.empty() ? "such as 7e9 or 7B; leave the cell empty where it is not known" : hint);
  }
}

/// InputError where two rows say different numbers of one run.
void check_facts_agree(const Facts& facts) {
  const std::vector<Column>& columns = facts.columns();
  const auto names = std::find_if(columns.begin(), columns.end(), [](const Column& column) {
    return known_name(column.name) == "model" && !column.is_number();
  });
  if (names == columns.end()) return;
  const auto& models = std::get<std::vector<std::string>>(names->values);
  for (const Column& column : columns) {
    const std::string name = known_name(facts, column);
    if (!column.is_number() || (!name.starts_with("n_params") && name != "batch_tokens")) continue;
    const auto& numbers = std::get<std::vector<double>>(column.values);
    std::map<std::string, double> said;
    for (std::size_t row = 0; row < models.size(); ++row) {
      if (std::isnan(numbers[row])) continue;
      const auto [before, is_new] = said.emplace(models[row], numbers[row]);
      if (is_new || before->second == numbers[row]) continue;
      throw InputError(facts.location(row),
                       "'" + column.name + "' of '" + models[row] + "' is " +
                           shortest(numbers[row]) + " here, and " + shortest(before->second) +
                           " in a row before",
                       "one row a run");
    }
  }
}

/// Of runs that say something else than the facts: how many, and the first in words.
struct Contradictions {
  std::set<std::string> runs;
  std::string first;

  void compare(const Run& run, const std::string& name, std::optional<double> logged,
               std::optional<double> fact) {
    if (!logged || !fact || std::isnan(*logged) || *logged == *fact) return;
    if (runs.empty())
      first = name + " of '" + run.model + "' is " + shortest(*fact) + ", and " +
              shortest(*logged) + " in its log";
    runs.insert(run.model);
  }
  std::string words() const {
    return first + (runs.size() > 1 ? " (" + counted(runs.size() - 1, "more run") + ")" : "");
  }
};

std::optional<double> setting_of(const Run& run, const std::string& key) {
  const auto found = run.settings.find(key);
  return found == run.settings.end() ? std::nullopt : std::optional(found->second);
}

/// Of all that takes the place of what the run says.
void compare_sizes_and_settings(const Run& run, const Run& fact, Contradictions& found) {
  const ParameterCounts &logged = run.n_params, &said = fact.n_params;
  found.compare(run, "n_params", logged.total ? logged.total : setting_of(run, "n_params"),
                said.total);
  found.compare(
      run, "n_params_non_embedding",
      logged.non_embedding ? logged.non_embedding : setting_of(run, "n_params_non_embedding"),
      said.non_embedding);
  found.compare(run, "n_params_active", logged.active, said.active);
  found.compare(run, "flops_per_token", run.flops_per_token, fact.flops_per_token);
  found.compare(run, "total_flops", run.total_flops, fact.total_flops);
  for (const auto& [key, value] : fact.settings)
    found.compare(run, key, setting_of(run, key), value);
}

/// Where a run logged its tokens, these count.
void take_tokens(Run& run, const Run& fact, Contradictions& found) {
  if (fact.n_rows() == 0 || std::isnan(fact.n_tokens.back()) || run.n_rows() == 0) return;
  double& last = run.n_tokens.back();
  found.compare(run, "n_tokens", last, fact.n_tokens.back());
  if (std::isnan(last)) last = fact.n_tokens.back();
}

/// Columns of which nothing is taken.
void note_unused_columns(const Facts& facts, std::vector<std::string>& notes) {
  constexpr std::size_t kMostNamed = 3;
  std::vector<std::string> unused;
  for (const Column& column : facts.columns()) {
    const std::string name = known_name(facts, column);
    const bool is_used = name == "model" || (is_number_fact(name) && name != "seed") ||
                         name.starts_with(kSettingPrefix);
    if (!is_used) unused.push_back(column.name);
  }
  if (unused.empty()) return;
  const std::size_t n_more = unused.size() - std::min(unused.size(), kMostNamed);
  unused.resize(unused.size() - n_more);
  notes.push_back("--facts takes nothing from " + join(unused, ", ") +
                  (n_more > 0 ? " and " + counted(n_more, "more column") : "") +
                  ": it knows model, n_params, n_params_non_embedding, n_params_active, n_tokens, "
                  "batch_tokens, flops_per_token, total_flops and " +
                  kSettingPrefix + "*");
}

}  // namespace

void take_facts(Result& result, const Facts& all) {
  const Facts facts = facts_of_runs(all);
  check_facts_are_numbers(facts);
  check_facts_agree(facts);
  note_unused_columns(facts, result.notes);
  std::vector<Run>& runs = result.runs;
  std::vector<std::string> unknown;
  Contradictions replaced, kept;
  for (const Run& fact : runs_of_log(facts, "")) {
    const auto found = std::find_if(runs.begin(), runs.end(),
                                    [&](const Run& run) { return run.model == fact.model; });
    if (found == runs.end()) {
      unknown.push_back("'" + fact.model + "'");
      continue;
    }
    compare_sizes_and_settings(*found, fact, replaced);
    take_sizes_and_settings(*found, fact);
    take_tokens(*found, fact, kept);
  }
  if (!replaced.runs.empty())
    result.warnings.push_back("--facts contradicts the logs, and counts: " + replaced.words());
  if (!kept.runs.empty())
    result.warnings.push_back("--facts contradicts the logs, which count: " + kept.words());
  if (!unknown.empty())
    result.warnings.push_back(
        "--facts: no run is called " + unknown.front() +
        (unknown.size() > 1 ? ", nor what " + std::to_string(unknown.size() - 1) + " more rows name"
                            : ""));
}

}  // namespace rung::imports
