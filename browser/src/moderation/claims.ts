import { ApiError, type Api } from "../shared/api.ts";
import { case_in } from "./decisions.ts";
import type { Case } from "../contract.ts";

/// Tells the others which case this moderator looks at. Said after a moment, so that leafing through the queue claims
/// nothing; renewed while somebody is at the page; given back on leaving. A page that merely stands open claims nothing.

const settle_ms = 500;
const renew_ms = 60_000;
const awake_ms = 90_000;

export class Claims {
  private shown: string | null = null;
  private held: string | null = null;
  private timer = 0;
  private moved_at = 0;

  constructor(
    private readonly api: Api,
    private readonly taken: (fresh: Case) => void,
  ) {
    for (const type of ["keydown", "pointerdown", "pointermove"])
      document.addEventListener(type, () => this.wake(), { passive: true });
    document.addEventListener("visibilitychange", () => (document.hidden ? this.release() : this.show(this.shown)));
    addEventListener("pagehide", () => this.release());
  }

  show(id: string | null): void {
    clearTimeout(this.timer);
    if (this.held !== null && this.held !== id) this.release();
    this.shown = id;
    if (id !== null && this.is_awake) this.timer = window.setTimeout(() => void this.claim(id), settle_ms);
  }

  /// Another case comes up, and nobody knows yet whether it is this moderator's to handle.
  turn_to(id: string | null): void {
    if (this.shown !== id) this.show(null);
  }

  /// A decision ends the claim by itself.
  decided(id: string): void {
    if (this.held === id) this.held = null;
    if (this.shown === id) this.show(null);
  }

  private get is_awake(): boolean {
    return !document.hidden && Date.now() - this.moved_at < awake_ms;
  }

  private wake(): void {
    const slept = !this.is_awake;
    this.moved_at = Date.now();
    if (slept && this.shown !== null) this.show(this.shown);
  }

  private async claim(id: string): Promise<void> {
    if (!this.is_awake) return this.release();
    try {
      await this.api.call("POST", path(id));
      if (this.shown !== id) return void this.api.call("DELETE", path(id)).catch(() => {});
      this.held = id;
      this.timer = window.setTimeout(() => void this.claim(id), renew_ms);
    } catch (error) {
      const fresh = error instanceof ApiError && error.status === 409 ? case_in(error.body) : null;
      if (fresh !== null) this.taken(fresh);
    }
  }

  private release(): void {
    clearTimeout(this.timer);
    if (this.held !== null) this.api.call("DELETE", path(this.held)).catch(() => {});
    this.held = null;
  }
}

const path = (id: string): string => `/moderation/cases/${encodeURIComponent(id)}/claim`;
