#include "rung/study/file.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "rung/core/embedded.hpp"
#include "rung/core/value.hpp"

namespace rung {
namespace {

constexpr std::string_view kFolder = "rung/study/files/", kEnding = ".toml";
constexpr const char* kSettingHint =
    "text, a number, true or false, or a list of texts and numbers";

/// A study's keys are the options of commands, which it doesn't know: it reads values, not fields.
class StudyFileReader {
 public:
  explicit StudyFileReader(const std::string& source) { file_.source = source; }

  StudyFile read(const Value& root) {
    StudyStep common = step(root, true);
    file_.title = common.title;
    if (const Value* steps = root.find("step")) {
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
  template <class Placed>
  Location where(const Placed& placed) const {
    return {file_.source, placed.line, placed.column};
  }

  void problem(Location at, std::string message, std::string hint = "") {
    problems_.push_back({std::move(at), std::move(message), std::move(hint)});
  }

  void add_steps(const Value& steps, const std::string& command) {
    const Value::List* const list = steps.list();
    const auto is_table = [](const Value& entry) { return entry.table() != nullptr; };
    if (!list || list->empty() || !std::all_of(list->begin(), list->end(), is_table))
      return problem(where(steps), "'step' should be tables, each under [[step]]");
    for (const Value& entry : *list) {
      StudyStep& found = file_.steps.emplace_back(step(entry, false));
      if (found.command.empty()) found.command = command;
    }
  }

  StudyStep step(const Value& table, bool is_root) {
    StudyStep step;
    step.where = where(table);
    for (const Member& member : *table.table()) {
      const std::string& key = member.key;
      if (key == "command" || key == "title") {
        const std::string* const text = member.value.text();
        if (!text || text->empty()) problem(where(member), fmt::format("'{}' should be text", key));
        (key == "command" ? step.command : step.title) = text ? *text : "";
        if (key == "command") step.where = where(member);
      } else if (is_root && key == "step") {
        continue;  // read after what is common
      } else if (!is_root && member.value.table()) {
        problem(where(member), fmt::format("the table '{}' belongs above the first [[step]]", key));
      } else {
        step.settings.push_back(setting(member));
      }
    }
    return step;
  }

  StudySetting setting(const Member& member) {
    StudySetting setting;
    setting.key = member.key;
    setting.where = where(member);
    setting.is_table = member.value.table() != nullptr;
    setting.is_list = member.value.list() != nullptr;
    if (const bool* flag = member.value.flag()) setting.flag = *flag;
    if (setting.is_table || setting.flag) return setting;
    if (!setting.is_list) {
      take(member.value, setting);
    } else {
      for (const Value& item : *member.value.list()) take(item, setting);
    }
    return setting;
  }

  /// Adds the value as it would be typed.
  void take(const Value& value, StudySetting& setting) {
    if (const std::string* text = value.text()) {
      setting.values.push_back(*text);
    } else if (value.number()) {
      setting.values.push_back(value.description());
    } else {
      problem(where(value), fmt::format("'{}' can't be set to this", setting.key),
              value.table() ? "a study's steps are tables called [[step]]" : kSettingHint);
    }
  }

  StudyFile file_;
  std::vector<Problem> problems_;
};

}  // namespace

StudyFile parse_study_file(std::string_view toml, const std::string& source) {
  return StudyFileReader(source).read(toml_value(toml, source));
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
