#include "rung/app/observe/fit_options.hpp"

#include <algorithm>
#include <cmath>

#include "rung/core/error.hpp"
#include "rung/core/expression.hpp"
#include "rung/core/text.hpp"

namespace rung::app {
namespace {

using observational::PredictionRequest;
using observational::Split;

/// "84", or "0.5r": that share of the column's largest value.
void set_cutoff(const std::string& text, Split& split) {
  split.threshold_is_share = text.ends_with('r');
  const auto number =
      parse_double(split.threshold_is_share ? text.substr(0, text.size() - 1) : text);
  if (!number || !std::isfinite(*number))
    throw InputError("--cutoff '" + text + "' is no number",
                     "84 of the column, or 0.5r: half of its largest value");
  split.threshold = *number;
}

std::vector<Split> splits_of(const FitOptions& given, const CommandContext& context) {
  std::vector<Split> splits;
  for (const std::string& cutoff : given.cutoffs) {
    Split& split = splits.emplace_back();
    split.method = observational::parse_split_method(given.split);
    split.test = given.test;
    split.seed = context.common.seed;
    set_cutoff(cutoff, split);
  }
  return splits;
}

std::vector<observational::MetricTransform> transforms_of(const FitOptions& given) {
  if (given.ranges.empty()) return {observational::parse_transform(given.transform)};
  std::vector<observational::MetricTransform> transforms;
  // A range without steps means that it is to be brought to 0 to 1.
  const std::string steps = given.transform.empty() ? "minmax" : given.transform;
  for (const std::string& range : given.ranges) {
    const auto [low, high] = parse_range("--range", range);
    transforms.push_back(observational::parse_transform(steps, low, high));
  }
  return transforms;
}

}  // namespace

void add_metric_options(Options& command, FitOptions& given) {
  command.add("--y", given.y, "metric to predict: a column, or an expression over columns")
      .one_value_each()
      .required()
      .value_name("METRIC");
  command
      .add("--x", given.x,
           "what to predict it from: size, flops, pc:N, skills:N, irt:N; several: a fit each")
      .comma_separated()
      .value_name("LIST");
  command.add("--form", given.form, "identity, sigmoid, exponential or sigmoid-parametric")
      .choices(observational::link_names(), false);
  command.add_flag("--free-height", given.free_height, "a parametric sigmoid need not end at 1");
  command.add("--width", given.width, "the most that a parametric sigmoid's floor may be")
      .range(0, 1);
  command.add("--loss", given.loss, "squared, huber:D, lad or quantile:Q");
  command.add("--transform", given.transform, "of the metric, in order: minmax,log,logit")
      .value_name("STEPS");
  command
      .add("--range", given.ranges,
           "what is 0 and 1 of the metric, chance and the most: 0.25,1; one, or one for each --y")
      .one_value_each()
      .value_name("LOW,HIGH");
}

void add_split_options(Options& command, FitOptions& given) {
  command.add("--split", given.split, "cutoff, rank, random or none: which models are tried")
      .choices(observational::split_method_names(), false);
  command.add("--split-by", given.split_by, "flops, size, tokens, y or a column")
      .value_name("COLUMN");
  command
      .add("--cutoff", given.cutoffs,
           "models up to this are learnt from; FLOPs in 1e21; 0.5r: half of the largest; one, or "
           "one for each --y")
      .one_value_each()
      .value_name("VALUE");
  command.add("--test", given.test, "rank, random: models that are tried; below 1 a share")
      .value_name("N")
      .positive();
  command
      .add("--hold-out", given.hold_out,
           "models that are not learnt from: a condition, or a list such as preregistered")
      .value_name("EXPR");
  command.add_flag("--test-held-out", given.test_held_out, "count them among those tried");
  command.add_flag("--predict-missing", given.predict_missing,
                   "predict models without the metric, too");
}

void add_reference_options(Options& command, FitOptions& given) {
  command
      .add("--reference", given.reference,
           "family whose compute indices are translated into; none (default: that of the set)")
      .value_name("FAMILY");
  command.add("--scale", given.scale, "what of that family: flops or size")
      .choices({"flops", "size"}, false);
  command.add("--highlight", given.highlight, "models or a list to mark in the figure")
      .value_name("LIST");
  command.add("--level", given.level, "of intervals").range(0.01, 0.9999);
}

void warn_of_idle_options(Options& command, const FitOptions& given, CommandContext& context) {
  const auto warn = [&](const char* name, const std::string& why) {
    const Option* option = command.find(name);
    if (option != nullptr && option->is_set())
      context.warn(std::string(name) + " has no effect " + why);
  };
  if (given.split != "cutoff") warn("--cutoff", "with --split " + given.split);
  if (given.split != "rank" && given.split != "random")
    warn("--test", "with --split " + given.split);
  if (given.form != "sigmoid-parametric") {
    warn("--free-height", "with --form " + given.form);
    warn("--width", "with --form " + given.form);
  }
  if (given.hold_out.empty()) warn("--test-held-out", "without --hold-out");
  const auto is_scale = [](const std::string& x) { return x == "size" || x == "flops"; };
  if (std::all_of(given.x.begin(), given.x.end(), is_scale)) {
    for (const char* name : {"--metrics", "--impute-rank", "--standardize", "--sparse"})
      warn(name, "on --x " + join(given.x, ","));
  }
}

namespace {

/// The columns that a metric is made of: itself, or those of an expression.
std::vector<std::string> columns_of(const std::string& metric, const Table& table) {
  return table.has(metric) ? std::vector<std::string>{metric}
                           : names_in(parse_expression(metric, "--y"));
}

/// A metric that is among those which components are made of is predicted from itself.
void warn_of_own_metrics(const FitOptions& given, const ReadModels& read, CommandContext& context) {
  const std::vector<std::string>& metrics = read.models.metrics;
  const auto is_made_of_metrics = [](const std::string& x) { return x != "size" && x != "flops"; };
  if (std::none_of(given.x.begin(), given.x.end(), is_made_of_metrics)) return;
  std::vector<std::string> own, others;
  for (const std::string& metric : given.y) {
    for (std::string& column : columns_of(metric, read.models.table))
      if (contains(metrics, column) && !contains(own, column)) own.push_back(std::move(column));
  }
  if (own.empty()) return;
  for (const std::string& metric : metrics)
    if (!contains(own, metric)) others.push_back(metric);
  const bool one = own.size() == 1;
  context.warn(join(own, ", ") + (one ? " is" : " are") +
               " predicted, and also among the metrics that the predictors are made of, so that "
               "errors look smaller than they are for a metric that is not: leave " +
               (one ? "it" : "them") + " out with --metrics \"" + join(others, ",") + "\"");
}

}  // namespace

PredictionRequest prediction_request(const FitOptions& given, const ReadModels& read,
                                     CommandContext& context) {
  PredictionRequest request;
  warn_of_own_metrics(given, read, context);
  request.metrics = given.y;
  request.titles = read.sets.titles;
  observational::PredictorOptions predictor;
  predictor.impute = {.rank = given.impute.rank, .boundary = read.impute.boundary};
  predictor.pca = given.pca;
  for (const std::string& x : given.x)
    request.predictors.push_back(observational::parse_predictor(x, predictor));
  request.regression.link = observational::parse_link(given.form);
  request.regression.loss = parse_loss(given.loss);
  if (request.regression.loss.kind == LossKind::binomial ||
      request.regression.loss.kind == LossKind::huber_auto)
    throw InputError("--loss " + given.loss + " is one of rung fit",
                     "squared, huber:D, lad, quantile:Q or asymmetric:F");
  request.regression.fixed_height = !given.free_height;
  request.regression.width = given.width;
  request.regression.n_threads = context.common.n_threads;
  request.transforms = transforms_of(given);
  request.splits = splits_of(given, context);
  request.sample.split_by = given.split_by;
  request.sample.hold_out = read.condition_of(given.hold_out);
  request.sample.test_held_out = given.test_held_out;
  request.sample.predict_missing = given.predict_missing;
  request.reference_required = !given.reference.empty() && given.reference != "none";
  request.reference = given.reference.empty()     ? read.set.reference
                      : given.reference == "none" ? ""
                                                  : given.reference;
  request.scale = given.scale;
  request.highlighted = read.sets.model_names(given.highlight);
  request.intervals.level = given.level;
  request.intervals.refits = {.n = static_cast<std::size_t>(context.common.n_bootstrap),
                              .seed = context.common.seed,
                              .n_threads = context.common.n_threads};
  return request;
}

}  // namespace rung::app
