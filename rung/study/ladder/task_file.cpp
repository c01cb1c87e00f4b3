#include "rung/study/ladder/task_file.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace rung::ladder {
namespace {

/// One table of the file: hands out its values by key, and in the end names the keys that nobody
/// asked for.
class Reader {
 public:
  Reader(const toml::table& table, std::string what, const std::string& source,
         std::vector<Problem>& problems)
      : table_(table), what_(std::move(what)), source_(source), problems_(problems) {}

  Location where(const toml::node& node) const {
    return {source_, node.source().begin.line, node.source().begin.column};
  }
  Location where() const { return where(table_); }

  std::optional<std::string> text(const char* key) {
    const toml::node* node = find(key);
    if (!node) return {};
    const auto value = node->value_exact<std::string>();
    if (!value || value->empty()) return complain(*node, key, "a text in quotes"), std::nullopt;
    return value;
  }

  std::optional<double> number(const char* key, double least, double most, const char* wanted) {
    const toml::node* node = find(key);
    if (!node) return {};
    const auto value = node->is_number() ? node->value<double>() : std::nullopt;
    if (!value || !(*value >= least && *value <= most))
      return complain(*node, key, wanted), std::nullopt;
    return value;
  }
  std::optional<double> positive(const char* key) {
    using Limits = std::numeric_limits<double>;
    return number(key, Limits::min(), Limits::max(), "a number above 0");
  }

  std::vector<std::string> texts(const char* key) {
    return list<std::string>(key, "a list of texts, not empty",
                             [](const std::string& v) { return !v.empty(); });
  }
  std::vector<double> weights(const char* key) {
    return list<double>(key, "a list of numbers above 0",
                        [](double v) { return v > 0 && std::isfinite(v); });
  }

  ColumnNames columns() {
    ColumnNames columns;
    for (const Metric metric : kMetrics) {
      if (auto column = text(std::string(metric_name(metric)).c_str())) columns[metric] = *column;
    }
    return columns;
  }

  /// Calls read(key, reader of that table) for each of this table's tables.
  template <class Read>
  void each_table(const char* key, Read read) {
    const toml::node* node = find(key);
    if (!node) return;
    if (!node->is_table()) return complain(*node, key, "a table");
    for (const auto& [name, child] : *node->as_table()) {
      const std::string entry = std::string(key) + "." + std::string(name.str());
      if (!child.is_table()) {
        problems_.push_back({where(child), "[" + entry + "] must be a table", ""});
        continue;
      }
      Reader reader(*child.as_table(), entry, source_, problems_);
      read(std::string(name.str()), reader);
      reader.finish();
    }
  }

  /// Calls read(key) for each key of this table, which are all known then.
  template <class Read>
  void each_key(Read read) {
    for (const auto& [name, child] : table_) read(std::string(name.str()), where(child));
  }

  const toml::table* table(const char* key) {
    const toml::node* node = find(key);
    if (node && !node->is_table()) complain(*node, key, "a table");
    return node ? node->as_table() : nullptr;
  }

  void finish() {
    for (const auto& [name, child] : table_) {
      const std::string key(name.str());
      if (std::find(known_.begin(), known_.end(), key) != known_.end()) continue;
      const std::string in = what_.empty() ? "" : " in [" + what_ + "]";
      problems_.push_back(
          {where(child), "unknown key '" + key + "'" + in, did_you_mean(key, known_)});
    }
  }

 private:
  const toml::node* find(const char* key) {
    known_.emplace_back(key);
    return table_.get(key);
  }

  void complain(const toml::node& node, const std::string& key, const std::string& wanted) {
    problems_.push_back({where(node), "'" + key + "' must be " + wanted, ""});
  }

  template <class T, class Good>
  std::vector<T> list(const char* key, const char* wanted, Good good) {
    const toml::node* node = find(key);
    if (!node) return {};
    std::vector<T> values;
    if (const toml::array* array = node->as_array()) {
      for (const toml::node& item : *array) {
        const auto value = item.value<T>();
        if (!value || !good(*value)) return complain(item, key, wanted), std::vector<T>{};
        values.push_back(*value);
      }
    }
    if (values.empty()) complain(*node, key, wanted);
    return values;
  }

  const toml::table& table_;
  std::string what_;
  const std::string& source_;
  std::vector<Problem>& problems_;
  std::vector<std::string> known_;
};

TaskEntry read_task(Reader& reader) {
  TaskEntry task;
  task.where = reader.where();
  task.name = reader.text("name");
  task.pattern = reader.text("pattern");
  task.stem = reader.text("stem");
  task.columns = reader.columns();
  task.average_of = reader.texts("average_of");
  task.weights = reader.weights("weights");
  task.n_examples = reader.positive("n_examples");
  task.n_choices = reader.number("n_choices", 2, 1e9, "a number from 2 on");
  task.chance = reader.number("chance", 0, 1, "a share between 0 and 1");
  task.maximum = reader.positive("maximum");
  return task;
}

ModelEntry read_model(Reader& reader) {
  return {.where = reader.where(),
          .aliases = reader.texts("aliases"),
          .n_params = reader.positive("n_params"),
          .flops_per_token = reader.positive("flops_per_token"),
          .batch_tokens = reader.positive("batch_tokens")};
}

toml::table parse_toml(std::string_view text, const std::string& source) {
  try {
    return toml::parse(text, source);
  } catch (const toml::parse_error& error) {
    throw InputError(Location{source, error.source().begin.line, error.source().begin.column},
                     std::string(error.description()));
  }
}

template <class T>
void replace_stated(std::optional<T>& old, const std::optional<T>& stated) {
  if (stated) old = stated;
}

void merge_task(TaskEntry& old, const TaskEntry& next) {
  old.where = next.where;
  if (!next.average_of.empty()) {  // it becomes an average, whatever it was
    old.pattern.reset();
    old.stem.reset();
    old.columns.clear();
    old.average_of = next.average_of;
    old.weights.clear();
  } else if (next.pattern) {
    old.average_of.clear();
    old.weights.clear();
    old.columns.clear();
  }
  if (!next.weights.empty()) old.weights = next.weights;
  if (next.n_choices) old.chance.reset();
  if (next.chance) old.n_choices.reset();
  for (const auto& [metric, column] : next.columns) old.columns[metric] = column;
  replace_stated(old.name, next.name);
  replace_stated(old.pattern, next.pattern);
  replace_stated(old.stem, next.stem);
  replace_stated(old.n_examples, next.n_examples);
  replace_stated(old.n_choices, next.n_choices);
  replace_stated(old.chance, next.chance);
  replace_stated(old.maximum, next.maximum);
}

void merge_model(ModelEntry& old, const ModelEntry& next) {
  old.where = next.where;
  if (!next.aliases.empty()) old.aliases = next.aliases;
  replace_stated(old.n_params, next.n_params);
  replace_stated(old.flops_per_token, next.flops_per_token);
  replace_stated(old.batch_tokens, next.batch_tokens);
}

}  // namespace

void TaskFile::merge(const TaskFile& other) {
  for (const auto& [key, entry] : other.patterns) {
    PatternEntry& old = patterns[key];
    old.where = entry.where;
    for (const auto& [metric, column] : entry.columns) old.columns[metric] = column;
  }
  for (const auto& [key, entry] : other.tasks) merge_task(tasks[key], entry);
  for (const auto& [key, entry] : other.sets) sets[key] = entry;
  for (const auto& [key, entry] : other.models) merge_model(models[key], entry);
}

TaskFile parse_task_file(std::string_view toml, const std::string& source) {
  const toml::table root = parse_toml(toml, source);
  std::vector<Problem> problems;
  TaskFile file;
  Reader top(root, "", source, problems);
  top.each_table("patterns", [&](const std::string& key, Reader& reader) {
    file.patterns[key] = {reader.where(), reader.columns()};
  });
  top.each_table("tasks", [&](const std::string& key, Reader& reader) {
    file.tasks[key] = read_task(reader);
  });
  top.each_table("models", [&](const std::string& key, Reader& reader) {
    file.models[key] = read_model(reader);
  });
  if (const toml::table* sets = top.table("sets")) {
    Reader reader(*sets, "sets", source, problems);
    reader.each_key([&](const std::string& key, const Location& where) {
      file.sets[key] = {where, reader.texts(key.c_str())};
    });
  }
  top.finish();
  if (!problems.empty()) throw InputError(std::move(problems));
  return file;
}

}  // namespace rung::ladder
