#include "media/fetcher.hpp"

#include <memory>
#include <utility>

#include <curl/curl.h>

namespace soyuz::media {

using base::Code;
using base::Error;
using base::Result;

namespace {

constexpr int most_redirects = 5;
constexpr long connect_s = 10, get_s = 30, silence_s = 20;

struct Receiver {
    CURL* handle;
    std::function<bool(std::string_view)> const& take;
    bool is_full = false;
};

std::size_t receive(char* bytes, std::size_t size, std::size_t count, void* into) {
    auto& receiver = *static_cast<Receiver*>(into);
    long status = 0;
    curl_easy_getinfo(receiver.handle, CURLINFO_RESPONSE_CODE, &status);
    // Of a redirect or an error nothing is read.
    if (status < 200 || status > 299) return size * count;
    if (receiver.take({bytes, size * count})) return size * count;
    receiver.is_full = true;
    return 0;
}

int is_over(void* stopping, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<std::atomic<bool> const*>(stopping)->load() ? 1 : 0;
}

}  // namespace

Result<Address> Fetcher::fetch(Address address, std::function<bool(std::string_view)> const& take, long timeout_s) {
    for (int redirects = 0; redirects <= most_redirects; ++redirects) {
        auto const numeric = look_up(address, allowed_hosts_);
        if (!numeric) return numeric.error();
        std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> const curl{curl_easy_init(), &curl_easy_cleanup};
        if (!curl) return Error{Code::internal, "Nothing can be fetched."};
        auto* const handle = curl.get();
        // Connects to what was checked, whatever the name service says by now.
        std::string pinned = address.host + ':' + address.port + ':';
        for (auto const& each : *numeric)
            pinned +=
                (pinned.ends_with(':') ? "" : ",") + (each.find(':') == std::string::npos ? each : '[' + each + ']');
        std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> const names{
            curl_slist_append(nullptr, pinned.c_str()), &curl_slist_free_all};
        Receiver receiver{handle, take};
        auto const url = address.text();
        curl_easy_setopt(handle, CURLOPT_URL, url.c_str());
        curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
        bool const is_literal = address.host.find(':') != std::string::npos;
        if (!is_literal) curl_easy_setopt(handle, CURLOPT_RESOLVE, names.get());
        curl_easy_setopt(handle, CURLOPT_PROXY, "");
        curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 0L);
        curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT, connect_s);
        curl_easy_setopt(handle, CURLOPT_TIMEOUT, timeout_s);
        curl_easy_setopt(handle, CURLOPT_LOW_SPEED_LIMIT, 1L);
        curl_easy_setopt(handle, CURLOPT_LOW_SPEED_TIME, silence_s);
        curl_easy_setopt(handle, CURLOPT_USERAGENT, "soyuz");
        curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, receive);
        curl_easy_setopt(handle, CURLOPT_WRITEDATA, &receiver);
        curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
        curl_easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
        curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, is_over);
        curl_easy_setopt(handle, CURLOPT_XFERINFODATA, const_cast<void*>(static_cast<void const*>(&stopping_)));
        auto const outcome = curl_easy_perform(handle);
        if (receiver.is_full) return address;
        if (outcome != CURLE_OK) return Error{Code::internal, std::string{curl_easy_strerror(outcome)} + '.'};
        long status = 0;
        curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
        if (status >= 200 && status <= 299) return address;
        char* target = nullptr;
        curl_easy_getinfo(handle, CURLINFO_REDIRECT_URL, &target);
        if (status < 300 || status > 399 || target == nullptr)
            return Error{status == 404 || status == 410 ? Code::not_found : Code::internal,
                         "The other side answers with " + std::to_string(status) + '.'};
        auto next = parse_address(target);
        if (!next) return next.error();
        address = std::move(*next);
    }
    return Error{Code::internal, "The address leads from one to another without an end."};
}

Result<Fetcher::Fetched> Fetcher::get(Address const& address, std::size_t most_bytes) {
    Fetched fetched;
    bool is_too_large = false;
    auto const from = fetch(
        address,
        [&](std::string_view bytes) {
            is_too_large = fetched.bytes.size() + bytes.size() > most_bytes;
            if (!is_too_large) fetched.bytes.append(bytes);
            return !is_too_large;
        },
        get_s);
    if (is_too_large) return Error{Code::too_large, "The other side sends too much."};
    if (!from) return from.error();
    fetched.from = *from;
    return fetched;
}

Result<std::size_t> Fetcher::stream(Address const& address, std::function<bool(std::string_view)> const& take) {
    std::size_t count = 0;
    auto const from = fetch(
        address,
        [&](std::string_view bytes) {
            count += bytes.size();
            return take(bytes);
        },
        0);
    if (!from) return from.error();
    return count;
}

}  // namespace soyuz::media
