// HTTP/1.1 as RFC 9110, 9111 and 9112 have it, spoken byte by byte to the real server.
import assert from 'node:assert/strict';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { after, before, test } from 'node:test';
import { Client } from './support/client.mjs';
import { exchange } from './support/raw.mjs';
import { Server } from './support/server.mjs';

let server, sara, bearer, style, page, file;
const content = 'The river runs past the old mill.\n'.repeat(40);

before(async () => {
  server = await Server.start({ options: ['--no-rate-limits'] });
  sara = await Client.register(server, 'sara');
  bearer = `Authorization: Bearer ${sara.token}\r\n`;
  page = await (await fetch(`${server.url}/login`)).text();
  style = page.match(/href="(\/assets\/[^"]+\.css)"/)[1];
  const form = new FormData();
  form.append('file', new Blob([content], { type: 'text/plain' }), 'river.txt');
  const posted = await fetch(`${server.url}/api/v1/rooms/lobby/files`, { method: 'POST', body: form, headers: { authorization: `Bearer ${sara.token}` } });
  assert.equal(posted.status, 201);
  file = `/uploads/${(await posted.json()).attachments[0].url?.replace(/^.*uploads\//, '') ?? ''}`;
});
after(() => server.dispose());

const request = (method, path, headers = '', body = '') =>
  `${method} ${path} HTTP/1.1\r\nHost: chat.test\r\n${headers}\r\n${body}`;
const closing = 'Connection: close\r\n';
/** One request, one answer, and the connection is closed. */
async function ask(method, path, headers = '', body = '') {
  const answers = await exchange(server, request(method, path, headers + closing, body), { methods: [method] });
  assert.equal(answers.length, 1);
  assert.ok(answers.closed);
  assert.equal(answers.rest, '');
  return answers[0];
}
const json = 'Content-Type: application/json\r\n';
const wrongPassword = '{"username":"sara","password":"not this one"}';
const next = request('GET', '/healthz', closing);

// Framing (RFC 9112). Whatever two readers could read differently ends the connection: what follows is never answered.

const chunked = (body, headers = '') => request('POST', '/api/v1/login', `${json}${headers}Transfer-Encoding: chunked\r\n`, body);
const sized = (length, body = '', headers = '') => request('POST', '/api/v1/login', `${json}${headers}Content-Length: ${length}\r\n`, body);
const withHeaders = (headers, body = '') => request('POST', '/api/v1/login', json + headers, body);

for (const [name, bytes, status = 400] of [
  ['both a length and a coding', withHeaders('Content-Length: 5\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\n')],
  ['a coding and then a length', withHeaders('Transfer-Encoding: chunked\r\nContent-Length: 5\r\n', '0\r\n\r\n')],
  ['two lengths that differ', withHeaders('Content-Length: 3\r\nContent-Length: 4\r\n', 'abc')],
  ['two lengths that agree', withHeaders('Content-Length: 3\r\nContent-Length: 3\r\n', 'abc')],
  ['a list of lengths', sized('3, 3', 'abc')],
  ['a list of lengths that differ', sized('3,4', 'abc')],
  ['a length with a sign', sized('+3', 'abc')],
  ['a negative length', sized('-1')],
  ['a length in hexadecimal', sized('0x3', 'abc')],
  ['a length with a decimal point', sized('3.0', 'abc')],
  ['a length with a blank in it', sized('3 3', 'abc')],
  ['an empty length', sized('')],
  ['a length with letters', sized('3abc', 'abc')],
  ['a length in other digits', sized('\xd9\xa3', 'abc')],
  ['a length beyond 64 bits', sized('18446744073709551616'), 413],
  ['a length of 64 bits', sized('18446744073709551615'), 413],
  ['a length of a thousand digits', sized('9'.repeat(1000)), 413],
  ['the coding twice', withHeaders('Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\n')],
  ['the coding and identity', withHeaders('Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n', '0\r\n\r\n')],
  ['identity before the coding', withHeaders('Transfer-Encoding: identity, chunked\r\n', '0\r\n\r\n')],
  ['identity behind the coding', withHeaders('Transfer-Encoding: chunked, identity\r\n', '0\r\n\r\n')],
  ['gzip before the coding', withHeaders('Transfer-Encoding: gzip, chunked\r\n', '0\r\n\r\n')],
  ['identity alone', withHeaders('Transfer-Encoding: identity\r\n')],
  ['an unknown coding', withHeaders('Transfer-Encoding: xchunked\r\n', '0\r\n\r\n')],
  ['a coding with a letter too many', withHeaders('Transfer-Encoding: chunkedx\r\n', '0\r\n\r\n')],
  ['a coding with a parameter', withHeaders('Transfer-Encoding: chunked;q=1\r\n', '0\r\n\r\n')],
  ['a coding in quotes', withHeaders('Transfer-Encoding: "chunked"\r\n', '0\r\n\r\n')],
  ['a coding behind a vertical tab', withHeaders('Transfer-Encoding: \x0bchunked\r\n', '0\r\n\r\n')],
  ['a coding behind a comma', withHeaders('Transfer-Encoding: , chunked\r\n', '0\r\n\r\n')],
  ['an empty coding', withHeaders('Transfer-Encoding:\r\n', '0\r\n\r\n')],
  ['a space before the colon of the coding', withHeaders('Transfer-Encoding : chunked\r\n', '0\r\n\r\n')],
  ['a tab before the colon of the length', withHeaders('Content-Length\t: 3\r\n', 'abc')],
  ['a folded coding', withHeaders('Transfer-Encoding:\r\n chunked\r\n', '0\r\n\r\n')],
  ['a folded header', withHeaders('X: a\r\n\tb\r\n')],
  ['a folded first header', 'GET / HTTP/1.1\r\n Host: chat.test\r\n\r\n'],
  ['a header without a colon', withHeaders('Content-Length\r\n')],
  ['a header without a name', withHeaders(': value\r\n')],
  ['a header whose name holds a space', withHeaders('X Y: z\r\n')],
  ['a header whose name is not ASCII', withHeaders('X\xe4: z\r\n')],
  ['NUL in a name', withHeaders('X\0: z\r\n')],
  ['NUL in a value', withHeaders('X: a\0b\r\n')],
  ['a bare CR in a value', withHeaders('X: a\rb\r\n')],
  ['a control character in a value', withHeaders('X: a\x01b\r\n')],
  ['DEL in a value', withHeaders('X: a\x7fb\r\n')],
  ['a bare LF behind a header', withHeaders('X: a\n')],
  ['bare LFs everywhere', 'GET / HTTP/1.1\nHost: chat.test\n\n'],
  ['a bare LF behind the request line', 'GET / HTTP/1.1\nHost: chat.test\r\n\r\n'],
  ['CR CR LF behind the request line', 'GET / HTTP/1.1\r\r\nHost: chat.test\r\n\r\n'],
  ['a bare LF that ends the headers', 'GET / HTTP/1.1\r\nHost: chat.test\r\n\n'],
  ['a chunk size that is no number', chunked('zz\r\nabc\r\n0\r\n\r\n')],
  ['a negative chunk size', chunked('-1\r\nabc\r\n0\r\n\r\n')],
  ['a chunk size with 0x', chunked('0x3\r\nabc\r\n0\r\n\r\n')],
  ['a chunk size with a sign', chunked('+3\r\nabc\r\n0\r\n\r\n')],
  ['a chunk size behind a space', chunked(' 3\r\nabc\r\n0\r\n\r\n')],
  ['a chunk size before a space', chunked('3 \r\nabc\r\n0\r\n\r\n')],
  ['an empty chunk size', chunked('\r\nabc\r\n0\r\n\r\n')],
  ['a chunk size of 17 digits', chunked('10000000000000003\r\nabc\r\n0\r\n\r\n')],
  ['a chunk size of 64 bits', chunked('ffffffffffffffff\r\nabc\r\n0\r\n\r\n'), 413],
  ['a chunk size just above the limit', chunked('10001\r\nabc'), 413],
  ['chunks that add up to more than the limit', chunked(`8000\r\n${'x'.repeat(0x8000)}\r\n8001\r\n`), 413],
  ['a chunk longer than its size', chunked('3\r\nabcd\r\n0\r\n\r\n')],
  ['a chunk shorter than its size', chunked('4\r\nabc\r\n0\r\n\r\n')],
  ['a bare LF behind a chunk size', chunked('3\nabc\r\n0\r\n\r\n')],
  ['a bare LF behind a chunk', chunked('3\r\nabc\n0\r\n\r\n')],
  ['a bare LF behind the last chunk', chunked('0\n\r\n')],
  ['a bare LF behind the trailers', chunked('0\r\n\n')],
  ['NUL in a chunk extension', chunked('3;\0\r\nabc\r\n0\r\n\r\n')],
  ['a bare CR in a chunk extension', chunked('3;a\rb\r\nabc\r\n0\r\n\r\n')],
  ['a chunk line of 300 bytes', chunked(`3;${'a'.repeat(300)}\r\nabc\r\n0\r\n\r\n`)],
  ['20 KiB of chunk extensions', chunked(`${`1;${'a'.repeat(200)}\r\nx\r\n`.repeat(100)}0\r\n\r\n`)],
  ['a malformed trailer', chunked('0\r\nTrailer\r\n\r\n')],
  ['a folded trailer', chunked('0\r\nX: a\r\n b\r\n\r\n')],
  ['101 trailers', chunked(`0\r\n${'X: y\r\n'.repeat(101)}\r\n`), 431],
  ['trailers beyond 32 KiB', chunked(`0\r\nX: ${'y'.repeat(33000)}\r\n\r\n`), 431],
  ['a coding in HTTP/1.0', `POST /api/v1/login HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
  ['101 headers', withHeaders('X: y\r\n'.repeat(101)), 431],
  ['10,000 headers', withHeaders('X: y\r\n'.repeat(10000)), 431],
  ['headers beyond 32 KiB', withHeaders(`X: ${'y'.repeat(33000)}\r\n`), 431],
  ['a name beyond 32 KiB', withHeaders(`${'y'.repeat(33000)}: x\r\n`), 431],
])
  test(`framing: ${name} is refused, and what follows is not answered`, async () => {
    const answers = await exchange(server, bytes + next);
    assert.deepEqual(answers.map((answer) => answer.status), [status]);
    assert.ok(answers.closed);
    assert.equal(answers[0].headers.connection, 'close');
    assert.equal(typeof JSON.parse(answers[0].body).message, 'string');
  });

const chunks = (text, size) => text.match(new RegExp(`.{1,${size}}`, 'gs')).map((part) => `${part.length.toString(16)}\r\n${part}\r\n`).join('');
for (const [name, bytes, status = 401] of [
  ['a length', sized(wrongPassword.length, wrongPassword)],
  ['a length with zeros before it', sized(`000${wrongPassword.length}`, wrongPassword)],
  ['a length between blanks', sized(` \t ${wrongPassword.length} \t `, wrongPassword)],
  ['no body', sized(0), 400],
  ['one chunk', chunked(`${chunks(wrongPassword, 1000)}0\r\n\r\n`)],
  ['chunks of one byte', chunked(`${chunks(wrongPassword, 1)}0\r\n\r\n`)],
  ['chunk sizes with zeros and capitals', chunked(`000${chunks(wrongPassword, 1000).toUpperCase().slice(0, 2)}\r\n${wrongPassword}\r\n000\r\n\r\n`)],
  ['chunk extensions', chunked(`${chunks(wrongPassword, 1000).replace('\r\n', ';a;b="c\\"d";e=f\r\n')}0;last\r\n\r\n`)],
  ['trailers', chunked(`${chunks(wrongPassword, 7)}0\r\nX-Sum: 7\r\nContent-Length: 9\r\n\r\n`)],
  ['a coding in capitals', withHeaders('TRANSFER-ENCODING: Chunked\r\n', `${chunks(wrongPassword, 9)}0\r\n\r\n`)],
  ['a chunked body that ends at once', chunked('0\r\n\r\n'), 400],
  ['a header without a value', sized(wrongPassword.length, wrongPassword, 'X-Empty:\r\n')],
  ['a value with bytes beyond ASCII', sized(wrongPassword.length, wrongPassword, 'X: \xd8\xb3\r\n')],
  ['an empty line before the request', `\r\n${sized(wrongPassword.length, wrongPassword)}`],
  ['95 headers', sized(wrongPassword.length, wrongPassword, 'X: y\r\n'.repeat(95))],
])
  test(`framing: ${name} is read, in one piece and byte by byte, and the next request after it`, async () => {
    for (const pieces of [bytes + next, [...(bytes + next)]]) {
      const answers = await exchange(server, pieces);
      assert.deepEqual(answers.map((answer) => answer.status), [status, 200]);
    }
  });

// Request lines (RFC 9112, 3).

const line = (text, headers = 'Host: chat.test\r\n') => `${text}\r\n${headers}${closing}\r\n`;
for (const [name, bytes, status] of [
  ['origin form', line('GET /healthz HTTP/1.1'), 200],
  ['origin form with a query', line('GET /healthz?a=b&c HTTP/1.1'), 200],
  ['absolute form', line('GET http://chat.test/healthz HTTP/1.1'), 200],
  ['absolute form with the default port', line('GET http://chat.test:80/healthz HTTP/1.1'), 200],
  ['absolute form in capitals', line('GET HTTP://CHAT.TEST/healthz HTTP/1.1'), 200],
  ['absolute form without a path', line('GET http://chat.test?x HTTP/1.1'), 303],
  ['absolute form that Host contradicts', line('GET http://other.test/healthz HTTP/1.1'), 400],
  ['absolute form with another port', line('GET http://chat.test:81/healthz HTTP/1.1'), 400],
  ['absolute form with a user', line('GET http://sara@chat.test/healthz HTTP/1.1'), 400],
  ['absolute form of another scheme', line('GET ftp://chat.test/healthz HTTP/1.1'), 400],
  ['absolute form without a host', line('GET http:///healthz HTTP/1.1'), 400],
  ['authority form', line('GET chat.test:80 HTTP/1.1'), 400],
  ['CONNECT', line('CONNECT chat.test:443 HTTP/1.1'), 400],
  ['CONNECT with a path', line('CONNECT / HTTP/1.1'), 405],
  ['an asterisk with OPTIONS', line('OPTIONS * HTTP/1.1'), 204],
  ['an asterisk with GET', line('GET * HTTP/1.1'), 400],
  ['two asterisks', line('OPTIONS ** HTTP/1.1'), 400],
  ['a path without its slash', line('GET healthz HTTP/1.1'), 400],
  ['a fragment', line('GET /healthz#x HTTP/1.1'), 400],
  ['no target', line('GET HTTP/1.1'), 400],
  ['no version (HTTP/0.9)', 'GET /healthz\r\n', 400],
  ['a method alone', 'GET\r\n', 400],
  ['two spaces before the target', line('GET  /healthz HTTP/1.1'), 400],
  ['two spaces before the version', line('GET /healthz  HTTP/1.1'), 400],
  ['a space behind the version', line('GET /healthz HTTP/1.1 '), 400],
  ['a space before the method', line(' GET /healthz HTTP/1.1'), 400],
  ['tabs for spaces', line('GET\t/healthz\tHTTP/1.1'), 400],
  ['a space in the target', line('GET /health z HTTP/1.1'), 400],
  ['a control character in the target', line('GET /health\x01z HTTP/1.1'), 400],
  ['a byte beyond ASCII in the target', line('GET /health\xe4z HTTP/1.1'), 400],
  ['HTTP/1.0', line('GET /healthz HTTP/1.0'), 200],
  ['HTTP/1.2, which is read as 1.1', line('GET /healthz HTTP/1.2'), 200],
  ['HTTP/2.0', line('GET /healthz HTTP/2.0'), 505],
  ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 505],
  ['HTTP/0.9 by name', line('GET /healthz HTTP/0.9'), 505],
  ['HTTP/11', line('GET /healthz HTTP/11'), 400],
  ['HTTP/1.10', line('GET /healthz HTTP/1.10'), 400],
  ['HTTP/1', line('GET /healthz HTTP/1'), 400],
  ['http in small letters', line('GET /healthz http/1.1'), 400],
  ['another protocol', line('GET /healthz ICAP/1.1'), 400],
  ['a method in small letters', line('get /healthz HTTP/1.1'), 405],
  ['a method that nobody knows', line('BREW /healthz HTTP/1.1'), 405],
  ['a method that is no token', line('G@T /healthz HTTP/1.1'), 400],
  ['TRACE', line('TRACE /healthz HTTP/1.1'), 405],
  ['two empty lines before the request', `\r\n\r\n${line('GET /healthz HTTP/1.1')}`, 400],
  ['TLS on the plain port', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400],
  ['a request line of 8 KiB', line(`GET /healthz?${'q'.repeat(8170)} HTTP/1.1`), 200],
  ['a request line beyond 8 KiB', line(`GET /healthz?${'q'.repeat(8193)} HTTP/1.1`), 414],
  ['a request line that never ends', `GET /${'a'.repeat(20000)}`, 414],
  ['a method that never ends', 'G'.repeat(20000), 414],
])
  test(`request line: ${name}: ${status}`, async () => {
    const answers = await exchange(server, bytes);
    assert.equal(answers.length, 1);
    assert.equal(answers[0].status, status);
    assert.equal(answers[0].version, 'HTTP/1.1');
    assert.notEqual(answers[0].reason, 'Status');
    assert.ok(answers.closed);
  });

// Host (RFC 9112, 3.2).

for (const [name, headers, status] of [
  ['none', '', 400],
  ['two that agree', 'Host: a\r\nHost: a\r\n', 400],
  ['two that differ', 'Host: a\r\nHost: b\r\n', 400],
  ['a list', 'Host: a, b\r\n', 400],
  ['an empty one', 'Host:\r\n', 400],
  ['one with a path', 'Host: a/b\r\n', 400],
  ['one with a scheme', 'Host: http://a\r\n', 400],
  ['one with a user', 'Host: sara@a\r\n', 400],
  ['one with a space', 'Host: a b\r\n', 400],
  ['one with markup', 'Host: "><script>\r\n', 400],
  ['a port that is no number', 'Host: a:http\r\n', 400],
  ['a port of six digits', 'Host: a:123456\r\n', 400],
  ['an address that is not closed', 'Host: [::1\r\n', 400],
  ['two ports', 'Host: a:1:2\r\n', 400],
  ['a name', 'Host: chat.test\r\n', 200],
  ['a name and a port', 'Host: chat.test:5000\r\n', 200],
  ['an IPv4 address', 'Host: 127.0.0.1:5000\r\n', 200],
  ['an IPv6 address', 'Host: [::1]:5000\r\n', 200],
  ['blanks around a name', 'Host: \t a \t\r\n', 200],
])
  test(`Host: ${name}: ${status}`, async () => {
    const [answer] = await exchange(server, line('GET /healthz HTTP/1.1', headers));
    assert.equal(answer.status, status);
  });

test('Host: HTTP/1.0 needs none', async () => {
  const [answer] = await exchange(server, 'GET /healthz HTTP/1.0\r\n\r\n');
  assert.equal(answer.status, 200);
});

// Paths.

for (const [path, ...statuses] of [
  ['/%', 400], ['/%4', 400], ['/%zz', 400], ['/healthz%', 400], ['/%ff', 400], ['/chat/%ff%fe', 400],
  ['/%c0%ae%c0%ae/', 400], ['/uploads/%c0%af', 400], ['/chat/%ed%a0%80', 400], ['/chat/%f4%90%80%80', 400],
  ['/uploads/ab/%ff', 400], ['/assets/a/%c0%ae', 400],
  ['/%00', 404], ['/healthz%00', 404], ['/assets/%00', 404], ['/assets/x.css%00.png', 404],
  ['/healthz/', 404], ['/healthz%2f', 404], ['//healthz', 404], ['/./healthz', 404], ['/x/../healthz', 404],
  ['/%2e%2e/healthz', 404], ['/uploads/../data/users.json', 404], ['/uploads/%2e%2e/data/users.json', 404],
  ['/uploads/..%2fdata%2fusers.json', 404], ['/uploads/..%5cdata', 404], ['/uploads//etc/passwd', 404],
  ['/uploads/%2fetc%2fpasswd', 404], ['/uploads/ab/../../data/users.json', 404], ['/uploads/..', 404],
  ['/assets/../../etc/passwd', 404], ['/assets/..%2f..%2fetc%2fpasswd', 404], ['/assets//etc/passwd', 404],
  ['/assets/%2e%2e/templates/login.html', 404], ['/assets/manifest.json', 404], ['/assets/', 404], ['/assets', 404],
  ['/uploads/ab/.htaccess', 404], ['/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q', 404], [`/${'a'.repeat(3000)}`, 404],
  ['/HEALTHZ', 404], ['/healthz;x=y', 404], ['/%68ealthz', 200], ['/healthz?../../etc/passwd', 200], ['/healthz?%zz', 200],
])
  test(`path: ${path.slice(0, 50)}: ${statuses}`, async () => {
    const answer = await ask('GET', path);
    assert.ok(statuses.includes(answer.status), String(answer.status));
    assert.doesNotMatch(answer.body.toString(), /root:|password_hash|argon2/);
  });

// Methods (RFC 9110, 9).

for (const [path, allow] of [
  ['/healthz', 'GET, HEAD, OPTIONS'], ['/api/v1/login', 'POST, OPTIONS'], ['/login', 'GET, HEAD, POST, OPTIONS'],
  ['/api/v1/rooms/lobby/messages', 'GET, HEAD, POST, OPTIONS'], ['/assets/x', 'GET, HEAD, OPTIONS'],
]) {
  for (const method of ['DELETE', 'TRACE', 'BREW', 'PROPFIND'])
    test(`methods: ${method} ${path} is told which ones there are`, async () => {
      const answer = await ask(method, path);
      assert.equal(answer.status, 405);
      assert.equal(answer.headers.allow, allow);
      assert.doesNotMatch(answer.body.toString(), new RegExp(`${method} ${path}`));
    });
  test(`methods: OPTIONS ${path} names them`, async () => {
    const answer = await ask('OPTIONS', path);
    assert.equal(answer.status, 204);
    assert.equal(answer.headers.allow, allow);
    assert.equal(answer.headers['content-length'], undefined);
  });
}
test('methods: OPTIONS * is answered for the server', async () => {
  const answer = await ask('OPTIONS', '*');
  assert.equal(answer.status, 204);
  assert.match(answer.headers.allow, /GET, HEAD, POST/);
});
test('methods: OPTIONS of what isn’t there is 404', async () => assert.equal((await ask('OPTIONS', '/nothing')).status, 404));

for (const path of ['/healthz', '/login', '/nothing', '/', '/chat/lobby', '/openapi.json', '/api/v1/nothing', '/api/v1/rooms', 'style', 'file'])
  for (const encoding of ['', 'Accept-Encoding: gzip\r\n'])
    test(`methods: HEAD ${path} says what GET would${encoding ? ', compressed too' : ''}`, async () => {
      const target = path === 'style' ? style : path === 'file' ? file : path;
      const [head, got] = [await ask('HEAD', target, bearer + encoding), await ask('GET', target, bearer + encoding)];
      assert.equal(head.status, got.status);
      assert.equal(Number(head.headers['content-length']), got.body.length);
      for (const name of ['content-type', 'content-encoding', 'etag', 'cache-control', 'vary', 'location'])
        assert.equal(head.headers[name], got.headers[name], name);
    });

// Ranges (RFC 9110, 14) and conditions (RFC 9110, 13), on an attachment and on an asset.

const size = content.length;
for (const [range, status, first, last] of [
  ['bytes=0-0', 206, 0, 0], ['bytes=0-99', 206, 0, 99], ['bytes=100-', 206, 100, size - 1], ['bytes=-10', 206, size - 10, size - 1],
  [`bytes=${size - 1}-`, 206, size - 1, size - 1], ['bytes=10-999999', 206, 10, size - 1], ['bytes=-999999', 206, 0, size - 1],
  ['Bytes=0-9', 206, 0, 9], ['bytes=5-99999999999999999999999', 206, 5, size - 1], 
  [`bytes=${size}-`, 416], ['bytes=999999-', 416], ['bytes=-0', 416], ['bytes=99999999999999999999999-', 416],
  ['bytes=9-0', 200], ['bytes= 0-9', 200], ['bytes=', 200], ['bytes=-', 200], ['bytes=a-b', 200], ['bytes=0x0-9', 200], ['items=0-9', 200], ['bytes 0-9', 200],
  ['bytes=0-1,3-4', 200], ['bytes=0-0,-1', 200], ['', 200],
])
  test(`range: ${range || '(empty)'}: ${status}`, async () => {
    const answer = await ask('GET', file, `${bearer}Range: ${range}\r\n`);
    assert.equal(answer.status, status);
    if (status === 206) {
      assert.equal(answer.headers['content-range'], `bytes ${first}-${last}/${size}`);
      assert.equal(answer.body.toString(), content.slice(first, last + 1));
    } else if (status === 416) {
      assert.equal(answer.headers['content-range'], `bytes */${size}`);
      assert.equal(answer.body.length, 0);
    } else {
      assert.equal(answer.body.toString(), content);
      assert.equal(answer.headers['content-range'], undefined);
    }
    assert.equal(answer.headers['accept-ranges'], 'bytes');
  });

for (const [name, headers, status] of [
  ['If-Range that matches', (tag) => `Range: bytes=0-9\r\nIf-Range: ${tag}\r\n`, 206],
  ['If-Range that does not', () => 'Range: bytes=0-9\r\nIf-Range: "other"\r\n', 200],
  ['If-Range with a weak tag', (tag) => `Range: bytes=0-9\r\nIf-Range: W/${tag}\r\n`, 200],
  ['If-Range with a date', () => 'Range: bytes=0-9\r\nIf-Range: Sat, 21 Nov 2026 07:14:44 GMT\r\n', 200],
  ['If-None-Match that matches, before a range', (tag) => `Range: bytes=0-9\r\nIf-None-Match: ${tag}\r\n`, 304],
  ['If-None-Match that matches', (tag) => `If-None-Match: ${tag}\r\n`, 304],
  ['If-None-Match with a weak tag', (tag) => `If-None-Match: W/${tag}\r\n`, 304],
  ['If-None-Match with a list', (tag) => `If-None-Match: "a", W/"b,c" ,${tag}, "d"\r\n`, 304],
  ['If-None-Match in two lines', (tag) => `If-None-Match: "a"\r\nIf-None-Match: ${tag}\r\n`, 304],
  ['If-None-Match with an asterisk', () => 'If-None-Match: *\r\n', 304],
  ['If-None-Match of another', () => 'If-None-Match: "other"\r\n', 200],
  ['If-None-Match without quotes', (tag) => `If-None-Match: ${tag.slice(1, -1)}\r\n`, 200],
  ['If-None-Match whose text holds the tag', (tag) => `If-None-Match: "x${tag.slice(1)}\r\n`, 200],
  ['If-None-Match that is cut', (tag) => `If-None-Match: ${tag.slice(0, -1)}\r\n`, 200],
  ['If-None-Match before If-Modified-Since', () => 'If-None-Match: "other"\r\nIf-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT\r\n', 200],
  ['If-Modified-Since alone, without a date of our own', () => 'If-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT\r\n', 200],
  ['If-Match that matches', (tag) => `If-Match: "a", ${tag}\r\n`, 200],
  ['If-Match with an asterisk', () => 'If-Match: *\r\n', 200],
  ['If-Match of another', () => 'If-Match: "other"\r\n', 412],
  ['If-Match with a weak tag', (tag) => `If-Match: W/${tag}\r\n`, 412],
  ['If-Match before If-None-Match', (tag) => `If-Match: "other"\r\nIf-None-Match: ${tag}\r\n`, 412],
])
  for (const what of ['file', 'style']) {
    if (what === 'style' && /range/i.test(name)) continue;
    test(`conditions: ${name}: ${status} (${what})`, async () => {
      const target = what === 'file' ? file : style;
      const { etag } = (await ask('HEAD', target, bearer)).headers;
      assert.match(etag, /^"[^"]+"$/);
      const answer = await ask('GET', target, bearer + headers(etag));
      assert.equal(answer.status, status);
      if (status === 304) {
        assert.equal(answer.headers.etag, etag);
        assert.match(answer.headers['cache-control'], /immutable/);
        assert.equal(answer.headers['content-length'], undefined);
      }
      if (status === 200 || status === 206) assert.ok(answer.body.length > 0);
    });
  }
test('conditions: what isn’t there is 404, whatever is asked', async () => {
  for (const headers of ['If-None-Match: *\r\n', 'If-Match: *\r\n', 'Range: bytes=0-9\r\n'])
    for (const path of [file.slice(0, -6) + 'xx.txt', '/assets/none.css'])
      assert.equal((await ask('GET', path, bearer + headers)).status, 404, path);
});
test('conditions: a range of HEAD is passed over', async () => {
  const answer = await ask('HEAD', file, `${bearer}Range: bytes=0-9\r\n`);
  assert.equal(answer.status, 200);
  assert.equal(answer.headers['content-length'], String(size));
});

// Codings (RFC 9110, 12.5.3).

for (const [accept, asset, html] of [
  [null, undefined, undefined], ['', undefined, undefined], ['gzip', 'gzip', 'gzip'], ['br', 'br', undefined], ['br, gzip', 'br', 'gzip'],
  ['gzip, br', 'br', 'gzip'], ['gzip;q=1, br;q=0.5', 'gzip', 'gzip'], ['gzip;q=0', undefined, undefined], ['gzip;q=0.000', undefined, undefined],
  ['br;q=0, gzip', 'gzip', 'gzip'], ['gzip;q=0.001', 'gzip', 'gzip'], ['GZIP', 'gzip', 'gzip'], ['gzip ; Q=0.5', 'gzip', 'gzip'],
  ['gzip;q=0 , br;q=0', undefined, undefined], ['identity', undefined, undefined], ['*', 'br', 'gzip'], ['*;q=0', undefined, undefined],
  ['*;q=0.1, br;q=0', 'gzip', 'gzip'], ['gzip;q=0, *', 'br', undefined], ['identity;q=0.5, gzip;q=0.1', undefined, undefined], ['deflate, zstd', undefined, undefined],
  ['x-gzipped', undefined, undefined], ['gzip;q=abc', undefined, undefined], ['gzip;q=2', undefined, undefined], ['gzip;q=-1', undefined, undefined],
  [',, gzip ,', 'gzip', 'gzip'], ['\tgzip\t', 'gzip', 'gzip'], ['gzip;level=9', 'gzip', 'gzip'],
])
  test(`codings: ${accept === null ? 'none named' : JSON.stringify(accept)}`, async () => {
    const headers = accept === null ? '' : `Accept-Encoding: ${accept}\r\n`;
    for (const [target, coding] of [[style, asset], ['/login', html]]) {
      const answer = await ask('GET', target, headers);
      assert.equal(answer.headers['content-encoding'], coding, target);
      assert.match(answer.headers.vary, /\bAccept-Encoding\b/);
      const text = coding === 'gzip' ? gunzipSync(answer.body) : coding === 'br' ? brotliDecompressSync(answer.body) : answer.body;
      assert.match(text.toString(), target === style ? /\{/ : /<html/);
    }
  });
test('codings: two lines of Accept-Encoding are one list', async () => {
  const answer = await ask('GET', '/login', 'Accept-Encoding: br\r\nAccept-Encoding: gzip\r\n');
  assert.equal(answer.headers['content-encoding'], 'gzip');
});
test('codings: each form of an asset has a tag of its own', async () => {
  const tags = new Set();
  for (const coding of ['br', 'gzip', 'identity']) tags.add((await ask('GET', style, `Accept-Encoding: ${coding}\r\n`)).headers.etag);
  assert.equal(tags.size, 3);
});

// Connections (RFC 9112, 9).

for (const [name, bytes, closed] of [
  ['HTTP/1.1 stays open', 'GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n', false],
  ['close closes', 'GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n', true],
  ['close in a list and in capitals closes', 'GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: x, CLOSE\r\n\r\n', true],
  ['close in a second line closes', 'GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: x\r\nConnection: close\r\n\r\n', true],
  ['a token that only begins so does not', 'GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: closed\r\n\r\n', false],
  ['close beats keep-alive', 'GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, close\r\n\r\n', true],
  ['HTTP/1.0 closes', 'GET /healthz HTTP/1.0\r\n\r\n', true],
  ['HTTP/1.0 with keep-alive stays open', 'GET /healthz HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n', false],
  ['HTTP/1.0 with a token that only holds it closes', 'GET /healthz HTTP/1.0\r\nConnection: keep-alive-not\r\n\r\n', true],
])
  test(`connections: ${name}`, async () => {
    const answers = await exchange(server, closed ? bytes : bytes + next);
    assert.deepEqual(answers.map((answer) => answer.status), closed ? [200] : [200, 200]);
    assert.ok(answers.closed);
    if (closed) assert.equal(answers[0].headers.connection, 'close');
    else if (/HTTP\/1\.0/.test(bytes)) assert.match(answers[0].headers.connection, /keep-alive/i);
    else assert.notEqual(answers[0].headers.connection, 'close');
  });

test('connections: what comes after a request with close is not answered', async () => {
  const answers = await exchange(server, next + next);
  assert.equal(answers.length, 1);
});

test('connections: a client that shut its half down still gets its answers', async () => {
  const { connect } = await import('node:net');
  const socket = connect({ port: server.port, host: '127.0.0.1', allowHalfOpen: true });
  let text = '';
  socket.end(request('GET', '/healthz') + request('GET', '/nothing'));
  for await (const chunk of socket) text += chunk;
  assert.deepEqual([...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map((found) => found[1]), ['200', '404']);
});

test('pipelining: forty requests of mixed sizes and methods are answered in order', async () => {
  const wanted = [], methods = [];
  let bytes = '';
  for (let i = 0; i < 40; i += 1) {
    const [method, path, status, body = ''] = [
      ['GET', '/healthz', 200], ['GET', style, 200], ['HEAD', style, 200], ['GET', `/api/v1/nothing-${i}`, 404],
      ['POST', '/api/v1/login', 401, wrongPassword], ['OPTIONS', '/login', 204], ['GET', '/login', 200],
      ['POST', '/api/v1/login', 400, 'x'.repeat(30000)], ['GET', '/', 303], ['DELETE', '/healthz', 405],
    ][i % 10];
    wanted.push(status);
    methods.push(method);
    bytes += i % 20 === 4
      ? request(method, path, `${json}Transfer-Encoding: chunked\r\n`, `${chunks(body, 11)}0\r\n\r\n`)
      : request(method, path, `${body ? `${json}Content-Length: ${body.length}\r\n` : ''}${i === 39 ? closing : ''}`, body);
  }
  const answers = await exchange(server, bytes, { methods });
  assert.deepEqual(answers.map((answer) => answer.status), wanted);
  assert.equal(answers.rest, '');
});

// Expectations (RFC 9110, 10.1.1) and bodies that are too large.

const expecting = (length, body = '') => request('POST', '/api/v1/login', `${json}Expect: 100-continue\r\n${closing}Content-Length: ${length}\r\n`, body);
test('expect: 100 comes before the body, and the answer after it', async () => {
  const { connect } = await import('node:net');
  const socket = connect({ port: server.port, host: '127.0.0.1' });
  let text = '';
  socket.write(expecting(wrongPassword.length));
  for await (const chunk of socket) {
    text += chunk;
    if (text === 'HTTP/1.1 100 Continue\r\n\r\n') socket.write(wrongPassword);
  }
  assert.match(text, /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 401 /);
});
for (const [name, bytes, statuses] of [
  ['a body that came along needs no 100, or gets it first', expecting(wrongPassword.length, wrongPassword), [[401], [100, 401]]],
  ['what is too large is refused at once', expecting(70000), [[413]]],
  ['without a body there is no 100', expecting(0), [[400]]],
  ['GET without a body', request('GET', '/healthz', `Expect: 100-continue\r\n${closing}`), [[200]]],
  ['in capitals', expecting(wrongPassword.length, wrongPassword).replace('100-continue', '100-Continue'), [[401], [100, 401]]],
  ['another expectation', request('GET', '/healthz', 'Expect: 200-ok\r\n'), [[417]]],
  ['two expectations', request('POST', '/api/v1/login', 'Expect: 100-continue, x\r\nContent-Length: 3\r\n', 'abc'), [[417]]],
  ['an empty expectation', request('GET', '/healthz', 'Expect:\r\n'), [[417]]],
  ['HTTP/1.0 knows none', `POST /api/v1/login HTTP/1.0\r\n${json}Expect: x\r\nContent-Length: 45\r\n\r\n${wrongPassword}`, [[401]]],
])
  test(`expect: ${name}`, async () => {
    const answers = await exchange(server, bytes);
    const got = answers.map((answer) => answer.status);
    assert.ok(statuses.some((wanted) => String(wanted) === String(got)), String(got));
    assert.ok(answers.closed);
  });

for (const [name, bytes] of [
  ['announced', sized(65537)],
  ['announced, with some of it', sized(70000, 'x'.repeat(50000))],
  ['sent whole', sized(70000, 'x'.repeat(70000)) + next],
  ['chunked', chunked(chunks('x'.repeat(70000), 1000)) + next],
  ['to a path where nothing is', request('POST', '/nothing', 'Content-Length: 999999\r\n')],
  ['with a method that isn’t allowed', request('PUT', '/healthz', 'Content-Length: 999999\r\n')],
])
  test(`bodies: too large, ${name}: 413 and closed`, async () => {
    const answers = await exchange(server, bytes);
    assert.deepEqual(answers.map((answer) => answer.status), [413]);
    assert.ok(answers.closed);
    assert.equal(JSON.parse(answers[0].body).error, 'too_large');
  });
test('bodies: exactly at the limit they are read', async () => {
  const answers = await exchange(server, sized(65536, ' '.repeat(65536), closing));
  assert.deepEqual(answers.map((answer) => answer.status), [400]);
});
test('bodies: GET may have one, which means nothing', async () => {
  const answers = await exchange(server, request('GET', '/healthz', 'Content-Length: 5\r\n', 'hello') + next);
  assert.deepEqual(answers.map((answer) => answer.status), [200, 200]);
});

// Kinds of content (RFC 9110, 8.3).

for (const [type, status] of [
  ['application/json', 401], ['APPLICATION/JSON', 401], ['application/json; charset=utf-8', 401], ['application/json;charset="UTF-8"', 401],
  ['application/json ; charset=utf-8', 401], ['application/json; x=y', 401],
  ['application/json; charset=utf-16', 415], ['application/json; charset=iso-8859-1', 415],
  [null, 415], ['', 415], ['text/plain', 415], ['text/json', 415], ['application/jsonx', 415], ['application/x-json', 415],
  ['application/problem+json', 415], ['application/x-www-form-urlencoded', 415], ['multipart/form-data', 415], ['json', 415],
  ['application/json, text/plain', 415], ['application /json', 415],
])
  test(`content: ${type === null ? 'no type' : type || '(empty)'}: ${status}`, async () => {
    const answer = await ask('POST', '/api/v1/login', `${type === null ? '' : `Content-Type: ${type}\r\n`}Content-Length: ${wrongPassword.length}\r\n`, wrongPassword);
    assert.equal(answer.status, status);
    assert.equal(answer.headers['content-type'], 'application/json');
  });
for (const [name, body] of [
  ['bytes that are no UTF-8', '{"username":"\xff"}'], ['overlong UTF-8', '{"username":"\xc0\xaf"}'], ['a surrogate', '{"username":"\xed\xa0\x80"}'],
  ['a byte order mark of UTF-16', '\xff\xfe{\0}\0'], ['NUL behind it', '{}\0'], ['two values', '{}{}'], ['a key twice', '{"a":1,"a":2}'], ['too deep', '['.repeat(100) + ']'.repeat(100)],
])
  test(`content: ${name} is no JSON`, async () => {
    const answer = await ask('POST', '/api/v1/login', `${json}Content-Length: ${body.length}\r\n`, body);
    assert.equal(answer.status, 400);
  });
const multipart = (boundary) => `Content-Type: multipart/form-data${boundary}\r\n`;
for (const [name, headers, body] of [
  ['no boundary', multipart(''), '--x\r\n\r\n'], ['an empty boundary', multipart('; boundary='), '--\r\n\r\n'],
  ['a boundary of 71 bytes', multipart(`; boundary=${'b'.repeat(71)}`), ''], ['no parts', multipart('; boundary=x'), ''],
  ['a part that never ends', multipart('; boundary=x'), '--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nabc'],
  ['a part without headers', multipart('; boundary=x'), '--x\r\n\r\nabc\r\n--x--\r\n'],
  ['a header of 60 KB', multipart('; boundary=x'), `--x\r\nContent-Disposition: form-data; name="${'n'.repeat(60000)}"\r\n\r\nabc\r\n--x--\r\n`],
])
  test(`content: a multipart body with ${name} does no harm`, async () => {
    const answer = await ask('POST', '/api/v1/rooms/lobby/files', `${bearer}${headers}Content-Length: ${body.length}\r\n`, body);
    assert.ok([400, 415, 422].includes(answer.status), String(answer.status));
  });

// Nothing of a request gets into the lines of an answer (RFC 9112, 11.1).

for (const [path, headers = ''] of [
  ['/chat/a%0d%0aX-Split:%20yes'], ['/chat?x=%0d%0aX-Split:%20yes'], ['/settings?%0aX-Split:yes'], ['/login?next=%2fa%0d%0aX-Split:%20yes'],
  ['/login?next=%2fa%00%0b%7f'], ['/login?next=%2f%d8%b3%20a'], ['/join/%0d%0aX-Split:%20yes'], ['/join/%e2%80%a8'], ['/uploads/ab/x%0d%0aX-Split:yes'],
  ['/nothing%0d%0aX-Split:yes'], ['/healthz', 'Origin: https://a\tX-Split:yes\r\n'], ['/login', 'Accept-Language: en\xff;\tx\r\n'],
])
  for (const identity of ['', 'sara'])
    test(`splitting: ${path} ${headers.trim()}${identity ? ' (signed in)' : ''}`, async () => {
      const answer = await ask('GET', path, (identity ? bearer : '') + headers);
      assert.equal(answer.headers['x-split'], undefined);
      for (const value of Object.values(answer.headers)) assert.match(value, /^[\t\x20-\x7e]*$/);
      if (answer.headers.location) assert.match(answer.headers.location, /^\/[^/\\][\x21-\x7e]*$|^\/$/);
    });
for (const wanted of ['//evil.test', 'https://evil.test', '/\\evil.test', '\\/evil.test', '/%09/evil.test', '%0d%0a//evil.test', '', 'chat'])
  test(`splitting: signing in leads to no other site than this: ${JSON.stringify(wanted)}`, async () => {
    const answer = await ask('GET', `/login?next=${encodeURIComponent(wanted).replace(/%25/g, '%')}`, bearer);
    assert.equal(answer.status, 303);
    assert.match(answer.headers.location, /^\/chat/);
  });

// Cookies (RFC 6265).

test('cookies: odd ones are passed over, the first of a name counts', async () => {
  const login = await fetch(`${server.url}/login`);
  const visitor = login.headers.get('set-cookie').split(';')[0];
  const token = (await login.text()).match(/name="csrf_token" value="([^"]+)"/)[1];
  const form = new URLSearchParams({ username: 'sara', password: 'correct horse battery', csrf_token: token }).toString();
  const signedIn = await ask('POST', '/login', `Cookie: ${visitor}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ${form.length}\r\n`, form);
  assert.equal(signedIn.status, 303);
  const cookie = signedIn.headers['set-cookie'].match(/soyuz_session=[^;]+/)[0];
  for (const [header, status] of [
    [cookie, 200], [`a=b; ${cookie}`, 200], [`a=b;${cookie};c=d`, 200], [`; ;=;==; ${cookie}`, 200], [`a="x; y"; ${cookie}`, 200],
    [`\xff=\xfe; ${cookie}`, 200], [`${cookie}; soyuz_session=wrong`, 200], [`soyuz_session=wrong; ${cookie}`, 401],
    [`xsoyuz_session=1; x${cookie}`, 401], [cookie.toUpperCase(), 401], [`${cookie}x`, 401], [cookie.slice(0, -1), 401], ['soyuz_session', 401],
    ['soyuz_session=', 401], [`soyuz_session="${cookie.split('=')[1]}"`, 401], ['', 401], [`a=${'b'.repeat(20000)}; ${cookie}`, 200],
    [`${'a=b;'.repeat(5000)} ${cookie}`, 200],
  ])
    assert.equal((await ask('GET', '/api/v1/me', `Cookie: ${header}\r\n`)).status, status, header.slice(0, 60));
});

for (const [header, status] of [
  ['', 401], ['Bearer', 401], ['Bearer ', 401], ['Bearer x', 401], ['Basic c2FyYTp4', 401], ['bearer TOKEN', 200], ['Bearer TOKEN', 200],
  ['Bearer  TOKEN', 401], ['Bearer TOKEN, Bearer x', 401], ['Bearer TOKEN.x', 401], ['BearerTOKEN', 401],
])
  test(`authorization: ${JSON.stringify(header)}: ${status}`, async () => {
    const answer = await ask('GET', '/api/v1/me', `Authorization: ${header.replace('TOKEN', sara.token)}\r\n`);
    assert.equal(answer.status, status);
    if (status === 401) assert.match(answer.headers['www-authenticate'], /Bearer/);
  });

// What every answer carries.

test('every answer says when it is from, how long it is, and that its type is meant', async () => {
  for (const path of ['/healthz', '/login', '/nothing', '/api/v1/nothing', style, '/']) {
    const answer = await ask('GET', path);
    assert.ok(Math.abs(Date.parse(answer.headers.date) - Date.now()) < 10_000, path);
    assert.equal(answer.headers['content-length'], String(answer.body.length));
    assert.equal(answer.headers['x-content-type-options'], 'nosniff');
    assert.ok(answer.headers['cache-control']);
    assert.equal(answer.headers['transfer-encoding'], undefined);
    assert.equal(answer.headers.server, undefined);
  }
});

test('an Upgrade to anything but websocket is passed over (RFC 9110, 7.8)', async () => {
  for (const upgrade of ['h2c', 'TLS/1.0', 'websockets', ''])
    assert.equal((await ask('GET', '/healthz', `Upgrade: ${upgrade}\r\nConnection: Upgrade\r\n`)).status, 200);
});

test('after all this, the server is still there and nothing was logged as an error', async () => {
  assert.equal((await ask('GET', '/healthz')).status, 200);
  assert.doesNotMatch(server.output, /error/i);
});
