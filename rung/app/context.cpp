#include "rung/app/context.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <nlohmann/json.hpp>
#include <ostream>
#include <system_error>
#include <utility>

#include "rung/app/figure_file.hpp"
#include "rung/core/error.hpp"
#include "rung/core/utf8.hpp"
#include "rung/core/wrapped.hpp"
#include "rung/data/reader/sql_table.hpp"
#include "rung/system/file.hpp"
#include "rung/system/file_set.hpp"

namespace rung::app {
namespace {

namespace fs = std::filesystem;

constexpr const char* kStandardOutput = "-";
constexpr std::array kFigureEndings = {".png", ".pdf", ".svg", ".html"};

/// InputError where standard output takes no more, unless its reader has seen enough (`| head`).
void show(const std::string& text, std::ostream& out) {
  errno = 0;
  if ((out << text).flush() || errno == EPIPE) return;
  const std::string why = errno == 0 ? "" : ": " + std::generic_category().message(errno);
  throw InputError("can't write to standard output" + why);
}

}  // namespace

CommandContext::CommandContext(std::ostream& out, std::ostream& err)
    : out_(out),
      err_(err),
      options_(std::make_shared<Json>(Json::object())),
      file_set_(std::make_shared<FileSet>()) {}

void CommandContext::record_options(Json options) { *options_ = std::move(options); }

void CommandContext::say(const std::string& line) {
  err_ << wrapped_lines(shown(line, false) + "\n", common.wide ? 0 : kTextWidth);
}

void CommandContext::note(const std::string& message) { say("note: " + message); }

void CommandContext::warn(const std::string& message) {
  say("warning: " + message);
  warnings_.push_back(message);
}

void CommandContext::note_input(const fs::path& path) {
  if (std::find(input_paths_.begin(), input_paths_.end(), path) == input_paths_.end()) {
    input_paths_.push_back(path);
  }
}

void CommandContext::note_input(const std::string& name, const std::string& content) {
  inputs_.push_back({name, sha256(content)});
}

void CommandContext::add_file(fs::path path, std::string content) {
  if (path == kStandardOutput)
    throw InputError("'-' is standard output, where --json, --csv and --latex alone can go",
                     "give the file a name");
  files_.push_back({std::move(path), std::move(content)});
}

std::string CommandContext::json(const Json& results) const {
  RunContext run;
  run.version = RUNG_VERSION;
  run.options = options_.get();
  run.seed = common.seed;
  run.inputs = inputs_;
  for (const fs::path& path : input_paths_)
    run.inputs.push_back({path.string(), sha256_of_file(path)});
  run.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  return json_text(json_envelope(command, run, warnings_, results));
}

void CommandContext::keep_output(const CommandContext& whole) {
  kept_.emplace();
  file_set_ = whole.file_set_;
  not_to_touch_ = whole.input_paths_;
}

void CommandContext::check_files() const {
  std::vector<fs::path> taken = input_paths_;
  taken.insert(taken.end(), not_to_touch_.begin(), not_to_touch_.end());
  for (const InputFile& input : inputs_) taken.emplace_back(input.path);
  for (const File& file : files_) {
    for (const fs::path& other : taken) {
      if (is_same_file(file.path, other))
        throw InputError(Location{file.path.string()},
                         "is read or written by this command already, and would be lost",
                         "give each output a file of its own");
    }
    taken.push_back(file.path);
  }
}

void CommandContext::write(const Output& output) {
  std::string asked;
  const auto place = [&](const std::string& path, std::string content) {
    if (path == kStandardOutput) {
      asked = std::move(content);
    } else if (!path.empty()) {
      add_file(path, std::move(content));
    }
  };
  place(common.csv_path, table_file(common.csv_path, output.csv));
  if (!common.json_path.empty() && !kept_) place(common.json_path, json(*output.results));
  const bool asked_for_shown =
      common.csv_path == kStandardOutput || (common.json_path == kStandardOutput && !kept_);

  const std::string& text = asked_for_shown ? asked : output.text;
  check_files();
  try {
    for (const File& file : files_) file_set_->add(file.path, file.content);
    file_set_->place();
    if (!kept_) show(asked_for_shown ? text : shown(text), out_);
  } catch (...) {
    file_set_->take_back();
    throw;
  }
  files_.clear();
  if (kept_) {
    *kept_ = {text, "", output.results};
  } else {
    const std::vector<fs::path> folders = file_set_->new_folders();
    file_set_->commit();
    for (const fs::path& folder : folders) note("made the folder '" + folder.string() + "'");
  }
}

void CommandContext::adopt(const CommandContext& part) {
  warnings_.insert(warnings_.end(), part.warnings_.begin(), part.warnings_.end());
  for (const fs::path& path : part.input_paths_) note_input(path);
  inputs_.insert(inputs_.end(), part.inputs_.begin(), part.inputs_.end());
  (*options_)["steps"].push_back({{"command", part.command}, {"options", *part.options_}});
}

int CommandContext::emit(const Answer& answer) {
  const Document& document = answer.document;
  for (const NewFile& file : answer.files) add_file(file.path, file.content);
  const bool latex_in_place = answer.prints_latex || answer.latex_path == kStandardOutput;
  if (!answer.latex_path.empty() && answer.latex_path != kStandardOutput)
    add_file(answer.latex_path, latex_of(document));
  if (answer.figure && !common.figure_path.empty()) {
    const std::string ending = fs::path(common.figure_path).extension().string();
    add_file(common.figure_path, drawn_figure(answer.figure(), ending));
  } else if (!common.figure_path.empty()) {
    note("there is nothing to draw, so " + common.figure_path + " is not written");
  }
  const std::string text =
      latex_in_place ? latex_of(document) : text_of(document, common.wide ? 0 : kTextWidth);
  write(Output{text, csv_of(document), std::make_shared<const Json>(document.results())});
  return document.usable ? kUsable : kNoUsableResult;
}

void check_place(const std::string& path) {
  if (path.empty() || path == kStandardOutput) return;
  std::error_code ignored;
  if (fs::is_directory(path, ignored))
    throw InputError(Location{path}, "is a folder; give a file name in it");
  fs::path folder = fs::absolute(path).parent_path();
  while (!fs::exists(folder, ignored) && folder.has_relative_path()) folder = folder.parent_path();
  if (!fs::is_directory(folder, ignored)) {
    throw InputError(Location{path}, "can't be written: '" + folder.string() + "' is not a folder");
  }
}

void check_outputs(const CommonOptions& common) {
  for (const std::string& path : {common.json_path, common.csv_path, common.figure_path})
    check_place(path);
  check_table_file(common.csv_path);
  if (common.figure_path.empty()) return;
  const std::string ending = fs::path(common.figure_path).extension().string();
  if (std::find(kFigureEndings.begin(), kFigureEndings.end(), ending) == kFigureEndings.end()) {
    throw InputError(Location{common.figure_path}, "a figure can't be written as '" + ending + "'",
                     "take .png, .pdf, .svg or .html");
  }
}

}  // namespace rung::app
