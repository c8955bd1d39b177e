import { error_text } from "../shared/error_text.ts";
import { toast } from "../shared/announce.ts";
import { ApiError, type Api } from "../shared/api.ts";
import { word } from "../shared/words.ts";
import type { Case } from "../contract.ts";
import type { Act } from "./shapes.ts";
import { server_now } from "../shared/time.ts";

/// Sends decisions and takes them back. What can't be sent now waits and is sent when the connection is back; what
/// somebody else decided meanwhile is said.

export interface Order {
  action: Act;
  minutes?: number;
  note?: string;
}

export interface DecisionEvents {
  /// The server has it.
  decided(fresh: Case): void;
  /// It was not to be: `fresh` is how the case stands now, where the server said so.
  refused(each: Case, fresh: Case | null): void;
  undone(fresh: Case): void;
  changed(): void;
}

const undo_ms = 10_000;

export class Decisions {
  private waiting: { each: Case; order: Order }[] = [];
  private last: string | null = null;
  private undo_timer = 0;
  private close_toast: () => void = () => {};

  constructor(
    private readonly api: Api,
    private readonly events: DecisionEvents,
  ) {}

  get can_undo(): boolean {
    return this.last !== null;
  }

  get waiting_count(): number {
    return this.waiting.length;
  }

  is_waiting(id: string): boolean {
    return this.waiting.some((entry) => entry.each.id === id);
  }

  async decide(each: Case, order: Order): Promise<void> {
    const body: Record<string, unknown> = { action: order.action };
    if (order.minutes !== undefined && order.minutes > 0) body.minutes = order.minutes;
    if (order.note) body.note = order.note;
    try {
      const fresh =
        case_in(
          await this.api.call<unknown>("POST", `/moderation/cases/${encodeURIComponent(each.id)}/decision`, body),
        ) ?? each;
      this.may_undo(fresh);
      this.events.decided(fresh);
    } catch (error) {
      this.failed(each, order, error);
    }
  }

  async undo(): Promise<void> {
    const id = this.last;
    if (id === null) return;
    this.forget();
    try {
      const fresh = case_in(await this.api.call<unknown>("POST", `/moderation/cases/${encodeURIComponent(id)}/undo`));
      toast(word("mod.undone"));
      if (fresh !== null) this.events.undone(fresh);
    } catch (error) {
      const late = error instanceof ApiError && error.code === "too_late";
      toast(late ? word("mod.too_late") : error_text(error));
    }
  }

  /// The connection is back.
  async flush(): Promise<void> {
    for (const { each, order } of this.waiting.splice(0)) await this.decide(each, order);
    this.events.changed();
  }

  private failed(each: Case, order: Order, error: unknown): void {
    const known = error instanceof ApiError ? error : null;
    const fresh = case_in(known?.body);
    if (known?.status === 0) {
      this.waiting.push({ each, order });
      this.events.changed();
      return void toast(word("mod.decision_waits"), undefined, 6000);
    }
    if (known?.code === "already_decided") toast(word("mod.already", fresh?.decision?.by || "–"), undefined, 8000);
    else if (known?.code === "claimed") toast(word("mod.claimed_by", fresh?.claim?.by || "–"), undefined, 8000);
    else toast(error_text(error), undefined, 8000);
    this.events.refused(each, fresh);
  }

  private may_undo(fresh: Case): void {
    this.forget();
    this.last = fresh.id;
    const until = fresh.decision?.undo_until ? new Date(fresh.decision.undo_until).getTime() - server_now() : undo_ms;
    this.undo_timer = window.setTimeout(() => this.forget(), Math.max(undo_ms, until));
    this.close_toast = toast(
      word(`done.${fresh.decision?.action ?? "approve"}`),
      { label: word("undo"), run: () => void this.undo() },
      undo_ms,
    );
    this.events.changed();
  }

  private forget(): void {
    clearTimeout(this.undo_timer);
    this.close_toast();
    this.last = null;
    this.events.changed();
  }
}

/// A case, whether it came alone or as {"case": …}.
export function case_in(body: unknown): Case | null {
  const found = (body as { case?: Case } | undefined)?.case ?? (body as Case | undefined);
  return found !== undefined && typeof found?.id === "string" ? found : null;
}
