#include "rung/study/table/groups_determined.hpp"

#include <algorithm>

#include "rung/core/error.hpp"
#include "rung/core/linear_algebra.hpp"
#include "rung/core/text.hpp"
#include "rung/fit/interval/delta.hpp"
#include "rung/fit/weighing.hpp"

namespace rung::table {
namespace {

constexpr const char* kHint =
    "leave the group out with --where, or give all groups more in common with --share";

/// Those of the group alone: "E[web]", "C multiplier[web]".
std::vector<std::string> own_parameters(const Law& shared, const std::string& group) {
  std::vector<std::string> own;
  for (const ParameterInfo& parameter : shared.info.parameters) {
    if (parameter.name.ends_with("[" + group + "]")) own.push_back(parameter.name);
  }
  return own;
}

bool is_known(const std::string& parameter, const std::vector<Constraint>& constraints) {
  return std::any_of(constraints.begin(), constraints.end(), [&](const Constraint& constraint) {
    return constraint.parameter == parameter &&
           (constraint.fixed || !constraint.tied_to.empty() || constraint.prior_sd);
  });
}

bool is_one_cluster(const std::vector<int>& clusters) {
  return std::all_of(clusters.begin(), clusters.end(), [](int cluster) { return cluster == 0; });
}

/// Whether one of the columns, or a combination of them, is nothing in all rows.
bool is_singular(Matrix jacobian) {
  constexpr double kSingular = 1e-9;
  if (jacobian.n_rows < jacobian.n_columns) return true;
  std::vector<double> length = column_norms(jacobian);
  for (double& one : length) {
    if (!(one > 0)) return true;
    one = 1 / one;
  }
  scale_columns(length, jacobian);
  const SingularValues svd = singular_values(jacobian, SingularVectors::right);
  return svd.values.back() <= kSingular * svd.values.front();
}

}  // namespace

void check_groups(const Prepared& prepared, const Prepared& shared,
                  const UncertaintyOptions& options) {
  std::vector<Problem> problems;
  for (const Sample& sample : prepared.samples) {
    std::vector<std::string> own = own_parameters(*shared.law, sample.label);
    std::erase_if(own, [&](const auto& name) { return is_known(name, shared.constraints); });
    const std::size_t rows = n_weighing(sample.points);
    const std::string group = "group '" + sample.label + "': ";
    if (rows < own.size())
      problems.push_back({{prepared.table.source()},
                          group + "only " + std::to_string(rows) + (rows == 1 ? " row" : " rows") +
                              " for " + join(own, ", "),
                          kHint});
    else if (!own.empty() && !options.cluster_column.empty() &&
             is_one_cluster(clusters_of(prepared, sample, options.cluster_column)))
      problems.push_back({{prepared.table.source()},
                          group + "all rows are of one '" + options.cluster_column +
                              "', and clusters that are drawn may leave none of it",
                          "take a column whose values differ within each group"});
  }
  if (!problems.empty()) throw InputError(std::move(problems));
}

std::vector<std::string> undetermined_groups(const Prepared& prepared, const Fitted& shared) {
  std::vector<std::string> words;
  if (shared.fit.status == Status::failed || !shared.problem || shared.fit.identified) return words;
  std::size_t first = 0;
  for (const Sample& sample : prepared.samples) {
    std::vector<int> moving;
    std::vector<std::string> names;
    for (const std::string& name : own_parameters(*shared.law, sample.label)) {
      const int coordinate = shared.problem->coordinate_of(shared.law->parameter_index(name));
      if (coordinate < 0 || std::find(moving.begin(), moving.end(), coordinate) != moving.end())
        continue;
      moving.push_back(coordinate);
      names.push_back(name);
    }
    std::vector<double> fitted;
    const Matrix all = residual_jacobian(*shared.problem, shared.fit.theta, moving, fitted);
    Matrix own(sample.points.size(), moving.size());
    for (std::size_t i = 0; i < own.n_rows; ++i) {
      for (std::size_t k = 0; k < moving.size(); ++k) own(i, k) = all(first + i, k);
    }
    first += sample.points.size();
    if (!moving.empty() && is_singular(std::move(own)))
      words.push_back("the rows of '" + sample.label + "' do not tell " + join(names, ", ") +
                      " apart, and so no group's errors are known: " + kHint);
  }
  return words;
}

}  // namespace rung::table
