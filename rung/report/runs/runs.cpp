#include "rung/report/runs/runs.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "rung/core/counted.hpp"
#include "rung/core/text.hpp"
#include "rung/report/interval.hpp"

namespace rung::runs {
namespace {

TextCell known_cell(double value) {
  return number_cell(std::isfinite(value) ? std::optional(value) : std::nullopt);
}

/// How much of what was planned a run has seen, and how it fared.
std::string state_words(const RunSummary& run) {
  std::string words(state_name(run.state));
  if (run.state == State::unfinished && run.planned && !run.curve.x.empty())
    words += " (" + percent(run.curve.x.back() / *run.planned, 0) + ")";
  return words;
}

/// Nothing where the run is too short to tell.
TextCell spikes_cell(const RunSummary& run) {
  if (!tells_spikes(run.curve)) return {};
  return static_cast<double>(run.spikes.size());
}

/// As four_digits.
std::string five_digits(double x) { return fmt::format("{:#.5g}", x); }

void add_difference_columns(const std::string& against, bool in_words, TextTable& table) {
  if (in_words) {
    table.add_column("less " + against, "", {}, Align::right);
    return;
  }
  for (const char* name :
       {"difference", "difference_lower", "difference_upper", "difference_doubt"})
    table.add_column(name);
}

void add_difference(const std::optional<Difference>& difference, bool in_words,
                    std::vector<TextCell>& row) {
  if (in_words) {
    row.push_back(difference ? TextCell(difference_words(*difference)) : TextCell());
    return;
  }
  const auto interval = difference ? difference->interval : std::nullopt;
  row.push_back(difference ? TextCell(difference->value) : TextCell());
  row.push_back(number_cell(interval ? std::optional(interval->lower) : std::nullopt));
  row.push_back(number_cell(interval ? std::optional(interval->upper) : std::nullopt));
  row.emplace_back(std::string(difference ? doubt_name(difference->doubt) : ""));
}

/// In words, or for programs.
TextTable run_table(const Result& result, bool in_words) {
  TextTable table;
  table.add_column("run", "model");
  table.add_column("size", "n_params", short_count);
  table.add_column("tokens", "n_tokens", short_count);
  const bool has_steps = std::any_of(result.runs.begin(), result.runs.end(),
                                     [](const auto& run) { return std::isfinite(run.n_steps); });
  if (has_steps) table.add_column("steps", "step", shortest);
  table.add_column("state");
  table.add_column("spikes", "n_spikes", shortest);
  table.add_column("last tenth", "final", five_digits);
  const bool has_ends = std::any_of(result.runs.begin(), result.runs.end(),
                                    [](const auto& run) { return run.extrapolated.has_value(); });
  if (has_ends) table.add_column("will end at", "extrapolated");
  if (!result.against.empty()) add_difference_columns(result.against, in_words, table);
  for (const RunSummary& run : result.runs) {
    std::string end;
    if (run.extrapolated && run.extrapolated->prediction.predicted) {
      end = four_digits(*run.extrapolated->prediction.predicted);
      if (run.extrapolated->prediction.interval)
        end += " (" + four_digits(run.extrapolated->prediction.interval->lower) + "–" +
               four_digits(run.extrapolated->prediction.interval->upper) + ")";
    }
    std::vector<TextCell> row = {run.model, number_cell(run.n_params), known_cell(run.n_tokens)};
    if (has_steps) row.push_back(known_cell(run.n_steps));
    row.insert(row.end(), {state_words(run), spikes_cell(run), number_cell(run.final_value)});
    if (has_ends) row.emplace_back(end);
    if (!result.against.empty()) add_difference(run.difference, in_words, row);
    table.add_row(std::move(row));
  }
  return table;
}

TextTable settings_table(const Result& result) {
  TextTable table;
  if (result.differing_settings.empty() || result.runs.size() > 8) return table;
  table.add_column("setting");
  for (const RunSummary& run : result.runs) table.add_column(run.model);
  for (const auto& [name, texts] : result.differing_settings) {
    std::vector<TextCell> row = {name};
    row.insert(row.end(), texts.begin(), texts.end());
    table.add_row(std::move(row));
  }
  return table;
}

std::vector<std::string> trouble_of(const Result& result) {
  std::vector<std::string> notes;
  const auto place = [&](double x) {
    if (result.axis == Axis::time) return significant(x, 3) + " h";
    return short_count(x) + " " + std::string(axis_name(result.axis));
  };
  for (const RunSummary& run : result.runs) {
    if (run.divergence && *run.divergence < run.curve.x.size())
      notes.push_back(run.model + " diverges from " + place(run.curve.x[*run.divergence]) + " on");
    if (run.spikes.empty()) continue;
    const Spike& highest =
        *std::max_element(run.spikes.begin(), run.spikes.end(),
                          [](const Spike& a, const Spike& b) { return a.height < b.height; });
    notes.push_back(run.model + ": " + counted(run.spikes.size(), "spike") + ", the highest of " +
                    significant(highest.height, 2) + " at " + place(run.curve.x[highest.first]));
  }
  for (const RunSummary& run : result.runs) {
    if (!run.expected || !run.expected->falls_off) continue;
    notes.push_back(run.model + " falls off the ladder: " + four_digits(*run.final_value) +
                    " where the other runs' law says " + four_digits(run.expected->loss));
  }
  if (std::any_of(result.runs.begin(), result.runs.end(), [](const RunSummary& run) {
        return !run.curve.y.empty() && !tells_spikes(run.curve);
      }))
    notes.push_back("spikes are counted from " + std::to_string(kFewestForSpikes) +
                    " rows on: fewer don't say what is usual");
  for (const RunSummary& run : result.runs) {
    if (!run.extrapolated) continue;
    notes.push_back("ends are by " + run.extrapolated->law +
                    ", fitted to each run's own curve without spikes and its first tenth");
    break;
  }
  return notes;
}

/// What differences are, and which say little.
std::vector<std::string> words_on_differences(const Result& result) {
  std::vector<std::string> notes, short_runs;
  std::optional<double> level;
  bool any = false, any_within_noise = false;
  for (const RunSummary& run : result.runs) {
    if (!run.difference) continue;
    any = true;
    if (run.difference->interval) level = run.difference->interval->level;
    any_within_noise = any_within_noise || run.difference->doubt == DifferenceDoubt::within_noise;
    if (run.difference->doubt == DifferenceDoubt::too_few_rows) short_runs.push_back(run.model);
  }
  if (!any) return notes;
  notes.push_back("less " + result.against +
                  ": means over the last tenth before the last place that both have, without "
                  "spikes" +
                  (level ? "; ±: the " + significant(100 * *level, 3) +
                               "% interval, by the rows' scatter about their trend"
                         : ""));
  if (any_within_noise) notes.emplace_back("(?): it may be noise, for the interval holds 0");
  if (!short_runs.empty())
    notes.push_back(
        "(?) without an interval: the stretch has too few rows to tell a difference "
        "from noise (" +
        join(short_runs, ", ") + ")");
  return notes;
}

Json json_run(const RunSummary& run) {
  Json spikes = Json::array();
  for (const Spike& spike : run.spikes)
    spikes.push_back({{"at", run.curve.x[spike.first]},
                      {"to", run.curve.x[spike.last]},
                      {"height", spike.height}});
  const std::optional<Difference>& compared = run.difference;
  const Prediction end = run.extrapolated ? run.extrapolated->prediction : Prediction();
  return {
      {"model", run.model},
      {"n_params", json_number(run.n_params)},
      {"n_tokens", json_number(run.n_tokens)},
      {"step", json_number(run.n_steps)},
      {"planned", json_number(run.planned)},
      {"state", state_name(run.state)},
      {"final", json_number(run.final_value)},
      {"learning_rate_peak", json_number(run.peak_lr)},
      {"learning_rate", json_number(run.last_lr)},
      {"spikes", std::move(spikes)},
      {"diverges_at", run.divergence ? json_number(run.curve.x[*run.divergence]) : Json(nullptr)},
      {"extrapolated", json_number(end.predicted)},
      {"interval", json_interval(end.interval)},
      {"expected_by_others",
       json_number(run.expected ? std::optional(run.expected->loss) : std::nullopt)},
      {"falls_off", run.expected && run.expected->falls_off},
      {"difference", json_number(compared ? std::optional(compared->value) : std::nullopt)},
      {"difference_interval", json_interval(compared ? compared->interval : std::nullopt)},
      {"difference_doubt", compared ? Json(doubt_name(compared->doubt)) : Json(nullptr)},
      {"compared_from", json_number(compared ? std::optional(compared->from) : std::nullopt)},
      {"compared_at", json_number(compared ? std::optional(compared->to) : std::nullopt)}};
}

}  // namespace

Document describe(const Result& result) {
  Json results = Json::array();
  for (const RunSummary& run : result.runs) results.push_back(json_run(run));
  Document document;
  document
      .add(Heading{counted(result.runs.size(), "run") + ", " + result.metric +
                   "; last tenth: the mean over these rows"})
      .add(run_table(result, true))
      .add(settings_table(result))
      .add(Notes{trouble_of(result)})
      .add(Notes{words_on_differences(result)})
      .add(Notes{result.notes});
  document.rows = run_table(result, false);
  return document.set_results(std::move(results));
}

}  // namespace rung::runs
