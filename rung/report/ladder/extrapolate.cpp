#include "rung/report/ladder/extrapolate.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "rung/core/text.hpp"
#include "rung/core/utf8.hpp"
#include "rung/report/fit_json.hpp"
#include "rung/report/ladder/checkpoints.hpp"
#include "rung/report/ladder/shared.hpp"
#include "rung/report/ladder/task_report.hpp"
#include "rung/study/ladder/doubts.hpp"

namespace rung::ladder {
namespace {

std::string bounds_text(const std::optional<Interval>& interval) {
  return interval ? fixed(interval->lower, 3) + "–" + fixed(interval->upper, 3) : "";
}

std::string interval_header(double level) { return significant(100 * level, 3) + "% interval"; }

TextTable table_of_results(const std::vector<ExtrapolateDResult>& results) {
  TextTable table;
  const bool in_nats = results.front().settings.metric == Metric::c4;
  const auto three = [](double x) { return fixed(x, 3); };
  const auto count = [](double x) { return short_count(x); };
  if (!in_nats) table.add_column("task");  // C4 loss is of no task
  table.add_column("run");
  table.begin_details();
  table.add_column("fit error", "fitting_error", percents(2));
  table.begin_details(false);
  table.add_column("check error", "check_error", percents(2), Align::right);
  table.add_column("tokens", "", count);
  table.add_column("predicted", "", three);
  table.add_column("actual", "", three, Align::right);
  table.add_column(interval_header(results.front().settings.level), "interval", {}, Align::right);
  if (in_nats) table.add_column("perplexity", "", [](double x) { return fixed(x, 2); });
  for (const ExtrapolateDResult& r : results) {
    std::vector<TextCell> row;
    if (!in_nats) row.emplace_back(r.task.name);
    const auto known = [&r](std::optional<double> value) {
      return number_cell(r.is_determined() ? value : std::nullopt);
    };
    const std::string bounds =
        bounds_text(r.at_end.interval) + (r.interval_doubt().empty() ? "" : kInDoubt);
    row.insert(
        row.end(),
        {r.name + (r.is_determined() && r.wrong_checkpoints.empty() ? "" : kInDoubt),
         known(r.fitting_error), known(r.check_error), r.final_tokens, known(r.at_end.predicted),
         number_cell(r.at_end.actual), r.is_determined() ? bounds : ""});
    if (in_nats) row.push_back(known(perplexity(r.settings.metric, r.at_end.predicted)));
    table.add_row(std::move(row));
  }
  return table;
}

Json json_rehearsal(const std::optional<Prediction>& rehearsal) {
  if (!rehearsal) return nullptr;
  return {{"predicted", json_number(rehearsal->predicted)},
          {"interval", json_interval(rehearsal->interval)},
          {"actual", json_number(rehearsal->actual)}};
}

Json json_of(const ExtrapolateDResult& r) {
  const auto n_fitted = std::count_if(r.points.begin(), r.points.end(),
                                      [](const ExtrapolationPoint& point) { return point.in_fit; });
  return {{"task", r.task.key},
          {"model", r.model},
          {"file", r.file},
          {"fit", json_ladder_fit(r.fitted.fit)},
          {"determined", r.is_determined()},
          {"wrong_checkpoints", json_checkpoints(r.wrong_checkpoints)},
          {"fitting_error", json_number(r.fitting_error)},
          {"check_error", json_number(r.check_error)},
          {"n_check", r.points.size() - static_cast<std::size_t>(n_fitted)},
          {"d", json_number(r.final_tokens)},
          {"predicted", json_number(r.at_end.predicted)},
          {"actual", json_number(r.at_end.actual)},
          {"interval", json_interval(r.at_end.interval)},
          {"interval_doubt", json_label(r.interval_doubt())},
          {"rehearsal", json_rehearsal(r.rehearsal)},
          {"inside_gap", json_number(r.inside_gap)},
          {"perplexity", json_number(perplexity(r.settings.metric, r.at_end.predicted))},
          {"notes", r.notes}};
}

TextTable table_of_results(const std::vector<ExtrapolateNResult>& results) {
  TextTable table;
  const bool in_nats = results.front().settings.metric == Metric::c4;
  const auto three = [](double x) { return fixed(x, 3); };
  if (!in_nats) table.add_column("task");
  table.add_column("tokens", "", [](double x) { return short_count(x); });
  table.add_column("sizes", "", [](double x) { return fixed(x, 0); });
  table.add_column("target");
  table.add_column("actual", "", three, Align::right);
  table.add_column("predicted", "", three, Align::right);
  table.add_column(
      "error", "", [](double x) { return percent(x, 1, true); }, Align::right);
  table.add_column(interval_header(results.front().settings.level), "interval", {}, Align::right);
  if (in_nats) table.add_column("perplexity", "", [](double x) { return fixed(x, 2); });
  for (const ExtrapolateNResult& r : results) {
    for (const ExtrapolateNAtD& at : r.at) {
      for (const ExtrapolateNAtD::SizePrediction& p : at.predictions) {
        const bool in_doubt =
            !p.determined || !at.fitted->fit.identified || !at.wrong_checkpoints.empty();
        const auto predicted = p.determined ? p.predicted : std::nullopt;
        std::vector<TextCell> row;
        if (!in_nats) row.emplace_back(r.task.name);
        row.insert(row.end(), {at.n_tokens, static_cast<double>(at.fitted->fit.n_points),
                               p.label + (in_doubt ? kInDoubt : ""), number_cell(p.actual),
                               number_cell(predicted),
                               number_cell(p.determined ? p.relative_error() : std::nullopt),
                               p.determined ? bounds_text(p.interval) : ""});
        if (in_nats) row.push_back(number_cell(perplexity(r.settings.metric, predicted)));
        table.add_row(std::move(row));
      }
    }
  }
  return table;
}

Json json_of(const ExtrapolateNResult& r) {
  Json by_d = Json::array();
  for (const ExtrapolateNAtD& at : r.at) {
    Json targets = Json::array();
    for (const ExtrapolateNAtD::SizePrediction& p : at.predictions) {
      targets.push_back({{"name", p.model},
                         {"n", json_number(p.n_params)},
                         {"actual", json_number(p.actual)},
                         {"predicted", json_number(p.predicted)},
                         {"relative_error", json_number(p.relative_error())},
                         {"interval", json_interval(p.interval)},
                         {"perplexity", json_number(perplexity(r.settings.metric, p.predicted))}});
    }
    by_d.push_back({{"d", json_number(at.n_tokens)},
                    {"fit", at.fitted ? json_fit(at.fitted->fit) : Json(nullptr)},
                    {"wrong_checkpoints", json_checkpoints(at.wrong_checkpoints)},
                    {"targets", std::move(targets)}});
  }
  return {{"task", r.task.key},
          {"metric", metric_name(r.settings.metric)},
          {"mean_error", json_number(r.mean_error)},
          {"at", std::move(by_d)},
          {"notes", r.notes}};
}

bool any_prediction(const std::vector<ExtrapolateNResult>& results, const auto& holds) {
  for (const ExtrapolateNResult& result : results) {
    for (const ExtrapolateNAtD& at : result.at) {
      for (const auto& prediction : at.predictions) {
        if (holds(at, prediction)) return true;
      }
    }
  }
  return false;
}

/// Where a row's checkpoints are not all at its own tokens.
std::string note_of_tokens(const std::vector<ExtrapolateNResult>& results) {
  for (const ExtrapolateNResult& result : results) {
    for (const ExtrapolateNAtD& at : result.at) {
      const bool some_later =
          std::any_of(at.points.begin(), at.points.end(),
                      [&](const SizePoint& point) { return point.n_tokens > at.n_tokens; });
      if (some_later)
        return "note: a model counts by its first checkpoint from the row's tokens on, within a "
               "tenth more";
    }
  }
  return "";
}

/// Of ExtrapolateNAtD::scatter_is_of_one_number.
std::string note_of_scatter(const std::vector<ExtrapolateNResult>& results) {
  const bool some = any_prediction(results, [](const ExtrapolateNAtD& at, const auto& prediction) {
    return prediction.determined && at.scatter_is_of_one_number();
  });
  return some ? "note: of four sizes, three go into the law's parameters, and the scatter is known "
                "from what is left of one: a narrow interval may be luck, so go by the widest of "
                "those at nearby tokens"
              : "";
}

std::string note_of_actuals(const std::vector<ExtrapolateNResult>& results) {
  const bool some = any_prediction(results, [](const ExtrapolateNAtD&, const auto& prediction) {
    return prediction.actual.has_value();
  });
  return some ? ""
              : "note: nothing actual to compare with: the models to predict have no checkpoint "
                "near these tokens";
}

/// A task's results, those along D by run and those along N by D, in turn.
struct WrongOfTask {
  std::string task;
  std::vector<WrongCheckpoint> checkpoints;
};

/// Each once, with its task where there are several.
std::string words_of(const std::vector<WrongOfTask>& wrong) {
  std::string text;
  for (const WrongOfTask& of_task : wrong) {
    for (const std::string& words : doubts_of(of_task.checkpoints))
      text += "(!) " + shown((wrong.size() > 1 ? of_task.task + ": " : "") + words, false) + "\n";
  }
  return text;
}

std::string words_of_wrong(const std::vector<ExtrapolateDResult>& results) {
  std::vector<WrongOfTask> wrong;
  bool any_above = false;
  for (const ExtrapolateDResult& result : results) {
    if (wrong.empty() || wrong.back().task != result.task.name)
      wrong.push_back({result.task.name, {}});
    add_wrong_checkpoints(result.wrong_checkpoints, wrong.back().checkpoints);
    for (const WrongCheckpoint& one : result.wrong_checkpoints)
      any_above = any_above || one.value > one.by_others;
  }
  return words_of(wrong) +
         (any_above ? "note: --outlier_threshold LOSS leaves larger losses out\n" : "");
}

std::string words_of_wrong(const std::vector<ExtrapolateNResult>& results) {
  std::vector<WrongOfTask> wrong;
  for (const ExtrapolateNResult& result : results) {
    wrong.push_back({result.task.name, {}});
    for (const ExtrapolateNAtD& at : result.at)
      add_wrong_checkpoints(at.wrong_checkpoints, wrong.back().checkpoints);
  }
  return words_of(wrong);
}

/// The same table for people and for programs.
Document described(const std::string& above, const std::string& below, const auto& results) {
  Document document;
  document.add(Paragraph{above});
  const TextTable table = table_of_results(results);
  document.add(CaptionedTable{"", table, below, true});
  document.rows = table;
  Json json = Json::array();
  for (const auto& result : results) json.push_back(json_of(result));
  document.set_results(std::move(json));
  return document;
}

/// Why a row bears (!), and which do.
struct Explanation {
  std::string words;
  bool (*holds)(const ExtrapolateDResult& result);
};

std::vector<Explanation> explanations(const std::vector<ExtrapolateDResult>& results) {
  using R = ExtrapolateDResult;
  const auto decays = std::find_if(results.begin(), results.end(),
                                   [](const R& r) { return r.inside_gap.has_value(); });
  const double gap = decays == results.end() ? 0 : *decays->inside_gap;
  return {
      {"not determined: other parameters fit as well and predict differently",
       [](const R& r) { return !r.fitted.fit.identified; }},
      {"not determined: as many parameters as checkpoints, so that nothing says how far off it is",
       [](const R& r) { return r.is_saturated(); }},
      {"the interval reaches losses of 0 and below: the checkpoints do not tell where the run goes",
       [](const R& r) { return r.reaches_below_zero(); }},
      {"not of longer runs: inside runs losses lie " + percent(gap, 1) +
           " above the ends of shorter runs of their size, as where the learning rate decays",
       [](const R& r) { return r.inside_gap.has_value(); }},
      {"not tested: without shorter runs of their sizes nothing says whether losses inside runs "
       "lie "
       "where runs of that length end, which they don't where the learning rate decays",
       [](const R& r) { return r.inside_untested; }},
      {"not to be trusted: the same made from the first half of the run's tokens misses its last "
       "checkpoint, even at 99%",
       [](const R& r) { return r.misses_rehearsal(); }},
      {"missed: the run's own last checkpoint (actual) lies outside of the interval",
       [](const R& r) { return r.misses_actual(); }},
      {"too narrow: the interval reaches less far on either side than the law erred, on average, "
       "at "
       "the run's own checkpoints after those fitted (check error)",
       [](const R& r) { return r.is_too_narrow(); }}};
}

/// Names the rows that an explanation is of, where others bear (!) for another reason.
std::string explained(const std::vector<ExtrapolateDResult>& results) {
  constexpr std::size_t kMostNamed = 16;
  const bool in_nats = results.front().settings.metric == Metric::c4;
  const std::vector<Explanation> all = explanations(results);
  const auto n_marked = static_cast<std::size_t>(
      std::count_if(results.begin(), results.end(), [&](const ExtrapolateDResult& r) {
        return std::any_of(all.begin(), all.end(),
                           [&](const Explanation& explanation) { return explanation.holds(r); });
      }));
  std::string text;
  for (const Explanation& explanation : all) {
    std::vector<std::string> names;
    for (const ExtrapolateDResult& r : results) {
      if (explanation.holds(r)) names.push_back((in_nats ? "" : r.task.name + " ") + r.name);
    }
    if (names.empty()) continue;
    const std::size_t n_more = names.size() - std::min(names.size(), kMostNamed);
    const bool of_all = names.size() == n_marked;
    names.resize(names.size() - n_more);
    if (n_more > 0) names.back() += " and " + std::to_string(n_more) + " more";
    text +=
        "(!) " + (of_all ? "" : shown(join(names, ", "), false) + ": ") + explanation.words + "\n";
  }
  return text;
}

}  // namespace

Document describe(const std::vector<ExtrapolateDResult>& results) {
  const ExtrapolateDSettings& settings = results.front().settings;
  const auto any = [&](auto holds) { return std::any_of(results.begin(), results.end(), holds); };
  std::string note = explained(results) + words_of_wrong(results);
  if (any([](const ExtrapolateDResult& r) {
        return r.is_beyond_end && !r.inside_gap && !r.inside_untested;
      }) &&
      !settings.lr_correction)
    note += std::string("note: ") + kBeyondEnd + "\n";
  if (!settings.final_tokens) {
    const bool some_seen =
        any([](const ExtrapolateDResult& r) { return !r.check_error && !r.at_end.actual; });
    const bool some_held_back = any([](const ExtrapolateDResult& r) { return r.check_error; });
    note += std::string("note: predicted at each run's own end") +
            (settings.train_step_max ? ""
             : some_held_back        ? " from the first half of its tokens"
                                     : "") +
            (some_seen ? std::string(some_held_back ? ", but where those are too few" : "") +
                             ", which the fit has seen"
                       : "") +
            "; --final_loss_tokens says where else";
  }
  return described(std::string(metric_label(settings.metric)) + " along each run", note, results);
}

Document describe(const std::vector<ExtrapolateNResult>& results) {
  const Metric metric = results.front().settings.metric;
  std::string errors;
  for (const ExtrapolateNResult& result : results) {
    if (result.mean_error && result.at.size() > 1)
      errors += result.task.name + ": " + percent(*result.mean_error) +
                " off on average where it is determined\n";
  }
  if (any_prediction(results, [](const ExtrapolateNAtD&, const auto& prediction) {
        return !prediction.determined;
      }))
    errors +=
        "(!) not determined: it rests on three sizes, or its interval is as wide as all that was "
        "measured\n";
  errors += words_of_wrong(results);
  for (const std::string& note :
       {note_of_scatter(results), note_of_tokens(results), note_of_actuals(results)})
    if (!note.empty()) errors += note + "\n";
  std::set<std::string> said;  // once for all tasks
  for (const ExtrapolateNResult& result : results) {
    for (const std::string& note : result.notes) {
      if (said.insert(note).second) errors += "note: " + shown(note, false) + "\n";
    }
  }
  return described(std::string(metric_label(metric)) + " from smaller models", errors, results);
}

}  // namespace rung::ladder
