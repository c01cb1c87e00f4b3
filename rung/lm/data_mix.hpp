#pragma once
/// What a model is trained and tested on: a named, weighted list of token files in a TOML file,
/// which rung tokenize writes.
///
///   name = "fortunes"
///   dtype = "uint16"
///   vocab_size = 1024
///   eos_token = 0
///   tokenizer = "tokenizer.json"
///   [[train]]
///   path = "train.bin"
///   weight = 2                  # default: its tokens
///   [[validation]]
///   name = "fortunes"
///   path = "validation.bin"
///   n_bytes = 48120             # of the text, for bits per byte
///   [[tasks]]
///   name = "cloze"
///   path = "cloze.jsonl"
///   shots = 5                   # solved questions before each; default: 0
///   shots_path = "train.jsonl"  # of these; default: the task's own others

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "rung/core/error.hpp"
#include "rung/lm/token_file.hpp"

namespace rung::lm {

struct TrainPart {
  std::filesystem::path path;
  std::optional<double> weight;  // share of the sequences; absent: its number of tokens
  Location where = {};           // in the data file, as of the others
};

struct ValidationPart {
  std::string name;
  std::filesystem::path path;
  std::optional<double> n_bytes;
  Location where = {};
};

struct TaskPart {
  std::string name;
  std::filesystem::path path;
  int n_shots = 0;
  std::filesystem::path shots_path;  // "": the task's own
  Location where = {};
};

struct DataMix {
  std::string name;
  std::filesystem::path path;  // of the data file
  TokenType type = TokenType::uint16;
  int vocab_size = 0;
  int eos_token = 0;
  std::filesystem::path tokenizer;  // "": not known
  Location tokenizer_where = {};
  std::vector<TrainPart> train;
  std::vector<ValidationPart> validation;
  std::vector<TaskPart> tasks;
};

/// Paths in it are beside the file. InputError with every problem and its place.
DataMix parse_data_mix(std::string_view toml, const std::filesystem::path& path);

}  // namespace rung::lm
