#include "rung/app/train/model_options.hpp"

#include "rung/system/file.hpp"

namespace rung::app {

Option& add_models_option(Options& command, std::string& path) {
  return command.add("--models", path, "models of your own, beside the built-in ones")
      .value_name("FILE");
}

model::Configs model_configs(const std::string& path, CommandContext& context) {
  model::Configs configs = model::Configs::embedded();
  if (!path.empty()) {
    const std::string text = read_file(path);
    context.note_input(path, text);
    configs.add_text(text, path);
  }
  return configs;
}

}  // namespace rung::app
