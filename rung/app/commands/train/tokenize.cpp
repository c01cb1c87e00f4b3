#include "rung/lm/tokenize.hpp"

#include <memory>

#include "rung/app/command.hpp"
#include "rung/core/error.hpp"
#include "rung/report/model/tokenized.hpp"

namespace rung::app {
namespace {

Answer run_tokenize(CommandContext& context, const lm::TokenizeRequest& given) {
  lm::TokenizeRequest request = given;
  request.seed = context.common.seed;
  for (const std::string& path : request.inputs) context.note_input(path);
  if (!request.tokenizer_path.empty()) context.note_input(request.tokenizer_path);
  lm::TokenizeResult result = lm::run(request);
  const auto part = [](const lm::TokenizedPart& tokenized) {
    return model::TokenizedPart{tokenized.n_documents, tokenized.n_bytes, tokenized.n_tokens};
  };
  Answer answer(model::describe({.name = result.name,
                                 .data_file = result.data_file.string(),
                                 .vocab_size = result.vocab_size,
                                 .train = part(result.train),
                                 .validation = part(result.validation)}));
  for (lm::TokenizeResult::File& file : result.files)
    answer.files.push_back({file.path.string(), std::move(file.content)});
  return answer;
}

Action tokenize(Options& command) {
  const auto request = std::make_shared<lm::TokenizeRequest>();
  command.add("TEXT", request->inputs, "text or JSON lines, each perhaps gzipped")
      .required()
      .value_name("FILE");
  command.add("--to", request->folder, "where tokenizer, tokens and data.toml go")
      .required()
      .value_name("DIR");
  command
      .add("--tokenizer", request->tokenizer_path, "tokenizer.json or tiktoken ranks, not learnt")
      .value_name("FILE");
  command.add("--vocab-size", request->vocab_size, "tokens to learn, bytes among them")
      .range(257, 1 << 20);
  command.add("--pattern", request->pattern, "by which text is split before pairs are learnt")
      .choices({"gpt2", "cl100k"});
  command.add("--field", request->field, "where JSON lines have their text").value_name("KEY");
  const auto split_at = std::make_shared<std::vector<std::string>>();
  command.add("--split-at", *split_at, "a text's documents end at such lines; '': at empty ones")
      .one_value_each()
      .value_name("LINE");
  command.add("--validation", request->validation_share, "share of the documents to hold out");
  command.add("--most-unpacked", request->most_unpacked_bytes, "bytes out of a compressed text")
      .value_name("BYTES")
      .positive();
  command.add("--name", request->name, "of the data; default: the folder's").value_name("NAME");
  command.footer(
      "Writes tokenizer.json, train.bin, validation.bin (uint16 or uint32, as OLMo reads them)\n"
      "and data.toml, which rung train takes. Text comes back from tokens byte by byte.\n"
      "Results: name, data_file, vocab_size, train and validation {n_documents, n_bytes,\n"
      "n_tokens}.");
  return [request, split_at, &command](CommandContext& context) {
    if (!request->tokenizer_path.empty()) {
      for (const char* name : {"--vocab-size", "--pattern"}) {
        if (command.find(name)->is_set())
          throw InputError(
              std::string(name) + " says how to learn a vocabulary; --tokenizer has one",
              "leave out one of them");
      }
    }
    if (!split_at->empty()) request->split_at = split_at->back();
    return run_tokenize(context, *request);
  };
}

}  // namespace

std::vector<Command> train_tokenize_commands() {
  return {{.name = "tokenize",
           .summary = "text to tokens, with a vocabulary learnt or given",
           .example = "rung tokenize fortunes.txt --split-at % --to data/fortunes",
           .group = "train",
           .place = 10,
           .declare = tokenize}};
}

}  // namespace rung::app
