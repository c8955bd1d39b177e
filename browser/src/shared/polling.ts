import type { Wire } from "./socket.ts";

/// The same frames as on /ws over plain requests, for networks that let no WebSocket through: one request waits for
/// what the server says, others bring what the page says. The framing is Engine.IO's, version 4.

const separator = "\x1e";
const path = "/ws/poll?EIO=4&transport=polling";

type Fetch = (url: string, options?: RequestInit) => Promise<Response>;

export class PollingWire implements Wire {
  readyState = 0;
  onopen: Wire["onopen"] = null;
  onmessage: Wire["onmessage"] = null;
  onclose: Wire["onclose"] = null;
  onerror: Wire["onerror"] = null;

  private url = "";
  private outgoing: string[] = [];
  private sending = false;
  private readonly abort = new AbortController();

  constructor(private readonly fetch: Fetch = (url, options) => window.fetch(url, options)) {
    void this.run();
  }

  send(text: string): void {
    if (this.readyState === 1) this.push(`4${text}`);
  }

  close(): void {
    if (this.readyState === 1)
      void this.fetch(this.url, { method: "POST", body: "1", keepalive: true }).catch(() => {});
    this.end();
  }

  private async run(): Promise<void> {
    try {
      const opening = await this.get(path);
      const { sid } = JSON.parse(opening.slice(1)) as { sid: string };
      this.url = `${path}&sid=${sid}`;
      this.readyState = 1;
      this.onopen?.();
      while (this.readyState === 1) this.hear(await this.get(this.url));
    } catch {
      this.end();
    }
  }

  private async get(url: string): Promise<string> {
    const answer = await this.fetch(url, { signal: this.abort.signal, cache: "no-store" });
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.text();
  }

  private hear(payload: string): void {
    for (const packet of payload.split(separator)) {
      if (packet === "2") this.push("3");
      else if (packet === "1") this.end();
      else if (packet.startsWith("{") && this.readyState === 1) this.onmessage?.({ data: packet });
    }
  }

  /// One request at a time, so that commands keep their order; what comes meanwhile goes together.
  private push(packet: string): void {
    this.outgoing.push(packet);
    if (!this.sending) void this.flush();
  }

  private async flush(): Promise<void> {
    this.sending = true;
    while (this.outgoing.length > 0 && this.readyState === 1) {
      const body = this.outgoing.splice(0, 32).join(separator);
      try {
        const answer = await this.fetch(this.url, { method: "POST", body, signal: this.abort.signal });
        if (!answer.ok) this.end();
      } catch {
        this.end();
      }
    }
    this.sending = false;
  }

  private end(): void {
    if (this.readyState === 3) return;
    this.readyState = 3;
    this.abort.abort();
    this.onclose?.({ code: 1006, reason: "" });
  }
}
