#include "rung/lm/tokenizer/vocabulary_file.hpp"

#include <algorithm>
#include <array>

#include "rung/core/error.hpp"
#include "rung/core/text.hpp"
#include "rung/core/utf8.hpp"
#include "rung/core/value.hpp"

namespace rung::lm {
namespace {

/// GPT-2's characters for bytes: those that can be seen stand for themselves, the others, in order,
/// are U+0100 and on.
std::array<char32_t, 256> byte_characters() {
  std::array<char32_t, 256> characters = {};
  char32_t next = 256;
  for (char32_t byte = 0; byte < 256; ++byte) {
    const bool seen = (byte >= 33 && byte <= 126) || (byte >= 161 && byte != 173);
    characters[byte] = seen ? byte : next++;
  }
  return characters;
}

/// Back from such characters; absent where one stands for no byte.
std::optional<std::string> bytes_of(std::string_view text) {
  static const auto kBytes = [] {
    std::map<char32_t, char> bytes;
    const auto characters = byte_characters();
    for (std::size_t byte = 0; byte < 256; ++byte)
      bytes[characters[byte]] = static_cast<char>(byte);
    return bytes;
  }();
  std::string bytes;
  for (std::size_t at = 0; at < text.size();) {
    const auto found = kBytes.find(next_character(text, at));
    if (found == kBytes.end()) return std::nullopt;
    bytes += found->second;
  }
  return bytes;
}

std::string characters_of(std::string_view bytes) {
  static const auto kCharacters = byte_characters();
  std::string text;
  for (const char c : bytes) text += utf8(kCharacters[static_cast<unsigned char>(c)]);
  return text;
}

class JsonReader {
 public:
  JsonReader(std::string_view text, const std::string& source)
      : source_(source),
        // Numbers may have gaps, but not so that a short file fills the memory.
        most_tokens_(static_cast<double>(text.size() + (1 << 16))),
        root_(json_value(text, source)) {}

  Vocabulary read() {
    const Value& model = member(root_, "model");
    if (const Value* const type = model.find("type");
        type && type->text() && *type->text() != "BPE")
      fail(*type, "the tokenizer is of type " + type->description(), "only BPE is read");
    read_tokens(member(model, "vocab"));
    read_special();
    read_merges(member(model, "merges"));
    if (const Value* const whole = model.find("ignore_merges"); whole && whole->flag())
      vocabulary_.takes_whole_pieces = *whole->flag();
    if (const Value* const split = root_.find("pre_tokenizer")) read_split(*split);
    return std::move(vocabulary_);
  }

 private:
  [[noreturn]] void fail(const Value& at, const std::string& what, const std::string& hint = "") {
    throw InputError(Location{source_, at.line, at.column}, what, hint);
  }

  const Value& member(const Value& table, const char* key) {
    if (const Value* const found = table.find(key)) return *found;
    fail(table, "'" + std::string(key) + "' is missing", "is it a tokenizer.json?");
  }

  /// The place of a token in the list, which is made long enough.
  std::string& token_at(const Value& at, std::optional<double> id) {
    if (!id || *id < 0 || *id >= most_tokens_ || *id != static_cast<double>(static_cast<int>(*id)))
      fail(at, at.description() + " is no token's number");
    const auto index = static_cast<std::size_t>(*id);
    if (index >= vocabulary_.tokens.size()) vocabulary_.tokens.resize(index + 1);
    return vocabulary_.tokens[index];
  }

  [[noreturn]] void fail_taken(const Value& id, const std::string& token) {
    fail(id, "'" + token + "' has the number of another token, " + shortest(*id.number()));
  }

  void read_tokens(const Value& vocab) {
    if (!vocab.table()) fail(vocab, "'vocab' is no object");
    for (const Member& entry : *vocab.table()) {
      // What is no byte-level text is a special token, listed as such below.
      std::string& token = token_at(entry.value, entry.value.number());
      // Merges would make another token than they name.
      if (!token.empty()) fail_taken(entry.value, entry.key);
      token = bytes_of(entry.key).value_or(entry.key);
      ids_[entry.key] = static_cast<Token>(*entry.value.number());
    }
  }

  void read_special() {
    const Value* const added = root_.find("added_tokens");
    if (!added || !added->list()) return;
    for (const Value& entry : *added->list()) {
      const Value& id = member(entry, "id");
      const Value& content = member(entry, "content");
      if (!content.text()) fail(content, "'content' is no text");
      std::string& token = token_at(id, id.number());
      const std::string& text = *content.text();
      if (!token.empty() && token != text && token != bytes_of(text).value_or(text))
        fail_taken(id, text);
      token = text;
      vocabulary_.special[*content.text()] = static_cast<Token>(*id.number());
    }
  }

  Token id_of(const Value& at, const std::string& key) {
    const auto found = ids_.find(key);
    if (found == ids_.end()) fail(at, "a merge has '" + key + "', which is no token");
    return found->second;
  }

  void read_merges(const Value& merges) {
    if (!merges.list()) fail(merges, "'merges' is no list");
    for (const Value& merge : *merges.list()) {
      std::vector<std::string> parts;
      if (merge.text()) parts = split(*merge.text(), ' ');
      if (merge.list()) {
        for (const Value& part : *merge.list())
          if (part.text()) parts.push_back(*part.text());
      }
      if (parts.size() != 2) fail(merge, "a merge is not of two tokens");
      vocabulary_.merges.push_back(
          {id_of(merge, parts[0]), id_of(merge, parts[1]), id_of(merge, parts[0] + parts[1])});
    }
  }

  void read_split(const Value& split) {
    const Value* const type = split.find("type");
    const std::string kind = type && type->text() ? *type->text() : "";
    if (kind == "Sequence") {
      const Value& parts = member(split, "pretokenizers");
      if (!parts.list()) fail(parts, "'pretokenizers' is no list");
      for (const Value& part : *parts.list()) read_split(part);
    } else if (kind == "Split") {
      const Value* const regex = member(split, "pattern").find("Regex");
      if (!regex || !regex->text()) fail(split, "a split without a Regex is not read");
      vocabulary_.pattern = *regex->text();
    } else if (kind == "ByteLevel") {
      const Value* const space = split.find("add_prefix_space");
      vocabulary_.adds_prefix_space = space && space->flag() && *space->flag();
    } else if (!split.is_null()) {
      fail(split, "pre_tokenizer '" + kind + "' is not read", "ByteLevel, Split and Sequence are");
    }
  }

  const std::string& source_;
  const double most_tokens_;
  Value root_;
  Vocabulary vocabulary_;
  std::unordered_map<std::string, Token> ids_;
};

/// Absent where it is no base64.
std::optional<std::string> from_base64(std::string_view text) {
  std::string bytes;
  std::uint32_t bits = 0;
  int n_bits = 0;
  for (const char c : text) {
    if (c == '=') break;
    int value = -1;
    if (c >= 'A' && c <= 'Z') value = c - 'A';
    if (c >= 'a' && c <= 'z') value = c - 'a' + 26;
    if (c >= '0' && c <= '9') value = c - '0' + 52;
    if (c == '+') value = 62;
    if (c == '/') value = 63;
    if (value < 0) return std::nullopt;
    bits = bits << 6 | static_cast<std::uint32_t>(value);
    n_bits += 6;
    if (n_bits >= 8) {
      n_bits -= 8;
      bytes += static_cast<char>(bits >> n_bits & 0xff);
    }
  }
  return bytes;
}

/// Ranks say which bytes may be one token, so every two tokens that make a third may be merged into
/// it, at its rank.
std::vector<Merge> merges_of_ranks(const std::vector<std::string>& tokens) {
  std::unordered_map<std::string_view, Token> ids;
  for (std::size_t i = 0; i < tokens.size(); ++i) ids.emplace(tokens[i], static_cast<Token>(i));
  std::vector<Merge> merges;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const std::string_view token = tokens[i];
    for (std::size_t n = 1; n < token.size(); ++n) {
      const auto left = ids.find(token.substr(0, n)), right = ids.find(token.substr(n));
      if (left != ids.end() && right != ids.end())
        merges.push_back({left->second, right->second, static_cast<Token>(i)});
    }
  }
  return merges;
}

std::string json_quoted(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + '"';
}

}  // namespace

Vocabulary read_tokenizer_json(std::string_view text, const std::string& source) {
  return JsonReader(text, source).read();
}

Vocabulary read_tiktoken(std::string_view text, const std::string& source) {
  constexpr std::size_t kCl100kRanks = 100256;
  Vocabulary vocabulary{.pattern = kCl100kPattern};
  std::size_t line = 0;
  for (const std::string& each : split(text, '\n')) {
    ++line;
    if (trimmed(each).empty()) continue;
    const std::vector<std::string> parts = split(trimmed(each), ' ');
    const auto bytes = from_base64(parts.front());
    const auto rank = parts.size() == 2 ? parse_double(parts[1]) : std::nullopt;
    if (!bytes || bytes->empty() || !rank)
      throw InputError(Location{source, line}, "it is no token in base64 and its rank");
    if (*rank != static_cast<double>(vocabulary.tokens.size()))
      throw InputError(Location{source, line}, "rank " + parts[1] + " is out of its order");
    vocabulary.tokens.push_back(*bytes);
  }
  vocabulary.merges = merges_of_ranks(vocabulary.tokens);
  if (vocabulary.tokens.size() == kCl100kRanks) vocabulary.tokens.emplace_back();
  vocabulary.special[kEndOfText] = static_cast<Token>(vocabulary.tokens.size());
  vocabulary.tokens.emplace_back(kEndOfText);
  return vocabulary;
}

Vocabulary read_vocabulary(std::string_view text, const std::string& source) {
  return trimmed(text).starts_with('{') ? read_tokenizer_json(text, source)
                                        : read_tiktoken(text, source);
}

std::string tokenizer_json(const Vocabulary& vocabulary) {
  std::string text = "{\n  \"version\": \"1.0\",\n  \"added_tokens\": [";
  const char* separator = "\n";
  for (const auto& [name, token] : vocabulary.special) {
    text += std::string(separator) + "    {\"id\": " + std::to_string(token) +
            ", \"content\": " + json_quoted(name) +
            ", \"single_word\": false, \"lstrip\": false, \"rstrip\": false, \"normalized\": false,"
            " \"special\": true}";
    separator = ",\n";
  }
  text +=
      "\n  ],\n  \"normalizer\": null,\n  \"pre_tokenizer\": {\"type\": \"Sequence\", "
      "\"pretokenizers\": [\n    {\"type\": \"Split\", \"pattern\": {\"Regex\": " +
      json_quoted(vocabulary.pattern) +
      "}, \"behavior\": \"Isolated\", \"invert\": false},\n    {\"type\": \"ByteLevel\", "
      "\"add_prefix_space\": false, \"trim_offsets\": true, \"use_regex\": false}\n  ]},\n"
      "  \"decoder\": {\"type\": \"ByteLevel\", \"add_prefix_space\": true, \"trim_offsets\": "
      "true, \"use_regex\": true},\n  \"model\": {\n    \"type\": \"BPE\",\n    \"vocab\": {";
  const auto name_of = [&](Token token) {
    const std::string& bytes = vocabulary.tokens[static_cast<std::size_t>(token)];
    return json_quoted(vocabulary.special.contains(bytes) ? bytes : characters_of(bytes));
  };
  separator = "\n";
  for (std::size_t i = 0; i < vocabulary.tokens.size(); ++i) {
    if (vocabulary.tokens[i].empty()) continue;
    text += std::string(separator) + "      " + name_of(static_cast<Token>(i)) + ": " +
            std::to_string(i);
    separator = ",\n";
  }
  text += "\n    },\n    \"merges\": [";
  separator = "\n";
  for (const Merge& merge : vocabulary.merges) {
    text += std::string(separator) + "      [" + name_of(merge.left) + ", " + name_of(merge.right) +
            "]";
    separator = ",\n";
  }
  return text + "\n    ]\n  }\n}\n";
}

}  // namespace rung::lm
