import { open_dialog } from "../shared/dialogs.ts";
import { by } from "../shared/dom.ts";
import type { Socket } from "../shared/socket.ts";
import { whole_text } from "../shared/time.ts";
import type { Ways } from "../shared/ways.ts";
import { word } from "../shared/words.ts";

/// How the page is connected, for whoever wants to know: a dialog behind the person's menu.
export class ConnectionDetails {
  private since: Date | null = null;

  constructor(
    private readonly socket: Socket,
    private readonly ways: Ways,
  ) {
    const button = by("show-connection");
    button.hidden = false;
    button.addEventListener("click", () => {
      this.show();
      open_dialog("connection");
    });
  }

  changed(): void {
    if (this.socket.state === "ready") this.since = new Date();
    else if (this.socket.state !== "connecting") this.since = null;
    this.show();
  }

  private show(): void {
    const is_ready = this.socket.state === "ready";
    by("connection-state").textContent = word(is_ready ? "connection.on" : "connection.off");
    by("connection-way").textContent = word(`connection.${this.ways.way}`);
    by("connection-hint").hidden = this.ways.way !== "polling";
    by("connection-since").textContent = this.since === null ? "–" : whole_text(this.since);
  }
}
