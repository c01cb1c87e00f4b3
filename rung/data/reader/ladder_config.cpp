#include "rung/data/reader/ladder_config.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "rung/system/file.hpp"

namespace rung::ladder {
namespace {

using nlohmann::ordered_json;
namespace fs = std::filesystem;

const std::vector<std::string> kKeys = {
    "paths", "mode", "n", "flops", "label", "color", "use_last_n_percentage"};

Location location_at(std::string_view text, std::size_t offset, const std::string& file) {
  const std::string_view before = text.substr(0, offset);
  const std::size_t line =
      1 + static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
  return {file, line, offset - (before.rfind('\n') + 1) + 1};
}

/// Where `"key":` stands from `from` on. The JSON library keeps no places; an entry's name is
/// looked up in the text.
std::size_t find_key(std::string_view text, const std::string& key, std::size_t from) {
  const std::string quoted = ordered_json(key).dump();
  for (std::size_t at = from; (at = text.find(quoted, at)) != std::string_view::npos;
       at += quoted.size()) {
    std::size_t next = at + quoted.size();
    while (next < text.size() && std::isspace(static_cast<unsigned char>(text[next]))) ++next;
    if (next < text.size() && text[next] == ':') return at;
  }
  return std::string_view::npos;
}

class Reader {
 public:
  Reader(std::string text, const fs::path& file)
      : file_(file.string()),
        text_(std::move(text)),
        folder_(file == "-" ? fs::current_path() : absolute_path(file).parent_path()) {}

  Config read() {
    const ordered_json root = parse();
    if (!root.is_object() || root.empty()) {
      throw InputError(Location{file_, 1},
                       "a configuration is a JSON object: the name of each model to its runs");
    }
    Config config;
    config.file = file_;
    for (const auto& [name, entry] : root.items()) config.models.push_back(read_model(name, entry));
    if (!problems_.empty()) throw InputError(std::move(problems_));
    return config;
  }

 private:
  ordered_json parse() {
    std::set<std::string> names;
    const auto note_name = [&](int depth, ordered_json::parse_event_t event, ordered_json& value) {
      if (depth == 1 && event == ordered_json::parse_event_t::key &&
          !names.insert(value.get<std::string>()).second) {
        complain(Location{file_}, "two entries are called '" + value.get<std::string>() + "'");
      }
      return true;
    };
    try {
      return ordered_json::parse(text_, note_name);
    } catch (const ordered_json::out_of_range&) {
      throw InputError(Location{file_}, "a number is too large");
    } catch (const ordered_json::parse_error& error) {
      const std::size_t offset = std::min(error.byte > 0 ? error.byte - 1 : 0, text_.size());
      throw InputError(location_at(text_, offset, file_), "this is not JSON",
                       "a comma, a quote or a bracket is missing or too many here or just before");
    }
  }

  ModelConfig read_model(const std::string& name, const ordered_json& entry) {
    const std::size_t at = find_key(text_, name, next_entry_);
    if (at != std::string_view::npos) next_entry_ = at + 1;
    ModelConfig model;
    model.name = name;
    model.where = at == std::string_view::npos ? Location{file_} : location_at(text_, at, file_);
    model.label = name;
    if (!entry.is_object()) return complain(model, "must be an object"), model;
    for (const auto& [key, value] : entry.items()) {
      if (std::find(kKeys.begin(), kKeys.end(), key) == kKeys.end()) {
        complain(model, "has an unknown key '" + key + "'", did_you_mean(key, kKeys));
      }
    }
    read_mode(entry, model);
    read_paths(entry, model);
    if (const auto n = positive(entry, "n", model)) {
      model.n_params = *n;
    } else if (!model.is_external() && !entry.contains("n")) {
      complain(model, "has no n", "\"n\" is the number of parameters without the embedding");
    }
    model.flops_per_token = positive(entry, "flops", model);
    read_text(entry, "label", model, model.label);
    read_text(entry, "color", model, model.color);
    return model;
  }

  void read_mode(const ordered_json& entry, ModelConfig& model) {
    const std::string mode = entry.value("mode", ordered_json("")).is_string()
                                 ? entry.value("mode", ordered_json("")).get<std::string>()
                                 : "";
    if (mode == "eval") {
      model.mode = Mode::eval;
    } else if (mode != "train") {
      complain(model, "needs \"mode\": \"train\" or \"eval\"");
    }
  }

  void read_paths(const ordered_json& entry, ModelConfig& model) {
    const auto paths = entry.find("paths");
    if (paths == entry.end() || !paths->is_array() || paths->empty()) {
      return complain(model, "needs \"paths\": a list of files");
    }
    for (const ordered_json& path : *paths) {
      if (!path.is_string() || path.get<std::string>().empty()) {
        complain(model, "has a path that is no text");
        continue;
      }
      const std::string written = path.get<std::string>();
      const auto found = resolve_path(written, folder_);
      if (!found) {
        complain(model, "names a file that is not there: " + written,
                 "tried as it stands, then each tail of it under " + folder_.string() +
                     " and its parents");
      } else if (!seen_.insert(fs::weakly_canonical(*found)).second) {
        complain(model, "names a run that is already in this configuration: " + written);
      } else {
        model.paths.push_back(*found);
      }
    }
  }

  std::optional<double> positive(const ordered_json& entry, const char* key,
                                 const ModelConfig& model) {
    const auto found = entry.find(key);
    if (found == entry.end()) return {};
    const double value = found->is_number() ? found->get<double>() : 0;
    if (value > 0 && std::isfinite(value)) return value;
    complain(model, std::string("has an \"") + key + "\" that is no number above 0");
    return {};
  }

  void read_text(const ordered_json& entry, const char* key, const ModelConfig& model,
                 std::string& text) {
    const auto found = entry.find(key);
    if (found == entry.end()) return;
    if (!found->is_string())
      return complain(model, std::string("has a \"") + key + "\" that is no text");
    text = found->get<std::string>();
  }

  void complain(const ModelConfig& model, const std::string& what, std::string hint = "") {
    complain(model.where, "entry '" + model.name + "' " + what, std::move(hint));
  }
  void complain(const Location& where, std::string message, std::string hint = "") {
    problems_.push_back({where, std::move(message), std::move(hint)});
  }

  std::string file_, text_;
  fs::path folder_;
  std::size_t next_entry_ = 0;
  std::set<fs::path> seen_;
  std::vector<Problem> problems_;
};

}  // namespace

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

Config parse_config(std::string text, const fs::path& file) {
  return Reader(std::move(text), file).read();
}

}  // namespace rung::ladder
