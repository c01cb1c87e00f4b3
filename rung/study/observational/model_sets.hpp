#pragma once
/// Sets of models and of metrics as data: rung/study/observational/model_sets.toml, and a user's
/// own.

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace rung::observational {

struct ModelSet {
  std::string title;
  std::string table;                     // a file's name
  std::vector<std::string> metrics;      // columns that components are taken of
  std::vector<std::string> fit_metrics;  // the same where other metrics are predicted from them
  std::string reference;                 // the family that compute is translated into; may be empty
  std::vector<std::string> families;     // empty: all
  std::vector<std::string> without_families;
  std::vector<std::string> without_models;
};

/// What metrics are called in pictures.
using MetricTitles = std::map<std::string, std::string, std::less<>>;
/// The title, or the metric itself where it has none.
const std::string& title_of(const MetricTitles& titles, const std::string& metric);

struct ModelSets {
  std::map<std::string, std::vector<std::string>, std::less<>> metrics;  // by name
  std::map<std::string, ModelSet, std::less<>> sets;                     // by name
  std::map<std::string, std::vector<std::string>, std::less<>> models;   // lists of models, by name
  std::map<std::string, std::string, std::less<>> downstream;  // tables of further metrics, by name
  MetricTitles titles;                                         // by column, or expression over some

  /// InputError with the nearest names for one that isn't there.
  const ModelSet& set(std::string_view name) const;
  /// A name of `metrics`, or columns separated by commas.
  std::vector<std::string> metric_columns(std::string_view text) const;
  /// Names of `models` and of single models, separated by commas.
  std::vector<std::string> model_names(std::string_view text) const;
};

/// The sets of a text, over those of `base`, which it may name and replace. InputError with line
/// and column for what is no such file.
ModelSets parse_model_sets(std::string_view toml, const std::string& source, ModelSets base = {});

/// Those that come with Rung.
const ModelSets& builtin_model_sets();
std::string_view builtin_model_sets_text();

}  // namespace rung::observational
