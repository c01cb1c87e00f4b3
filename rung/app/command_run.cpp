#include "rung/app/command_run.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

#include "rung/core/error.hpp"
#include "rung/core/text.hpp"
#include "rung/system/file.hpp"

namespace rung::app {
namespace {

constexpr int kMostThreads = 4096;
constexpr int kMostReplicates = 10'000'000;

void add_common_options(const Command& command, Options& options, CommonOptions& common) {
  options.add("--json", common.json_path, "write the results as JSON ('-': standard output)")
      .value_name("FILE")
      .writes()
      .group(kCommonGroup);
  options.add("--csv", common.csv_path, "write the results as CSV ('-': standard output)")
      .value_name("FILE")
      .writes()
      .group(kCommonGroup);
  options.add_flag("--wide", common.wide, "tables as wide as they are, with every column; else 80")
      .group(kCommonGroup);
  if (command.has_figure) {
    options
        .add("-o,--output-path", common.figure_path,
             "write the figure: .png, .pdf, .svg or .html; missing folders are made")
        .value_name("FIGURE")
        .writes()
        .group(kCommonGroup);
  }
  options
      .add("--threads", common.n_threads,
           "threads to use; 0: all there are; results never depend on it")
      .value_name("N")
      .range(0, kMostThreads)
      .group(kCommonGroup);
  options.add("--seed", common.seed, "where random numbers start")
      .value_name("N")
      .group(kCommonGroup);
  if (command.has_bootstrap) {
    options
        .add("--bootstrap", common.n_bootstrap,
             "replicates behind each interval; 0: none, as fits of tables choose where it holds "
             "better")
        .last_counts()
        .value_name("N")
        .range(0, kMostReplicates)
        .group(kCommonGroup);
  }
}

Json value_from_text(const std::string& text) {
  constexpr double kLargestExact = 9007199254740992;  // 2^53
  const std::optional<double> number = parse_double(text);
  if (!number || !std::isfinite(*number)) return text;
  const bool is_count = *number == std::trunc(*number) && std::abs(*number) <= kLargestExact;
  return is_count ? Json(static_cast<std::int64_t>(*number)) : Json(*number);
}

/// Every option in force, given or by default, by its long name.
Json options_in_force(const Options& options) {
  Json json = Json::object();
  for (const Option& option : options.all()) {
    Json& value = json[option.key()];
    if (option.is_flag()) {
      value = option.is_set();
    } else if (option.given().size() > 1) {
      for (const std::string& text : option.given()) value.push_back(value_from_text(text));
    } else if (option.is_set()) {
      value = value_from_text(option.given().front());
    } else if (!option.default_text().empty()) {
      value = value_from_text(option.default_text());
    }
  }
  return json;
}

/// InputError where two options would print in place of the text.
void check_one_prints(Options& options) {
  std::vector<std::string> printing;
  for (const char* name : {"--json", "--csv", "--latex", "--print_table_as_latex"}) {
    const Option* const option = options.find(name);
    if (!option || !option->is_set()) continue;
    if (option->is_flag() || option->given().front() == "-") printing.emplace_back(name);
  }
  const bool only_latex = printing.size() == 2 && printing.front() == "--latex";
  if (printing.size() > 1 && !only_latex)
    throw InputError(printing[0] + " and " + printing[1] + " can't both go to standard output",
                     "give one of them a file");
}

/// The files that are named by options which are written, or which are not.
std::vector<std::string> files_named(const Options& options, bool written) {
  std::vector<std::string> files;
  for (const Option& option : options.all()) {
    if (!option.is_set() || option.is_written() != written) continue;
    if (!written && !option.takes_path()) continue;
    for (const std::string& file : option.given()) {
      if (file != "-") files.push_back(file);
    }
  }
  return files;
}

/// InputError where an output would go over another one or over an input: before any is read.
void check_outputs_differ(const Options& options) {
  const std::vector<std::string> inputs = files_named(options, false);
  const std::vector<std::string> outputs = files_named(options, true);
  for (auto output = outputs.begin(); output != outputs.end(); ++output) {
    const auto is_output = [&](const std::string& other) { return is_same_file(*output, other); };
    if (std::any_of(outputs.begin(), output, is_output))
      throw InputError("two outputs would go to '" + *output + "'", "give each a file of its own");
    if (std::any_of(inputs.begin(), inputs.end(), is_output))
      throw InputError("'" + *output + "' is read by this command, and would be lost",
                       "give the output a file of its own");
  }
}

}  // namespace

CommandRun::CommandRun(const Command& command, std::ostream& out, std::ostream& err)
    : command_(command), context_(out, err) {
  context_.command = command.name;
  action_ = command.declare(options_);
  add_common_options(command, options_, context_.common);
}

void CommandRun::check() {
  options_.check_complete();
  check_one_prints(options_);
  check_outputs_differ(options_);
  check_outputs(context_.common);
  context_.record_options(options_in_force(options_));
}

}  // namespace rung::app
