#include "rung/study/table/shared.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "rung/core/error.hpp"
#include "rung/core/expression.hpp"
#include "rung/core/text.hpp"
#include "rung/fit/group_indicator.hpp"
#include "rung/law/formula.hpp"
#include "rung/study/table/groups_alike.hpp"
#include "rung/study/table/groups_determined.hpp"
#include "rung/study/table/shared_names.hpp"

namespace rung::table {
namespace {

ExpressionNode name_node(std::string name) { return {.op = Op::name, .text = std::move(name)}; }

ExpressionNode pair_node(Op op, ExpressionNode left, ExpressionNode right) {
  ExpressionNode node{.op = op};
  node.operands.push_back(std::move(left));
  node.operands.push_back(std::move(right));
  return node;
}

class Builder {
 public:
  Builder(const Law& law, const std::vector<Sample>& samples, const SharedOptions& shared)
      : law_(law), samples_(samples), shared_(shared) {
    if (samples_.size() < 2)
      throw InputError("there is only one group", "say with --group-by what tells groups apart");
    check_names();
    for (const std::string& input : shared_.multipliers) add_multiplier(input);
    for (const ParameterInfo& parameter : law_.info.parameters) add_parameter(parameter);
  }

  /// InputError where this is no law, or too large for one.
  std::shared_ptr<const Law> law() {
    Expression expression = parse_expression(law_.info.formula);
    substitute(expression.root, by_name_);
    std::vector<std::string> inputs;
    for (const InputInfo& input : law_.info.inputs) inputs.push_back(input.name);
    for (const Sample& sample : samples_) {
      if (indicator_used(sample.label)) inputs.push_back(indicator_name(sample.label));
    }
    FormulaOptions options;
    options.parameters = parameters_;
    auto law = std::make_shared<Law>(formula_law(to_text(expression.root), inputs, options));
    law->info.residual = law_.info.residual;
    set_search(*law);
    law->info.name = law_.info.name + ", shared";
    return law;
  }

  std::vector<SharedGroup> groups() const {
    std::vector<SharedGroup> groups;
    for (const Sample& sample : samples_) {
      SharedGroup& group = groups.emplace_back(SharedGroup{sample.label, {}, {}});
      for (const Sample& other : samples_) {
        if (indicator_used(other.label)) group.indicators.push_back(&other == &sample ? 1 : 0);
      }
    }
    return groups;
  }

  /// Those on a parameter that is each group's own, for each of them.
  std::vector<Constraint> constraints(const std::vector<Constraint>& given) const {
    std::vector<Constraint> all;
    for (const Constraint& constraint : given) {
      if (!is_own(constraint.parameter) || law_.parameter_index(constraint.parameter) < 0) {
        all.push_back(constraint);
        continue;
      }
      for (const Sample& sample : samples_) {
        Constraint& own = all.emplace_back(constraint);
        own.parameter = own_name(constraint.parameter, sample.label);
        if (!constraint.tied_to.empty() && is_own(constraint.tied_to))
          own.tied_to = own_name(constraint.tied_to, sample.label);
      }
    }
    return all;
  }

  Points points() const {
    std::size_t n = 0;
    std::vector<const Sample*> indicated;
    for (const Sample& sample : samples_) {
      n += sample.points.size();
      if (indicator_used(sample.label)) indicated.push_back(&sample);
    }
    Points all(law_.info.inputs.size() + indicated.size(), n);
    std::size_t next = 0;
    for (const Sample& sample : samples_) {
      for (std::size_t i = 0; i < sample.points.size(); ++i) {
        std::vector<double> inputs;
        for (std::size_t k = 0; k < sample.points.n_inputs(); ++k)
          inputs.push_back(sample.points.input(k, i));
        for (const Sample* other : indicated) inputs.push_back(other == &sample ? 1 : 0);
        all.set(next++, inputs, sample.points.y(i), sample.points.weight(i));
      }
    }
    return all;
  }

 private:
  bool is_own(const std::string& parameter) const {
    return !shared_.shared.empty() && std::find(shared_.shared.begin(), shared_.shared.end(),
                                                parameter) == shared_.shared.end();
  }
  /// With multipliers alone the first group has no parameter of its own.
  bool indicator_used(const std::string& group) const {
    return any_own_ || group != samples_.front().label;
  }

  /// What the law itself knows of where to look holds for each group's own copy too.
  void set_search(Law& law) const {
    for (ParameterInfo& parameter : law.info.parameters) {
      const std::string name = parameter.name.substr(0, parameter.name.find('['));
      if (const int p = law_.parameter_index(name); p >= 0)
        parameter.search = law_.info.parameters[static_cast<std::size_t>(p)].search;
      else
        parameter.search = {.low = 0.2, .high = 5};
    }
  }

  void check_names() const {
    std::vector<std::string> parameters, inputs;
    for (const ParameterInfo& parameter : law_.info.parameters)
      parameters.push_back(parameter.name);
    for (const InputInfo& input : law_.info.inputs) inputs.push_back(input.name);
    const auto check = [](const std::string& name, const std::vector<std::string>& known,
                          const char* what) {
      if (std::find(known.begin(), known.end(), name) == known.end())
        throw InputError("'" + name + "' is no " + what + " of the law",
                         "it has " + join(known, ", "));
    };
    for (const std::string& name : shared_.shared) check(name, parameters, "parameter");
    for (const std::string& name : shared_.multipliers) {
      if (name != kCompute) check(name, inputs, "input");
    }
  }

  void add_multiplier(const std::string& input) {
    const bool of_compute = is_of_compute(law_, input);
    const std::vector<std::string> targets =
        of_compute ? std::vector<std::string>{"N", "D"} : std::vector<std::string>{input};
    for (const std::string& target : targets) {
      ExpressionNode scaled = by_name_.count(target) ? by_name_[target] : name_node(target);
      for (std::size_t g = 1; g < samples_.size(); ++g) {
        const std::string& group = samples_[g].label;
        ExpressionNode factor = pair_node(Op::power, name_node(multiplier_name(input, group)),
                                          name_node(indicator_name(group)));
        if (of_compute) {
          ExpressionNode root{.op = Op::sqrt};
          root.operands.push_back(std::move(factor));
          factor = std::move(root);
        }
        scaled = pair_node(Op::multiply, std::move(scaled), std::move(factor));
      }
      by_name_[target] = std::move(scaled);
    }
    constexpr double kMost = 1e3;
    for (std::size_t g = 1; g < samples_.size(); ++g) {
      parameters_.push_back({.name = multiplier_name(input, samples_[g].label),
                             .lower = 1 / kMost,
                             .upper = kMost,
                             .start = 1});
    }
  }

  void add_parameter(const ParameterInfo& parameter) {
    const auto known = [&](const std::string& name) {
      FormulaParameter info{.name = name};
      if (std::isfinite(parameter.lower)) info.lower = parameter.lower;
      if (std::isfinite(parameter.upper)) info.upper = parameter.upper;
      return info;
    };
    if (!is_own(parameter.name)) {
      parameters_.push_back(known(parameter.name));
      return;
    }
    any_own_ = true;
    std::optional<ExpressionNode> sum;
    for (const Sample& sample : samples_) {
      ExpressionNode term =
          pair_node(Op::multiply, name_node(own_name(parameter.name, sample.label)),
                    name_node(indicator_name(sample.label)));
      sum = sum ? pair_node(Op::add, std::move(*sum), std::move(term)) : std::move(term);
      parameters_.push_back(known(own_name(parameter.name, sample.label)));
    }
    by_name_[parameter.name] = std::move(*sum);
  }

  const Law& law_;
  const std::vector<Sample>& samples_;
  const SharedOptions& shared_;
  bool any_own_ = false;
  std::map<std::string, ExpressionNode> by_name_;
  std::vector<FormulaParameter> parameters_;
};

/// How many groups such a law has room for; fewer than 2: it is not their number.
std::size_t most_groups(const Law& law, const std::vector<Sample>& samples,
                        const SharedOptions& shared) {
  std::vector<Sample> named;  // a law is built without their rows
  for (const Sample& sample : samples)
    named.push_back({sample.label, Points(law.info.inputs.size(), 0), {}});
  std::size_t possible = 1, impossible = named.size();
  while (impossible - possible > 1) {
    const std::size_t n = (possible + impossible) / 2;
    const std::vector<Sample> some(named.begin(), named.begin() + static_cast<long>(n));
    try {
      Builder(law, some, shared).law();
      possible = n;
    } catch (const InputError&) {
      impossible = n;
    }
  }
  return possible;
}

void require_difference(const Law& law, const SharedOptions& shared) {
  if (!shared.multipliers.empty()) return;
  for (const ParameterInfo& parameter : law.info.parameters)
    if (!contains(shared.shared, parameter.name)) return;
  throw InputError("--share names all parameters: nothing is left in which groups differ",
                   "leave --group-by out to fit all rows alike, or name fewer");
}

std::shared_ptr<const Law> shared_law(Builder& builder, const Prepared& prepared,
                                      const SharedOptions& shared) {
  require_difference(*prepared.law, shared);
  try {
    return builder.law();
  } catch (const InputError& error) {
    const std::size_t n = prepared.samples.size(),
                      most = most_groups(*prepared.law, prepared.samples, shared);
    if (most < 2)
      throw InputError(
          "'" + prepared.law->info.name +
              "' can't be shared among groups as it stands: " + error.problems().front().message,
          "write it out with --formula");
    throw InputError(
        "--" + std::string(shared.shared.empty() ? "multiplier" : "share") + ": " +
            std::to_string(n) + " groups are too many for one fit: at most " +
            std::to_string(most) + " can be fitted at once with as much of their own",
        "choose groups with --where" +
            std::string(shared.shared.empty() ? "" : ", or name more parameters in --share"));
  }
}

struct Pool {
  double mean = 0, sd = 0;
};

/// Mean and between-group spread of estimates with standard errors.
std::optional<Pool> pool_of(const std::vector<double>& values, const std::vector<double>& errors) {
  if (values.size() < 2) return std::nullopt;
  double weight = 0, weighted = 0, squares = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double w = 1 / (errors[i] * errors[i]);
    weight += w, weighted += w * values[i], squares += w * w;
  }
  const double fixed_mean = weighted / weight;
  double q = 0;
  for (std::size_t i = 0; i < values.size(); ++i)
    q += std::pow((values[i] - fixed_mean) / errors[i], 2);
  const double dof = static_cast<double>(values.size()) - 1;
  const double between = std::max(0.0, (q - dof) / (weight - squares / weight));
  double total = 0, mean = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double w = 1 / (errors[i] * errors[i] + between);
    total += w, mean += w * values[i];
  }
  // Groups that differ by no more than their errors share the parameter as exactly as it is known.
  return Pool{mean / total, std::max(std::sqrt(between), std::sqrt(1 / total))};
}

/// How much groups differ is known from few of them, and a group's own runs are in the prior as
/// well as under it: what it says alone stays possible.
void reach_over(Fitted alone, Fitted& pooled) {
  for (std::size_t p = 0; p < pooled.fit.parameters.size(); ++p) {
    ParameterEstimate& estimate = pooled.fit.parameters[p];
    const ParameterEstimate& own = alone.fit.parameters[p];
    if (estimate.lower)
      estimate.lower = own.lower ? std::optional(std::min(*estimate.lower, *own.lower)) : own.lower;
    if (estimate.upper)
      estimate.upper = own.upper ? std::optional(std::max(*estimate.upper, *own.upper)) : own.upper;
  }
  pooled.rival = std::make_shared<const Fitted>(std::move(alone));
}

}  // namespace

SharedFit fit_shared(const Prepared& prepared, const Request& request, const SharedOptions& shared,
                     const UncertaintyOptions& options) {
  Builder builder(*prepared.law, prepared.samples, shared);
  SharedFit result{prepared, {}, {}, {}, request};
  result.prepared.law = shared_law(builder, prepared, shared);
  result.groups = builder.groups();
  result.prepared.constraints = builder.constraints(prepared.constraints);
  Sample all{"", builder.points(), {}};
  for (const Sample& sample : prepared.samples)
    all.rows.insert(all.rows.end(), sample.rows.begin(), sample.rows.end());
  result.prepared.samples.clear();
  result.prepared.samples.push_back(std::move(all));
  check_determined(result.prepared);
  check_groups(prepared, result.prepared, options);
  result.group = fit_group(result.prepared, result.prepared.samples.front(), request, options);
  for (const std::string& input : shared.multipliers) {
    for (std::size_t g = 1; g < prepared.samples.size(); ++g) {
      const std::string& group = prepared.samples[g].label;
      const int p = result.prepared.law->parameter_index(multiplier_name(input, group));
      const auto k = static_cast<std::size_t>(p);
      const ParameterEstimate& estimate = result.group.fitted.fit.parameters[k];
      Multiplier multiplier{input, group, prepared.samples.front().label, estimate.value, {}};
      if (result.group.fitted.replicates.n > 0)
        multiplier.interval = result.group.fitted.bootstrap_interval(k);
      else if (estimate.lower && estimate.upper)
        multiplier.interval = Interval{request.level, *estimate.lower, *estimate.upper, "delta"};
      result.multipliers.push_back(std::move(multiplier));
    }
  }
  // The test takes rows for independent, which those of one cluster are not.
  if (options.cluster_column.empty()) {
    const Request own_law = request_of_group(request, *prepared.law, {});
    if (std::string doubt = doubt_of_sharing(prepared, result, own_law); !doubt.empty())
      result.group.add_doubt(std::move(doubt));
  }
  result.request = request_of_group(request, *prepared.law, shared.multipliers);
  for (std::size_t g = 0; g < result.groups.size(); ++g) {
    result.groups[g].alone =
        fit_of_group(result.group.fitted, result.request, {prepared.samples[g], g == 0});
  }
  return result;
}

std::vector<FittedGroup> fit_pooled(const Prepared& prepared, const Request& request,
                                    const UncertaintyOptions& options) {
  if (prepared.samples.size() < 2)
    throw InputError("there is only one group", "say with --group-by what tells groups apart");
  const Law& law = *prepared.law;
  std::vector<Fit> alone;
  double variance = 0, dof = 0;
  for (const Sample& sample : prepared.samples) {
    FitOptions fitting = fit_options(prepared, request);
    fitting.allow_underdetermined = true;
    alone.push_back(fit(law, sample.points, fitting));
    if (const auto& covariance = alone.back().covariance)
      variance += covariance->residual_variance * covariance->dof, dof += covariance->dof;
  }
  Prepared pooled = prepared;
  for (const ParameterInfo& parameter : law.info.parameters) {
    const bool spoken_for =
        std::any_of(pooled.constraints.begin(), pooled.constraints.end(),
                    [&](const Constraint& c) { return c.parameter == parameter.name; });
    if (parameter.of_log || spoken_for) continue;
    std::vector<double> values, errors;
    for (const Fit& fit : alone) {
      const auto p = static_cast<std::size_t>(law.parameter_index(parameter.name));
      if (!fit.identified || !fit.parameters[p].stderror) continue;
      values.push_back(fit.theta[p]);
      errors.push_back(*fit.parameters[p].stderror);
    }
    const std::optional<Pool> pool = pool_of(values, errors);
    if (!pool) continue;
    pooled.constraints.push_back(
        {.parameter = parameter.name, .prior_mean = pool->mean, .prior_sd = pool->sd});
  }
  if (pooled.constraints.size() == prepared.constraints.size() || dof == 0)
    throw InputError(
        "fewer than two groups determine the law on their own, so there is nothing to "
        "pool",
        "share parameters with --share");
  UncertaintyOptions with_noise = options;
  if (!with_noise.noise_sd && request.loss.kind != LossKind::binomial) {
    with_noise.noise_sd = std::sqrt(variance / dof);
    with_noise.noise_is_groups = true;
  }
  std::vector<FittedGroup> groups;
  for (std::size_t g = 0; g < pooled.samples.size(); ++g) {
    const Sample& sample = pooled.samples[g];
    groups.push_back(fit_group(pooled, sample, request, with_noise));
    groups.back().notes.push_back("partially pooled with the other groups");
    if (alone[g].identified)
      reach_over(fit_group(prepared, sample, request, options).fitted, groups.back().fitted);
  }
  return groups;
}

}  // namespace rung::table
