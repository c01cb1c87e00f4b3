#include "rung/lm/data_mix.hpp"

#include "rung/core/fields.hpp"

namespace rung::lm {

DataMix parse_data_mix(std::string_view toml, const std::filesystem::path& path) {
  DataMix mix;
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
    if (const auto tokenizer = top.get<std::string>("tokenizer"))
      mix.tokenizer = folder / *tokenizer;
    top.items("train", [&](Fields& fields) {
      mix.train.push_back({path_of(fields), fields.get<double>("weight", kPositive)});
    });
    top.items("validation", [&](Fields& fields) {
      mix.validation.push_back({fields.require<std::string>("name"), path_of(fields),
                                fields.get<double>("n_bytes", kPositive)});
    });
    top.items("tasks", [&](Fields& fields) {
      TaskPart task{.name = fields.require<std::string>("name"), .path = path_of(fields)};
      task.n_shots = static_cast<int>(
          fields.get<std::int64_t>("shots", {.least = 0, .most = 1000, .wanted = "how many"})
              .value_or(0));
      if (const auto path = fields.get<std::string>("shots_path")) task.shots_path = folder / *path;
      mix.tasks.push_back(std::move(task));
    });
    if (mix.train.empty() && mix.validation.empty() && !top.has_problems())
      top.problem("it names no token files", "[[train]] with path = \"train.bin\"");
  });
  return mix;
}

}  // namespace rung::lm
