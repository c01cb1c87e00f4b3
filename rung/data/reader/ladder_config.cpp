#include "rung/data/reader/ladder_config.hpp"

#include <set>

#include "rung/core/fields.hpp"
#include "rung/system/file.hpp"

namespace rung::ladder {
namespace {

namespace fs = std::filesystem;

class Reader {
 public:
  explicit Reader(const fs::path& file)
      : folder_(file == "-" ? fs::current_path() : absolute_path(file).parent_path()) {}

  ModelConfig read(const std::string& name, Fields& entry) {
    ModelConfig model;
    model.name = name;
    model.where = entry.where();
    read_mode(entry, model);
    for (const std::string& path : entry.require<std::vector<std::string>>("paths"))
      add_path(path, entry, model);
    model.n_params = model.is_external() ? entry.get<double>("n", kPositive).value_or(0)
                                         : entry.require<double>("n", kPositive);
    model.flops_per_token = entry.get<double>("flops", kPositive);
    model.label = entry.text_or_empty("label");
    if (model.label.empty()) model.label = name;
    model.color = entry.text_or_empty("color");
    entry.value("use_last_n_percentage");  // for another program
    return model;
  }

 private:
  static void read_mode(Fields& entry, ModelConfig& model) {
    const auto mode = entry.get_choice("mode", {"train", "eval"});
    if (!entry.has("mode")) entry.problem("'mode' is missing in [" + model.name + "]");
    model.mode = mode == 1 ? Mode::eval : Mode::train;
  }

  void add_path(const std::string& written, Fields& entry, ModelConfig& model) {
    const RunOfTable named = run_of_table(written);
    auto found = resolve_path(written, folder_);
    if (!found && !named.run.empty()) {
      found = resolve_path(named.file, folder_);
      if (found) *found += "#" + named.run;
    }
    if (!found) {
      entry.problem_at("paths",
                       "entry '" + model.name + "' names a file that is not there: " + written,
                       "tried as it stands, then each tail of it under " + folder_.string() +
                           " and its parents");
    } else if (!seen_.insert(fs::weakly_canonical(*found)).second) {
      entry.problem_at("paths",
                       "entry '" + model.name +
                           "' names a run that is already in this configuration: " + written);
    } else {
      model.paths.push_back(*found);
    }
  }

  fs::path folder_;
  std::set<fs::path> seen_;
};

}  // namespace

RunOfTable run_of_table(const fs::path& path) {
  const std::string text = path.string();
  const std::size_t mark = text.rfind('#');
  if (mark == std::string::npos || file_exists(text)) return {path, ""};
  return {text.substr(0, mark), text.substr(mark + 1)};
}

std::optional<fs::path> resolve_path(const fs::path& written, const fs::path& folder) {
  if (file_exists(written)) return written;
  const fs::path relative = written.lexically_normal().relative_path();
  for (auto start = relative.begin(); start != relative.end(); ++start) {
    fs::path tail;
    for (auto part = start; part != relative.end(); ++part) tail /= *part;
    for (fs::path above = absolute_path(folder).lexically_normal();; above = above.parent_path()) {
      if (file_exists(above / tail)) return (above / tail).lexically_normal();
      if (above == above.parent_path()) break;
    }
  }
  return {};
}

Config read_config(const fs::path& path) { return parse_config(read_file(path), path); }

Config parse_config(std::string_view text, const fs::path& file) {
  Config config;
  config.file = file;
  Reader reader(file);
  read_json_fields(text, file.string(), [&](Fields& top) {
    for (const std::string& name : top.keys())
      top.table(name, [&](Fields& entry) { config.models.push_back(reader.read(name, entry)); });
    if (top.keys().empty())
      top.problem("a configuration is a JSON object: the name of each model to its runs");
  });
  return config;
}

}  // namespace rung::ladder
