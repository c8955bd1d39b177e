#include "watch/streams.hpp"

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "base/visible_text.hpp"

namespace soyuz::watch {

using base::Code;
using base::Error;
using base::Result;

namespace {

constexpr std::size_t longest_url = 2000, longest_line = 200, longest_notes = 2000, longest_tag = 50, most_tags = 20;
constexpr std::array<std::string_view, 5> schemes{"http", "https", "rtmp", "rtmps", "rtsp"};

Error no_such_stream() { return {Code::not_found, "There is no such stream."}; }
Error is_of_a_room() { return {Code::conflict, "This is a live room of this server: it goes as its room goes."}; }

/// An address that something can be fetched from: a known scheme, a host, no blanks, no name and password.
bool is_address(std::string_view text) {
    if (text.size() > longest_url) return false;
    auto const end = text.find("://");
    if (end == std::string_view::npos) return false;
    auto const scheme = base::lower_ascii(text.substr(0, end));
    if (std::find(schemes.begin(), schemes.end(), scheme) == schemes.end()) return false;
    auto const rest = text.substr(end + 3);
    auto const host = rest.substr(0, rest.find_first_of("/?#"));
    if (host.empty() || host.find('@') != std::string_view::npos) return false;
    return std::all_of(rest.begin(), rest.end(), [](unsigned char c) { return c > 0x20 && c < 0x7F && c != '"'; });
}

bool is_line(std::string_view text, std::size_t most) {
    return base::is_valid_utf8(text) && base::count_code_points(text) <= most && !base::has_hidden_characters(text) &&
           text.find('\n') == std::string_view::npos;
}

}  // namespace

Streams::Streams(store::Store& store, base::Clock const& clock) : clock_(clock), records_(store, "streams") {}

Result<void> Streams::apply(Draft const& draft, Stream& to) const {
    Error fault{Code::invalid_value, "Some of it can't be taken."};
    auto const take_line = [&](char const* field, std::optional<std::string> const& text, std::string& into) {
        if (!text) return;
        if (!is_line(*text, longest_line)) fault.fields[field] = "This must be one line of up to 200 characters.";
        into = base::trim(*text);
    };
    if (draft.url) {
        if (!draft.url->empty() && !is_address(*draft.url))
            fault.fields["url"] = "This must be an http, https, rtmp or rtsp address without a name and password.";
        to.url = *draft.url;
    }
    take_line("platform", draft.platform, to.platform);
    take_line("streamer_username", draft.streamer, to.streamer);
    if (draft.notes) {
        if (!base::is_valid_utf8(*draft.notes) || base::count_code_points(*draft.notes) > longest_notes)
            fault.fields["notes"] = "This must be up to 2000 characters.";
        to.notes = base::tidy_paste(*draft.notes);
    }
    if (draft.tags) {
        bool const are_good = draft.tags->size() <= most_tags &&
                              std::all_of(draft.tags->begin(), draft.tags->end(),
                                          [](auto const& tag) { return !tag.empty() && is_line(tag, longest_tag); });
        if (!are_good) fault.fields["tags"] = "These must be up to 20 words of up to 50 characters.";
        to.tags = *draft.tags;
    }
    if (draft.priority) to.priority = *draft.priority;
    if (to.platform.empty()) fault.fields["platform"] = "This is missing.";
    if (!fault.fields.empty()) return fault;
    return {};
}

Result<StreamPtr> Streams::add(base::UserId const& by, Draft const& draft) {
    Stream made;
    made.id = base::random_id();
    if (auto const taken = apply(draft, made); !taken) return taken.error();
    if (records_.size() >= most) return Error{Code::conflict, "There are as many streams as there can be."};
    if (!made.url.empty() && find_by_url(made.url)) return Error{Code::conflict, "This stream is there already."};
    made.added_by = by;
    made.added_at = made.changed_at = clock_.now();
    return records_.put_and_wait(std::move(made));
}

Result<StreamPtr> Streams::change(std::string_view id, Draft const& draft) {
    if (draft.url) {
        auto const other = draft.url->empty() ? nullptr : find_by_url(*draft.url);
        if (other && other->id != id) return Error{Code::conflict, "This stream is there already."};
    }
    auto changed = records_.edit_and_wait(id, [&](Stream& stream) -> Result<void> {
        if (stream.is_own() && draft.url && *draft.url != stream.url) return is_of_a_room();
        auto const before = stream.url;
        auto wanted = draft;
        if (stream.is_own()) wanted.url.reset();
        if (auto const taken = apply(wanted, stream); !taken) return taken;
        if (stream.url != before) {
            stream.state = StreamState::offline;
            stream.reason.clear();
        }
        stream.changed_at = clock_.now();
        return {};
    });
    if (!changed && changed.error().code == Code::not_found) return no_such_stream();
    return changed;
}

Result<StreamPtr> Streams::remove(std::string_view id) {
    auto const found = find(id);
    if (!found) return no_such_stream();
    if (found->is_own()) return is_of_a_room();
    auto gone = records_.take_and_wait(id);
    if (!gone && gone.error().code == Code::not_found) return no_such_stream();
    return gone;
}

StreamPtr Streams::move(std::string_view id, std::function<bool(Stream&)> const& edit) {
    bool has_changed = false;
    auto const changed = records_
                             .edit(id,
                                   [&](Stream& stream) -> Result<void> {
                                       has_changed = edit(stream);
                                       if (!has_changed) return Error{Code::conflict, "Nothing changed."};
                                       return {};
                                   })
                             .first;
    return changed ? *changed : nullptr;
}

StreamPtr Streams::set_online(std::string_view id, bool is_online) {
    auto const now = clock_.now();
    return move(id, [&](Stream& stream) {
        auto const state = !is_online         ? StreamState::offline
                           : stream.is_wanted ? StreamState::monitoring
                                              : StreamState::online;
        if (stream.state == state) return false;
        bool const was_online = stream.state == StreamState::online || stream.state == StreamState::monitoring;
        if (is_online && !was_online) stream.online_since = now;
        if (!is_online) {
            stream.online_since.reset();
            if (was_online) stream.seen_at = now;
        }
        stream.state = state;
        stream.reason.clear();
        return true;
    });
}

Result<StreamPtr> Streams::want(std::string_view id, bool wanted) {
    auto changed = records_.edit_and_wait(id, [&](Stream& stream) -> Result<void> {
        stream.is_wanted = wanted;
        if (wanted && (stream.state == StreamState::online || stream.state == StreamState::failed)) {
            stream.state = StreamState::monitoring;
            stream.reason.clear();
        }
        if (!wanted && stream.state == StreamState::monitoring) stream.state = StreamState::online;
        if (!wanted && stream.state == StreamState::failed) stream.state = StreamState::offline;
        stream.changed_at = clock_.now();
        return {};
    });
    if (!changed && changed.error().code == Code::not_found) return no_such_stream();
    return changed;
}

StreamPtr Streams::fail(std::string_view id, std::string reason) {
    return move(id, [&](Stream& stream) {
        if (stream.state == StreamState::failed && stream.reason == reason) return false;
        stream.state = StreamState::failed;
        stream.reason = std::move(reason);
        return true;
    });
}

Result<StreamPtr> Streams::set_state(std::string_view id, StreamState state) {
    auto changed = records_.edit_and_wait(id, [&](Stream& stream) -> Result<void> {
        if (stream.is_own()) return is_of_a_room();
        bool const is_online = state == StreamState::online || state == StreamState::monitoring;
        if (is_online && !stream.online_since) stream.online_since = clock_.now();
        if (!is_online) stream.online_since.reset();
        if (state == StreamState::monitoring) stream.is_wanted = true;
        if (state == StreamState::online) stream.is_wanted = false;
        stream.state = state;
        stream.reason.clear();
        stream.changed_at = clock_.now();
        return {};
    });
    if (!changed && changed.error().code == Code::not_found) return no_such_stream();
    return changed;
}

StreamPtr Streams::keep_own(Own const& own, bool& is_new) {
    auto const id = stream_id_of(own.room);
    auto const present = records_.find(id);
    is_new = present == nullptr;
    if (present && present->url == own.url && present->streamer == own.host) return present;
    Stream stream = present ? *present : Stream{};
    stream.id = id;
    stream.room = own.room;
    stream.url = own.url;
    stream.streamer = own.host;
    stream.platform = "soyuz";
    if (is_new) {
        stream.notes = own.title;
        stream.added_at = clock_.now();
        // What is our own costs nothing to watch.
        stream.is_wanted = true;
    }
    stream.changed_at = clock_.now();
    return records_.put(std::move(stream)).first;
}

StreamPtr Streams::drop_own(std::string_view id) { return records_.take(id).first; }

StreamPtr Streams::find_by_url(std::string_view url) const {
    if (url.empty()) return nullptr;
    auto const found = records_.select([&](Stream const& stream) { return stream.url == url; });
    return found.empty() ? nullptr : found.front();
}

std::vector<StreamPtr> Streams::all() const {
    auto found = records_.all();
    std::stable_sort(found.begin(), found.end(), [](StreamPtr const& one, StreamPtr const& other) {
        auto const key = [](Stream const& stream) {
            return std::tuple{-static_cast<int>(stream.state), -static_cast<int>(stream.priority), stream.platform,
                              stream.streamer};
        };
        return key(*one) < key(*other);
    });
    return found;
}

}  // namespace soyuz::watch
