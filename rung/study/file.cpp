#include "rung/study/file.hpp"

#include <fmt/core.h>
#include <toml++/toml.h>

#include <algorithm>
#include <utility>

#include "rung/core/embedded.hpp"
#include "rung/core/text.hpp"

namespace rung {
namespace {

constexpr std::string_view kFolder = "rung/study/files/", kEnding = ".toml";
constexpr const char* kSettingHint =
    "text, a number, true or false, or a list of texts and numbers";

class StudyFileReader {
 public:
  explicit StudyFileReader(const std::string& source) { file_.source = source; }

  StudyFile read(const toml::table& root) {
    StudyStep common = step(root, true);
    file_.title = common.title;
    if (const toml::node* steps = root.get("step")) {
      file_.shared = std::move(common.settings);
      add_steps(*steps, common.command);
    } else {
      common.title.clear();
      file_.steps.push_back(std::move(common));
    }
    for (const StudyStep& step : file_.steps) {
      if (step.command.empty() && problems_.empty())
        problem(step.where, "a step needs a command", "such as command = \"ladder predict\"");
    }
    if (!problems_.empty()) throw InputError(std::move(problems_));
    return std::move(file_);
  }

 private:
  Location where(const toml::node& node) const {
    const toml::source_position at = node.source().begin;
    return {file_.source, at.line, at.column};
  }

  void problem(Location at, std::string message, std::string hint = "") {
    problems_.push_back({std::move(at), std::move(message), std::move(hint)});
  }

  void add_steps(const toml::node& node, const std::string& command) {
    const toml::array* steps = node.as_array();
    if (!steps || steps->empty() || !steps->is_array_of_tables()) {
      problem(where(node), "'step' should be tables, each under [[step]]");
      return;
    }
    for (const toml::node& entry : *steps) {
      StudyStep& found = file_.steps.emplace_back(step(*entry.as_table(), false));
      if (found.command.empty()) found.command = command;
    }
  }

  StudyStep step(const toml::table& table, bool is_root) {
    StudyStep step;
    step.where = where(table);
    for (const auto& [name, node] : table) {
      const std::string key(name.str());
      Location at = where(name, node);
      if (key == "command" || key == "title") {
        const auto text = node.value<std::string>();
        if (!text || text->empty()) problem(at, fmt::format("'{}' should be text", key));
        (key == "command" ? step.command : step.title) = text.value_or("");
        if (key == "command") step.where = at;
      } else if (is_root && key == "step") {
        continue;  // read after what is common
      } else if (!is_root && node.is_table()) {
        problem(at, fmt::format("the table '{}' belongs above the first [[step]]", key));
      } else {
        step.settings.push_back(setting(key, std::move(at), node));
      }
    }
    // The library sorts keys by name; a reader of messages expects the file's order.
    std::sort(step.settings.begin(), step.settings.end(), [](const auto& a, const auto& b) {
      return std::pair(a.where.line, a.where.column) < std::pair(b.where.line, b.where.column);
    });
    return step;
  }

  Location where(const toml::key& key, const toml::node& node) const {
    const toml::source_position at = key.source().begin;
    return at.line > 0 ? Location{file_.source, at.line, at.column} : where(node);
  }

  StudySetting setting(const std::string& key, Location at, const toml::node& node) {
    StudySetting setting;
    setting.key = key;
    setting.where = std::move(at);
    setting.is_table = node.is_table();
    setting.is_list = node.is_array();
    setting.flag = node.value_exact<bool>();
    if (setting.is_table || setting.flag) return setting;
    const auto take = [&](const toml::node& item) {
      if (const auto text = item.value_exact<std::string>()) {
        setting.values.push_back(*text);
      } else if (const auto count = item.value_exact<std::int64_t>()) {
        setting.values.push_back(std::to_string(*count));
      } else if (const auto number = item.value_exact<double>()) {
        setting.values.push_back(shortest(*number));
      } else {
        problem(where(item), fmt::format("'{}' can't be set to this", key), kSettingHint);
      }
    };
    if (const toml::array* list = node.as_array()) {
      for (const toml::node& item : *list) take(item);
    } else {
      take(node);
    }
    return setting;
  }

  StudyFile file_;
  std::vector<Problem> problems_;
};

}  // namespace

StudyFile parse_study_file(std::string_view toml, const std::string& source) {
  try {
    return StudyFileReader(source).read(toml::parse(toml, source));
  } catch (const toml::parse_error& error) {
    const toml::source_position at = error.source().begin;
    throw InputError(Location{source, at.line, at.column}, std::string(error.description()));
  }
}

std::vector<BuiltinStudy> builtin_studies() {
  std::vector<BuiltinStudy> studies;
  for (const EmbeddedFile& file : embedded_files()) {
    if (!file.path.starts_with(kFolder) || !file.path.ends_with(kEnding)) continue;
    const std::string_view name =
        file.path.substr(kFolder.size(), file.path.size() - kFolder.size() - kEnding.size());
    studies.push_back({name, file.path, file.content});
  }
  std::sort(studies.begin(), studies.end(),
            [](const BuiltinStudy& a, const BuiltinStudy& b) { return a.name < b.name; });
  return studies;
}

std::optional<BuiltinStudy> builtin_study(std::string_view name) {
  for (const BuiltinStudy& study : builtin_studies()) {
    if (study.name == name) return study;
  }
  return std::nullopt;
}

}  // namespace rung
