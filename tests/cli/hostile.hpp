#pragma once
/// Bad and hostile inputs as rows of tables, and what runs them: each has to be answered in words,
/// soon, and without a file left or changed.

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <map>

#include "rung/system/file.hpp"
#include "tests/cli/run_command.hpp"
#include "tests/support/temp_folder.hpp"

namespace rung::cli {

struct Hostile {
  std::string kind;
  std::string line;       // the words after `rung`, as a shell would split them
  std::string names;      // what the message must name
  int status = 2;         // 0 only where the message is a warning
  std::string text = {};  // of `file`
  std::string file = "t.csv";
};

/// The same line with each of the values in the place of "{}".
struct HostileValues {
  std::string line;
  std::vector<std::string> values;
  std::string names;
  int status = 2;
};

inline std::string repeated(const std::string& text, std::size_t n) {
  std::string result;
  for (std::size_t i = 0; i < n; ++i) result += text;
  return result;
}

/// Words at the blanks that stand in no quotes.
inline std::vector<std::string> words_of_line(const std::string& line) {
  std::vector<std::string> words;
  char quote = 0;
  bool in_word = false;
  for (const char c : line) {
    if (quote != 0 ? c == quote : c == '\'' || c == '"') {
      quote = quote != 0 ? '\0' : c;
      if (!in_word) words.emplace_back();
      in_word = true;
    } else if (c == ' ' && quote == 0) {
      in_word = false;
    } else {
      if (!in_word) words.emplace_back();
      in_word = true;
      words.back() += c;
    }
  }
  return words;
}

/// A folder to run in, with runs.csv (15 runs on a Chinchilla law) and fit.json, fitted to them.
class HostileFolder {
 public:
  HostileFolder() : before_(std::filesystem::current_path()) {
    std::filesystem::current_path(folder_.path());
    std::string runs = "N,D,loss,model,C,w\n";
    int i = 0;
    for (const double n : {1e8, 2e8, 4e8, 8e8, 1.6e9}) {
      for (const double ratio : {5., 20., 80.}) {
        const double d = n * ratio, noise = 1 + 0.003 * std::sin(12.9 * ++i);
        const double loss = (1.7 + 400 / std::pow(n, 0.34) + 410 / std::pow(d, 0.28)) * noise;
        runs += fmt::format("{},{},{},m{},{},1\n", n, d, loss, i, 6 * n * d);
      }
    }
    folder_.write("runs.csv", runs);
    const Ran ran = run_rung(words_of_line(
        "fit runs.csv --law chinchilla --x N=N,D=D --bootstrap 0 --save-fit fit.json"));
    EXPECT_EQ(ran.status, 0) << ran.err;
  }
  ~HostileFolder() { std::filesystem::current_path(before_); }

  void write(const std::string& name, const std::string& content) const {
    folder_.write(name, content);
  }
  void remove(const std::string& name) const { std::filesystem::remove(folder_.path() / name); }

  /// What stands in it: files with their content, links with where they lead, folders.
  std::map<std::string, std::string> contents() const {
    namespace fs = std::filesystem;
    std::map<std::string, std::string> all;
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder_.path())) {
      std::string& what = all[entry.path().string()];
      if (entry.is_symlink()) {
        what = "link to " + fs::read_symlink(entry.path()).string();
      } else if (entry.is_regular_file()) {
        what = read_file(entry.path());
      } else {
        what = "no file";
      }
    }
    return all;
  }

  /// What holds for every answer to a bad input.
  template <class Run>
  void check(const Hostile& row, const Run& run) const {
    SCOPED_TRACE(row.kind + ": " + row.line.substr(0, 300));
    const auto before = contents();
    const auto begin = std::chrono::steady_clock::now();
    const Ran ran = run();
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    EXPECT_EQ(ran.status, row.status) << ran.err.substr(0, 2000);
    EXPECT_THAT(ran.err, ::testing::HasSubstr(row.names));
    if (row.status == 2) {
      EXPECT_EQ(ran.out, "");
    }
    EXPECT_LT(took.count(), 5);
    EXPECT_TRUE(contents() == before) << "a file was left or changed";
    EXPECT_LE(std::count(ran.err.begin(), ran.err.end(), '\n'), 40);
    EXPECT_LT(ran.err.size(), 12'000u);
    const auto acts = [](char c) { return (c >= 0 && c < ' ' && c != '\n') || c == '\x7f'; };
    EXPECT_TRUE(std::none_of(ran.err.begin(), ran.err.end(), acts)) << "acts on a terminal";
    EXPECT_THAT(ran.err, ::testing::Not(::testing::HasSubstr("should not happen")));
  }

  void run(const std::vector<Hostile>& rows) const {
    for (const Hostile& row : rows) {
      if (!row.text.empty()) write(row.file, row.text);
      check(row, [&] { return run_rung(words_of_line(row.line)); });
      if (!row.text.empty()) remove(row.file);
    }
  }

  void run(const std::vector<HostileValues>& rows) const {
    for (const HostileValues& row : rows) {
      for (const std::string& value : row.values) {
        std::string line = row.line;
        line.replace(line.find("{}"), 2, value);
        check({row.names, line, row.names, row.status},
              [&] { return run_rung(words_of_line(line)); });
      }
    }
  }

 private:
  TempFolder folder_;
  std::filesystem::path before_;
};

}  // namespace rung::cli
