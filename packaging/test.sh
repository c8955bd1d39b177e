#!/usr/bin/env bash
# Tests the newest Debian package in build/: what it holds, what it needs, and that the unpacked program serves.
# usage: packaging/test.sh [FILE.deb]
set -euo pipefail
cd "$(dirname "$0")/.."

package=${1:-$(ls -t build/soyuz_*.deb | head -n 1)}
folder=$(mktemp -d)
server=
finish() {
    [ -n "$server" ] && kill -9 "$server" 2>/dev/null
    rm -rf "$folder"
}
trap finish EXIT
fail() { echo "FAILED: $*" >&2; exit 1; }
say() { echo "ok $*"; }

# What is in it, and with which rights.
dpkg-deb --extract "$package" "$folder/root"
dpkg-deb --control "$package" "$folder/control"
for path in usr/bin/soyuz lib/systemd/system/soyuz.service etc/soyuz/soyuz.toml usr/share/man/man1/soyuz.1.gz \
    usr/share/doc/soyuz/{copyright,changelog.gz,README.md,operations.md,faults.md}; do
    [ -f "$folder/root/$path" ] || fail "$path is missing"
done
[ -z "$(dpkg-deb --contents "$package" | awk '$2 != "root/root"')" ] || fail "files that are not root's"
[ -z "$(find "$folder/root" -perm /022 ! -type l)" ] || fail "files that others may write: $(find "$folder/root" -perm /022)"
dynamic=$(readelf --dynamic --wide "$folder/root/usr/bin/soyuz")
symbols=$(readelf --dyn-syms --wide "$folder/root/usr/bin/soyuz")
grep -q 'BIND_NOW\|FLAGS.*NOW' <<<"$dynamic" || fail "the program binds its symbols lazily"
readelf --program-headers --wide "$folder/root/usr/bin/soyuz" | grep -q GNU_RELRO || fail "the program lacks RELRO"
grep -q __stack_chk_fail <<<"$symbols" || fail "the program lacks the stack protector"
grep -q '_chk@\|_chk$' <<<"$symbols" || fail "the program lacks fortified functions"
if [ "$(uname -m)" = x86_64 ]; then
    readelf --notes --wide "$folder/root/usr/bin/soyuz" | grep -q 'IBT' || fail "the program lacks CET"
fi
size=$(stat -c %s "$folder/root/usr/bin/soyuz")
[ "$size" -le $((25 * 1000 * 1000)) ] || fail "the program has $size bytes"
file "$folder/root/usr/bin/soyuz" | grep -q ' stripped' || fail "the program is not stripped"
say "$(basename "$package"): files and rights; the program has $size bytes"

# Control: a version that Debian sorts, the libraries that the program loads, the settings as conffile.
field() { dpkg-deb --field "$package" "$1"; }
dpkg --validate-version "$(field Version)" || fail "version $(field Version)"
[[ "$(field Version)" =~ ^[0-9] ]] || fail "version $(field Version)"
for library in libssl libsodium libvips libicu libsqlite3 libc6 adduser; do
    [[ "$(field Depends)" == *"$library"* ]] || fail "Depends lacks $library: $(field Depends)"
done
grep -qx /etc/soyuz/soyuz.toml "$folder/control/conffiles" || fail "the settings are no conffile"
for script in postinst prerm postrm; do
    [ -x "$folder/control/$script" ] || fail "$script is missing"
    sh -n "$folder/control/$script" || fail "$script"
done
say "control: $(field Version), $(field Depends | tr ',' '\n' | wc -l) dependencies"

# The unit: what it starts is in the package, and systemd takes it.
unit=$folder/root/lib/systemd/system/soyuz.service
read -r program command option settings <<<"$(sed -n 's/^ExecStart=//p' "$unit")"
[ -x "$folder/root$program" ] && [ "$command $option" = "serve --config" ] && [ -f "$folder/root$settings" ] || fail "ExecStart"
if command -v systemd-analyze >/dev/null; then
    complaints=$(SYSTEMD_LOG_LEVEL=warning systemd-analyze verify --root="$folder/root" soyuz.service 2>&1 |
        grep soyuz.service | grep -v 'network-online\|multi-user\|Failed to create' || true)
    [ -z "$complaints" ] || fail "the unit: $complaints"
    # From 0 to 10, in tenths; what is left is the network, and ports below 1024.
    systemd-analyze security --offline=true --threshold=20 "$unit" >/dev/null 2>&1 ||
        fail "the unit is open: $(systemd-analyze security --offline=true "$unit" 2>/dev/null | tail -n 1)"
fi
say "unit"

# It serves with the packaged settings, elsewhere, and tells the service manager.
NOTIFY_SOCKET="" "$folder/root/usr/bin/soyuz" serve --config "$folder/root/etc/soyuz/soyuz.toml" --port 0 \
    --data "$folder/data" --uploads "$folder/uploads" >"$folder/output" 2>"$folder/errors" &
server=$!
for _ in $(seq 100); do
    grep -q '^listening on' "$folder/output" && break
    kill -0 "$server" 2>/dev/null || fail "it ended: $(cat "$folder/errors")"
    sleep 0.1
done
url=$(sed -n 's/^listening on //p' "$folder/output")
[ -n "$url" ] || fail "it does not listen: $(cat "$folder/output" "$folder/errors")"
curl -fsS "$url/healthz" | grep -q '"status":"ok"' || fail "healthz"
curl -fsS "$url/login" | grep -qi '<form' || fail "the sign-in page"
[ "$(curl -fsS "$url/metrics" | grep -c '^soyuz_build_info')" = 1 ] || fail "metrics"
kill -TERM "$server"
wait "$server" || fail "it stopped with $?"
server=
"$folder/root/usr/bin/soyuz" check "$folder/data" >/dev/null || fail "check"
say "the unpacked program serves, stops and leaves a clean folder"

# The Dockerfile: what it copies exists, what it installs Debian has, the port is the default one.
while read -r source; do [ -e "$source" ] || fail "Dockerfile copies $source"; done < <(
    sed -n 's/^COPY \([^-][^ ]*\) .*/\1/p' packaging/Dockerfile)
names=$(tr '\n' ' ' <packaging/Dockerfile | sed 's/\\ */ /g' | grep -o 'no-install-recommends  *[^&]*' | head -n 1 |
    sed 's/no-install-recommends//; s/ WORKDIR.*//')
for name in $names; do
    apt-cache show "$name" >/dev/null 2>&1 || fail "Debian has no package $name"
    [[ "$name" = lib* ]] && { grep -qw -- "$name" dev || fail "./dev does not know $name"; }
done
grep -q '^EXPOSE 5000$' packaging/Dockerfile && grep -q '^port = 5000$' "$folder/root/etc/soyuz/soyuz.toml" || fail "the port"
say "Dockerfile: sources, $(wc -w <<<"$names") package names and the port (no engine was asked)"

if command -v lintian >/dev/null; then
    lintian --fail-on error --tag-display-limit 0 "$package" || fail "lintian"
    say "lintian finds no error"
fi
