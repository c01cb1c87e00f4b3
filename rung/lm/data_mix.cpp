#include "rung/lm/data_mix.hpp"

#include <set>

#include "rung/core/fields.hpp"

namespace rung::lm {
namespace {

/// Names become parts of a table's columns: they hold none of its marks, and stand once.
class Names {
 public:
  std::string of(Fields& fields) {
    auto name = fields.require<std::string>("name");
    if (name.find_first_of(",\"\n\r") != std::string::npos)
      fields.problem_at("name", "'" + name + "' holds a comma, a quote or a line's end",
                        "it becomes part of a CSV's columns");
    if (!name.empty() && !known_.insert(name).second)
      fields.problem_at("name", "'" + name + "' is named twice", "each has a column of its own");
    return name;
  }

 private:
  std::set<std::string> known_;
};

int shots_of(Fields& fields) {
  constexpr NumberRange kShots = {.least = 0, .most = 1000, .wanted = "how many"};
  return static_cast<int>(fields.get<std::int64_t>("shots", kShots).value_or(0));
}

}  // namespace

DataMix parse_data_mix(std::string_view toml, const std::filesystem::path& path) {
  DataMix mix{.path = path};
  const std::filesystem::path folder = path.parent_path();
  read_toml_fields(toml, path.string(), [&](Fields& top) {
    const auto path_of = [&](Fields& fields) {
      return folder / fields.require<std::string>("path");
    };
    mix.name = top.get<std::string>("name").value_or(path.stem().string());
    if (const auto type = top.get_choice("dtype", {"uint16", "uint32"}))
      mix.type = static_cast<TokenType>(*type);
    mix.vocab_size = static_cast<int>(top.require<std::int64_t>(
        "vocab_size", {.least = 2, .most = 1 << 24, .wanted = "a whole number from 2 on"}));
    mix.eos_token = static_cast<int>(
        top.require<std::int64_t>("eos_token", {.least = 0, .most = 1 << 24, .wanted = "a token"}));
    if (mix.vocab_size > 0 && mix.eos_token >= mix.vocab_size)
      top.problem_at("eos_token", "eos_token is not below vocab_size");
    if (const auto tokenizer = top.get<std::string>("tokenizer")) {
      mix.tokenizer = folder / *tokenizer;
      mix.tokenizer_where = top.where("tokenizer");
    }
    top.items("train", [&](Fields& fields) {
      mix.train.push_back(
          {path_of(fields), fields.get<double>("weight", kPositive), fields.where("path")});
    });
    Names validation_names, task_names;
    top.items("validation", [&](Fields& fields) {
      mix.validation.push_back({validation_names.of(fields), path_of(fields),
                                fields.get<double>("n_bytes", kPositive), fields.where("path")});
    });
    top.items("tasks", [&](Fields& fields) {
      TaskPart task{.name = task_names.of(fields),
                    .path = path_of(fields),
                    .n_shots = shots_of(fields),
                    .where = fields.where("path")};
      if (const auto path = fields.get<std::string>("shots_path")) task.shots_path = folder / *path;
      mix.tasks.push_back(std::move(task));
    });
    if (mix.train.empty() && mix.validation.empty() && mix.tasks.empty() && !top.has_problems())
      top.problem("it names no token files and no tasks", "[[train]] with path = \"train.bin\"");
  });
  return mix;
}

}  // namespace rung::lm
