#include "rung/report/table/predictions.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "rung/core/quantity.hpp"
#include "rung/core/text.hpp"
#include "rung/core/utf8.hpp"
#include "rung/report/fit_json.hpp"
#include "rung/report/interval.hpp"

namespace rung::table {
namespace {

bool any_actual(const std::vector<GroupPredictions>& groups) {
  for (const GroupPredictions& group : groups) {
    for (const PredictedRow& row : group.rows) {
      if (row.prediction.actual) return true;
    }
  }
  return false;
}

/// "90% interval"; "" where there is none.
std::string level_words(const std::vector<GroupPredictions>& groups) {
  for (const GroupPredictions& group : groups) {
    for (const PredictedRow& row : group.rows) {
      const auto& interval = row.prediction.interval;
      if (interval) return significant(100 * interval->level, 3) + "% interval";
    }
  }
  return "";
}

bool is_doubted(const GroupPredictions& group, const PredictedRow& row) {
  return !group.doubts.empty() && row.determined && row.prediction.predicted;
}

/// "77x", "530x", "49200x", "8.6Mx"; "1.004x", as it is not inside the data.
std::string times_words(double times) {
  return (times < 1.05   ? significant(times, 4)
          : times < 99.5 ? significant(times, 2)
          : times < 1e4  ? fixed(10 * std::round(times / 10), 0)
          : times < 1e6  ? fixed(100 * std::round(times / 100), 0)
                         : short_count(times)) +
         "x";
}

}  // namespace

std::string beyond_words(const std::vector<Beyond>& beyond) {
  std::vector<std::string> words;
  for (const Beyond& one : beyond) {
    const std::string how_far = std::isfinite(one.factor)
                                    ? times_words(one.factor) + (one.below ? " below" : "")
                                : one.below ? "0 or less"
                                            : "0 or more";
    words.push_back(how_far + " in " + one.input);
  }
  return join(words, ", ");
}

TextTable predictions_table(const std::vector<GroupPredictions>& groups, bool in_words) {
  TextTable table;
  const bool grouped = groups.size() > 1 || !groups.front().label.empty();
  const bool measured = any_actual(groups);
  if (grouped) table.add_column("group");
  for (const InputInfo& input : groups.front().law->info.inputs)
    table.add_column(input.name, "", short_quantity);
  if (measured) table.add_column("actual");
  const NumberFormat format = four_digits;
  table.add_column("predicted", "", in_words ? format : NumberFormat(), Align::right);
  if (measured)
    table.add_column("error", "relative_error", [](double x) { return percent(x, 2, true); });
  table.begin_group(in_words ? level_words(groups) : "");
  table.add_column("lower");
  table.add_column("upper");
  table.begin_group("");
  table.add_column("beyond data", "extrapolation");
  if (!in_words) {
    for (const char* name : {"beyond", "doubts"}) table.add_column(name);
  }
  for (const GroupPredictions& group : groups) {
    for (const PredictedRow& predicted : group.rows) {
      const Prediction& prediction = predicted.prediction;
      std::vector<TextCell> row;
      if (grouped) row.push_back(group.label);
      row.insert(row.end(), predicted.inputs.begin(), predicted.inputs.end());
      if (measured) row.push_back(number_cell(prediction.actual));
      // What the data leave open has no number: the note says within which range.
      const auto known = [&](std::optional<double> value) {
        return number_cell(predicted.determined ? value : std::nullopt);
      };
      if (in_words && is_doubted(group, predicted))
        row.emplace_back(format(*prediction.predicted) + kDoubted);
      else
        row.push_back(known(prediction.predicted));
      if (measured) row.push_back(known(prediction.relative_error()));
      const auto& interval = prediction.interval;
      row.push_back(number_cell(interval ? std::optional(interval->lower) : std::nullopt));
      row.push_back(number_cell(interval ? std::optional(interval->upper) : std::nullopt));
      if (in_words) {
        row.emplace_back(beyond_words(predicted.beyond));
      } else {
        row.push_back(predicted.extrapolation);
        row.emplace_back(beyond_words(predicted.beyond));
        row.emplace_back(join(group.doubts, "; "));
      }
      table.add_row(std::move(row));
    }
  }
  return table;
}

std::string meaning_of_mark(const std::string& where) {
  return "(!): the " + where + " say what speaks against the fit\n";
}

std::string meaning_of_mark(const std::vector<GroupPredictions>& groups, const std::string& where) {
  for (const GroupPredictions& group : groups) {
    for (const PredictedRow& row : group.rows) {
      if (is_doubted(group, row)) return meaning_of_mark(where);
    }
  }
  return "";
}

Json json_predictions(const GroupPredictions& group) {
  Json json = Json::array();
  for (const PredictedRow& row : group.rows) {
    json.push_back({{"inputs", json_inputs(*group.law, row.inputs)},
                    {"actual", json_number(row.prediction.actual)},
                    {"predicted", json_number(row.prediction.predicted)},
                    {"interval", json_interval(row.prediction.interval)},
                    {"extrapolation", json_number(row.extrapolation)},
                    {"beyond", beyond_words(row.beyond)},
                    {"determined", row.determined},
                    {"alternatives", row.alternatives},
                    {"note", json_label(row.note)}});
  }
  return json;
}

std::string notes_on(const std::vector<GroupPredictions>& groups) {
  constexpr int kMost = 10;
  std::string text;
  int n = 0;
  for (const GroupPredictions& group : groups) {
    for (const PredictedRow& row : group.rows) {
      if (row.note.empty() || ++n > kMost) continue;
      text += "note: " + shown((group.label.empty() ? "" : group.label + ", ") + row.note, false) +
              "\n";
    }
  }
  return n <= kMost ? text : text + "note: the same of " + std::to_string(n - kMost) + " more\n";
}

Document describe(const std::vector<GroupPredictions>& groups) {
  Json results = Json::array();
  for (const GroupPredictions& group : groups) {
    results.push_back({{"group", json_label(group.label)},
                       {"status", status_name(group.status)},
                       {"identified", group.identified},
                       {"doubts", group.doubts},
                       {"predictions", json_predictions(group)}});
  }
  Document document;
  document.usable = std::any_of(groups.begin(), groups.end(), [](const GroupPredictions& group) {
    return std::any_of(group.rows.begin(), group.rows.end(), [](const PredictedRow& row) {
      const bool is_told = row.determined || !row.alternatives.empty();
      return row.prediction.predicted && !row.end_passed && is_told;
    });
  });
  document.rows = predictions_table(groups, false);
  return document.add(predictions_table(groups))
      .add(Paragraph{meaning_of_mark(groups, "warnings") + notes_on(groups)})
      .set_results(std::move(results));
}

Document describe(const std::vector<GroupPredictions>& first, const std::string& first_y,
                  const std::vector<GroupPredictions>& then, const std::string& then_y) {
  Document document = describe(then);
  document.blocks = {Heading{first_y + ":"}, predictions_table(first), Paragraph{notes_on(first)},
                     Heading{then_y + ", from that " + first_y + ":"}, predictions_table(then)};
  return document.add(Paragraph{meaning_of_mark(then, "warnings") + notes_on(then)});
}

}  // namespace rung::table
