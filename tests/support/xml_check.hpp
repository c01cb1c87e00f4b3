#pragma once
/// Whether text is well-formed XML, as far as figures use it: a declaration, elements, attributes
/// in double quotes, text, the predefined entities. A second implementation beside libxml2, which
/// the rasters go through.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace rung {

class XmlCheck {
 public:
  explicit XmlCheck(std::string_view text) : text_(text) {}

  /// What is wrong and where; "" where nothing is.
  std::string problem() {
    if (text_.substr(0, 5) == "<?xml") at_ = text_.find("?>") + 2;
    while (problem_.empty() && at_ < text_.size()) {
      text_[at_] == '<' ? tag() : character();
    }
    if (problem_.empty() && !open_.empty()) fail("<" + open_.back() + "> is not closed");
    if (problem_.empty() && n_roots_ != 1) fail("there must be one root");
    return problem_;
  }

 private:
  void fail(const std::string& what) { problem_ = what + " at byte " + std::to_string(at_); }

  bool skip(char c) {
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  std::string name() {
    const std::size_t begin = at_;
    const auto part = [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
             c == '-' || c == '_' || c == ':';
    };
    while (at_ < text_.size() && part(text_[at_])) ++at_;
    return std::string(text_.substr(begin, at_ - begin));
  }

  void blanks() {
    while (skip(' ') || skip('\n')) {
    }
  }

  void tag() {
    ++at_;
    if (skip('/')) {
      const std::string closed = name();
      if (open_.empty() || open_.back() != closed || !skip('>')) return fail("</" + closed + ">");
      open_.pop_back();
      return;
    }
    const std::string opened = name();
    if (opened.empty()) return fail("a '<' begins no tag");
    if (open_.empty()) ++n_roots_;
    std::vector<std::string> attributes;
    for (blanks(); problem_.empty() && at_ < text_.size() && text_[at_] != '>' && text_[at_] != '/';
         blanks()) {
      attribute(attributes);
    }
    if (!problem_.empty()) return;
    const bool empty = skip('/');
    if (!skip('>')) return fail("<" + opened + "> does not end");
    if (!empty) open_.push_back(opened);
  }

  void attribute(std::vector<std::string>& known) {
    const std::string attribute = name();
    for (const std::string& other : known) {
      if (other == attribute) return fail(attribute + " twice");
    }
    known.push_back(attribute);
    if (attribute.empty() || !skip('=') || !skip('"')) return fail("an attribute");
    while (problem_.empty() && at_ < text_.size() && text_[at_] != '"') {
      if (text_[at_] == '<') return fail("a '<' in an attribute");
      character();
    }
    if (problem_.empty() && !skip('"')) fail("an attribute without end");
  }

  void character() {
    const auto byte = [&](std::size_t i) {
      return i < text_.size() ? static_cast<unsigned char>(text_[i]) : 0u;
    };
    const unsigned first = byte(at_);
    if (first == '&') {
      for (const std::string_view entity : {"&amp;", "&lt;", "&gt;", "&quot;"}) {
        if (text_.substr(at_, entity.size()) == entity) return void(at_ += entity.size());
      }
      return fail("an '&' begins no entity");
    }
    if (first < 0x20 && first != '\n' && first != '\t') return fail("a control character");
    const std::size_t n = first < 0x80   ? 1
                          : first < 0xc2 ? 0
                          : first < 0xe0 ? 2
                          : first < 0xf0 ? 3
                                         : 4;
    if (n == 0) return fail("no UTF-8");
    for (std::size_t i = 1; i < n; ++i) {
      if ((byte(at_ + i) & 0xc0) != 0x80) return fail("no UTF-8");
    }
    const bool surrogate = first == 0xed && byte(at_ + 1) >= 0xa0;
    const bool no_character = first == 0xef && byte(at_ + 1) == 0xbf && byte(at_ + 2) >= 0xbe;
    if (surrogate || no_character) return fail("no XML character");
    at_ += n;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<std::string> open_{};
  int n_roots_ = 0;
  std::string problem_{};
};

inline std::string xml_problem(std::string_view text) { return XmlCheck(text).problem(); }

}  // namespace rung
