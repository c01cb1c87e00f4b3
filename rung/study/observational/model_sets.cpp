#include "rung/study/observational/model_sets.hpp"

#include <stdexcept>

#include "rung/core/embedded.hpp"
#include "rung/core/error.hpp"
#include "rung/core/fields.hpp"
#include "rung/core/text.hpp"

namespace rung::observational {
namespace {

constexpr std::string_view kBuiltin = "rung/study/observational/model_sets.toml";

template <class Map>
std::vector<std::string> names_of(const Map& map) {
  std::vector<std::string> names;
  for (const auto& entry : map) names.push_back(entry.first);
  return names;
}

template <class Map>
[[noreturn]] void refuse(const char* kind, std::string_view name, const Map& known) {
  throw InputError(
      std::string("there is no ") + kind + " '" + std::string(name) + "'",
      did_you_mean(std::string(name), names_of(known)) + " known: " + join(names_of(known), ", "));
}

void read_list(Fields& top, const std::string& table,
               std::map<std::string, std::vector<std::string>, std::less<>>& lists) {
  top.table(table, [&](Fields& fields) {
    for (const std::string& name : fields.keys()) {
      if (auto list = fields.get<std::vector<std::string>>(name)) lists[name] = std::move(*list);
    }
  });
}

void read_texts(Fields& top, const std::string& table,
                std::map<std::string, std::string, std::less<>>& texts) {
  top.table(table, [&](Fields& fields) {
    for (const std::string& name : fields.keys()) {
      if (auto text = fields.get<std::string>(name)) texts[name] = std::move(*text);
    }
  });
}

/// The models of the lists that `without` names.
std::vector<std::string> left_out(Fields& fields, const ModelSets& sets) {
  std::vector<std::string> models;
  const Value* value = fields.value("without");
  if (!value || !value->list()) {
    fields.problem_at("without", "'without' must be a list of names under [models]");
    return models;
  }
  for (const Value& entry : *value->list()) {
    const std::string* name = entry.text();
    const auto found = name ? sets.models.find(*name) : sets.models.end();
    if (found == sets.models.end()) {
      fields.problem_at("without", "there is no list " + entry.description() + " under [models]",
                        name ? did_you_mean(*name, names_of(sets.models)) : "");
      continue;
    }
    models.insert(models.end(), found->second.begin(), found->second.end());
  }
  return models;
}

/// The list under [metrics] that the key names, or the list that it is.
std::vector<std::string> metrics_of(Fields& fields, const std::string& key, const ModelSets& sets) {
  const std::string* list = fields.value(key)->text();
  if (!list) return fields.get<std::vector<std::string>>(key).value_or(std::vector<std::string>{});
  const auto found = sets.metrics.find(*list);
  if (found != sets.metrics.end()) return found->second;
  fields.problem_at(key, "there is no list '" + *list + "' under [metrics]",
                    did_you_mean(*list, names_of(sets.metrics)));
  return {};
}

void read_set(const std::string& name, Fields& fields, ModelSets& sets) {
  ModelSet set;
  if (const auto like = fields.get<std::string>("like")) {
    const auto found = sets.sets.find(*like);
    if (found == sets.sets.end()) {
      fields.problem_at("like", "there is no set '" + *like + "' before this one",
                        did_you_mean(*like, names_of(sets.sets)));
    } else {
      set = found->second;
    }
  }
  set.title = fields.get<std::string>("title").value_or(set.title.empty() ? name : set.title);
  set.table = fields.get<std::string>("table").value_or(set.table);
  if (fields.has("metrics")) {
    set.metrics = metrics_of(fields, "metrics", sets);
    set.fit_metrics = set.metrics;
  }
  if (fields.has("fit_metrics")) set.fit_metrics = metrics_of(fields, "fit_metrics", sets);
  set.reference = fields.get<std::string>("reference").value_or(set.reference);
  if (auto families = fields.get<std::vector<std::string>>("families"))
    set.families = std::move(*families);
  if (auto families = fields.get<std::vector<std::string>>("without_families"))
    set.without_families = std::move(*families);
  if (fields.has("without")) set.without_models = left_out(fields, sets);
  if (set.table.empty()) fields.problem("set '" + name + "' names no table");
  if (set.metrics.empty()) fields.problem("set '" + name + "' names no metrics");
  sets.sets[name] = std::move(set);
}

}  // namespace

const std::string& title_of(const MetricTitles& titles, const std::string& metric) {
  const auto found = titles.find(metric);
  return found == titles.end() ? metric : found->second;
}

const ModelSet& ModelSets::set(std::string_view name) const {
  const auto found = sets.find(name);
  if (found == sets.end()) refuse("set of models", name, sets);
  return found->second;
}

std::vector<std::string> ModelSets::metric_columns(std::string_view text) const {
  const auto found = metrics.find(text);
  if (found != metrics.end()) return found->second;
  std::vector<std::string> columns;
  for (const std::string& part : split(text, ',')) {
    if (const auto column = trimmed(part); !column.empty()) columns.emplace_back(column);
  }
  return columns;
}

std::vector<std::string> ModelSets::model_names(std::string_view text) const {
  std::vector<std::string> names;
  for (const std::string& part : split(text, ',')) {
    const std::string_view name = trimmed(part);
    if (name.empty()) continue;
    if (const auto list = models.find(name); list != models.end()) {
      names.insert(names.end(), list->second.begin(), list->second.end());
    } else {
      names.emplace_back(name);
    }
  }
  return names;
}

ModelSets parse_model_sets(std::string_view toml, const std::string& source, ModelSets base) {
  read_toml_fields(toml, source, [&](Fields& top) {
    read_list(top, "metrics", base.metrics);
    read_list(top, "models", base.models);
    read_texts(top, "downstream", base.downstream);
    read_texts(top, "titles", base.titles);
    top.tables("sets",
               [&](const std::string& name, Fields& fields) { read_set(name, fields, base); });
  });
  return base;
}

std::string_view builtin_model_sets_text() {
  for (const EmbeddedFile& file : embedded_files()) {
    if (file.path == kBuiltin) return file.content;
  }
  throw std::logic_error("the sets of models are not embedded");
}

const ModelSets& builtin_model_sets() {
  static const ModelSets sets = parse_model_sets(builtin_model_sets_text(), std::string(kBuiltin));
  return sets;
}

}  // namespace rung::observational
