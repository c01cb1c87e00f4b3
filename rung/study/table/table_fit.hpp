#pragma once
/// Any table, any law: from what a user says of columns to points, and to one fit a group.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "rung/core/expression.hpp"
#include "rung/data/table.hpp"
#include "rung/data/units.hpp"
#include "rung/fit/constraint_text.hpp"
#include "rung/fit/fit.hpp"
#include "rung/fit/interval/bootstrap.hpp"
#include "rung/law/catalogue.hpp"

namespace rung::table {

/// What to fit, as text. The table's columns go in by expressions.
struct Request {
  LawCatalogue laws;                   // the built-in ones and the user's own
  std::string law;                     // one of them
  std::string formula;                 // or in the user's words; inputs are then the names in `x`
  std::string x;                       // "N=params, D=C/(6*N)"; "": columns named as the inputs
  bool takes_named_inputs = false;     // a formula: of x those that it names, not all
  std::string y = "loss";              // an expression
  std::string weights;                 // an expression; "": 1
  std::string where;                   // a condition
  std::string schedule;                // the learning rate, an expression; "": no schedule
  std::string schedule_step = "step";  // an expression
  std::string schedule_run;            // a column that tells runs apart
  std::vector<std::string> group_by;   // columns
  Loss loss{};
  std::string questions;             // of a row, under the binomial loss: an expression
  std::optional<Residual> residual;  // absent: the law's own
  ConstraintTexts constraints;
  double level = 0.95;
  std::optional<LossUnit> loss_unit;         // of the table
  std::optional<LossUnit> fit_loss_unit;     // to fit and report in
  std::string bytes_per_token;               // an expression
  std::optional<ParameterCount> params;      // what the table's N counts
  std::optional<ParameterCount> fit_params;  // to fit and report in
  std::string embedding, inactive;           // parameters in the embedding, idle ones: expressions
};

/// Whether --x says what C is.
bool maps_compute(const Request& what);

/// The points of one group.
struct Sample {
  std::string label;
  Points points;
  std::vector<std::size_t> rows;  // of Prepared::table, one a point
};

struct Prepared {
  std::shared_ptr<const Law> law;
  std::vector<Constraint> constraints;
  Residual residual = Residual::raw;
  Table table;  // the rows that are fitted; inputs under their names
  std::vector<Sample> samples;
  Mapping x;                                              // what the user says of the inputs
  std::string y;                                          // and of the observations
  std::size_t n_read = 0, n_excluded = 0, n_missing = 0;  // rows: all, by `where`, incomplete
  std::vector<std::string> warnings;
};

/// The law, and the constraints on it. InputError unless exactly one of law and formula is given.
std::shared_ptr<const Law> law_of(const Request& request,
                                  std::vector<std::string>* warnings = nullptr);

bool any_prior(const std::vector<Constraint>& constraints);

/// Rows selected, columns computed, units converted, groups made. InputError where no rows are
/// left, and for inputs, observations and weights that the law or the residual has no value for.
Prepared prepare(Table table, const Request& request);

/// A row to predict.
struct Query {
  std::vector<double> inputs;
  std::optional<double> actual;  // where it was measured
  std::string group;             // label; "": any group's
};

/// The rows of a table that have every input, with the observation where the table has one, of the
/// fit's groups (a table without their columns is of any). What is left out is warned of;
/// InputError where nothing is left.
std::vector<Query> queries_of(Table table, const Request& request, const Law& law,
                              const std::vector<std::string>& groups,
                              std::vector<std::string>& warnings);

/// "N=7e9, D=4e12": one row of inputs. InputError for a missing or unknown input, or one that is no
/// number. `others`: inputs of other laws, which it may have, too.
std::vector<double> inputs_at(const std::string& text, const Law& law,
                              const std::vector<std::string>& others = {});
/// The same for several, as any group's.
std::vector<Query> queries_at(const std::vector<std::string>& texts, const Law& law);

/// InputError with the problem of every group that has too few rows for the free parameters, a
/// constant input or constant observations.
void check_determined(const Prepared& prepared);

/// Parameters that the constraints neither hold nor tie.
std::size_t n_free_of(const Prepared& prepared);

FitOptions fit_options(const Prepared& prepared, const Request& request);

}  // namespace rung::table
