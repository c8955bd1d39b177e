// A program that chats: REST with a bearer token, and the native WebSocket.
import WebSocket from "ws";

export class Client {
  constructor(server, token, user) {
    Object.assign(this, { server, token, user });
  }

  static async register(server, username, password = "correct horse battery") {
    const { status, body } = await request(server, "POST", "/api/v1/register", { username, password });
    if (status !== 201) throw new Error(`register ${username}: ${status} ${JSON.stringify(body)}`);
    return new Client(server, body.access_token, body.user);
  }

  static async login(server, username, password = "correct horse battery") {
    const { status, body } = await request(server, "POST", "/api/v1/login", { username, password });
    if (status !== 200) throw new Error(`login ${username}: ${status} ${JSON.stringify(body)}`);
    return new Client(server, body.access_token, body.user);
  }

  request(method, path, body, headers = {}) {
    return request(this.server, method, path, body, { authorization: `Bearer ${this.token}`, ...headers });
  }

  /** Opens the native socket and waits for its hello. */
  async connect(options = {}) {
    const socket = new Socket(this.server, this.token, options);
    await socket.next("hello");
    return socket;
  }
}

export async function request(server, method, path, body, headers = {}) {
  const response = await fetch(server.url + path, {
    method,
    redirect: "manual",
    headers: body === undefined ? headers : { "content-type": "application/json", ...headers },
    body: body === undefined || typeof body === "string" ? body : JSON.stringify(body),
  });
  const text = await response.text();
  let parsed = text;
  if (response.headers.get("content-type")?.startsWith("application/json")) parsed = JSON.parse(text);
  return { status: response.status, headers: response.headers, body: parsed };
}

/** Keeps every event; `next` waits for one that fits and takes it out, `ask` for the answer to a command. */
export class Socket {
  #waiting = [];
  #references = 0;

  constructor(server, token, { headers = {}, compress = true } = {}) {
    this.events = [];
    const url = server.url.replace(/^http/, "ws") + "/ws";
    this.socket = new WebSocket(url, {
      headers: token ? { authorization: `Bearer ${token}`, ...headers } : headers,
      perMessageDeflate: compress,
    });
    this.opened = new Promise((resolve, reject) => {
      this.socket.once("open", resolve);
      this.socket.once("error", reject);
    });
    this.opened.catch(() => {});
    this.closed = new Promise((resolve) =>
      this.socket.once("close", (code, reason) => resolve({ code, reason: String(reason) })),
    );
    this.closed.then(({ code }) => {
      for (const waiting of this.#waiting.splice(0)) waiting.reject(new Error(`the socket closed with ${code}`));
    });
    this.socket.on("error", () => {});
    this.socket.on("message", (data) => this.#take(JSON.parse(String(data))));
  }

  #take(event) {
    const index = this.#waiting.findIndex((waiting) => waiting.fits(event));
    if (index >= 0) this.#waiting.splice(index, 1)[0].resolve(event);
    else this.events.push(event);
  }

  next(type, also = () => true) {
    const fits = (event) => event.type === type && also(event);
    const index = this.events.findIndex(fits);
    if (index >= 0) return Promise.resolve(this.events.splice(index, 1)[0]);
    return new Promise((resolve, reject) => this.#waiting.push({ fits, resolve, reject }));
  }

  send(command) {
    this.socket.send(typeof command === "string" ? command : JSON.stringify(command));
  }

  ask(command) {
    const ref = ++this.#references;
    const fits = (event) => event.ref === ref && (event.type === "ack" || event.type === "error");
    const answer = new Promise((resolve, reject) => this.#waiting.push({ fits, resolve, reject }));
    this.send({ ...command, ref });
    return answer;
  }

  async close() {
    this.socket.close();
    return this.closed;
  }
}
