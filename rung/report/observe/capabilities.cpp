#include "rung/report/observe/capabilities.hpp"

#include <cmath>
#include <nlohmann/json.hpp>

#include "rung/core/text.hpp"
#include "rung/report/observe/format.hpp"

namespace rung::observational {
namespace {

NumberFormat percents() {
  return [](double x) { return percent(x, 1); };
}

/// "log10(FLOPs (1E21))"
std::string scale_title(const Models& models, const std::string& scale) {
  const std::string column = scale == "flops"  ? models.columns.flops_1e21
                             : scale == "size" ? models.columns.size_b
                                               : scale;
  return "log10(" + column + ")";
}

/// Families of several models, or of one whose family is known.
std::size_t n_families(const Models& models) {
  std::size_t n = 0;
  for (const std::string& family : models.distinct_families())
    n += models.has_family(models.of_family(family).front());
  return n;
}

std::string heading(const Capabilities& found) {
  const Models& models = found.models;
  const std::size_t n = n_families(models);
  return std::to_string(models.size()) + " models" +
         (n > 0 ? " of " + std::to_string(n) + " families" : "") + " on " +
         std::to_string(models.metrics.size()) + " benchmarks; " +
         std::to_string(found.imputed.size()) + " missing scores filled in";
}

TextTable components_table(const Capabilities& found) {
  TextTable table;
  table.add_column("component");
  table.add_column("explained", "explained_variance_ratio", percents());
  table.begin_group("loadings");
  for (const std::string& metric : found.models.metrics) table.add_column(metric, "", decimals(2));
  for (std::size_t k = 0; k < found.scores.n_columns; ++k) {
    std::vector<TextCell> row = {component_name(k), found.pca.explained_variance_ratio[k]};
    for (const double loading : found.pca.components.row(k)) row.push_back(loading);
    table.add_row(std::move(row));
  }
  return table;
}

/// How well lines of log scale describe each value.
TextTable lines_table(const Capabilities& found) {
  TextTable table;
  table.add_column("value");
  const auto& scales = found.request.scales;
  for (const std::string& scale : scales) {
    table.begin_group("against " + scale_title(found.models, scale));
    table.add_column("families", scale + "_families", decimals(0));
    table.add_column("mean R2", scale + "_mean_r2", decimals(3));
    table.add_column("R2, all", scale + "_r2", decimals(3));
  }
  const std::size_t n_values = found.lines.size() / scales.size();
  for (std::size_t i = 0; i < n_values; ++i) {
    if (i == found.scores.n_columns) table.add_rule();
    std::vector<TextCell> row = {found.lines[i].value};
    for (std::size_t s = 0; s < scales.size(); ++s) {
      const ScaleLines& lines = found.lines[s * n_values + i];
      row.push_back(static_cast<double>(lines.n_in_mean));
      row.push_back(number_cell(lines.mean_r2));
      row.push_back(number_cell(lines.pooled ? lines.pooled->r2 : std::nullopt));
    }
    table.add_row(std::move(row));
  }
  return table;
}

TextTable imputed_table(const Capabilities& found) {
  TextTable table;
  table.add_column("model");
  table.add_column("benchmark");
  table.add_column("filled in", "value", decimals(4));
  for (const ImputedScore& cell : found.imputed)
    table.add_row({found.models.names[cell.model], found.models.metrics[cell.metric], cell.value});
  return table;
}

/// A row a model: components, and scores with the missing ones filled in.
TextTable score_rows(const Capabilities& found) {
  TextTable table;
  table.add_column("model");
  table.add_column("family");
  for (std::size_t k = 0; k < found.scores.n_columns; ++k) table.add_column(component_name(k));
  for (const std::string& metric : found.models.metrics) table.add_column(metric);
  for (std::size_t i = 0; i < found.models.size(); ++i) {
    std::vector<TextCell> row = {found.models.names[i], found.models.families[i]};
    for (const double score : found.scores.row(i)) row.push_back(score);
    for (const double score : found.filled.row(i)) row.push_back(score);
    table.add_row(std::move(row));
  }
  return table;
}

Json line_json(const Line& line) {
  return {{"n", line.n},
          {"slope", json_number(line.slope)},
          {"intercept", json_number(line.intercept)},
          {"r2", json_number(line.r2)},
          {"pearson", json_number(line.pearson)},
          {"residual_sd", json_number(line.n > 2 ? std::optional(std::sqrt(line.residual_variance))
                                                 : std::nullopt)}};
}

Json lines_json(const Capabilities& found) {
  Json all = Json::array();
  for (const ScaleLines& lines : found.lines) {
    Json families = Json::object();
    for (const FamilyLine& family : lines.families)
      families[family.family] = family.line ? line_json(*family.line) : Json(nullptr);
    all.push_back({{"value", lines.value},
                   {"scale", lines.scale},
                   {"mean_r2", json_number(lines.mean_r2)},
                   {"n_families_in_mean", lines.n_in_mean},
                   {"pooled", lines.pooled ? line_json(*lines.pooled) : Json(nullptr)},
                   {"families", families}});
  }
  return all;
}

Json named(const std::vector<std::string>& names, std::span<const double> values) {
  Json json = Json::object();
  for (std::size_t i = 0; i < names.size(); ++i) json[names[i]] = json_number(values[i]);
  return json;
}

Json results(const Capabilities& found) {
  Json components = Json::object(), scores = Json::object(), imputed = Json::object();
  std::vector<std::string> names;
  for (std::size_t k = 0; k < found.scores.n_columns; ++k) {
    names.push_back(component_name(k));
    components[names[k]] = named(found.models.metrics, found.pca.components.row(k));
  }
  for (std::size_t i = 0; i < found.models.size(); ++i)
    scores[found.models.names[i]] = named(names, found.scores.row(i));
  for (const ImputedScore& cell : found.imputed)
    imputed[found.models.names[cell.model]][found.models.metrics[cell.metric]] =
        json_number(cell.value);
  return Json::array({{{"n_models", found.models.size()},
                       {"explained_variance_ratio", found.pca.explained_variance_ratio},
                       {"explained_variance", found.pca.explained_variance},
                       {"components", components},
                       {"scores", scores},
                       {"imputed", imputed},
                       {"lines", lines_json(found)}}});
}

Notes notes(const Capabilities& found) {
  Notes notes;
  const Models& models = found.models;
  std::vector<std::string> single;
  for (const std::string& family : models.distinct_families()) {
    const std::vector<std::size_t> rows = models.of_family(family);
    if (rows.size() == 1 && models.has_family(rows.front())) single.push_back(family);
  }
  if (!single.empty())
    notes.notes.push_back("families of one model have no line: " + join(single, ", "));
  for (const std::string& scale : found.request.scales) {
    std::size_t n = 0;
    for (const double value : models.values(scale)) n += std::isnan(value);
    if (n > 0)
      notes.notes.push_back(std::to_string(n) + " models are in no line against " +
                            scale_title(models, scale) + ", which is not known of them");
  }
  return notes;
}

}  // namespace

TextTable family_lines_table(const Capabilities& found, const std::string& value) {
  TextTable table;
  table.add_column("family");
  table.add_column("models", "n", decimals(0));
  for (const std::string& scale : found.request.scales) {
    table.begin_group(value + " against " + scale_title(found.models, scale));
    table.add_column("slope", scale + "_slope", decimals(3));
    table.add_column("intercept", scale + "_intercept", decimals(3));
    table.add_column("R2", scale + "_r2", decimals(3));
  }
  for (const std::string& family : found.models.distinct_families()) {
    std::vector<TextCell> row = {family,
                                 static_cast<double>(found.models.of_family(family).size())};
    bool any = false;
    for (const std::string& scale : found.request.scales) {
      const ScaleLines& lines = found.line_of(value, scale);
      for (const FamilyLine& each : lines.families) {
        if (each.family != family) continue;
        const auto& line = each.line;
        any = any || line;
        row.push_back(number_cell(line ? std::optional(line->slope) : std::nullopt));
        row.push_back(number_cell(line ? std::optional(line->intercept) : std::nullopt));
        // Two points always lie on a line: their R2 means nothing.
        row.push_back(number_cell(line && line->n > 2 ? line->r2 : std::nullopt));
      }
    }
    if (any) table.add_row(std::move(row));
  }
  return table;
}

Document describe(const Capabilities& found) {
  Document document;
  document.add(Heading{heading(found)}).add(components_table(found)).add(imputed_table(found));
  if (!found.request.scales.empty())
    document.add(lines_table(found)).add(family_lines_table(found, component_name(0)));
  document.add(notes(found));
  document.rows = score_rows(found);
  return document.set_results(results(found));
}

}  // namespace rung::observational
