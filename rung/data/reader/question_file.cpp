#include "rung/data/reader/question_file.hpp"

#include <algorithm>

#include "rung/core/error.hpp"
#include "rung/core/parallel.hpp"
#include "rung/data/reader/format.hpp"
#include "rung/data/reader/question_scan.hpp"
#include "rung/system/file_pieces.hpp"

namespace rung {
namespace {

/// Of one length whatever the threads, so that sums are the same on any number of them.
constexpr std::size_t kPieceBytes = std::size_t{4} << 20;

struct BadLine {
  std::size_t line;  // in the piece, from 1
  const char* message;
};

struct PieceMeans {
  MeansByRun means;
  std::size_t n_lines = 0;
  std::vector<BadLine> bad_lines;
  std::size_t n_more_bad = 0;
};

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
    begin = end + 1;
    ++result.n_lines;
    if (text.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    if (!line.read(text)) {
      if (result.bad_lines.size() < kMostProblems) {
        result.bad_lines.push_back({result.n_lines, line.problem});
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

void refuse_bad_lines(const std::vector<PieceMeans>& read, const std::string& source) {
  std::vector<Problem> problems;
  std::size_t n_more = 0, n_lines_before = 0;
  for (const PieceMeans& piece : read) {
    n_more += piece.n_more_bad;
    for (const BadLine& bad : piece.bad_lines) {
      if (problems.size() == kMostProblems) {
        ++n_more;
      } else {
        problems.push_back({{source, n_lines_before + bad.line}, bad.message, ""});
      }
    }
    n_lines_before += piece.n_lines;
  }
  if (!problems.empty()) throw InputError(std::move(problems), n_more);
}

MeansByRun means_of_pieces(const FilePieces& pieces, const std::string& source, int n_threads) {
  std::vector<PieceMeans> read(pieces.n_pieces());
  parallel_for(
      read.size(), n_threads,
      [&](std::size_t i) {
        thread_local PieceBuffer buffer;
        read[i] = means_of_piece(pieces.piece(i, buffer));
      },
      "reading");
  refuse_bad_lines(read, source);
  MeansByRun means;
  for (const PieceMeans& piece : read) {
    for (const auto& [of, of_piece] : piece.means) means[of].add(of_piece);
  }
  if (means.empty()) throw InputError(Location{source}, "the file holds no question");
  return means;
}

}  // namespace

bool is_question_file(std::string_view head) {
  const std::string_view line = first_line(head);
  return line.starts_with('{') && line.find("\"model_output\"") != std::string_view::npos &&
         line.find("\"sum_logits\"") != std::string_view::npos;
}

MeansByRun means_of_questions(std::string_view content, const std::string& source, int n_threads) {
  if (content.starts_with("\xef\xbb\xbf")) content.remove_prefix(3);
  return means_of_pieces(FilePieces(content, source, kPieceBytes), source, n_threads);
}

MeansByRun read_question_file(const std::filesystem::path& path, int n_threads) {
  const std::string source = path == "-" ? "standard input" : path.string();
  return means_of_pieces(FilePieces(path, kPieceBytes), source, n_threads);
}

}  // namespace rung
