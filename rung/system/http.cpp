#include "rung/system/http.hpp"

#include <dlfcn.h>

#include <algorithm>
#include <string_view>

#include "rung/core/error.hpp"
#include "rung/core/parallel.hpp"
#include "rung/core/text.hpp"

namespace rung {
namespace {

// What we use of libcurl, whose binary interface has not changed since 2002 (libcurl.so.4 since
// 2006): handles are pointers, options are numbers of curl/curl.h.
using CurlHandle = void*;
using CurlCode = int;
struct CurlList;

enum CurlOption : int {
  kWriteData = 10001,
  kUrl = 10002,
  kPostFields = 10015,
  kUserAgent = 10018,
  kHttpHeader = 10023,
  kHeaderData = 10029,
  kTransferData = 10057,
  kWriteFunction = 20011,
  kHeaderFunction = 20079,
  kTransferFunction = 20219,
  kPostSizeLarge = 30120,
  kNoProgress = 43,
  kFailOnError = 45,
  kFollowLocation = 52,
  kNoSignal = 99,
  kTimeoutMilliseconds = 155,
  kConnectMilliseconds = 156,
};
constexpr int kResponseCode = 0x200002;

struct Curl {
  CurlCode (*global_init)(long) = nullptr;
  CurlHandle (*easy_init)() = nullptr;
  void (*easy_cleanup)(CurlHandle) = nullptr;
  CurlCode (*easy_setopt)(CurlHandle, CurlOption, ...) = nullptr;
  CurlCode (*easy_perform)(CurlHandle) = nullptr;
  CurlCode (*easy_getinfo)(CurlHandle, int, ...) = nullptr;
  const char* (*easy_strerror)(CurlCode) = nullptr;
  CurlList* (*slist_append)(CurlList*, const char*) = nullptr;
  void (*slist_free_all)(CurlList*) = nullptr;
};

template <class Function>
void find_symbol(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(dlsym(library, name));
  if (!function)
    throw InputError("this libcurl has no " + std::string(name), "install Debian's libcurl4");
}

Curl load_curl() {
  void* library = nullptr;
  for (const char* name : {"libcurl.so.4", "libcurl-gnutls.so.4", "libcurl.so"}) {
    if ((library = dlopen(name, RTLD_NOW | RTLD_LOCAL))) break;
  }
  if (!library)
    throw InputError("libcurl is needed to fetch from a server and was not found",
                     "install it, on Debian: apt-get install libcurl4");
  Curl curl;
  find_symbol(library, "curl_global_init", curl.global_init);
  find_symbol(library, "curl_easy_init", curl.easy_init);
  find_symbol(library, "curl_easy_cleanup", curl.easy_cleanup);
  find_symbol(library, "curl_easy_setopt", curl.easy_setopt);
  find_symbol(library, "curl_easy_perform", curl.easy_perform);
  find_symbol(library, "curl_easy_getinfo", curl.easy_getinfo);
  find_symbol(library, "curl_easy_strerror", curl.easy_strerror);
  find_symbol(library, "curl_slist_append", curl.slist_append);
  find_symbol(library, "curl_slist_free_all", curl.slist_free_all);
  constexpr long kAll = 3;
  curl.global_init(kAll);
  return curl;
}

const Curl& curl() {
  static const Curl kCurl = load_curl();
  return kCurl;
}

std::size_t append_body(char* bytes, std::size_t size, std::size_t n, void* body) {
  static_cast<std::string*>(body)->append(bytes, size * n);
  return size * n;
}

using Receive = std::function<void(std::string_view)>;

/// Less than came ends the transfer.
std::size_t pass_on(char* bytes, std::size_t size, std::size_t n, void* receive) {
  try {
    (*static_cast<const Receive*>(receive))({bytes, size * n});
  } catch (const std::exception&) {
    return 0;
  }
  return size * n;
}

std::size_t read_header(char* bytes, std::size_t size, std::size_t n, void* response) {
  constexpr std::string_view kRetryAfter = "retry-after:";
  const std::string line = lower_case({bytes, size * n});
  if (line.starts_with(kRetryAfter))
    static_cast<HttpResponse*>(response)->retry_after_seconds =
        parse_double(trimmed(std::string_view(line).substr(kRetryAfter.size())));
  return size * n;
}

/// Not 0 ends the transfer. Exceptions may not pass through C.
int is_to_stop(void*, long long, long long, long long, long long) { return is_cancelled() ? 1 : 0; }

class EasyCurl {
 public:
  EasyCurl() : handle_(curl().easy_init()) {
    if (!handle_) throw InputError("libcurl could not be started");
  }
  ~EasyCurl() {
    curl().slist_free_all(headers_);
    curl().easy_cleanup(handle_);
  }
  EasyCurl(const EasyCurl&) = delete;
  EasyCurl& operator=(const EasyCurl&) = delete;

  template <class Value>
  void set(CurlOption option, Value value) {
    curl().easy_setopt(handle_, option, value);
  }
  void add_header(const std::string& name, const std::string& value) {
    headers_ = curl().slist_append(headers_, (name + ": " + value).c_str());
  }
  HttpResponse perform(const Receive* receive = nullptr) {
    HttpResponse response;
    set(kHttpHeader, headers_);
    set(kWriteFunction, receive ? &pass_on : &append_body);
    set(kWriteData, receive ? const_cast<void*>(static_cast<const void*>(receive))
                            : static_cast<void*>(&response.body));
    set(kHeaderFunction, &read_header);
    set(kHeaderData, &response);
    const CurlCode code = curl().easy_perform(handle_);
    check_cancelled();
    if (code != 0) {
      response.problem = curl().easy_strerror(code);
      return response;
    }
    long status = 0;
    curl().easy_getinfo(handle_, kResponseCode, &status);
    response.status = static_cast<int>(status);
    return response;
  }

 private:
  CurlHandle handle_;
  CurlList* headers_ = nullptr;
};

void prepare(EasyCurl& curl, const std::string& url) {
  constexpr long kConnectLimit = 20'000;
  curl.set(kUrl, url.c_str());
  curl.set(kUserAgent, "rung");
  curl.set(kNoSignal, 1L);
  curl.set(kNoProgress, 0L);
  curl.set(kTransferFunction, &is_to_stop);
  curl.set(kConnectMilliseconds, kConnectLimit);
}

}  // namespace

HttpResponse http_get(const std::string& url, const Receive& receive) {
  EasyCurl curl;
  prepare(curl, url);
  curl.set(kFollowLocation, 1L);
  curl.set(kFailOnError, 1L);
  return curl.perform(&receive);
}

HttpResponse http_post(const HttpRequest& request) {
  constexpr long kMillisecondsPerSecond = 1000;
  EasyCurl curl;
  prepare(curl, request.url);
  curl.set(kPostFields, request.body.c_str());
  curl.set(kPostSizeLarge, static_cast<long long>(request.body.size()));
  curl.set(kTimeoutMilliseconds,
           static_cast<long>(request.timeout_seconds * kMillisecondsPerSecond));
  for (const auto& [name, value] : request.headers) curl.add_header(name, value);
  return curl.perform();
}

std::string base64(const std::string& bytes) {
  constexpr std::string_view kLetters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t n = std::min<std::size_t>(3, bytes.size() - i);
    unsigned group = 0;
    for (std::size_t k = 0; k < 3; ++k)
      group = group << 8 | (k < n ? static_cast<unsigned char>(bytes[i + k]) : 0U);
    for (std::size_t k = 0; k < 4; ++k)
      text += k <= n ? kLetters[group >> (18 - 6 * k) & 63U] : '=';
  }
  return text;
}

}  // namespace rung
