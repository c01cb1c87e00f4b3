// EvalPlus' eval_results.json: for each problem what became of each sample, on the benchmark's own
// tests and on the added ones. {"base_status": "pass", "plus_status": …} a sample, or in earlier
// versions {"base": [["pass", …], …], "plus": […]} a problem.
#include <algorithm>
#include <array>
#include <cmath>

#include "rung/core/error.hpp"
#include "rung/core/text.hpp"
#include "rung/data/reader/importer.hpp"
#include "rung/data/reader/json_cells.hpp"
#include "rung/data/reader/score_values.hpp"

namespace rung {
namespace {

constexpr std::string_view kEnd = "eval_results";

Likeness likeness(const ImportedFile& head) {
  if (!first_line(head.content).starts_with('{') ||
      head.content.find("\"eval\"") == std::string::npos)
    return Likeness::none;
  if (head.stem().ends_with(kEnd)) return Likeness::certain;
  return head.content.find("\"base_status\"") != std::string::npos ? Likeness::likely
                                                                   : Likeness::none;
}

/// How many samples of a problem there are, and how many pass.
struct Counts {
  double n = 0, base = 0, plus = 0;
  bool has_plus = false;
};

bool passed(const Value* status) {
  if (status && status->list() && !status->list()->empty()) status = &status->list()->front();
  return status && status->text() && (*status->text() == "pass" || *status->text() == "success");
}

Counts counts_of_samples(const Value::List& samples) {
  Counts counts;
  for (const Value& sample : samples) {
    const bool base = passed(sample.find("base_status"));
    const Value* const plus = sample.find("plus_status");
    counts.n += 1;
    counts.base += base;
    counts.has_plus = counts.has_plus || (plus && !plus->is_null());
    counts.plus += base && passed(plus);
  }
  return counts;
}

Counts counts_of_lists(const Value& base, const Value* plus) {
  Counts counts;
  const Value::List* const added = plus ? plus->list() : nullptr;
  counts.has_plus = added && !added->empty();
  for (std::size_t i = 0; i < base.list()->size(); ++i) {
    const bool passes = passed(&(*base.list())[i]);
    counts.n += 1;
    counts.base += passes;
    counts.plus += counts.has_plus && i < added->size() && passes && passed(&(*added)[i]);
  }
  return counts;
}

/// The chance that one of k samples passes, without bias, where `passing` of n do (Chen et al.
/// 2021, arXiv:2107.03374).
double pass_at(double k, double n, double passing) {
  if (n - passing < k) return 1;
  double all_fail = 1;
  for (double i = n - passing + 1; i <= n; ++i) all_fail *= 1 - k / i;
  return 1 - all_fail;
}

std::vector<Counts> counts_of(const Value::Table& problems_of_file, const std::string& path) {
  std::vector<Counts> counts;
  std::vector<Problem> problems;
  for (const Member& problem : problems_of_file) {
    const Value* const base = problem.value.find("base");
    if (problem.value.list() && !problem.value.list()->empty()) {
      counts.push_back(counts_of_samples(*problem.value.list()));
    } else if (base && base->list() && !base->list()->empty()) {
      counts.push_back(counts_of_lists(*base, problem.value.find("plus")));
    } else {
      problems.push_back({{path, problem.line, problem.column},
                          "'" + problem.key + "' must hold a list of samples"});
    }
  }
  if (!problems.empty()) throw InputError(std::move(problems));
  return counts;
}

/// "HumanEval/0" -> "humaneval".
std::string task_of(const std::string& problem) {
  return lower_case(problem.substr(0, problem.find('/')));
}

/// "org--model_vllm_temp_0.0-sanitized_eval_results" -> "model".
std::string model_of(const ImportedFile& file) {
  std::string name = file.stem() == kEnd ? file.folder() : file.stem();
  if (name.ends_with(kEnd)) name.resize(name.size() - kEnd.size());
  if (const std::size_t temperature = name.rfind("_temp_"); temperature != name.npos) {
    name.resize(temperature);
    name.resize(std::min(name.size(), name.rfind('_')));  // what ran it: "_vllm"
  }
  while (name.ends_with('_') || name.ends_with('.')) name.pop_back();
  if (const std::size_t dashes = name.rfind("--"); dashes != name.npos)
    name = name.substr(dashes + 2);
  return name.empty() ? "unnamed" : name;
}

void read(const ImportedFile& file, Imported& imported) {
  const Value top = parse_json_cells(file.content, file.path);
  const Value* const evaluated = top.find("eval");
  if (!evaluated || !evaluated->table() || evaluated->table()->empty())
    throw InputError(Location{file.path}, "has no object \"eval\" with problems",
                     "is it an eval_results.json of EvalPlus?");
  const std::vector<Counts> problems = counts_of(*evaluated->table(), file.path);
  const CheckpointName model = parse_checkpoint_name(model_of(file));
  const std::string task = task_of(evaluated->table()->front().key);
  double fewest = problems.front().n;
  bool has_plus = true;
  for (const Counts& counts : problems) {
    fewest = std::min(fewest, counts.n);
    has_plus = has_plus && counts.has_plus;
  }
  for (const bool plus : {false, true}) {
    if (plus && !has_plus) continue;
    for (const double k : {1.0, 10.0, 100.0}) {
      if (fewest < k) continue;
      Mean mean;
      for (const Counts& counts : problems)
        mean.add(pass_at(k, counts.n, plus ? counts.plus : counts.base));
      imported.scores.push_back({.model = model.model,
                                 .task = plus ? task + "_plus" : task,
                                 .metric = "pass@" + shortest(k),
                                 .value = mean.mean(),
                                 .stderror = mean.stderror(),
                                 .n = mean.n(),
                                 .step = model.step,
                                 .date = date_in(text_under(top, "date")),
                                 .file = file.path});
    }
  }
}

}  // namespace

Importer importer_evalplus();
Importer importer_evalplus() {
  return {"evalplus", "eval_results.json of EvalPlus", likeness, read};
}

}  // namespace rung
