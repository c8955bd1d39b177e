// The framing of HTTP/1.1 (RFC 9112), spoken byte by byte to the real server.
import assert from "node:assert/strict";
import { connect } from "node:net";
import { after, before, test } from "node:test";
import { Client } from "./support/client.mjs";
import { asking, closing, exchange, requestBytes as request } from "./support/raw.mjs";
import { Server } from "./support/server.mjs";

let server, style;
const ask = asking(() => server);

before(async () => {
  server = await Server.start({ options: ["--no-rate-limits"] });
  await Client.register(server, "sara");
  style = (await (await fetch(`${server.url}/login`)).text()).match(/href="(\/assets\/[^"]+\.css)"/)[1];
});
after(() => server.dispose());

const json = "Content-Type: application/json\r\n";
const wrongPassword = '{"username":"sara","password":"not this one"}';
const next = request("GET", "/healthz", closing);

// Framing (RFC 9112). Whatever two readers could read differently ends the connection: what follows is never answered.

const chunked = (body, headers = "") =>
  request("POST", "/api/v1/login", `${json}${headers}Transfer-Encoding: chunked\r\n`, body);
const sized = (length, body = "", headers = "") =>
  request("POST", "/api/v1/login", `${json}${headers}Content-Length: ${length}\r\n`, body);
const withHeaders = (headers, body = "") => request("POST", "/api/v1/login", json + headers, body);

for (const [name, bytes, status = 400] of [
  ["both a length and a coding", withHeaders("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")],
  ["a coding and then a length", withHeaders("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n")],
  ["two lengths that differ", withHeaders("Content-Length: 3\r\nContent-Length: 4\r\n", "abc")],
  ["two lengths that agree", withHeaders("Content-Length: 3\r\nContent-Length: 3\r\n", "abc")],
  ["a list of lengths", sized("3, 3", "abc")],
  ["a list of lengths that differ", sized("3,4", "abc")],
  ["a length with a sign", sized("+3", "abc")],
  ["a negative length", sized("-1")],
  ["a length in hexadecimal", sized("0x3", "abc")],
  ["a length with a decimal point", sized("3.0", "abc")],
  ["a length with a blank in it", sized("3 3", "abc")],
  ["an empty length", sized("")],
  ["a length with letters", sized("3abc", "abc")],
  ["a length in other digits", sized("\xd9\xa3", "abc")],
  ["a length beyond 64 bits", sized("18446744073709551616"), 413],
  ["a length of 64 bits", sized("18446744073709551615"), 413],
  ["a length of a thousand digits", sized("9".repeat(1000)), 413],
  ["the coding twice", withHeaders("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")],
  [
    "the coding and identity",
    withHeaders("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", "0\r\n\r\n"),
  ],
  ["identity before the coding", withHeaders("Transfer-Encoding: identity, chunked\r\n", "0\r\n\r\n")],
  ["identity behind the coding", withHeaders("Transfer-Encoding: chunked, identity\r\n", "0\r\n\r\n")],
  ["gzip before the coding", withHeaders("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n")],
  ["identity alone", withHeaders("Transfer-Encoding: identity\r\n")],
  ["an unknown coding", withHeaders("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n")],
  ["a coding with a letter too many", withHeaders("Transfer-Encoding: chunkedx\r\n", "0\r\n\r\n")],
  ["a coding with a parameter", withHeaders("Transfer-Encoding: chunked;q=1\r\n", "0\r\n\r\n")],
  ["a coding in quotes", withHeaders('Transfer-Encoding: "chunked"\r\n', "0\r\n\r\n")],
  ["a coding behind a vertical tab", withHeaders("Transfer-Encoding: \x0bchunked\r\n", "0\r\n\r\n")],
  ["a coding behind a comma", withHeaders("Transfer-Encoding: , chunked\r\n", "0\r\n\r\n")],
  ["an empty coding", withHeaders("Transfer-Encoding:\r\n", "0\r\n\r\n")],
  ["a space before the colon of the coding", withHeaders("Transfer-Encoding : chunked\r\n", "0\r\n\r\n")],
  ["a tab before the colon of the length", withHeaders("Content-Length\t: 3\r\n", "abc")],
  ["a folded coding", withHeaders("Transfer-Encoding:\r\n chunked\r\n", "0\r\n\r\n")],
  ["a folded header", withHeaders("X: a\r\n\tb\r\n")],
  ["a folded first header", "GET / HTTP/1.1\r\n Host: chat.test\r\n\r\n"],
  ["a header without a colon", withHeaders("Content-Length\r\n")],
  ["a header without a name", withHeaders(": value\r\n")],
  ["a header whose name holds a space", withHeaders("X Y: z\r\n")],
  ["a header whose name is not ASCII", withHeaders("X\xe4: z\r\n")],
  ["NUL in a name", withHeaders("X\0: z\r\n")],
  ["NUL in a value", withHeaders("X: a\0b\r\n")],
  ["a bare CR in a value", withHeaders("X: a\rb\r\n")],
  ["a control character in a value", withHeaders("X: a\x01b\r\n")],
  ["DEL in a value", withHeaders("X: a\x7fb\r\n")],
  ["a bare LF behind a header", withHeaders("X: a\n")],
  ["bare LFs everywhere", "GET / HTTP/1.1\nHost: chat.test\n\n"],
  ["a bare LF behind the request line", "GET / HTTP/1.1\nHost: chat.test\r\n\r\n"],
  ["CR CR LF behind the request line", "GET / HTTP/1.1\r\r\nHost: chat.test\r\n\r\n"],
  ["a bare LF that ends the headers", "GET / HTTP/1.1\r\nHost: chat.test\r\n\n"],
  ["a chunk size that is no number", chunked("zz\r\nabc\r\n0\r\n\r\n")],
  ["a negative chunk size", chunked("-1\r\nabc\r\n0\r\n\r\n")],
  ["a chunk size with 0x", chunked("0x3\r\nabc\r\n0\r\n\r\n")],
  ["a chunk size with a sign", chunked("+3\r\nabc\r\n0\r\n\r\n")],
  ["a chunk size behind a space", chunked(" 3\r\nabc\r\n0\r\n\r\n")],
  ["a chunk size before a space", chunked("3 \r\nabc\r\n0\r\n\r\n")],
  ["an empty chunk size", chunked("\r\nabc\r\n0\r\n\r\n")],
  ["a chunk size of 17 digits", chunked("10000000000000003\r\nabc\r\n0\r\n\r\n")],
  ["a chunk size of 64 bits", chunked("ffffffffffffffff\r\nabc\r\n0\r\n\r\n"), 413],
  ["a chunk size just above the limit", chunked("10001\r\nabc"), 413],
  ["chunks that add up to more than the limit", chunked(`8000\r\n${"x".repeat(0x8000)}\r\n8001\r\n`), 413],
  ["a chunk longer than its size", chunked("3\r\nabcd\r\n0\r\n\r\n")],
  ["a chunk shorter than its size", chunked("4\r\nabc\r\n0\r\n\r\n")],
  ["a bare LF behind a chunk size", chunked("3\nabc\r\n0\r\n\r\n")],
  ["a bare LF behind a chunk", chunked("3\r\nabc\n0\r\n\r\n")],
  ["a bare LF behind the last chunk", chunked("0\n\r\n")],
  ["a bare LF behind the trailers", chunked("0\r\n\n")],
  ["NUL in a chunk extension", chunked("3;\0\r\nabc\r\n0\r\n\r\n")],
  ["a bare CR in a chunk extension", chunked("3;a\rb\r\nabc\r\n0\r\n\r\n")],
  ["a chunk line of 300 bytes", chunked(`3;${"a".repeat(300)}\r\nabc\r\n0\r\n\r\n`)],
  ["20 KiB of chunk extensions", chunked(`${`1;${"a".repeat(200)}\r\nx\r\n`.repeat(100)}0\r\n\r\n`)],
  ["a malformed trailer", chunked("0\r\nTrailer\r\n\r\n")],
  ["a folded trailer", chunked("0\r\nX: a\r\n b\r\n\r\n")],
  ["101 trailers", chunked(`0\r\n${"X: y\r\n".repeat(101)}\r\n`), 431],
  ["trailers beyond 32 KiB", chunked(`0\r\nX: ${"y".repeat(33000)}\r\n\r\n`), 431],
  ["a coding in HTTP/1.0", `POST /api/v1/login HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
  ["101 headers", withHeaders("X: y\r\n".repeat(101)), 431],
  ["10,000 headers", withHeaders("X: y\r\n".repeat(10000)), 431],
  ["headers beyond 32 KiB", withHeaders(`X: ${"y".repeat(33000)}\r\n`), 431],
  ["a name beyond 32 KiB", withHeaders(`${"y".repeat(33000)}: x\r\n`), 431],
])
  test(`framing: ${name} is refused, and what follows is not answered`, async () => {
    const answers = await exchange(server, bytes + next);
    assert.deepEqual(
      answers.map((answer) => answer.status),
      [status],
    );
    assert.ok(answers.closed);
    assert.equal(answers[0].headers.connection, "close");
    assert.equal(typeof JSON.parse(answers[0].body).message, "string");
  });

const chunks = (text, size) =>
  text
    .match(new RegExp(`.{1,${size}}`, "gs"))
    .map((part) => `${part.length.toString(16)}\r\n${part}\r\n`)
    .join("");
for (const [name, bytes, status = 401] of [
  ["a length", sized(wrongPassword.length, wrongPassword)],
  ["a length with zeros before it", sized(`000${wrongPassword.length}`, wrongPassword)],
  ["a length between blanks", sized(` \t ${wrongPassword.length} \t `, wrongPassword)],
  ["no body", sized(0), 400],
  ["one chunk", chunked(`${chunks(wrongPassword, 1000)}0\r\n\r\n`)],
  ["chunks of one byte", chunked(`${chunks(wrongPassword, 1)}0\r\n\r\n`)],
  [
    "chunk sizes with zeros and capitals",
    chunked(`000${chunks(wrongPassword, 1000).toUpperCase().slice(0, 2)}\r\n${wrongPassword}\r\n000\r\n\r\n`),
  ],
  ["chunk extensions", chunked(`${chunks(wrongPassword, 1000).replace("\r\n", ';a;b="c\\"d";e=f\r\n')}0;last\r\n\r\n`)],
  ["trailers", chunked(`${chunks(wrongPassword, 7)}0\r\nX-Sum: 7\r\nContent-Length: 9\r\n\r\n`)],
  ["a coding in capitals", withHeaders("TRANSFER-ENCODING: Chunked\r\n", `${chunks(wrongPassword, 9)}0\r\n\r\n`)],
  ["a chunked body that ends at once", chunked("0\r\n\r\n"), 400],
  ["a header without a value", sized(wrongPassword.length, wrongPassword, "X-Empty:\r\n")],
  ["a value with bytes beyond ASCII", sized(wrongPassword.length, wrongPassword, "X: \xd8\xb3\r\n")],
  ["an empty line before the request", `\r\n${sized(wrongPassword.length, wrongPassword)}`],
  ["95 headers", sized(wrongPassword.length, wrongPassword, "X: y\r\n".repeat(95))],
])
  test(`framing: ${name} is read, in one piece and byte by byte, and the next request after it`, async () => {
    for (const pieces of [bytes + next, [...(bytes + next)]]) {
      const answers = await exchange(server, pieces);
      assert.deepEqual(
        answers.map((answer) => answer.status),
        [status, 200],
      );
    }
  });

// Request lines (RFC 9112, 3).

const line = (text, headers = "Host: chat.test\r\n") => `${text}\r\n${headers}${closing}\r\n`;
for (const [name, bytes, status] of [
  ["origin form", line("GET /healthz HTTP/1.1"), 200],
  ["origin form with a query", line("GET /healthz?a=b&c HTTP/1.1"), 200],
  ["absolute form", line("GET http://chat.test/healthz HTTP/1.1"), 200],
  ["absolute form with the default port", line("GET http://chat.test:80/healthz HTTP/1.1"), 200],
  ["absolute form in capitals", line("GET HTTP://CHAT.TEST/healthz HTTP/1.1"), 200],
  ["absolute form without a path", line("GET http://chat.test?x HTTP/1.1"), 303],
  ["absolute form that Host contradicts", line("GET http://other.test/healthz HTTP/1.1"), 400],
  ["absolute form with another port", line("GET http://chat.test:81/healthz HTTP/1.1"), 400],
  ["absolute form with a user", line("GET http://sara@chat.test/healthz HTTP/1.1"), 400],
  ["absolute form of another scheme", line("GET ftp://chat.test/healthz HTTP/1.1"), 400],
  ["absolute form without a host", line("GET http:///healthz HTTP/1.1"), 400],
  ["authority form", line("GET chat.test:80 HTTP/1.1"), 400],
  ["CONNECT", line("CONNECT chat.test:443 HTTP/1.1"), 400],
  ["CONNECT with a path", line("CONNECT / HTTP/1.1"), 405],
  ["an asterisk with OPTIONS", line("OPTIONS * HTTP/1.1"), 204],
  ["an asterisk with GET", line("GET * HTTP/1.1"), 400],
  ["two asterisks", line("OPTIONS ** HTTP/1.1"), 400],
  ["a path without its slash", line("GET healthz HTTP/1.1"), 400],
  ["a fragment", line("GET /healthz#x HTTP/1.1"), 400],
  ["no target", line("GET HTTP/1.1"), 400],
  ["no version (HTTP/0.9)", "GET /healthz\r\n", 400],
  ["a method alone", "GET\r\n", 400],
  ["two spaces before the target", line("GET  /healthz HTTP/1.1"), 400],
  ["two spaces before the version", line("GET /healthz  HTTP/1.1"), 400],
  ["a space behind the version", line("GET /healthz HTTP/1.1 "), 400],
  ["a space before the method", line(" GET /healthz HTTP/1.1"), 400],
  ["tabs for spaces", line("GET\t/healthz\tHTTP/1.1"), 400],
  ["a space in the target", line("GET /health z HTTP/1.1"), 400],
  ["a control character in the target", line("GET /health\x01z HTTP/1.1"), 400],
  ["a byte beyond ASCII in the target", line("GET /health\xe4z HTTP/1.1"), 400],
  ["HTTP/1.0", line("GET /healthz HTTP/1.0"), 200],
  ["HTTP/1.2, which is read as 1.1", line("GET /healthz HTTP/1.2"), 200],
  ["HTTP/2.0", line("GET /healthz HTTP/2.0"), 505],
  ["the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505],
  ["HTTP/0.9 by name", line("GET /healthz HTTP/0.9"), 505],
  ["HTTP/11", line("GET /healthz HTTP/11"), 400],
  ["HTTP/1.10", line("GET /healthz HTTP/1.10"), 400],
  ["HTTP/1", line("GET /healthz HTTP/1"), 400],
  ["http in small letters", line("GET /healthz http/1.1"), 400],
  ["another protocol", line("GET /healthz ICAP/1.1"), 400],
  ["a method in small letters", line("get /healthz HTTP/1.1"), 405],
  ["a method that nobody knows", line("BREW /healthz HTTP/1.1"), 405],
  ["a method that is no token", line("G@T /healthz HTTP/1.1"), 400],
  ["TRACE", line("TRACE /healthz HTTP/1.1"), 405],
  ["two empty lines before the request", `\r\n\r\n${line("GET /healthz HTTP/1.1")}`, 400],
  ["TLS on the plain port", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400],
  ["a request line of 8 KiB", line(`GET /healthz?${"q".repeat(8170)} HTTP/1.1`), 200],
  ["a request line beyond 8 KiB", line(`GET /healthz?${"q".repeat(8193)} HTTP/1.1`), 414],
  ["a request line that never ends", `GET /${"a".repeat(20000)}`, 414],
  ["a method that never ends", "G".repeat(20000), 414],
])
  test(`request line: ${name}: ${status}`, async () => {
    const answers = await exchange(server, bytes);
    assert.equal(answers.length, 1);
    assert.equal(answers[0].status, status);
    assert.equal(answers[0].version, "HTTP/1.1");
    assert.notEqual(answers[0].reason, "Status");
    assert.ok(answers.closed);
  });

// Host (RFC 9112, 3.2).

for (const [name, headers, status] of [
  ["none", "", 400],
  ["two that agree", "Host: a\r\nHost: a\r\n", 400],
  ["two that differ", "Host: a\r\nHost: b\r\n", 400],
  ["a list", "Host: a, b\r\n", 400],
  ["an empty one", "Host:\r\n", 400],
  ["one with a path", "Host: a/b\r\n", 400],
  ["one with a scheme", "Host: http://a\r\n", 400],
  ["one with a user", "Host: sara@a\r\n", 400],
  ["one with a space", "Host: a b\r\n", 400],
  ["one with markup", 'Host: "><script>\r\n', 400],
  ["a port that is no number", "Host: a:http\r\n", 400],
  ["a port of six digits", "Host: a:123456\r\n", 400],
  ["an address that is not closed", "Host: [::1\r\n", 400],
  ["two ports", "Host: a:1:2\r\n", 400],
  ["a name", "Host: chat.test\r\n", 200],
  ["a name and a port", "Host: chat.test:5000\r\n", 200],
  ["an IPv4 address", "Host: 127.0.0.1:5000\r\n", 200],
  ["an IPv6 address", "Host: [::1]:5000\r\n", 200],
  ["blanks around a name", "Host: \t a \t\r\n", 200],
])
  test(`Host: ${name}: ${status}`, async () => {
    const [answer] = await exchange(server, line("GET /healthz HTTP/1.1", headers));
    assert.equal(answer.status, status);
  });

test("Host: HTTP/1.0 needs none", async () => {
  const [answer] = await exchange(server, "GET /healthz HTTP/1.0\r\n\r\n");
  assert.equal(answer.status, 200);
});

// Connections (RFC 9112, 9).

for (const [name, bytes, closed] of [
  ["HTTP/1.1 stays open", "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n", false],
  ["close closes", "GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", true],
  ["close in a list and in capitals closes", "GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: x, CLOSE\r\n\r\n", true],
  [
    "close in a second line closes",
    "GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: x\r\nConnection: close\r\n\r\n",
    true,
  ],
  ["a token that only begins so does not", "GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: closed\r\n\r\n", false],
  ["close beats keep-alive", "GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, close\r\n\r\n", true],
  ["HTTP/1.0 closes", "GET /healthz HTTP/1.0\r\n\r\n", true],
  ["HTTP/1.0 with keep-alive stays open", "GET /healthz HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", false],
  [
    "HTTP/1.0 with a token that only holds it closes",
    "GET /healthz HTTP/1.0\r\nConnection: keep-alive-not\r\n\r\n",
    true,
  ],
])
  test(`connections: ${name}`, async () => {
    const answers = await exchange(server, closed ? bytes : bytes + next);
    assert.deepEqual(
      answers.map((answer) => answer.status),
      closed ? [200] : [200, 200],
    );
    assert.ok(answers.closed);
    if (closed) assert.equal(answers[0].headers.connection, "close");
    else if (/HTTP\/1\.0/.test(bytes)) assert.match(answers[0].headers.connection, /keep-alive/i);
    else assert.notEqual(answers[0].headers.connection, "close");
  });

test("connections: what comes after a request with close is not answered", async () => {
  const answers = await exchange(server, next + next);
  assert.equal(answers.length, 1);
});

test("connections: a client that shut its half down still gets its answers", async () => {
  const socket = connect({ port: server.port, host: "127.0.0.1", allowHalfOpen: true });
  let text = "";
  socket.end(request("GET", "/healthz") + request("GET", "/nothing"));
  for await (const chunk of socket) text += chunk;
  assert.deepEqual(
    [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map((found) => found[1]),
    ["200", "404"],
  );
});

test("pipelining: forty requests of mixed sizes and methods are answered in order", async () => {
  const wanted = [],
    methods = [];
  let bytes = "";
  for (let i = 0; i < 40; i += 1) {
    const [method, path, status, body = ""] = [
      ["GET", "/healthz", 200],
      ["GET", style, 200],
      ["HEAD", style, 200],
      ["GET", `/api/v1/nothing-${i}`, 404],
      ["POST", "/api/v1/login", 401, wrongPassword],
      ["OPTIONS", "/login", 204],
      ["GET", "/login", 200],
      ["POST", "/api/v1/login", 400, "x".repeat(30000)],
      ["GET", "/", 303],
      ["DELETE", "/healthz", 405],
    ][i % 10];
    wanted.push(status);
    methods.push(method);
    bytes +=
      i % 20 === 4
        ? request(method, path, `${json}Transfer-Encoding: chunked\r\n`, `${chunks(body, 11)}0\r\n\r\n`)
        : request(
            method,
            path,
            `${body ? `${json}Content-Length: ${body.length}\r\n` : ""}${i === 39 ? closing : ""}`,
            body,
          );
  }
  const answers = await exchange(server, bytes, { methods });
  assert.deepEqual(
    answers.map((answer) => answer.status),
    wanted,
  );
  assert.equal(answers.rest, "");
});

// Expectations (RFC 9110, 10.1.1) and bodies that are too large.

const expecting = (length, body = "") =>
  request("POST", "/api/v1/login", `${json}Expect: 100-continue\r\n${closing}Content-Length: ${length}\r\n`, body);
test("expect: 100 comes before the body, and the answer after it", async () => {
  const socket = connect({ port: server.port, host: "127.0.0.1" });
  let text = "";
  socket.write(expecting(wrongPassword.length));
  for await (const chunk of socket) {
    text += chunk;
    if (text === "HTTP/1.1 100 Continue\r\n\r\n") socket.write(wrongPassword);
  }
  assert.match(text, /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 401 /);
});
for (const [name, bytes, statuses] of [
  [
    "a body that came along needs no 100, or gets it first",
    expecting(wrongPassword.length, wrongPassword),
    [[401], [100, 401]],
  ],
  ["what is too large is refused at once", expecting(70000), [[413]]],
  ["without a body there is no 100", expecting(0), [[400]]],
  ["GET without a body", request("GET", "/healthz", `Expect: 100-continue\r\n${closing}`), [[200]]],
  [
    "in capitals",
    expecting(wrongPassword.length, wrongPassword).replace("100-continue", "100-Continue"),
    [[401], [100, 401]],
  ],
  ["another expectation", request("GET", "/healthz", "Expect: 200-ok\r\n"), [[417]]],
  [
    "two expectations",
    request("POST", "/api/v1/login", "Expect: 100-continue, x\r\nContent-Length: 3\r\n", "abc"),
    [[417]],
  ],
  ["an empty expectation", request("GET", "/healthz", "Expect:\r\n"), [[417]]],
  [
    "HTTP/1.0 knows none",
    `POST /api/v1/login HTTP/1.0\r\n${json}Expect: x\r\nContent-Length: 45\r\n\r\n${wrongPassword}`,
    [[401]],
  ],
])
  test(`expect: ${name}`, async () => {
    const answers = await exchange(server, bytes);
    const got = answers.map((answer) => answer.status);
    assert.ok(
      statuses.some((wanted) => String(wanted) === String(got)),
      String(got),
    );
    assert.ok(answers.closed);
  });

for (const [name, bytes] of [
  ["announced", sized(65537)],
  ["announced, with some of it", sized(70000, "x".repeat(50000))],
  ["sent whole", sized(70000, "x".repeat(70000)) + next],
  ["chunked", chunked(chunks("x".repeat(70000), 1000)) + next],
  ["to a path where nothing is", request("POST", "/nothing", "Content-Length: 999999\r\n")],
  ["with a method that isn’t allowed", request("PUT", "/healthz", "Content-Length: 999999\r\n")],
])
  test(`bodies: too large, ${name}: 413 and closed`, async () => {
    const answers = await exchange(server, bytes);
    assert.deepEqual(
      answers.map((answer) => answer.status),
      [413],
    );
    assert.ok(answers.closed);
    assert.equal(JSON.parse(answers[0].body).error, "too_large");
  });
test("bodies: exactly at the limit they are read", async () => {
  const answers = await exchange(server, sized(65536, " ".repeat(65536), closing));
  assert.deepEqual(
    answers.map((answer) => answer.status),
    [400],
  );
});
test("bodies: GET may have one, which means nothing", async () => {
  const answers = await exchange(server, request("GET", "/healthz", "Content-Length: 5\r\n", "hello") + next);
  assert.deepEqual(
    answers.map((answer) => answer.status),
    [200, 200],
  );
});

test("an Upgrade to anything but websocket is passed over (RFC 9110, 7.8)", async () => {
  for (const upgrade of ["h2c", "TLS/1.0", "websockets", ""])
    assert.equal((await ask("GET", "/healthz", `Upgrade: ${upgrade}\r\nConnection: Upgrade\r\n`)).status, 200);
});

test("after all this, the server is still there and nothing was logged as an error", async () => {
  assert.equal((await ask("GET", "/healthz")).status, 200);
  assert.doesNotMatch(server.output, /error/i);
});
