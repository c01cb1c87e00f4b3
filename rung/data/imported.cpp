#include "rung/data/imported.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "rung/core/text.hpp"

namespace rung {
namespace {

/// What a checkpoint's files may be called after what they hold; nothing that tells models apart.
constexpr std::array<std::string_view, 3> kPackings = {"-hf", "-unsharded", "-vllm"};

bool ends_in_digit(char c) { return c >= '0' && c <= '9'; }

std::string with_slashes(std::string_view text) {
  std::string path(text);
  for (std::size_t at = path.find("__"); at != path.npos; at = path.find("__", at))
    path.replace(at, 2, "/");
  while (!path.empty() && path.back() == '/') path.pop_back();
  return path;
}

std::string without_packing(std::string name) {
  for (bool found = true; found;) {
    found = false;
    for (const std::string_view packing : kPackings) {
      if (!name.ends_with(packing) || name.size() == packing.size()) continue;
      name.resize(name.size() - packing.size());
      found = true;
    }
  }
  return name;
}

/// "…step4000", "…checkpoint-500": the step, and what stands before the word.
std::optional<std::pair<std::string, double>> split_step(const std::string& name) {
  std::size_t digits = name.size();
  while (digits > 0 && ends_in_digit(name[digits - 1])) --digits;
  if (digits == name.size()) return {};
  const double step = *parse_double(std::string_view(name).substr(digits));
  std::string before = name.substr(0, digits);
  if (before.ends_with('-') || before.ends_with('_')) before.pop_back();
  for (const std::string_view word : {"global_step", "step", "checkpoint", "ckpt", "iter"}) {
    if (!before.ends_with(word)) continue;
    before.resize(before.size() - word.size());
    if (!before.empty() && std::string_view("-_/ ").find(before.back()) == std::string_view::npos)
      return {};
    while (!before.empty() &&
           std::string_view("-_/ ").find(before.back()) != std::string_view::npos)
      before.pop_back();
    return {{before, step}};
  }
  return {};
}

}  // namespace

CheckpointName parse_checkpoint_name(std::string_view text, std::string_view revision) {
  const std::string path = without_packing(with_slashes(trimmed(text)));
  CheckpointName name{path, {}};
  if (const auto split = split_step(path); split && !split->first.empty())
    name = {without_packing(split->first), split->second};
  name.model = name.model.substr(name.model.find_last_of('/') + 1);
  if (!name.step && !revision.empty()) {
    const auto split = split_step("/" + std::string(revision.substr(0, revision.find("-tok"))));
    if (split) name.step = split->second;
  }
  return name;
}

}  // namespace rung
