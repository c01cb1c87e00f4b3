#pragma once
/// What every command is given, and the one way in which its results leave.

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "rung/app/answer.hpp"
#include "rung/report/json.hpp"
#include "rung/report/text_table.hpp"

namespace rung {
class FileSet;
}

namespace rung::app {

/// Exit statuses that scripts rely on.
constexpr int kUsable = 0;
constexpr int kNoUsableResult = 1;
constexpr int kBadUsageOrInput = 2;
constexpr int kInterrupted = 130;

/// Options that mean the same in every command that takes them. "" where a file was not asked for.
struct CommonOptions {
  std::string json_path;    // "-": standard output
  std::string csv_path;     // "-": standard output
  std::string figure_path;  // format by its ending
  int n_threads = 0;        // 0: all there are
  std::uint64_t seed = 0;
  int n_bootstrap = 2000;  // 0: no bootstrap intervals
  bool wide = false;       // text may have lines of any length
};

/// What a command found out, in the forms in which it can be asked for.
struct Output {
  std::string text;                     // for people
  std::string csv;                      // "": this command has no CSV
  std::shared_ptr<const Json> results;  // behind a pointer: few files need to know what JSON is
};

/// One run of one command.
class CommandContext {
 public:
  CommandContext(std::ostream& out, std::ostream& err);

  std::string command;  // "ladder step1"
  CommonOptions common;
  std::vector<std::string> further_words;  // for the commands that this one runs

  /// Every option in force, an object, for the record.
  void record_options(Json options);

  /// Progress and hints, for standard error; results go through emit.
  std::ostream& err() { return err_; }

  /// Goes to standard error at once, in lines of the width of text.
  void note(const std::string& message);
  /// The same, and into the JSON.
  void warn(const std::string& message);

  /// Records that `path` was read; its SHA-256 is taken when JSON is written.
  void note_input(const std::filesystem::path& path);
  /// The same for what can't be read again, such as standard input.
  void note_input(const std::string& name, const std::string& content);

  /// A further file to write together with the results, such as the figure.
  void add_file(std::filesystem::path path, std::string content);

  /// Writes the answer to all the places that were asked for: text to standard output unless JSON
  /// or CSV goes there, the files, and its figure. All files are put in place before standard
  /// output is written, and taken back where that fails: where something fails, none of them is
  /// changed and standard output stays empty. Missing folders are made, as published command lines
  /// expect, and named on standard error. The exit status.
  int emit(const Answer& answer);

  /// For one of several commands that `whole` runs as one: from here on, emit keeps the text (or
  /// what goes to standard output in its place) and the results; its files stay only if `whole`
  /// comes to its end.
  void keep_output(const CommandContext& whole);
  const Output& kept() const { return *kept_; }
  /// Takes over what another command that is part of this one read and warned of, and its options.
  void adopt(const CommandContext& part);

 private:
  void say(const std::string& line);

  struct File {
    std::filesystem::path path;
    std::string content;
  };

  std::string json(const Json& results) const;
  /// InputError where one would be written over an input or another output.
  void check_files() const;
  void write(const Output& output);

  std::ostream& out_;
  std::ostream& err_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::vector<std::string> warnings_;
  std::vector<std::filesystem::path> input_paths_;
  std::vector<InputFile> inputs_;
  std::vector<File> files_;
  std::vector<std::filesystem::path> not_to_touch_;  // what the command that runs this one read
  std::shared_ptr<Json> options_;
  std::shared_ptr<FileSet> file_set_;  // shared by commands that are run as one
  std::optional<Output> kept_;
};

/// InputError where a file can't be written there: the nearest folder above it that exists must be
/// a folder.
void check_place(const std::string& path);

/// InputError for outputs that could not be written, before any time is spent on computing them.
void check_outputs(const CommonOptions& common);

}  // namespace rung::app
