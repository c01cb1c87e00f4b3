#include "rung/study/table/groups_determined.hpp"

#include <algorithm>

#include "rung/core/error.hpp"
#include "rung/core/linear_algebra.hpp"
#include "rung/core/text.hpp"
#include "rung/fit/interval/delta.hpp"
#include "rung/study/table/shared_names.hpp"

namespace rung::table {
namespace {

/// What a group has of its own, and nothing but the data says.
struct Own {
  std::vector<std::string> names;  // "E[web]", "C multiplier[web]"
  std::vector<int> coordinates;    // of them, each once where some are tied

  bool has_multiplier() const {
    return std::ranges::any_of(names, [](const std::string& name) { return is_multiplier(name); });
  }
};

Own own_of(const FitProblem& shared, const std::vector<Constraint>& constraints,
           const std::string& group) {
  Own own;
  for (int p = 0; p < shared.n_parameters(); ++p) {
    const std::string& name = shared.law().info.parameters[static_cast<std::size_t>(p)].name;
    const int coordinate = shared.coordinate_of(p);
    const bool has_prior = std::ranges::any_of(constraints, [&](const Constraint& constraint) {
      return constraint.parameter == name && constraint.prior_sd;
    });
    if (!name.ends_with("[" + group + "]") || coordinate < 0 || has_prior) continue;
    own.names.push_back(name);
    if (std::ranges::find(own.coordinates, coordinate) == own.coordinates.end())
      own.coordinates.push_back(coordinate);
  }
  return own;
}

/// Plausible values, none like another: what the rows don't tell apart there they tell nowhere.
std::vector<double> generic_values(const Law& law) {
  std::vector<double> theta;
  for (const ParameterInfo& parameter : law.info.parameters) {
    const double typical = parameter.typical == 0 ? 1 : parameter.typical;
    theta.push_back(typical * (1 + 0.0371 * static_cast<double>(theta.size() + 1)));
  }
  return theta;
}

/// Rows of the group that count, a column for each of its coordinates.
Matrix slopes_of(const FitProblem& shared, std::size_t first, const Sample& sample,
                 const std::vector<int>& coordinates) {
  std::vector<double> fitted;
  const Matrix all = residual_jacobian(shared, generic_values(shared.law()), coordinates, fitted);
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < sample.points.size(); ++i) {
    if (sample.points.weight(i) > 0) rows.push_back(first + i);
  }
  Matrix own(rows.size(), coordinates.size());
  for (std::size_t i = 0; i < rows.size(); ++i)
    std::ranges::copy(all.row(rows[i]), own.row(i).begin());
  return own;
}

/// Whether a column, or a combination of some, is nothing in all rows.
bool is_singular(Matrix slopes) {
  constexpr double kRounding = 1e-12;
  if (slopes.n_rows < slopes.n_columns) return true;
  std::vector<double> scales = column_norms(slopes);
  if (!all_finite(scales)) return false;  // nothing is known there
  if (std::ranges::min(scales) == 0) return true;
  for (double& scale : scales) scale = 1 / scale;
  scale_columns(scales, slopes);
  const std::vector<double> values = singular_values(slopes, SingularVectors::right).values;
  return values.back() <= kRounding * values.front();
}

std::string words_of(const Own& own, std::size_t n_rows) {
  const bool one = own.names.size() == 1;
  return "its " + std::to_string(n_rows) + (n_rows == 1 ? " row does" : " rows do") + " not " +
         (one ? "determine " : "tell ") + join(own.names, ", ") + (one ? "" : " apart");
}

bool is_one_cluster(const std::vector<int>& clusters) {
  return std::ranges::all_of(clusters, [](int cluster) { return cluster == 0; });
}

}  // namespace

void check_groups(const Prepared& prepared, const Prepared& shared,
                  const UncertaintyOptions& options) {
  const FitProblem problem(*shared.law, shared.samples.front().points, {}, Residual::raw,
                           shared.constraints);
  std::vector<Problem> problems;
  std::size_t first = 0;
  for (const Sample& sample : prepared.samples) {
    const Own own = own_of(problem, shared.constraints, sample.label);
    const Matrix slopes = slopes_of(problem, first, sample, own.coordinates);
    first += sample.points.size();
    if (own.names.empty()) continue;
    const std::string group = "group '" + sample.label + "': ";
    if (is_singular(slopes))
      problems.push_back({{prepared.table.source()},
                          group + words_of(own, slopes.n_rows),
                          own.has_multiplier()
                              ? "leave out --share, so that groups differ in factors alone, or "
                                "share more"
                              : "leave the group out with --where, or give all groups more in "
                                "common with --share"});
    else if (!options.cluster_column.empty() &&
             is_one_cluster(clusters_of(prepared, sample, options.cluster_column)))
      problems.push_back({{prepared.table.source()},
                          group + "all rows are of one '" + options.cluster_column +
                              "', and clusters that are drawn may leave none of it",
                          "take a column whose values differ within each group"});
  }
  if (!problems.empty()) throw InputError(std::move(problems));
}

}  // namespace rung::table
