#pragma once
/// `rung fit` on runs that are simulated from a law.

#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "rung/core/rng.hpp"
#include "rung/core/text.hpp"
#include "rung/system/file.hpp"
#include "tests/cli/run_command.hpp"
#include "tests/support/temp_folder.hpp"

namespace rung::cli {

using nlohmann::json;
using ::testing::HasSubstr;

inline constexpr double kA = 406.4, kB = 410.7, kE = 1.69, kAlpha = 0.34, kBeta = 0.28;

inline double truth(double n, double d) {
  return kE + kA * std::pow(n, -kAlpha) + kB * std::pow(d, -kBeta);
}

/// Runs of recipes a and b; b makes `better` times as much of its compute.
inline std::string runs(double noise, double better = 1) {
  std::string text = "recipe,params,tokens,C,loss,seed\n";
  Rng rng(11);
  for (const char* recipe : {"a", "b"}) {
    const double gain = std::sqrt(recipe[0] == 'b' ? better : 1);
    for (const double n : {1e7, 3e7, 1e8, 3e8, 1e9}) {
      for (const double ratio : {5, 20, 60, 200}) {
        for (int seed = 0; seed < 2; ++seed) {
          const double d = n * ratio;
          text += std::string(recipe) + "," + shortest(n) + "," + shortest(d) + "," +
                  shortest(6 * n * d) + "," +
                  shortest(truth(n * gain, d * gain) * std::exp(noise * rng.normal())) + "," +
                  std::to_string(seed) + "\n";
        }
      }
    }
  }
  return text;
}

class FitCommandTest : public ::testing::Test {
 protected:
  std::string write(const std::string& name, const std::string& content) {
    const std::string path = (folder_.path() / name).string();
    write_file(path, content);
    return path;
  }
  std::string place(const char* name) { return (folder_.path() / name).string(); }

  /// rung fit on the runs with these words more; the first result.
  json fit(const std::string& table, std::vector<std::string> words) {
    words.insert(words.begin(), {"fit", table, "--json", "-"});
    const Ran ran = run_rung(words);
    EXPECT_EQ(ran.status, 0) << ran.err;
    return ran.status == 0 ? json::parse(ran.out)["results"] : json();
  }
  Ran fails(std::vector<std::string> words) {
    const Ran ran = run_rung(words);
    EXPECT_EQ(ran.status, 2) << ran.out;
    EXPECT_EQ(ran.out, "");
    return ran;
  }

  TempFolder folder_;
};

inline const std::vector<std::string> kChinchilla = {
    "--law", "chinchilla", "--x", "N=params,D=C/(6*N)", "--bootstrap", "100"};

inline std::vector<std::string> with(std::vector<std::string> words,
                                     const std::vector<std::string>& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

}  // namespace rung::cli
