#include <memory>

#include "rung/app/command.hpp"
#include "rung/app/train/fetched_file.hpp"
#include "rung/app/train/trainer_program.hpp"
#include "rung/core/error.hpp"
#include "rung/core/fields.hpp"
#include "rung/data/model/model.hpp"
#include "rung/lm/checkpoint.hpp"
#include "rung/lm/generate_request.hpp"
#include "rung/report/model/tokenized.hpp"
#include "rung/system/file.hpp"

namespace rung::app {
namespace {

/// Where the testbed's weights are published, and the tokenizer of all of its models.
constexpr const char* kTestbedFiles = "https://huggingface.co/mlfoundations/scaling/resolve/main/";
constexpr const char* kTestbedTokenizer =
    "https://huggingface.co/EleutherAI/gpt-neox-20b/resolve/main/tokenizer.json";

struct GenerateCommand {
  std::string model_json;
  lm::GenerateRequest request;
};

/// What a model's JSON of the testbed says of its files, where no option says it.
void take_from_model_json(CommandContext& context, GenerateCommand& given) {
  const std::string text = read_file(given.model_json);
  context.note_input(given.model_json, text);
  lm::GenerateRequest& request = given.request;
  const auto take = [](std::string& field, const std::optional<std::string>& url) {
    if (field.empty() && url)
      field = url->find("://") == std::string::npos ? kTestbedFiles + *url : *url;
  };
  read_json_fields(text, given.model_json, [&](Fields& top) {
    top.ignore_other_keys();
    if (request.checkpoint.empty())
      take(request.checkpoint, top.require<std::string>("checkpoint_url"));
    take(request.params, top.get<std::string>("params_url"));
  });
}

/// Before anything is fetched for it.
void check_kind(const std::string& checkpoint) {
  if (checkpoint.ends_with(".safetensors"))
    throw InputError(Location{checkpoint}, "is a safetensors file, which is not read",
                     "OpenLM's .pt, or a checkpoint of rung train");
  if (!checkpoint.ends_with(".pt") || !file_exists(checkpoint)) return;
  const std::string head = read_head(checkpoint, 2);
  if (!head.starts_with("PK") && !head.starts_with("\x80"))
    throw InputError(Location{checkpoint}, "this is no PyTorch file: neither a zip nor a pickle",
                     "torch.save writes one");
}

/// What the options name must be there: a checkpoint of ours or a folder of them, a model.
void check_names(const lm::GenerateRequest& request) {
  if (!request.model.empty()) model::Configs::embedded().config(request.model);
  const std::string& checkpoint = request.checkpoint;
  if (checkpoint.find("://") != std::string::npos) return;
  constexpr const char* kHint =
      "a run's folder of rung train, one of its checkpoints, or a .pt file";
  if (!path_exists(checkpoint))
    throw InputError("--checkpoint: there is no '" + checkpoint + "'", kHint);
  if (!file_exists(checkpoint) && lm::checkpoint_steps(checkpoint).empty())
    throw InputError("--checkpoint: '" + checkpoint + "' is a folder without checkpoints", kHint);
  check_kind(checkpoint);
}

/// A checkpoint of rung train says itself what those of OpenLM leave to options.
void check_needed(const Options& options) {
  for (const Option& option : options.all()) {
    const bool is_of_open_lm = option.key() == "params" || option.group() == lm::kOpenLmGroup;
    if (is_of_open_lm && option.is_set())
      throw InputError("--" + option.key() + " is of OpenLM's checkpoints",
                       "one of rung train has no need of it");
  }
}

Answer run_generate(CommandContext& context, GenerateCommand given, const Options& options) {
  lm::GenerateRequest& request = given.request;
  request.validate();
  if (!given.model_json.empty()) take_from_model_json(context, given);
  if (request.checkpoint.empty())
    throw InputError("--checkpoint is missing", "or --model-json, a model of the testbed");
  if (request.checkpoint.ends_with(".pt") && request.tokenizer.empty())
    request.tokenizer = kTestbedTokenizer;
  check_names(request);
  const std::vector<std::int64_t> steps = lm::checkpoint_steps(request.checkpoint);
  if (!steps.empty() || request.checkpoint.ends_with(".rung")) check_needed(options);
  const std::string program = trainer_program();
  if (!steps.empty())
    request.checkpoint = lm::checkpoint_path(request.checkpoint, steps.back()).string();
  for (std::string* file : {&request.params, &request.tokenizer, &request.checkpoint}) {
    if (file->empty()) continue;
    *file = fetched_file(context, *file);
    context.note_input(*file);
  }
  std::vector<std::string> words = {"generate", std::to_string(context.common.seed),
                                    std::to_string(context.common.n_threads)};
  for (std::string& word : words_of(request)) words.push_back(std::move(word));
  return Answer(model::describe(model::GeneratedText{request.checkpoint, request.input_text,
                                                     trainer_output(context, program, words)}));
}

Action generate(Options& command) {
  const auto given = std::make_shared<GenerateCommand>();
  command.add("--model-json", given->model_json, "a model of the over-training testbed")
      .value_name("FILE");
  given->request.describe(command);
  command.footer(
      "Files may be URLs, which are fetched once into the cache. A checkpoint of rung train is\n"
      "read where it lies, in its run's folder, which may also be named; it has its tokenizer.\n"
      "The text ends at <|endoftext|>.\n"
      "Results: checkpoint, prompt, text.");
  return
      [given, &command](CommandContext& context) { return run_generate(context, *given, command); };
}

}  // namespace

std::vector<Command> train_generate_commands() {
  return {{.name = "generate",
           .summary = "text from a model of rung train or of OpenLM",
           .example = "rung generate --checkpoint tiny-330k-1xC --input-text 'A cat'",
           .group = "train",
           .place = 40,
           .declare = generate}};
}

}  // namespace rung::app
