#pragma once
/// The laws that a command knows: the built-in ones and a user's own.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "rung/law/law.hpp"

namespace rung {

class LawCatalogue {
 public:
  /// One more law, from the text of its file (rung/law/law_file.hpp). InputError with every problem
  /// of the text, or where a law of that name is there already.
  void add(std::string_view toml, const std::string& source);

  /// InputError with the nearest names when there is none of that name.
  std::shared_ptr<const Law> find(std::string_view name) const;

  /// Built-in laws by name, then the user's in the order of their coming.
  std::vector<const Law*> laws() const;
  /// The user's alone.
  const std::vector<std::shared_ptr<const Law>>& own() const { return own_; }

 private:
  std::vector<std::shared_ptr<const Law>> own_;
};

}  // namespace rung
