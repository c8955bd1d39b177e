import { ApiError, type Api } from "../shared/api.ts";
import type { Socket } from "../shared/socket.ts";
import type { StatusBar } from "../shared/status_bar.ts";

/// A connection that the network took along says nothing: it is made anew.
const answer_within_ms = 1000;

export interface ConnectionParts {
  api: Api;
  socket: Socket;
  status: StatusBar;
  changed(): void;
  lost(): void;
  banned(body: Record<string, unknown>): void;
}

/// Watches the connection: what the socket and the browser say of it, and what the page shows.
export class Connection {
  constructor(private readonly parts: ConnectionParts) {
    const { socket } = parts;
    socket.on_state = () => this.on_state();
    // What the browser says of the network is a hint: the connection itself is asked.
    addEventListener("online", () => this.hinted(true));
    addEventListener("offline", () => this.hinted(false));
    document.addEventListener("visibilitychange", () => document.hidden || socket.now());
  }

  private on_state(): void {
    const { socket, status } = this.parts;
    this.parts.changed();
    if (socket.state === "ready") return status.ready();
    this.parts.lost();
    if (socket.state !== "waiting") return;
    status.lost(socket.attempt);
    // A refused handshake does not say why; asking for oneself does: 401 opens the sign-in dialog.
    if (socket.attempt === 2)
      this.parts.api.get("/me").catch((error: unknown) => {
        if (error instanceof ApiError && error.code === "banned") this.parts.banned(error.body);
      });
  }

  private hinted(is_online: boolean): void {
    const { socket, status } = this.parts;
    if (socket.state !== "ready") return socket.now();
    if (!is_online) status.lost(socket.attempt);
    const silence = window.setTimeout(() => is_online && socket.again(), answer_within_ms);
    socket.send("ping").then(
      () => {
        clearTimeout(silence);
        status.ready();
      },
      () => clearTimeout(silence),
    );
  }
}
