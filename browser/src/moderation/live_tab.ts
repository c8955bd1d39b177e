import { error_text } from "../shared/error_text.ts";
import { toast } from "../shared/announce.ts";
import type { Api } from "../shared/api.ts";
import { by, el } from "../shared/dom.ts";
import { digits, share_text } from "../shared/numbers.ts";
import type { Socket } from "../shared/socket.ts";
import { clock_text } from "../shared/time.ts";
import type { Event_ } from "../shared/types.ts";
import { reason_word } from "../shared/verdict_text.ts";
import { word } from "../shared/words.ts";
import { ChartCards, save_csv } from "./chart_cards.ts";
import { pulse_charts } from "./live_charts.ts";
import { fits, is_message, is_toxic, marked, merged, rolling_share, type Filter } from "./live_figures.ts";
import type { Pulse, PulseEntry, Stages } from "../contract.ts";

/// One live room as it passes: figures, messages, charts, and what counts as toxic. News come over the socket.

export class LiveTab {
  private readonly choice = by<HTMLSelectElement>("live-room");
  private readonly slider = by<HTMLInputElement>("live-threshold");
  private readonly pause = by<HTMLButtonElement>("live-pause");
  private readonly list = by("live-entries");
  private readonly cards = new ChartCards(by("live-charts"));
  private pulse: Pulse | null = null;
  private filter: Filter = { name: "", toxicity: "" };
  private followed = "";
  private is_shown = false;
  private is_paused = false;
  private is_hovered = false;
  /// While somebody moves it, the slider is theirs.
  private is_trying = false;

  constructor(
    private readonly api: Api,
    private readonly socket: Socket,
    private readonly masks: (severity: string) => boolean,
  ) {
    socket.on("pulse", (event) => this.hear(event));
    socket.on("hello", () => this.is_shown && void this.follow(this.choice.value));
    this.choice.addEventListener("change", () => void this.follow(this.choice.value));
    this.pause.addEventListener("click", () => {
      this.is_paused = !this.is_paused;
      this.pause.setAttribute("aria-pressed", String(this.is_paused));
      this.render();
    });
    this.list.addEventListener("pointerenter", () => (this.is_hovered = true));
    this.list.addEventListener("pointerleave", () => (this.is_hovered = false));
    by<HTMLInputElement>("live-name").addEventListener("input", (event) => {
      this.filter.name = (event.target as HTMLInputElement).value.trim();
      this.show_entries();
    });
    by<HTMLSelectElement>("live-toxicity").addEventListener("change", (event) => {
      this.filter.toxicity = (event.target as HTMLSelectElement).value as Filter["toxicity"];
      this.show_entries();
    });
    this.slider.addEventListener("input", () => {
      this.is_trying = true;
      this.render();
    });
    by("live-threshold-form").addEventListener("submit", (event) => {
      event.preventDefault();
      void this.save_threshold();
    });
    by("live-csv").addEventListener("click", () => this.save_entries());
  }

  async open(): Promise<void> {
    this.is_shown = true;
    const state = by("live-state");
    try {
      const { live } = await this.api.get<Stages>("/live");
      const before = this.choice.value;
      this.choice.replaceChildren(...live.map((each) => el("option", { value: each.room }, each.title || each.room)));
      if (live.some((each) => each.room === before)) this.choice.value = before;
      by("live-board").hidden = live.length === 0;
      state.textContent = live.length === 0 ? word("live.none") : "";
      if (live.length > 0) await this.follow(this.choice.value);
    } catch (error) {
      state.textContent = error_text(error);
    }
  }

  close(): void {
    this.is_shown = false;
    this.unfollow();
  }

  /// First followed, then asked for: nothing falls between the two.
  private async follow(room: string): Promise<void> {
    if (this.followed !== room) {
      this.unfollow();
      this.pulse = null;
    }
    this.followed = room;
    by<HTMLAnchorElement>("live-open").href = `/live/${encodeURIComponent(room)}`;
    try {
      // Without a socket the figures stand until it is back.
      await this.socket.send("pulse", { room, on: true }).catch(() => {});
      const pulse = await this.api.get<Pulse>(`/live/${encodeURIComponent(room)}/pulse`);
      if (this.followed !== room) return;
      this.pulse = pulse;
      by("live-state").textContent = "";
      this.render();
    } catch (error) {
      by("live-state").textContent = error_text(error);
    }
  }

  private unfollow(): void {
    if (this.followed !== "") this.socket.tell("pulse", { room: this.followed, on: false });
    this.followed = "";
  }

  private hear(event: Event_): void {
    if (this.pulse === null || event.room !== this.followed) return;
    this.pulse = merged(this.pulse, event as unknown as Pulse);
    if (!this.is_paused && !document.hidden) this.render();
  }

  private threshold(): number {
    return this.is_trying ? Number(this.slider.value) : (this.pulse?.threshold ?? 0);
  }

  private render(): void {
    const { pulse } = this;
    if (pulse === null || !this.is_shown) return;
    if (!this.is_trying) this.slider.value = String(pulse.threshold);
    const threshold = this.threshold();
    const minute = pulse.minutes.at(-1);
    const share = rolling_share(pulse.entries, threshold);
    by("live-viewers").textContent = digits(pulse.viewers);
    by("live-volume").textContent = digits(minute?.messages ?? 0);
    by("live-share").textContent = share === null ? "–" : share_text(share);
    by("live-gifts").textContent = digits(pulse.minutes.reduce((sum, each) => sum + each.gifts, 0));
    by("live-threshold-value").textContent = digits(threshold.toFixed(2));
    const preview = marked(pulse.entries, threshold);
    by("live-preview").textContent =
      preview.all === 0 ? word("rules.no_preview") : word("live_tab.preview", preview.count, preview.all);
    if (!this.is_hovered || this.is_trying) this.show_entries();
    void this.cards.show(pulse_charts(pulse, threshold));
  }

  private show_entries(): void {
    const threshold = this.threshold();
    const shown = (this.pulse?.entries ?? []).filter((each) => fits(each, this.filter, threshold));
    this.list.replaceChildren(...shown.reverse().map((each) => this.row(each, threshold)));
    by("live-none").hidden = shown.length > 0;
  }

  private row(entry: PulseEntry, threshold: number): HTMLElement {
    const at = new Date(entry.at);
    const toxic = is_toxic(entry, threshold);
    const what = is_message(entry)
      ? entry.text === ""
        ? word("message.deleted")
        : this.masks(entry.action === "block" ? "high" : "none")
          ? word("mod.masked")
          : entry.text!
      : word("live_tab.gift", word(`gift.${((entry.gift_id! - 1) % 12) + 1}`), entry.amount!);
    return el(
      "li",
      { class: toxic ? "toxic" : "", "data-type": entry.type },
      el("time", { datetime: entry.at }, clock_text(at)),
      el("bdi", {}, entry.username),
      el("span", { class: "live-text", dir: "auto" }, what),
      toxic ? el("span", { class: "mark" }, this.mark_of(entry)) : null,
    );
  }

  private mark_of(entry: PulseEntry): string {
    const reasons = (entry.reasons ?? []).map(reason_word).join(word("list.comma"));
    const action = entry.action === "allow" ? "" : `${word(`verdict.${entry.action}`)} · `;
    return `${action}${digits((entry.score ?? 0).toFixed(2))}${reasons === "" ? "" : ` · ${reasons}`}`;
  }

  private async save_threshold(): Promise<void> {
    try {
      const { threshold } = await this.api.call<{ threshold: number }>("PATCH", "/moderation/threshold", {
        threshold: Number(this.slider.value),
      });
      if (this.pulse !== null) this.pulse.threshold = threshold;
      this.is_trying = false;
      this.render();
      toast(word("settings.saved"));
    } catch (error) {
      toast(error_text(error));
    }
  }

  private save_entries(): void {
    const threshold = this.threshold();
    save_csv("live-messages.csv", [
      [word("mod.when"), word("mod.who"), word("mod.text"), word("mod.what"), word("mod.score"), word("mod.why")],
      ...(this.pulse?.entries ?? [])
        .filter((each) => is_message(each) && fits(each, this.filter, threshold))
        .map((each) => [
          each.at,
          each.username,
          each.text!,
          word(`verdict.${each.action}`),
          each.score!,
          each.reasons!.map(reason_word).join(" "),
        ]),
    ]);
  }
}
