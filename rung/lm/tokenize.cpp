#include "rung/lm/tokenize.hpp"

#include <algorithm>

#include "rung/core/error.hpp"
#include "rung/core/foreign.hpp"
#include "rung/core/require.hpp"
#include "rung/core/rng.hpp"
#include "rung/core/text.hpp"
#include "rung/core/value.hpp"
#include "rung/lm/token_file.hpp"
#include "rung/lm/tokenizer/byte_pairs.hpp"
#include "rung/lm/tokenizer/vocabulary_file.hpp"
#include "rung/system/file.hpp"
#include "rung/system/gzip.hpp"

namespace rung::lm {
namespace {

constexpr const char* kTokenizerFile = "tokenizer.json";
constexpr const char* kTrainFile = "train.bin";
constexpr const char* kValidationFile = "validation.bin";
constexpr const char* kDataFile = "data.toml";
constexpr std::size_t kMostUnpackedTokenizer = 1'000'000'000;

/// What one line holds; errors have its place in the file.
Value value_of_line(const std::string& text, const std::string& source, std::size_t line) {
  try {
    return json_value(text, source);
  } catch (const InputError& error) {
    std::vector<Problem> problems = error.problems();
    for (Problem& problem : problems) problem.location.line = line;
    throw InputError(std::move(problems));
  }
}

void add_json_lines(std::string_view content, const std::string& source, const std::string& field,
                    std::vector<std::string>& documents) {
  std::size_t line = 0;
  for (const std::string& text : split(content, '\n')) {
    ++line;
    if (trimmed(text).empty()) continue;
    const Value value = value_of_line(text, source, line);
    const Value* const found = value.find(field);
    if (!found || !found->text())
      throw InputError(Location{source, line}, "there is no text '" + field + "'",
                       "--field names where the text is");
    documents.push_back(*found->text());
  }
}

void add_split_text(std::string_view content, const std::string& end,
                    std::vector<std::string>& documents) {
  std::string document;
  const auto finish = [&] {
    if (!trimmed(document).empty()) documents.push_back(document);
    document.clear();
  };
  while (!content.empty()) {
    const std::size_t n = std::min(content.find('\n'), content.size());
    const std::string_view line = content.substr(0, n);
    const bool has_end = n < content.size();
    content.remove_prefix(has_end ? n + 1 : n);
    if (line == end) {
      finish();
    } else {
      document += line;
      if (has_end) document += '\n';
    }
  }
  finish();
}

std::vector<std::string> read_documents(const TokenizeRequest& request) {
  std::vector<std::string> documents;
  for (const std::string& path : request.inputs) {
    std::string content = read_file(path);
    std::string_view name = path;
    if (is_gzip(content))
      content = gunzip(content, path, static_cast<std::size_t>(request.most_unpacked_bytes));
    refuse_foreign(content, path, "text");
    if (begins_with_nul(content)) throw InputError(Location{path}, "this is no text");
    if (name.ends_with(".gz")) name.remove_suffix(3);
    if (name.ends_with(".jsonl") || name.ends_with(".json")) {
      add_json_lines(content, path, request.field, documents);
    } else if (request.split_at) {
      add_split_text(content, *request.split_at, documents);
    } else if (!content.empty()) {
      documents.push_back(std::move(content));
    }
  }
  if (documents.empty()) throw InputError("there is no text in the inputs");
  return documents;
}

/// Which documents are held out: at least one where any share is.
std::vector<bool> held_out(std::size_t n_documents, const TokenizeRequest& request) {
  std::vector<bool> held(n_documents, false);
  if (request.validation_share == 0) return held;
  if (n_documents < 2)
    throw InputError("one document can't be shared between training and validation",
                     "--split-at LINE splits a text into documents; --validation 0 holds none out");
  bool any = false;
  for (std::size_t i = 0; i < n_documents; ++i) {
    held[i] = Rng(request.seed, i).uniform() < request.validation_share;
    any = any || held[i];
  }
  if (!any) held.back() = true;
  return held;
}

Vocabulary learn(const TokenizeRequest& request, const std::vector<std::string>& documents,
                 const std::vector<bool>& held) {
  PieceCounts pieces(request.pattern == "gpt2" ? kGpt2Pattern : kCl100kPattern);
  for (std::size_t i = 0; i < documents.size(); ++i) {
    if (!held[i]) pieces.add(documents[i]);
  }
  return learn_byte_pairs(pieces, request.vocab_size);
}

std::string data_text(const TokenizeResult& result, Token eos, TokenType type) {
  const auto number = [](std::size_t n) { return std::to_string(n); };
  std::string text = "name = \"" + result.name + "\"\ndtype = \"" +
                     (type == TokenType::uint16 ? "uint16" : "uint32") +
                     "\"\nvocab_size = " + number(result.vocab_size) +
                     "\neos_token = " + std::to_string(eos) + "\ntokenizer = \"" + kTokenizerFile +
                     "\"\n\n[[train]]\npath = \"" + kTrainFile + "\"\n";
  if (result.validation.n_tokens > 0)
    text += "\n[[validation]]\nname = \"" + result.name + "\"\npath = \"" + kValidationFile +
            "\"\nn_bytes = " + number(result.validation.n_bytes) + "\n";
  return text;
}

}  // namespace

void TokenizeRequest::validate() const {
  require_within("--validation", validation_share, 0, 0.5);
  if (folder.empty()) throw InputError("--to is missing: the folder that it all goes to");
  if (name.find_first_of("\"\\\n/") != std::string::npos)
    throw InputError("--name: '" + name + "' has a quote, a slash or a line end");
  for (auto input = inputs.begin(); input != inputs.end(); ++input) {
    if (std::find(inputs.begin(), input, *input) != input)
      throw InputError(Location{*input}, "is named twice",
                       "what is held out would be trained on, too");
  }
}

Tokenizer read_tokenizer(const std::filesystem::path& path) {
  std::string content = read_file(path);
  if (is_gzip(content)) content = gunzip(content, path.string(), kMostUnpackedTokenizer);
  refuse_foreign(content, path.string(), "a tokenizer");
  return Tokenizer(read_vocabulary(content, path.string()), path.string());
}

TokenizeResult run(const TokenizeRequest& request) {
  request.validate();
  const std::filesystem::path folder = std::filesystem::path(request.folder).lexically_normal();
  TokenizeResult result{.name = request.name, .data_file = folder / kDataFile};
  if (result.name.empty())
    result.name = (folder.has_filename() ? folder : folder.parent_path()).filename().string();
  const std::vector<std::string> documents = read_documents(request);
  const std::vector<bool> held = held_out(documents.size(), request);
  Tokenizer tokenizer = request.tokenizer_path.empty() ? Tokenizer(learn(request, documents, held))
                                                       : read_tokenizer(request.tokenizer_path);
  const std::optional<Token> eos = tokenizer.end_of_text();
  if (!eos) throw InputError("the tokenizer has no " + std::string(kEndOfText));
  std::vector<Token> train, validation;
  for (std::size_t i = 0; i < documents.size(); ++i) {
    std::vector<Token>& tokens = held[i] ? validation : train;
    TokenizedPart& part = held[i] ? result.validation : result.train;
    for (const Token token : tokenizer.encode(documents[i])) tokens.push_back(token);
    tokens.push_back(*eos);
    ++part.n_documents;
    part.n_bytes += documents[i].size();
    part.n_tokens = tokens.size();
  }
  result.vocab_size = tokenizer.size();
  const TokenType type = token_type_for(tokenizer.size());
  const auto add = [&](const char* name, std::string content) {
    result.files.push_back({folder / name, std::move(content)});
  };
  add(kTokenizerFile, tokenizer_json(tokenizer.vocabulary()));
  add(kTrainFile, token_bytes(train, type));
  if (!validation.empty()) add(kValidationFile, token_bytes(validation, type));
  add(kDataFile, data_text(result, *eos, type));
  return result;
}

}  // namespace rung::lm
