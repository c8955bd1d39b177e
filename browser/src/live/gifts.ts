import { announce, toast } from "../shared/announce.ts";
import { ApiError, type Api } from "../shared/api.ts";
import { by, el } from "../shared/dom.ts";
import { digits } from "../shared/numbers.ts";
import { has_word, word } from "../shared/words.ts";
import type { Gift, Giver } from "./shapes.ts";

/// Hearts and gifts: sending them, what floats over the picture, a line for each in the chat, who gave most.

const most_floating = 12;
const most_lines = 30;
const combo_ms = 5000;
const calm = matchMedia("(prefers-reduced-motion: reduce)");

export function gift_name(gift: Pick<Gift, "gift_id" | "name">): string {
  const key = `gift.${gift.gift_id}`;
  return has_word(key) ? word(key) : gift.name;
}

export class Gifts {
  private readonly floats = by("floats");
  private waiting_hearts = 0;
  private heart_timer = 0;
  private givers_timer = 0;
  private readonly lines = new Map<string, { node: HTMLElement; amount: number; timer: number }>();

  constructor(
    private readonly api: Api,
    private readonly room: string,
    private readonly send_hearts: (count: number) => void,
  ) {
    const heart = by("heart");
    heart.hidden = false;
    heart.addEventListener("click", () => this.beat());
    const menu = by<HTMLDetailsElement>("gift-menu");
    menu.hidden = false;
    menu.addEventListener("click", (event) => {
      const chosen = (event.target as Element).closest<HTMLElement>("[data-gift]")?.dataset.gift;
      if (chosen === undefined) return;
      void this.give(Number(chosen));
    });
    void this.load_givers();
  }

  /// Hearts of others, counted together.
  hearts(count: number, total: number): void {
    by("hearts").textContent = digits(total);
    for (let i = 0; i < Math.min(count, 4); i++) window.setTimeout(() => this.float("❤️"), i * 120);
  }

  gift(gift: Gift): void {
    this.float(gift.emoji, gift.amount > 1 ? `×${gift.amount}` : "");
    this.line(gift);
    this.givers_timer ||= window.setTimeout(() => {
      this.givers_timer = 0;
      void this.load_givers();
    }, 1500);
  }

  private beat(): void {
    this.float("❤️");
    this.waiting_hearts++;
    this.heart_timer ||= window.setTimeout(() => {
      this.heart_timer = 0;
      this.send_hearts(this.waiting_hearts);
      this.waiting_hearts = 0;
    }, 300);
  }

  private async give(id: number): Promise<void> {
    try {
      await this.api.call("POST", `/live/${encodeURIComponent(this.room)}/gifts`, { gift_id: id, amount: 1 });
    } catch (error) {
      toast(error instanceof ApiError && error.message !== "" ? error.message : word("error.unreachable"));
    }
  }

  private float(emoji: string, more = ""): void {
    if (calm.matches || document.hidden || this.floats.childElementCount >= most_floating) return;
    const node = el("span", { class: "float" }, emoji, more !== "" && el("small", {}, more));
    node.style.insetInlineEnd = `${4 + Math.random() * 18}%`;
    node.style.setProperty("--sway", `${Math.round(Math.random() * 60 - 30)}px`);
    node.addEventListener("animationend", () => node.remove());
    this.floats.append(node);
  }

  /// The same gift again within a few seconds changes the line that stands already.
  private line(gift: Gift): void {
    const key = `${gift.from}/${gift.gift_id}`;
    const known = this.lines.get(key);
    const amount = gift.amount + (known?.amount ?? 0);
    const text = `${gift.emoji} ${word("live.gave", gift.from, gift_name(gift), amount)}`;
    const node = known?.node ?? el("li", { class: "gift-line" });
    clearTimeout(known?.timer);
    node.textContent = text;
    const timer = window.setTimeout(() => this.lines.delete(key), combo_ms);
    this.lines.set(key, { node, amount, timer });
    const list = by("messages");
    if (!node.isConnected) list.append(node);
    const all = list.querySelectorAll(".gift-line");
    for (const old of [...all].slice(0, Math.max(0, all.length - most_lines))) old.remove();
    announce(text);
  }

  private async load_givers(): Promise<void> {
    try {
      const { top_givers } = await this.api.get<{ top_givers: Giver[] }>(
        `/live/${encodeURIComponent(this.room)}/gifts`,
      );
      by("givers-box").hidden = top_givers.length === 0;
      by("givers").replaceChildren(
        ...top_givers
          .slice(0, 5)
          .map((giver) => el("li", {}, el("bdi", {}, giver.display_name), " ", el("b", {}, digits(giver.amount)))),
      );
    } catch {
      // The next gift asks again.
    }
  }
}
