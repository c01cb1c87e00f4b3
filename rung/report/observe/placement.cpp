#include "rung/report/observe/placement.hpp"

#include <cmath>
#include <nlohmann/json.hpp>

#include "rung/core/text.hpp"
#include "rung/report/observe/format.hpp"
#include "rung/study/observational/capabilities.hpp"

namespace rung::observational {
namespace {

constexpr double kFlops = 1e21;  // what the tables count compute in

std::optional<double> flops(const std::optional<double>& log10_flops) {
  if (!log10_flops) return std::nullopt;
  return std::pow(10, *log10_flops) * kFlops;
}

std::string flops_words(const std::optional<double>& log10_flops) {
  const auto value = flops(log10_flops);
  return value ? significant(*value, 2) : "";
}

std::string heading(const Placement& placement) {
  std::string text = placement.model;
  std::vector<std::string> components;
  for (std::size_t k = 0; k < placement.components.size(); ++k)
    components.push_back(component_name(k) + " " + fixed(placement.components[k], 2));
  text += ": " + join(components, ", ");
  if (placement.flops_1e21)
    text += "; trained with " + significant(*placement.flops_1e21 * kFlops, 3) + " FLOPs";
  return text;
}

TextTable families_table(const Placement& placement) {
  TextTable table;
  table.add_column("family");
  table.add_column("models", "n_models");
  table.add_column("unlike", "distance", decimals(2));
  table.add_column("worth in its FLOPs", "flops", [](double x) { return significant(x, 2); });
  table.add_column(significant(100 * placement.level, 3) + "% interval", "interval");
  const bool has_own = placement.flops_1e21.has_value();
  if (has_own)
    table.add_column("of its own", "ratio", [](double x) {
      return (x < 100 ? significant(x, 2) : fixed(x, 0)) + "x";  // 1.2x, 344x
    });
  for (const FamilyPlace& place : placement.families) {
    const double worth = *flops(place.log10_flops);
    const bool bounded = place.lower && place.upper;
    std::vector<TextCell> row = {
        place.family, static_cast<double>(place.n_models), place.distance, worth,
        bounded ? flops_words(place.lower) + " to " + flops_words(place.upper) : std::string()};
    if (has_own) row.push_back(worth / (*placement.flops_1e21 * kFlops));
    table.add_row(std::move(row));
  }
  return table;
}

TextTable nearest_table(const Placement& placement) {
  TextTable table;
  table.add_column("nearest models");
  table.add_column("family");
  table.add_column("distance", "", decimals(2));
  for (const NearModel& near : placement.nearest)
    table.add_row({near.model, near.family, near.distance});
  return table;
}

Json placement_json(const Placement& placement) {
  Json components = Json::object(), families = Json::array(), nearest = Json::array();
  for (std::size_t k = 0; k < placement.components.size(); ++k)
    components[component_name(k)] = json_number(placement.components[k]);
  for (const FamilyPlace& place : placement.families) {
    families.push_back({{"family", place.family},
                        {"n_models", place.n_models},
                        {"flops", json_number(flops(place.log10_flops))},
                        {"lower", json_number(flops(place.lower))},
                        {"upper", json_number(flops(place.upper))},
                        {"distance", json_number(place.distance)}});
  }
  for (const NearModel& near : placement.nearest)
    nearest.push_back(
        {{"model", near.model}, {"family", near.family}, {"distance", json_number(near.distance)}});
  return {{"model", placement.model},
          {"family", placement.family.empty() ? Json(nullptr) : Json(placement.family)},
          {"flops", json_number(placement.flops_1e21 ? std::optional(*placement.flops_1e21 * kFlops)
                                                     : std::nullopt)},
          {"components", components},
          {"families", families},
          {"nearest", nearest}};
}

TextTable csv_rows(const std::vector<Placement>& placements) {
  TextTable table;
  for (const char* name :
       {"model", "family", "n_models", "distance", "flops", "flops_lower", "flops_upper"})
    table.add_column(name);
  for (const Placement& placement : placements) {
    for (const FamilyPlace& place : placement.families)
      table.add_row({placement.model, place.family, static_cast<double>(place.n_models),
                     place.distance, number_cell(flops(place.log10_flops)),
                     number_cell(flops(place.lower)), number_cell(flops(place.upper))});
  }
  return table;
}

}  // namespace

Document describe(const std::vector<Placement>& placements) {
  Document document;
  Json results = Json::array();
  for (const Placement& placement : placements) {
    document.add(Heading{heading(placement)})
        .add(families_table(placement))
        .add(nearest_table(placement));
    results.push_back(placement_json(placement));
  }
  document.add(
      Notes{{"the compute at which a family's line reaches the model's PC-1; unlike: how "
             "far its other components then are from the family's, in standard "
             "deviations of models about their lines; no interval: a family of two, or one whose "
             "models do not tell its line's slope from 0"}});
  document.rows = csv_rows(placements);
  return document.set_results(std::move(results));
}

}  // namespace rung::observational
