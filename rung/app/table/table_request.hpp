#pragma once
/// The options by which a command is told what to fit of which table.

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "rung/app/context.hpp"
#include "rung/app/table/table_input.hpp"
#include "rung/core/options.hpp"
#include "rung/report/saved_fit.hpp"

namespace rung::app {

struct TableRequest {
  std::vector<std::string> paths;  // "-": standard input
  TableInput input;
  table::Request request;
  std::vector<std::string> law_paths;  // of the user's own laws
  std::string loss = "squared";
  std::string residual;  // "": the law's own
  std::string loss_unit, fit_loss_unit;
  std::string params, fit_params;
  std::string bootstrap_kind = "case";
  std::string covariance = "delta";
  std::string interval = "mean";
  double noise_sd = 0;  // 0: from the data
  bool profiles = false;
  Options* options = nullptr;  // where they were given

  /// The options given, but for `others`, that say what to fit of which table and how: for commands
  /// that take a finished fit in its place.
  std::vector<std::string> options_of_a_fit(
      std::initializer_list<std::string_view> others = {}) const;

  /// Those of these options that were given.
  std::vector<std::string> given_of(std::initializer_list<std::string_view> names) const;

  /// Which kind of interval was left to the data.
  bool leaves_kind_open() const;
};

/// TABLE, --law or --formula, --x, --y, --where and the rest; `many_laws`: neither --law nor
/// --formula, which the command then declares itself.
void add_table_options(Options& command, TableRequest& request, bool many_laws = false);
void add_uncertainty_options(Options& command, TableRequest& request);

/// The request with its texts read. InputError naming the option.
table::Request read_request(const TableRequest& given);
table::UncertaintyOptions uncertainty_options(const TableRequest& given,
                                              const CommandContext& context);

/// Says where --bootstrap-kind has nothing to be of.
void note_idle_bootstrap_kind(const TableRequest& given, CommandContext& context);

/// InputError for a table that is a number and no file: a further value of an option.
void check_no_values(const std::vector<std::string>& paths);

/// The one table of the request; several are joined by rows, columns by name.
Table read_tables(const TableRequest& given, CommandContext& context);

/// Reads, prepares, and passes the warnings on. Of a large Parquet file only columns that an option
/// names are read.
table::Prepared prepare_noted(const TableRequest& given, const table::Request& request,
                              CommandContext& context);

/// Reads a saved fit and takes note of it.
SavedFit read_saved(const std::string& path, CommandContext& context);

/// Warns of all that speaks against fits, once of what does against all of them, and notes their
/// parameters that are at a bound. `file`: where they are from, to tell them from others.
void tell_doubts(const std::vector<const Fitted*>& groups, CommandContext& context,
                 const std::string& file = "");

}  // namespace rung::app
