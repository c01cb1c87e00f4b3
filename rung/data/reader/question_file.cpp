#include "rung/data/reader/question_file.hpp"

#include <algorithm>
#include <cstring>

#include "rung/core/error.hpp"
#include "rung/core/parallel.hpp"
#include "rung/data/reader/foreign.hpp"
#include "rung/data/reader/format.hpp"
#include "rung/data/reader/question_scan.hpp"
#include "rung/system/gzip.hpp"
#include "rung/system/mapped_file.hpp"

namespace rung {
namespace {

/// Of one length whatever the threads, so that sums are the same on any number of them.
constexpr std::size_t kPieceBytes = std::size_t{4} << 20;

struct BadLine {
  std::size_t offset;  // in the piece
  const char* message;
};

struct PieceMeans {
  MeansByRun means;
  std::vector<BadLine> bad_lines;
  std::size_t n_more_bad = 0;
};

std::vector<std::string_view> whole_lines(std::string_view content) {
  std::vector<std::string_view> pieces;
  while (!content.empty()) {
    const std::size_t line_end = content.find('\n', std::min(kPieceBytes, content.size() - 1));
    const std::size_t size = line_end == std::string_view::npos ? content.size() : line_end + 1;
    pieces.push_back(content.substr(0, size));
    content.remove_prefix(size);
  }
  return pieces;
}

/// Whether the line is of the same run and task as the one before, without making texts.
bool is_same(const QuestionsOf& of, const QuestionLine& line) {
  return of.step == line.step && of.task == line.task && of.recipe == line.recipe &&
         of.size == line.size && of.seed == line.seed;
}

PieceMeans means_of_piece(std::string_view piece) {
  PieceMeans result;
  QuestionLine line;
  const QuestionsOf* of = nullptr;
  MetricMeans* means = nullptr;
  for (std::size_t begin = 0; begin < piece.size();) {
    const std::size_t end = std::min(piece.find('\n', begin), piece.size());
    const std::string_view text = piece.substr(begin, end - begin);
    const std::size_t offset = begin;
    begin = end + 1;
    if (text.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    if (!line.read(text)) {
      if (result.bad_lines.size() < kMostProblems) {
        result.bad_lines.push_back({offset, line.problem});
      } else {
        ++result.n_more_bad;
      }
      continue;
    }
    if (!of || !is_same(*of, line)) {
      const auto entry =
          result.means
              .try_emplace({std::string(line.recipe), std::string(line.size),
                            std::string(line.task), std::string(line.seed), std::string(line.step)})
              .first;
      of = &entry->first;
      means = &entry->second;
    }
    means->add(question_metrics(line.options, line.correct));
  }
  return result;
}

void refuse_bad_lines(std::string_view content, const std::vector<std::string_view>& pieces,
                      const std::vector<PieceMeans>& read, const std::string& source) {
  std::vector<Problem> problems;
  std::size_t n_more = 0;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    n_more += read[i].n_more_bad;
    for (const BadLine& bad : read[i].bad_lines) {
      if (problems.size() == kMostProblems) {
        ++n_more;
        continue;
      }
      const char* const at = pieces[i].data() + bad.offset;
      const auto line = static_cast<std::size_t>(std::count(content.data(), at, '\n')) + 1;
      problems.push_back({{source, line}, bad.message, ""});
    }
  }
  if (!problems.empty()) throw InputError(std::move(problems), n_more);
}

}  // namespace

bool is_question_file(std::string_view head) {
  const std::string_view line = first_line(head);
  return line.starts_with('{') && line.find("\"model_output\"") != std::string_view::npos &&
         line.find("\"sum_logits\"") != std::string_view::npos;
}

MeansByRun means_of_questions(std::string_view content, const std::string& source, int n_threads) {
  if (content.starts_with("\xef\xbb\xbf")) content.remove_prefix(3);
  const std::vector<std::string_view> pieces = whole_lines(content);
  std::vector<PieceMeans> read(pieces.size());
  parallel_for(
      pieces.size(), n_threads, [&](std::size_t i) { read[i] = means_of_piece(pieces[i]); },
      "reading");
  refuse_bad_lines(content, pieces, read, source);
  MeansByRun means;
  for (const PieceMeans& piece : read) {
    for (const auto& [of, of_piece] : piece.means) means[of].add(of_piece);
  }
  if (means.empty()) throw InputError(Location{source}, "the file holds no question");
  return means;
}

MeansByRun read_question_file(const std::filesystem::path& path, int n_threads) {
  const MappedFile file(path);
  const std::string source = path == "-" ? "standard input" : path.string();
  if (is_gzip(file.content()))
    return means_of_questions(gunzip(file.content(), source), source, n_threads);
  return means_of_questions(file.content(), source, n_threads);
}

}  // namespace rung
