#pragma once
/// From texts to what a model is trained on: a folder with the tokenizer, token files and the data
/// file that names them (data_mix.hpp).

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "rung/lm/tokenizer/tokenizer.hpp"

namespace rung::lm {

struct TokenizeRequest {
  std::vector<std::string> inputs;      // text, or JSON lines (.jsonl, .json), each perhaps gzipped
  std::string field = "text";           // of JSON lines
  std::optional<std::string> split_at;  // a line that ends a document of a text; "": an empty one
  double validation_share = 0.05;       // of the documents is held out
  std::string tokenizer_path;           // "": one is learnt
  std::size_t vocab_size = 1024;        // to learn
  std::string pattern = "gpt2";         // to learn with: "gpt2" or "cl100k"
  std::string name;                     // of the data; "": the folder's
  std::string folder;                   // where it all goes
  double most_unpacked_bytes = 1e9;     // out of one compressed text
  std::uint64_t seed = 0;               // says which documents are held out

  void validate() const;
};

/// One of the two parts.
struct TokenizedPart {
  std::size_t n_documents = 0, n_bytes = 0, n_tokens = 0;
};

struct TokenizeResult {
  struct File {
    std::filesystem::path path;
    std::string content;
  };

  std::string name;
  std::filesystem::path data_file;
  std::size_t vocab_size = 0;
  TokenizedPart train, validation;
  std::vector<File> files;  // to be written, all or none
};

/// Each document is followed by <|endoftext|>. InputError for bad inputs. Nothing is written.
TokenizeResult run(const TokenizeRequest& request);

/// A tokenizer.json or a tiktoken rank file.
Tokenizer read_tokenizer(const std::filesystem::path& path);

}  // namespace rung::lm
