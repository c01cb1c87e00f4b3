#include "rung/report/ladder/variance.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "rung/core/counted.hpp"
#include "rung/core/text.hpp"
#include "rung/report/ladder/predictions.hpp"
#include "rung/report/ladder/shared.hpp"
#include "rung/study/ladder/doubts.hpp"

namespace rung::ladder {
namespace {

/// Tasks in doubt carry "(!)" in the table for people, and their reasons in the one for programs.
TextTable variance_table(const std::vector<VarianceResult>& results, bool for_people) {
  TextTable table;
  table.add_column("task");
  const auto four = [](double x) { return fixed(x, 4); };
  table.begin_group("loss");
  table.add_column("SD", "loss_sd", four);
  table.add_column("relative", "loss_relative_sd", percents(2));
  table.begin_group("accuracy");
  table.add_column("SD", "accuracy_sd", four);
  table.add_column("relative", "accuracy_relative_sd", percents(2));
  table.begin_group("loss with accuracy");
  table.add_column("Pearson r", "pearson", [](double x) { return fixed(x, 2); });
  table.add_column("p", "p_value", [](double x) { return significant(x, 2); });
  const bool predicted = std::any_of(results.begin(), results.end(), [](const VarianceResult& r) {
    return r.errors.loss || r.errors.accuracy || r.errors.chained;
  });
  if (predicted) {
    const auto signed_percent = [](double x) { return percent(x, 1, true); };
    table.begin_group("prediction error");
    table.add_column("loss", "relative_error_loss", signed_percent);
    table.add_column("accuracy", "relative_error_accuracy", signed_percent);
    table.add_column("chained", "relative_error_chained", signed_percent);
  }
  table.begin_group("");
  if (!for_people) table.add_column("doubts");
  for (const VarianceResult& r : results) {
    const std::vector<std::string> doubts = doubts_of(r).reasons;
    std::vector<TextCell> row = {r.task.name + (for_people && !doubts.empty() ? kInDoubt : ""),
                                 r.loss_sd,
                                 r.loss_relative_sd,
                                 r.accuracy_sd,
                                 r.accuracy_relative_sd,
                                 number_cell(r.pearson),
                                 number_cell(r.p_value)};
    if (predicted) {
      row.push_back(number_cell(r.errors.loss));
      row.push_back(number_cell(r.errors.accuracy));
      row.push_back(number_cell(r.errors.chained));
    }
    if (!for_people) row.emplace_back(join(doubts, "; "));
    table.add_row(std::move(row));
  }
  return table;
}

/// Pearson's r, with its p value in brackets, between the columns of the variance table.
TextTable correlation_table(const std::vector<VarianceResult>& results) {
  const std::vector<ColumnCorrelation> correlations = column_correlations(results);
  TextTable table;
  table.add_column("r (p)");
  std::vector<std::string> names;
  for (const ColumnCorrelation& one : correlations) {
    if (names.empty() || names.back() != one.first) names.push_back(one.first);
  }
  for (const std::string& name : names) table.add_column(name, "", {}, Align::right);
  for (const std::string& name : names) {
    std::vector<TextCell> row = {name};
    for (const ColumnCorrelation& one : correlations) {
      if (one.first != name) continue;
      if (one.correlation) {
        row.emplace_back(fixed(one.correlation->r, 2) + " (" +
                         significant(one.correlation->p_value, 2) + ")");
      } else {
        row.emplace_back();
      }
    }
    table.add_row(std::move(row));
  }
  return table;
}

void add_correlations(const std::vector<VarianceResult>& results, Document& document) {
  constexpr std::size_t kFewest = 3;
  if (results.size() < kFewest) {
    document.add(Paragraph{"note: " + counted(results.size(), "task") +
                           (results.size() == 1 ? " is" : " are") +
                           " too few for correlations between columns, over the tasks"});
    return;
  }
  const bool any_in_doubt =
      std::any_of(results.begin(), results.end(),
                  [](const VarianceResult& r) { return !doubts_of(r).reasons.empty(); });
  document.add(Paragraph{std::string("Pearson's r (p value) between columns, over the tasks") +
                         (any_in_doubt ? ", those in doubt (!) too" : "")});
  document.add(correlation_table(results));
}

Json noise_number(const std::optional<TrendNoise>& noise) {
  return noise ? json_number(noise->relative_sd) : Json();
}

Json variance_results(const std::vector<VarianceResult>& results) {
  Json json = Json::array();
  for (const VarianceResult& r : results) {
    json.push_back({{"task", r.task.key},
                    {"task_name", r.task.name},
                    {"model", r.model},
                    {"run", r.run},
                    {"n_checkpoints", r.n_last()},
                    {"loss_sd", json_number(r.loss_sd)},
                    {"loss_relative_sd", json_number(r.loss_relative_sd)},
                    {"accuracy_sd", json_number(r.accuracy_sd)},
                    {"accuracy_relative_sd", json_number(r.accuracy_relative_sd)},
                    {"loss_noise", noise_number(r.loss_noise)},
                    {"accuracy_noise", noise_number(r.accuracy_noise)},
                    {"loss_noise_at_most", r.loss_noise && r.loss_noise->at_most},
                    {"accuracy_noise_at_most", r.accuracy_noise && r.accuracy_noise->at_most},
                    {"too_few_for_trend", r.too_few_for_trend()},
                    {"pearson", json_number(r.pearson)},
                    {"p_value", json_number(r.p_value)},
                    {"relative_error",
                     {{"loss", json_number(r.errors.loss)},
                      {"accuracy", json_number(r.errors.accuracy)},
                      {"chained", json_number(r.errors.chained)}}},
                    {"doubts", doubts_of(r).reasons}});
  }
  return json;
}

std::string heading_of(const VarianceResult& result) {
  const std::size_t asked = result.settings.last_n_points, n = result.n_tokens.size();
  if (asked < n)
    return "Spread over the last " + counted(asked, "checkpoint") + " of " + result.run;
  return "Spread over all " + counted(n, "checkpoint") + " of " + result.run +
         (asked > n ? " (fewer than --last_n_points " + std::to_string(asked) + ")" : "");
}

/// "val_loss 0.05% (1.30% with it), PIQA accuracy at most 0.20% (0.70% with it)": of what has a
/// trend.
std::string noises_text(const std::vector<VarianceResult>& results) {
  std::vector<std::string> parts;
  const auto add = [&](const std::string& what, const std::optional<TrendNoise>& noise,
                       double with) {
    if (noise)
      parts.push_back(what + (noise->at_most ? " at most " : " ") + percent(noise->relative_sd, 2) +
                      " (" + percent(with, 2) + " with it)");
  };
  const bool shared = share_loss(results);
  for (const VarianceResult& r : results) {
    add(shared ? shared_loss_name(r) : r.task.name + " loss", r.loss_noise, r.loss_relative_sd);
    if (shared) break;
  }
  for (const VarianceResult& r : results)
    add(r.task.name + " accuracy", r.accuracy_noise, r.accuracy_relative_sd);
  return join(parts, ", ");
}

bool any_at_most(const std::vector<VarianceResult>& results) {
  return std::any_of(results.begin(), results.end(), [](const VarianceResult& r) {
    return (r.loss_noise && r.loss_noise->at_most) ||
           (r.accuracy_noise && r.accuracy_noise->at_most);
  });
}

/// Some spread, which is not known to be noise.
bool may_be_trend(const std::vector<VarianceResult>& results) {
  return std::any_of(results.begin(), results.end(), [](const VarianceResult& r) {
    return r.too_few_for_trend() && (!r.loss_noise || !r.accuracy_noise);
  });
}

std::string doubts_of_spreads(const std::vector<VarianceResult>& results) {
  std::vector<TaskReport> reports;
  for (const VarianceResult& r : results)
    reports.push_back({.task = r.task, .doubts = doubts_of(r).reasons});
  return remarks(reports);
}

}  // namespace

Document describe(const std::vector<VarianceResult>& results) {
  const VarianceResult& first = results.front();
  Document document;
  document.add(Paragraph{heading_of(first)});
  document.add(variance_table(results, true));
  document.rows = variance_table(results, false);
  document.add(Paragraph{doubts_of_spreads(results)});
  if (const std::string noises = noises_text(results); !noises.empty())
    document.add(
        Paragraph{"note: most of the spread is a trend over these checkpoints, not noise. "
                  "Without it, by second differences, there is left of " +
                  noises +
                  (any_at_most(results) ? ". At most: the trend bends too much, over too "
                                          "few checkpoints, to be told from noise"
                                        : "")});
  if (may_be_trend(results))
    document.add(
        Paragraph{"note: too few checkpoints to tell noise from a trend, which takes 7: the "
                  "spread may be either"});
  add_correlations(results, document);
  document.set_results(variance_results(results));
  return document;
}

}  // namespace rung::ladder
