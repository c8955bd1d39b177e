// A program with the stock Socket.IO client that keeps what it hears.
import { io as newest } from "socket.io-client";

export const transports = { polling: ["polling"], websocket: ["websocket"], upgrade: ["polling", "websocket"] };

export class Peer {
  #waiting = [];

  /** `io`: the client's version; the other options go to the client. */
  constructor(server, { io = newest, namespace = "", ...options } = {}) {
    this.events = [];
    this.socket = io(server.url + namespace, {
      forceNew: true,
      transports: ["websocket"],
      reconnection: false,
      ...options,
    });
    this.connected = new Promise((resolve, reject) => {
      this.socket.once("connect", () => resolve(this));
      this.socket.once("connect_error", reject);
    });
    this.connected.catch(() => {});
    this.disconnected = new Promise((resolve) => this.socket.once("disconnect", resolve));
    this.socket.onAny((name, ...all) => this.#take({ name, data: all[0] }));
  }

  static connect(server, token, options = {}) {
    return new Peer(server, { auth: { token }, ...options }).connected;
  }

  /** The reason why a connection is refused. */
  static async refusal(server, options = {}) {
    const peer = new Peer(server, options);
    try {
      await peer.connected;
    } catch (error) {
      peer.close();
      return error;
    }
    peer.close();
    throw new Error("the connection was not refused");
  }

  #take(event) {
    const index = this.#waiting.findIndex((waiting) => waiting.fits(event));
    if (index >= 0) this.#waiting.splice(index, 1)[0].resolve(event.data);
    else this.events.push(event);
  }

  /** Waits for an event that fits and takes it out of what was heard. */
  next(name, also = () => true) {
    const fits = (event) => event.name === name && also(event.data);
    const index = this.events.findIndex(fits);
    if (index >= 0) return Promise.resolve(this.events.splice(index, 1)[0].data);
    return new Promise((resolve) => this.#waiting.push({ fits, resolve }));
  }

  heard(name) {
    return this.events.filter((event) => event.name === name).map((event) => event.data);
  }

  emit(name, ...all) {
    this.socket.emit(name, ...all);
    return this;
  }

  /** Emits and gives the acknowledgement. */
  ask(name, data) {
    return new Promise((resolve, reject) =>
      this.socket
        .timeout(20000)
        .emit(name, data, (error, answer) => (error === null ? resolve(answer) : reject(error))),
    );
  }

  close() {
    this.socket.disconnect();
  }
}
