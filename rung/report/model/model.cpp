#include "rung/report/model/model.hpp"

#include <nlohmann/json.hpp>

#include "rung/core/text.hpp"

namespace rung::model {
namespace {

const char* words(NormPlace place) { return place == NormPlace::before ? "before" : "after"; }
const char* words(NormKind kind) { return kind == NormKind::rms ? "rms" : "layer_norm"; }
const char* words(Initialization scheme) {
  return scheme == Initialization::normal ? "normal" : "open_lm";
}

Json json_config(const Config& config) {
  return {{"model", config.name},
          {"aliases", config.aliases},
          {"family", config.family},
          {"n_params_total", config.n_params_total()},
          {"n_params_non_embedding", config.n_params_non_embedding()},
          {"flops_per_token", config.flops_per_token()},
          {"d_model", config.d_model},
          {"n_heads", config.n_heads},
          {"n_layers", config.n_layers},
          {"d_hidden", config.d_hidden},
          {"vocab_size", config.vocab_size},
          {"padded_vocab_size", config.padded_vocab_size},
          {"eos_token", config.eos_token},
          {"pad_token", config.pad_token},
          {"sequence_length", config.sequence_length},
          {"norm_place", words(config.norm_place)},
          {"norm", words(config.norm)},
          {"norm_epsilon", config.norm_epsilon},
          {"qk_norm", config.qk_norm},
          {"rope_theta", config.rope_theta},
          {"initialization", words(config.initialization)},
          {"init_sd", config.init_sd}};
}

Json json_size(const Size& size) {
  Json json = {{"model", size.config.name},
               {"n_params_total", size.config.n_params_total()},
               {"n_params_non_embedding", size.config.n_params_non_embedding()},
               {"flops_per_token", size.config.flops_per_token()},
               {"training_state_bytes", size.config.training_state_bytes()},
               {"bytes_per_sequence", size.config.bytes_per_sequence()}};
  if (size.n_tokens) {
    json["n_tokens"] = *size.n_tokens;
    json["total_flops"] = json_number(size.total_flops());
  }
  return json;
}

TextTable size_rows(const Size& size) {
  TextTable rows;
  for (const char* name : {"model", "n_params_total", "n_params_non_embedding", "flops_per_token",
                           "n_tokens", "total_flops", "training_state_bytes", "bytes_per_sequence"})
    rows.add_column(name);
  rows.add_row({size.config.name, size.config.n_params_total(),
                size.config.n_params_non_embedding(), size.config.flops_per_token(),
                number_cell(size.n_tokens), number_cell(size.total_flops()),
                size.config.training_state_bytes(), size.config.bytes_per_sequence()});
  return rows;
}

/// A table without a header's work: what it is, and how much.
void add_fact(TextTable& table, const char* name, TextCell value) {
  table.add_row({name, std::move(value)});
}

TextTable facts_table() {
  TextTable table;
  table.add_column("setting");
  table.add_column("value", "", shortest, Align::left);
  return table;
}

}  // namespace

Document describe(const Configs& configs) {
  Document document;
  TextTable table;
  table.add_column("model");
  table.add_column("family");
  table.add_column("params", "n_params_non_embedding", short_count);
  table.add_column("in all", "n_params_total", short_count);
  table.add_column("width", "d_model");
  table.add_column("heads", "n_heads");
  table.add_column("layers", "n_layers");
  table.begin_details();
  table.add_column("hidden", "d_hidden");
  table.add_column("vocabulary", "padded_vocab_size");
  table.add_column("length", "sequence_length");
  table.begin_details(false);
  Json results = Json::array();
  std::string family;
  for (const Config& config : configs.all()) {
    if (!family.empty() && family != config.family) table.add_rule();
    family = config.family;
    table.add_row({config.name, config.family, config.n_params_non_embedding(),
                   config.n_params_total(), double(config.d_model), double(config.n_heads),
                   double(config.n_layers), double(config.d_hidden),
                   double(config.padded_vocab_size), double(config.sequence_length)});
    results.push_back(json_config(config));
  }
  document.rows = table;
  document.add(std::move(table));
  document.add(Notes{{"params are those without the embedding"}});
  document.set_results(std::move(results));
  return document;
}

Document describe(const Config& config, const Family& family) {
  Document document;
  document.add(Heading{config.name + ": " + family.title + " (" + family.source + ")"});
  const Json json = json_config(config);
  TextTable table = facts_table();
  for (const auto& [key, value] : json.items()) {
    if (key == "model" || key == "aliases") continue;
    add_fact(table, key.c_str(),
             value.is_number()    ? shortest(value.get<double>())
             : value.is_boolean() ? (value.get<bool>() ? "yes" : "no")
                                  : value.get<std::string>());
  }
  document.rows = table;
  document.add(std::move(table));
  document.set_results(Json::array({json}));
  return document;
}

Document describe_size(const Size& size) {
  Document document;
  document.add(Preformatted{shortest(size.config.n_params_total()) + "\n" +
                            shortest(size.config.n_params_non_embedding()) + "\n"});
  document.rows = size_rows(size);
  document.set_results(Json::array({json_size(size)}));
  return document;
}

Document describe_flops(const Size& size) {
  Document document;
  std::string text = shortest(size.config.flops_per_token()) + "\n";
  if (size.n_tokens) text += shortest(*size.total_flops()) + "\n";
  document.add(Preformatted{text});
  document.rows = size_rows(size);
  document.set_results(Json::array({json_size(size)}));
  return document;
}

Document describe(const NodeCounts& counts) {
  Document document;
  std::vector<std::string> texts;
  TextTable rows;
  rows.add_column("nodes", "n_nodes");
  for (const int n : counts.n_nodes) {
    texts.push_back(std::to_string(n));
    rows.add_row({double(n)});
  }
  if (!texts.empty()) document.add(Preformatted{join(texts, " ") + "\n"});
  const std::string batch = std::to_string(counts.recipe.batch_sequences) + " sequences";
  const std::string node = std::to_string(counts.gpus_per_node) + " GPUs of " +
                           std::to_string(counts.device_batch_size) + " sequences a node";
  document.add(Notes{{texts.empty() ? "no number of nodes shares " + batch + " evenly: " + node +
                                          "; try another --device_batch_size or --batch_size"
                                    : "a batch of " + batch + ", " + node}});
  document.usable = !texts.empty();
  document.rows = std::move(rows);
  document.set_results(Json::array({{{"batch_sequences", counts.recipe.batch_sequences},
                                     {"device_batch_size", counts.device_batch_size},
                                     {"gpus_per_node", counts.gpus_per_node},
                                     {"n_nodes", counts.n_nodes}}}));
  return document;
}

TextTable settings_table(const Config& config, const Recipe& recipe) {
  const RecipeChoice& choice = recipe.choice;
  TextTable table = facts_table();
  const auto add = [&](const char* name, TextCell value) {
    add_fact(table, name, std::move(value));
  };
  add("model", config.name);
  add("params without embedding", config.n_params_non_embedding());
  add("vocabulary", std::to_string(config.padded_vocab_size) +
                        (config.vocab_of_data ? ", the data's" : ", the model's"));
  add("length", choice.length);
  add("tokens", recipe.trained_tokens());
  add("FLOPs", recipe.trained_tokens() * config.flops_per_token());
  add("steps", double(recipe.n_steps));
  add("batch, sequences", double(recipe.batch_sequences));
  add("sequence, tokens", double(recipe.sequence_length));
  add("learning rate at its peak", recipe.learning_rate);
  add("scheduler", std::string(scheduler_name(choice.scheduler)));
  add("warm-up, steps", double(recipe.n_warmup_steps));
  add("last share of the rate", choice.alpha_f);
  add("AdamW beta1", choice.beta1);
  add("AdamW beta2", choice.beta2);
  add("AdamW epsilon", choice.adam_epsilon);
  add("weight decay, but embedding", choice.weight_decay);
  add("gradient clipped at norm", choice.clip_norm);
  add("z-loss", choice.z_loss);
  add("repetitive sequences", choice.filters_repetition ? "left out" : "kept");
  return table;
}

}  // namespace rung::model
