#pragma once
/// Models with what is known of them: family, size, tokens, compute, benchmark scores.

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "rung/core/linear_algebra.hpp"
#include "rung/data/table.hpp"
#include "rung/study/observational/model_sets.hpp"

namespace rung::observational {

/// The table's columns, as the published tables call them.
struct ModelColumns {
  std::string model = "Model";
  std::string family = "Model Family";
  std::string size_b = "Model Size (B)";               // parameters, in 10^9
  std::string tokens_t = "Pretraining Data Size (T)";  // tokens, in 10^12
  std::string flops_1e21 = "FLOPs (1E21)";             // training compute, in 10^21
};

/// One row a model. NaN where a number is not known; a model of unknown family is a family of its
/// own, by its own name.
struct Models {
  ModelColumns columns;
  std::vector<std::string> names, families;
  std::vector<double> size_b, tokens_t, flops_1e21;
  std::vector<std::string> metrics;
  Matrix scores;  // [model x metric], in shares of 1
  Table table;    // the same rows with all that was read of them

  std::size_t size() const { return names.size(); }
  Models rows(const std::vector<std::size_t>& which) const;
  /// A column by its name; "size", "tokens" and "flops" are those of ModelColumns. InputError for
  /// one that isn't there or holds text.
  std::vector<double> values(const std::string& column) const;
  /// Rows of a family, ascending.
  std::vector<std::size_t> of_family(const std::string& family) const;
  /// Whether its family is known.
  bool has_family(std::size_t row) const;
  /// Families in order of first appearance.
  std::vector<std::string> distinct_families() const;
  /// The model's row; absent where there is none.
  std::optional<std::size_t> find(const std::string& name) const;
};

/// Where scores lie.
struct ScoreOptions {
  /// A score below is moved to its begin, with a warning. Absent: they may be anything.
  std::optional<std::pair<double, double>> range = std::pair(0.0, 1.0);
};

/// Reads the models of a table. Training compute is 6 x size x tokens where the table doesn't say
/// it. A column whose scores all lie in 0 to 100 and mostly above 1 is taken for percent. Rows
/// that stand twice with the same cells count once. What was changed or left out (percent, models
/// without any score) is said in `warnings`.
///
/// InputError for a missing model or metric column, a model without a name, a metric no model has a
/// score on, a score above the range, and a model that stands twice with different cells.
Models models_of(const Table& table, const std::vector<std::string>& metrics,
                 const ModelColumns& columns, const ScoreOptions& options,
                 std::vector<std::string>& warnings);

/// The rows of a set. Families that it names and no row has are passed over, since a table of
/// one's own need not have them all. InputError where no row is left.
Models models_of_set(const Models& models, const ModelSet& set);

/// Rows of these families alone. InputError with the nearest names for one that no model is of.
Models with_families(const Models& models, const std::vector<std::string>& families);

}  // namespace rung::observational
