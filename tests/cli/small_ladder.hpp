#pragma once
/// A ladder of a few small files, for commands to read and for tests to spoil.

#include <fmt/format.h>

#include <cmath>
#include <string>
#include <vector>

#include "rung/system/file.hpp"
#include "tests/cli/run_command.hpp"
#include "tests/support/temp_folder.hpp"

namespace rung::cli {

/// Three sizes of three lengths on a Chinchilla law, and the target "big"; one task, "t", with loss
/// "x" and accuracy "y".
class SmallLadder {
 public:
  SmallLadder() {
    std::string config = "{\n";
    for (const auto& [model, n_params] : {std::pair("S", 1e8), {"M", 4e8}, {"L", 1.6e9}}) {
      config += fmt::format("\"{}\": {{\"paths\": [", model);
      for (const int length : {1, 4, 10}) {
        const std::string file = fmt::format("{}-{}xC.csv", model, length);
        write(file, run_csv(n_params, 20 * n_params * length));
        config += fmt::format("{}\"{}\"", length == 1 ? "" : ", ", file);
      }
      config += fmt::format("], \"mode\": \"train\", \"n\": {}}},\n", n_params);
    }
    write("big.csv", run_csv(1e10, 1e12));
    config += "\"big\": {\"paths\": [\"big.csv\"], \"mode\": \"eval\", \"n\": 1e10}\n}\n";
    write("config.json", config);
    write("tasks.toml", "[tasks.t]\nrc_bpb = \"x\"\nrc_acc = \"y\"\n");
  }

  std::string path(const std::string& name) const { return (folder_.path() / name).string(); }
  void write(const std::string& name, const std::string& content) { folder_.write(name, content); }
  /// Replaces the first `from` in a file.
  void spoil(const std::string& name, const std::string& from, const std::string& to) {
    std::string text = read_file(path(name));
    const std::size_t at = text.find(from);
    ASSERT_NE(at, std::string::npos) << from;
    write(name, text.replace(at, from.size(), to));
  }
  void remove(const std::string& name) { std::filesystem::remove(path(name)); }

  /// `rung ladder COMMAND -k t -c config.json --tasks tasks.toml MORE…`
  Ran run(const std::string& command, const std::vector<std::string>& more = {}) const {
    std::vector<std::string> words = {
        "ladder", command, "-k", "t", "-c", path("config.json"), "--tasks", path("tasks.toml")};
    words.insert(words.end(), more.begin(), more.end());
    return run_rung(words);
  }

  /// Tokens, loss and accuracy at checkpoints, evenly spaced.
  static std::string run_csv(double n_params, double n_tokens, int n_checkpoints = 10) {
    std::string csv = "throughput/total_tokens,x,y\n";
    for (int i = 1; i <= n_checkpoints; ++i) {
      const double d = std::trunc(n_tokens * i / n_checkpoints);
      const double wobble = 1 + 0.002 * std::sin(d / 1e8 + n_params);
      const double x = (0.5 + 200 * std::pow(n_params, -0.3) + 400 * std::pow(d, -0.3)) * wobble;
      csv += fmt::format("{:.0f},{},{}\n", d, x, 1 - 0.75 / (1 + std::exp(-5 * (x - 1))));
    }
    return csv;
  }

 private:
  TempFolder folder_;
};

}  // namespace rung::cli
