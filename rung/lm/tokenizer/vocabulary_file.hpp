#pragma once
/// Tokenizers of others, and ours for others: Hugging Face's tokenizer.json with byte-level
/// byte-pair encoding (GPT-NeoX, dolma2), and tiktoken's rank files.

#include <string>
#include <string_view>

#include "rung/lm/tokenizer/tokenizer.hpp"

namespace rung::lm {

/// InputError with the place of what is no such file, or a kind that is not read. Normalizations
/// (GPT-NeoX's file names NFC) are not made, so that the text comes back byte by byte.
Vocabulary read_tokenizer_json(std::string_view text, const std::string& source);

/// A line a token: its bytes in base64, its rank. The split is cl100k's; <|endoftext|> and the
/// other special tokens stand in no such file: the end of a text becomes cl100k's 100257 where the
/// file has the ranks before it, else the next free token.
Vocabulary read_tiktoken(std::string_view text, const std::string& source);

/// Either of them, by how it begins.
Vocabulary read_vocabulary(std::string_view text, const std::string& source);

/// As tokenizer.json.
std::string tokenizer_json(const Vocabulary& vocabulary);

}  // namespace rung::lm
