import { is_staff } from "../shared/roles.ts";
import type { Composer } from "./writing/composer.ts";
import type { Conversation } from "./messages/conversation.ts";
import { show_wall } from "./session_dialog.ts";
import type { Socket } from "../shared/socket.ts";
import type { Event_, Person } from "../shared/types.ts";

/// What ends writing for somebody: a mute, a locked room, a ban.
export class Closing {
  constructor(
    private readonly me: Person,
    private readonly talk: Conversation,
    private readonly composer: Composer,
    private readonly socket: Socket,
  ) {}

  close(code: string, event: Event_): void {
    const until = typeof event.until === "string" ? new Date(event.until) : null;
    const kind = code === "room_locked" ? "locked" : code === "banned" ? "banned" : "muted";
    if (kind === "locked" && is_staff(this.me)) return;
    this.composer.close({
      kind,
      reason: String(event.reason ?? ""),
      until,
      automatic: event.automatic === true && until === null,
    });
  }

  /// Follows the room's lock, which staff and whoever runs the room write through.
  follow_lock(): void {
    const { settings, can_manage } = this.talk.room;
    if (settings?.locked !== true) this.composer.open("locked");
    else if (!this.composer.is_closed && !is_staff(this.me) && can_manage !== true)
      this.composer.close({ kind: "locked", reason: "", until: null });
  }

  wall(kind: "banned" | "kicked", event: Record<string, unknown>): void {
    this.socket.stop();
    show_wall(kind, String(event.reason ?? ""), typeof event.until === "string" ? event.until : null);
  }
}
