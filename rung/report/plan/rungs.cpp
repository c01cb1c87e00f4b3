#include "rung/report/plan/rungs.hpp"

#include "rung/core/text.hpp"

namespace rung::plan {
namespace {

/// As a TOML string that keeps backslashes; a name with a ' has no other way than the basic kind.
std::string toml_string(const std::string& text) {
  return text.find('\'') == text.npos ? "'" + text + "'" : "\"" + text + "\"";
}

std::string entry(const char* key, const Rung& rung) {
  return std::string("\n[[") + key + "]]\nmodel = " + toml_string(rung.model) +
         "  # N=" + short_count(rung.n_params) + ", planned " + short_count(rung.n_params_planned) +
         "\nlength = " + toml_string(shortest(rung.n_tokens)) + "\n";
}

}  // namespace

std::string plan_file_text(const Rungs& rungs, const std::string& name, const std::string& data) {
  std::string text =
      "# Written by rung plan, for rung ladder train. Another program trains where it has the "
      "keys\n"
      "# trainer, a command line, and log, what that writes.\nname = " +
      toml_string(name) + "\ndata = " + toml_string(data) + "\n";
  for (const Rung& rung : rungs.runs) {
    text += entry("rungs", rung);
    if (rung.n_runs == 1) continue;
    std::vector<std::string> seeds;
    for (int seed = 0; seed < rung.n_runs; ++seed) seeds.push_back(std::to_string(seed));
    text += "seeds = [" + join(seeds, ", ") + "]\n";
  }
  for (const Rung& rung : rungs.targets) text += entry("targets", rung);
  return text;
}

}  // namespace rung::plan
