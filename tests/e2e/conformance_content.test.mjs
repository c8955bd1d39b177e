// What HTTP means (RFC 9110): paths, methods, ranges, conditions, codings, kinds of content, cookies. Spoken byte by byte
// to the real server.
import assert from "node:assert/strict";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { after, before, test } from "node:test";
import { Client } from "./support/client.mjs";
import { asking } from "./support/raw.mjs";
import { Server } from "./support/server.mjs";

let server, sara, bearer, style, file;
const ask = asking(() => server);
const content = "The river runs past the old mill.\n".repeat(40);

before(async () => {
  server = await Server.start({ options: ["--no-rate-limits"] });
  sara = await Client.register(server, "sara");
  bearer = `Authorization: Bearer ${sara.token}\r\n`;
  style = (await (await fetch(`${server.url}/login`)).text()).match(/href="(\/assets\/[^"]+\.css)"/)[1];
  const form = new FormData();
  form.append("file", new Blob([content], { type: "text/plain" }), "river.txt");
  const posted = await fetch(`${server.url}/api/v1/rooms/lobby/files`, {
    method: "POST",
    body: form,
    headers: { authorization: `Bearer ${sara.token}` },
  });
  assert.equal(posted.status, 201);
  file = (await posted.json()).attachments[0].url;
});
after(() => server.dispose());

const json = "Content-Type: application/json\r\n";
const wrongPassword = '{"username":"sara","password":"not this one"}';

// Paths.

for (const [path, ...statuses] of [
  ["/%", 400],
  ["/%4", 400],
  ["/%zz", 400],
  ["/healthz%", 400],
  ["/%ff", 400],
  ["/chat/%ff%fe", 400],
  ["/%c0%ae%c0%ae/", 400],
  ["/uploads/%c0%af", 400],
  ["/chat/%ed%a0%80", 400],
  ["/chat/%f4%90%80%80", 400],
  ["/uploads/ab/%ff", 400],
  ["/assets/a/%c0%ae", 400],
  ["/%00", 404],
  ["/healthz%00", 404],
  ["/assets/%00", 404],
  ["/assets/x.css%00.png", 404],
  ["/healthz/", 404],
  ["/healthz%2f", 404],
  ["//healthz", 404],
  ["/./healthz", 404],
  ["/x/../healthz", 404],
  ["/%2e%2e/healthz", 404],
  ["/uploads/../data/users.json", 404],
  ["/uploads/%2e%2e/data/users.json", 404],
  ["/uploads/..%2fdata%2fusers.json", 404],
  ["/uploads/..%5cdata", 404],
  ["/uploads//etc/passwd", 404],
  ["/uploads/%2fetc%2fpasswd", 404],
  ["/uploads/ab/../../data/users.json", 404],
  ["/uploads/..", 404],
  ["/assets/../../etc/passwd", 404],
  ["/assets/..%2f..%2fetc%2fpasswd", 404],
  ["/assets//etc/passwd", 404],
  ["/assets/%2e%2e/templates/login.html", 404],
  ["/assets/manifest.json", 404],
  ["/assets/", 404],
  ["/assets", 404],
  ["/uploads/ab/.htaccess", 404],
  ["/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q", 404],
  [`/${"a".repeat(3000)}`, 404],
  ["/HEALTHZ", 404],
  ["/healthz;x=y", 404],
  ["/%68ealthz", 200],
  ["/healthz?../../etc/passwd", 200],
  ["/healthz?%zz", 200],
])
  test(`path: ${path.slice(0, 50)}: ${statuses}`, async () => {
    const answer = await ask("GET", path);
    assert.ok(statuses.includes(answer.status), String(answer.status));
    assert.doesNotMatch(answer.body.toString(), /root:|password_hash|argon2/);
  });

// Methods (RFC 9110, 9).

for (const [path, allow] of [
  ["/healthz", "GET, HEAD, OPTIONS"],
  ["/api/v1/login", "POST, OPTIONS"],
  ["/login", "GET, HEAD, POST, OPTIONS"],
  ["/api/v1/rooms/lobby/invites", "GET, HEAD, POST, OPTIONS"],
  ["/assets/x", "GET, HEAD, OPTIONS"],
]) {
  for (const method of ["DELETE", "TRACE", "BREW", "PROPFIND"])
    test(`methods: ${method} ${path} is told which ones there are`, async () => {
      const answer = await ask(method, path);
      assert.equal(answer.status, 405);
      assert.equal(answer.headers.allow, allow);
      assert.doesNotMatch(answer.body.toString(), new RegExp(`${method} ${path}`));
    });
  test(`methods: OPTIONS ${path} names them`, async () => {
    const answer = await ask("OPTIONS", path);
    assert.equal(answer.status, 204);
    assert.equal(answer.headers.allow, allow);
    assert.equal(answer.headers["content-length"], undefined);
  });
}
test("methods: OPTIONS * is answered for the server", async () => {
  const answer = await ask("OPTIONS", "*");
  assert.equal(answer.status, 204);
  assert.match(answer.headers.allow, /GET, HEAD, POST/);
});
test("methods: OPTIONS of what isn’t there is 404", async () =>
  assert.equal((await ask("OPTIONS", "/nothing")).status, 404));

for (const path of [
  "/healthz",
  "/login",
  "/nothing",
  "/",
  "/settings",
  "/openapi.json",
  "/api/v1/nothing",
  "/api/v1/rooms",
  "style",
  "file",
])
  for (const encoding of ["", "Accept-Encoding: gzip\r\n"])
    test(`methods: HEAD ${path} says what GET would${encoding ? ", compressed too" : ""}`, async () => {
      const target = path === "style" ? style : path === "file" ? file : path;
      const [head, got] = [await ask("HEAD", target, bearer + encoding), await ask("GET", target, bearer + encoding)];
      assert.equal(head.status, got.status);
      // The token in a page is masked anew in each answer, so the page packs to a few bytes more or less.
      const leeway = encoding && got.headers["content-type"]?.startsWith("text/html") ? 100 : 0;
      assert.ok(Math.abs(Number(head.headers["content-length"]) - got.body.length) <= leeway);
      for (const name of ["content-type", "content-encoding", "etag", "cache-control", "vary", "location"])
        assert.equal(head.headers[name], got.headers[name], name);
    });

// Ranges (RFC 9110, 14) and conditions (RFC 9110, 13), on an attachment and on an asset.

const size = content.length;
for (const [range, status, first, last] of [
  ["bytes=0-0", 206, 0, 0],
  ["bytes=0-99", 206, 0, 99],
  ["bytes=100-", 206, 100, size - 1],
  ["bytes=-10", 206, size - 10, size - 1],
  [`bytes=${size - 1}-`, 206, size - 1, size - 1],
  ["bytes=10-999999", 206, 10, size - 1],
  ["bytes=-999999", 206, 0, size - 1],
  ["Bytes=0-9", 206, 0, 9],
  ["bytes=5-99999999999999999999999", 206, 5, size - 1],
  [`bytes=${size}-`, 416],
  ["bytes=999999-", 416],
  ["bytes=-0", 416],
  ["bytes=99999999999999999999999-", 416],
  ["bytes=9-0", 200],
  ["bytes= 0-9", 200],
  ["bytes=", 200],
  ["bytes=-", 200],
  ["bytes=a-b", 200],
  ["bytes=0x0-9", 200],
  ["items=0-9", 200],
  ["bytes 0-9", 200],
  ["bytes=0-1,3-4", 200],
  ["bytes=0-0,-1", 200],
  ["", 200],
])
  test(`range: ${range || "(empty)"}: ${status}`, async () => {
    const answer = await ask("GET", file, `${bearer}Range: ${range}\r\n`);
    assert.equal(answer.status, status);
    if (status === 206) {
      assert.equal(answer.headers["content-range"], `bytes ${first}-${last}/${size}`);
      assert.equal(answer.body.toString(), content.slice(first, last + 1));
    } else if (status === 416) {
      assert.equal(answer.headers["content-range"], `bytes */${size}`);
      assert.equal(answer.body.length, 0);
    } else {
      assert.equal(answer.body.toString(), content);
      assert.equal(answer.headers["content-range"], undefined);
    }
    assert.equal(answer.headers["accept-ranges"], "bytes");
  });

for (const [name, headers, status] of [
  ["If-Range that matches", (tag) => `Range: bytes=0-9\r\nIf-Range: ${tag}\r\n`, 206],
  ["If-Range that does not", () => 'Range: bytes=0-9\r\nIf-Range: "other"\r\n', 200],
  ["If-Range with a weak tag", (tag) => `Range: bytes=0-9\r\nIf-Range: W/${tag}\r\n`, 200],
  ["If-Range with a date", () => "Range: bytes=0-9\r\nIf-Range: Sat, 21 Nov 2026 07:14:44 GMT\r\n", 200],
  ["If-None-Match that matches, before a range", (tag) => `Range: bytes=0-9\r\nIf-None-Match: ${tag}\r\n`, 304],
  ["If-None-Match that matches", (tag) => `If-None-Match: ${tag}\r\n`, 304],
  ["If-None-Match with a weak tag", (tag) => `If-None-Match: W/${tag}\r\n`, 304],
  ["If-None-Match with a list", (tag) => `If-None-Match: "a", W/"b,c" ,${tag}, "d"\r\n`, 304],
  ["If-None-Match in two lines", (tag) => `If-None-Match: "a"\r\nIf-None-Match: ${tag}\r\n`, 304],
  ["If-None-Match with an asterisk", () => "If-None-Match: *\r\n", 304],
  ["If-None-Match of another", () => 'If-None-Match: "other"\r\n', 200],
  ["If-None-Match without quotes", (tag) => `If-None-Match: ${tag.slice(1, -1)}\r\n`, 200],
  ["If-None-Match whose text holds the tag", (tag) => `If-None-Match: "x${tag.slice(1)}\r\n`, 200],
  ["If-None-Match that is cut", (tag) => `If-None-Match: ${tag.slice(0, -1)}\r\n`, 200],
  [
    "If-None-Match before If-Modified-Since",
    () => 'If-None-Match: "other"\r\nIf-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT\r\n',
    200,
  ],
  [
    "If-Modified-Since alone, without a date of our own",
    () => "If-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT\r\n",
    200,
  ],
  ["If-Match that matches", (tag) => `If-Match: "a", ${tag}\r\n`, 200],
  ["If-Match with an asterisk", () => "If-Match: *\r\n", 200],
  ["If-Match of another", () => 'If-Match: "other"\r\n', 412],
  ["If-Match with a weak tag", (tag) => `If-Match: W/${tag}\r\n`, 412],
  ["If-Match before If-None-Match", (tag) => `If-Match: "other"\r\nIf-None-Match: ${tag}\r\n`, 412],
])
  for (const what of ["file", "style"]) {
    if (what === "style" && /range/i.test(name)) continue;
    test(`conditions: ${name}: ${status} (${what})`, async () => {
      const target = what === "file" ? file : style;
      const { etag } = (await ask("HEAD", target, bearer)).headers;
      assert.match(etag, /^"[^"]+"$/);
      const answer = await ask("GET", target, bearer + headers(etag));
      assert.equal(answer.status, status);
      if (status === 304) {
        assert.equal(answer.headers.etag, etag);
        assert.match(answer.headers["cache-control"], target === file ? /private, no-cache/ : /immutable/);
        assert.equal(answer.headers["content-length"], undefined);
      }
      if (status === 200 || status === 206) assert.ok(answer.body.length > 0);
    });
  }
test("conditions: what isn’t there is 404, whatever is asked", async () => {
  for (const headers of ["If-None-Match: *\r\n", "If-Match: *\r\n", "Range: bytes=0-9\r\n"])
    for (const path of [file.slice(0, -6) + "xx.txt", "/assets/none.css"])
      assert.equal((await ask("GET", path, bearer + headers)).status, 404, path);
});
test("conditions: a range of HEAD is passed over", async () => {
  const answer = await ask("HEAD", file, `${bearer}Range: bytes=0-9\r\n`);
  assert.equal(answer.status, 200);
  assert.equal(answer.headers["content-length"], String(size));
});

// Codings (RFC 9110, 12.5.3).

for (const [accept, asset, html] of [
  [null, undefined, undefined],
  ["", undefined, undefined],
  ["gzip", "gzip", "gzip"],
  ["br", "br", undefined],
  ["br, gzip", "br", "gzip"],
  ["gzip, br", "br", "gzip"],
  ["gzip;q=1, br;q=0.5", "gzip", "gzip"],
  ["gzip;q=0", undefined, undefined],
  ["gzip;q=0.000", undefined, undefined],
  ["br;q=0, gzip", "gzip", "gzip"],
  ["gzip;q=0.001", "gzip", "gzip"],
  ["GZIP", "gzip", "gzip"],
  ["gzip ; Q=0.5", "gzip", "gzip"],
  ["gzip;q=0 , br;q=0", undefined, undefined],
  ["identity", undefined, undefined],
  ["*", "br", "gzip"],
  ["*;q=0", undefined, undefined],
  ["*;q=0.1, br;q=0", "gzip", "gzip"],
  ["gzip;q=0, *", "br", undefined],
  ["identity;q=0.5, gzip;q=0.1", undefined, undefined],
  ["deflate, zstd", undefined, undefined],
  ["x-gzipped", undefined, undefined],
  ["gzip;q=abc", undefined, undefined],
  ["gzip;q=2", undefined, undefined],
  ["gzip;q=-1", undefined, undefined],
  [",, gzip ,", "gzip", "gzip"],
  ["\tgzip\t", "gzip", "gzip"],
  ["gzip;level=9", "gzip", "gzip"],
])
  test(`codings: ${accept === null ? "none named" : JSON.stringify(accept)}`, async () => {
    const headers = accept === null ? "" : `Accept-Encoding: ${accept}\r\n`;
    for (const [target, coding] of [
      [style, asset],
      ["/login", html],
    ]) {
      const answer = await ask("GET", target, headers);
      assert.equal(answer.headers["content-encoding"], coding, target);
      assert.match(answer.headers.vary, /\bAccept-Encoding\b/);
      const text =
        coding === "gzip" ? gunzipSync(answer.body) : coding === "br" ? brotliDecompressSync(answer.body) : answer.body;
      assert.match(text.toString(), target === style ? /\{/ : /<html/);
    }
  });
test("codings: two lines of Accept-Encoding are one list", async () => {
  const answer = await ask("GET", "/login", "Accept-Encoding: br\r\nAccept-Encoding: gzip\r\n");
  assert.equal(answer.headers["content-encoding"], "gzip");
});
test("codings: each form of an asset has a tag of its own", async () => {
  const tags = new Set();
  for (const coding of ["br", "gzip", "identity"])
    tags.add((await ask("GET", style, `Accept-Encoding: ${coding}\r\n`)).headers.etag);
  assert.equal(tags.size, 3);
});

// Kinds of content (RFC 9110, 8.3).

for (const [type, status] of [
  ["application/json", 401],
  ["APPLICATION/JSON", 401],
  ["application/json; charset=utf-8", 401],
  ['application/json;charset="UTF-8"', 401],
  ["application/json ; charset=utf-8", 401],
  ["application/json; x=y", 401],
  ["application/json; charset=utf-16", 415],
  ["application/json; charset=iso-8859-1", 415],
  [null, 415],
  ["", 415],
  ["text/plain", 415],
  ["text/json", 415],
  ["application/jsonx", 415],
  ["application/x-json", 415],
  ["application/problem+json", 415],
  ["application/x-www-form-urlencoded", 415],
  ["multipart/form-data", 415],
  ["json", 415],
  ["application/json, text/plain", 415],
  ["application /json", 415],
])
  test(`content: ${type === null ? "no type" : type || "(empty)"}: ${status}`, async () => {
    const answer = await ask(
      "POST",
      "/api/v1/login",
      `${type === null ? "" : `Content-Type: ${type}\r\n`}Content-Length: ${wrongPassword.length}\r\n`,
      wrongPassword,
    );
    assert.equal(answer.status, status);
    assert.equal(answer.headers["content-type"], "application/json");
  });
for (const [name, body] of [
  ["bytes that are no UTF-8", '{"username":"\xff"}'],
  ["overlong UTF-8", '{"username":"\xc0\xaf"}'],
  ["a surrogate", '{"username":"\xed\xa0\x80"}'],
  ["a byte order mark of UTF-16", "\xff\xfe{\0}\0"],
  ["NUL behind it", "{}\0"],
  ["two values", "{}{}"],
  ["a key twice", '{"a":1,"a":2}'],
  ["too deep", "[".repeat(100) + "]".repeat(100)],
])
  test(`content: ${name} is no JSON`, async () => {
    const answer = await ask("POST", "/api/v1/login", `${json}Content-Length: ${body.length}\r\n`, body);
    assert.equal(answer.status, 400);
  });
const multipart = (boundary) => `Content-Type: multipart/form-data${boundary}\r\n`;
for (const [name, headers, body] of [
  ["no boundary", multipart(""), "--x\r\n\r\n"],
  ["an empty boundary", multipart("; boundary="), "--\r\n\r\n"],
  ["a boundary of 71 bytes", multipart(`; boundary=${"b".repeat(71)}`), ""],
  ["no parts", multipart("; boundary=x"), ""],
  [
    "a part that never ends",
    multipart("; boundary=x"),
    '--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nabc',
  ],
  ["a part without headers", multipart("; boundary=x"), "--x\r\n\r\nabc\r\n--x--\r\n"],
  [
    "a header of 60 KB",
    multipart("; boundary=x"),
    `--x\r\nContent-Disposition: form-data; name="${"n".repeat(60000)}"\r\n\r\nabc\r\n--x--\r\n`,
  ],
])
  test(`content: a multipart body with ${name} does no harm`, async () => {
    const answer = await ask(
      "POST",
      "/api/v1/rooms/lobby/files",
      `${bearer}${headers}Content-Length: ${body.length}\r\n`,
      body,
    );
    assert.ok([400, 415, 422].includes(answer.status), String(answer.status));
  });

// Nothing of a request gets into the lines of an answer (RFC 9112, 11.1).

for (const [path, headers = ""] of [
  ["/chat/a%0d%0aX-Split:%20yes"],
  ["/chat?x=%0d%0aX-Split:%20yes"],
  ["/settings?%0aX-Split:yes"],
  ["/login?next=%2fa%0d%0aX-Split:%20yes"],
  ["/login?next=%2fa%00%0b%7f"],
  ["/login?next=%2f%d8%b3%20a"],
  ["/join/%0d%0aX-Split:%20yes"],
  ["/join/%e2%80%a8"],
  ["/uploads/ab/x%0d%0aX-Split:yes"],
  ["/nothing%0d%0aX-Split:yes"],
  ["/healthz", "Origin: https://a\tX-Split:yes\r\n"],
  ["/login", "Accept-Language: en\xff;\tx\r\n"],
])
  for (const identity of ["", "sara"])
    test(`splitting: ${path} ${headers.trim()}${identity ? " (signed in)" : ""}`, async () => {
      const answer = await ask("GET", path, (identity ? bearer : "") + headers);
      assert.equal(answer.headers["x-split"], undefined);
      for (const value of Object.values(answer.headers)) assert.match(value, /^[\t\x20-\x7e]*$/);
      if (answer.headers.location) assert.match(answer.headers.location, /^\/[^/\\][\x21-\x7e]*$|^\/$/);
    });
for (const wanted of [
  "//evil.test",
  "https://evil.test",
  "/\\evil.test",
  "\\/evil.test",
  "/%09/evil.test",
  "%0d%0a//evil.test",
  "",
  "chat",
])
  test(`splitting: signing in leads to no other site than this: ${JSON.stringify(wanted)}`, async () => {
    const answer = await ask("GET", `/login?next=${encodeURIComponent(wanted).replace(/%25/g, "%")}`, bearer);
    assert.equal(answer.status, 303);
    assert.match(answer.headers.location, /^\/chat/);
  });

// Cookies (RFC 6265).

test("cookies: odd ones are passed over, the first of a name counts", async () => {
  const login = await fetch(`${server.url}/login`);
  const visitor = login.headers.get("set-cookie").split(";")[0];
  const token = (await login.text()).match(/name="csrf_token" value="([^"]+)"/)[1];
  const form = new URLSearchParams({
    username: "sara",
    password: "correct horse battery",
    csrf_token: token,
  }).toString();
  const signedIn = await ask(
    "POST",
    "/login",
    `Cookie: ${visitor}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ${form.length}\r\n`,
    form,
  );
  assert.equal(signedIn.status, 303);
  const cookie = signedIn.headers["set-cookie"].match(/soyuz_session=[^;]+/)[0];
  for (const [header, status] of [
    [cookie, 200],
    [`a=b; ${cookie}`, 200],
    [`a=b;${cookie};c=d`, 200],
    [`; ;=;==; ${cookie}`, 200],
    [`a="x; y"; ${cookie}`, 200],
    [`\xff=\xfe; ${cookie}`, 200],
    [`${cookie}; soyuz_session=wrong`, 200],
    [`soyuz_session=wrong; ${cookie}`, 401],
    [`xsoyuz_session=1; x${cookie}`, 401],
    [cookie.toUpperCase(), 401],
    [`${cookie}x`, 401],
    [cookie.slice(0, -1), 401],
    ["soyuz_session", 401],
    ["soyuz_session=", 401],
    [`soyuz_session="${cookie.split("=")[1]}"`, 401],
    ["", 401],
    [`a=${"b".repeat(20000)}; ${cookie}`, 200],
    [`${"a=b;".repeat(5000)} ${cookie}`, 200],
  ])
    assert.equal((await ask("GET", "/api/v1/me", `Cookie: ${header}\r\n`)).status, status, header.slice(0, 60));
});

for (const [header, status] of [
  ["", 401],
  ["Bearer", 401],
  ["Bearer ", 401],
  ["Bearer x", 401],
  ["Basic c2FyYTp4", 401],
  ["bearer TOKEN", 200],
  ["Bearer TOKEN", 200],
  ["Bearer  TOKEN", 401],
  ["Bearer TOKEN, Bearer x", 401],
  ["Bearer TOKEN.x", 401],
  ["BearerTOKEN", 401],
])
  test(`authorization: ${JSON.stringify(header)}: ${status}`, async () => {
    const answer = await ask("GET", "/api/v1/me", `Authorization: ${header.replace("TOKEN", sara.token)}\r\n`);
    assert.equal(answer.status, status);
    if (status === 401) assert.match(answer.headers["www-authenticate"], /Bearer/);
  });

// What every answer carries.

test("every answer says when it is from, how long it is, and that its type is meant", async () => {
  for (const path of ["/healthz", "/login", "/nothing", "/api/v1/nothing", style, "/"]) {
    const answer = await ask("GET", path);
    assert.ok(Math.abs(Date.parse(answer.headers.date) - Date.now()) < 10_000, path);
    assert.equal(answer.headers["content-length"], String(answer.body.length));
    assert.equal(answer.headers["x-content-type-options"], "nosniff");
    assert.ok(answer.headers["cache-control"]);
    assert.equal(answer.headers["transfer-encoding"], undefined);
    assert.equal(answer.headers.server, undefined);
  }
});

test("after all this, the server is still there and nothing was logged as an error", async () => {
  assert.equal((await ask("GET", "/healthz")).status, 200);
  assert.doesNotMatch(server.output, /error/i);
});
