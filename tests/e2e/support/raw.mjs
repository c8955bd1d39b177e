// Bytes over a plain socket, for what no well-behaved client sends.
import { connect } from "node:net";

/** Sends the pieces one after the other and gathers all that comes until the server closes or `until` matches. */
export function raw(server, pieces, { until, host = "127.0.0.1", from } = {}) {
  return new Promise((resolve, reject) => {
    const socket = connect({ port: server.port, host, localAddress: from });
    let text = "";
    socket.setEncoding("latin1");
    socket.on("data", (chunk) => {
      text += chunk;
      if (until?.test(text)) socket.destroy();
    });
    socket.on("error", (error) => (text ? resolve(text) : reject(error)));
    socket.on("close", () => resolve(text));
    for (const piece of [pieces].flat()) socket.write(piece, "latin1");
  });
}

/** A connection that stays open; resolves once it is established. */
export function hold(server, bytes = "", from) {
  return new Promise((resolve, reject) => {
    const socket = connect({ port: server.port, host: "127.0.0.1", localAddress: from }, () => {
      if (bytes) socket.write(bytes);
      resolve(socket);
    });
    socket.on("error", reject);
  });
}

/**
 * Sends the pieces and takes the answers apart: status, reason, headers (lower case; repeated ones joined), body.
 * `methods`: of the requests, in order, where one is HEAD. `last`: resolve after that many final answers instead of
 * when the server closes. The result has `closed`: did the server end the connection?
 */
export function exchange(server, pieces, { methods = [], last = Infinity } = {}) {
  return new Promise((resolve, reject) => {
    const socket = connect({ port: server.port, host: "127.0.0.1" });
    const answers = [];
    let bytes = Buffer.alloc(0);
    let finals = 0;
    const finish = (closed) => {
      socket.destroy();
      resolve(Object.assign(answers, { closed, rest: bytes.toString("latin1") }));
    };
    const read = () => {
      for (;;) {
        const end = bytes.indexOf("\r\n\r\n");
        if (end < 0) return;
        const [line, ...fields] = bytes.subarray(0, end).toString("latin1").split("\r\n");
        const [, version, status, reason] = line.match(/^(HTTP\/1\.\d) (\d{3}) ?(.*)$/) ?? [];
        if (!status) return reject(new Error(`no status line: ${line}`));
        const headers = {};
        for (const field of fields) {
          const [, name, value] = field.match(/^([!#$%&'*+.^_`|~\w-]+): ?(.*)$/) ?? [];
          if (!name) return reject(new Error(`no header: ${JSON.stringify(field)}`));
          const key = name.toLowerCase();
          headers[key] = key in headers ? `${headers[key]}, ${value}` : value;
        }
        const answer = { version, status: Number(status), reason, headers, body: Buffer.alloc(0) };
        const bodiless =
          answer.status < 200 || answer.status === 204 || answer.status === 304 || methods[finals] === "HEAD";
        const size = bodiless ? 0 : Number(headers["content-length"] ?? NaN);
        if (Number.isNaN(size)) return reject(new Error(`an answer without a length: ${line}`));
        if (bytes.length < end + 4 + size) return;
        answer.body = bytes.subarray(end + 4, end + 4 + size);
        bytes = bytes.subarray(end + 4 + size);
        answers.push(answer);
        if (answer.status >= 200) finals += 1;
        if (finals >= last) return finish(false);
      }
    };
    socket.on("data", (chunk) => {
      bytes = Buffer.concat([bytes, chunk]);
      read();
    });
    socket.on("error", (error) => (answers.length ? finish(true) : reject(error)));
    socket.on("close", () => finish(true));
    for (const piece of [pieces].flat()) socket.write(piece, "latin1");
  });
}

export const closing = "Connection: close\r\n";
export const requestBytes = (method, path, headers = "", body = "") =>
  `${method} ${path} HTTP/1.1\r\nHost: chat.test\r\n${headers}\r\n${body}`;

/** A function that makes one request of the server that `server()` gives then: one answer, and the connection closed. */
export function asking(server) {
  return async (method, path, headers = "", body = "") => {
    const answers = await exchange(server(), requestBytes(method, path, headers + closing, body), {
      methods: [method],
    });
    if (answers.length !== 1 || !answers.closed || answers.rest !== "")
      throw new Error(
        `${method} ${path}: ${answers.length} answers, closed: ${answers.closed}, behind them: ${answers.rest}`,
      );
    return answers[0];
  };
}
