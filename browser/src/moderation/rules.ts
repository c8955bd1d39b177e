import { error_text } from "../shared/error_text.ts";
import { toast } from "../shared/announce.ts";
import { ApiError, type Api } from "../shared/api.ts";
import { form_error } from "../shared/dialogs.ts";
import { by } from "../shared/dom.ts";
import type { Room } from "../shared/types.ts";
import { word } from "../shared/words.ts";
import type { Cases } from "../contract.ts";
import { in_order, names, outcome, presets, type Thresholds } from "./thresholds.ts";

/// What counts in one room: how strict, which categories and patterns, who sees a mark, words of its own.

export interface Rules {
  /// None: the server's own.
  preset: string | null;
  thresholds: Thresholds | null;
  categories_off: string[];
  rules_off: string[];
  shown: string;
  watch_words: { text: string; action: string; category: string }[];
}

export class RulesTab {
  private readonly form = by<HTMLFormElement>("rules-form");
  private readonly choice = by<HTMLSelectElement>("words-room");
  private scores: number[] = [];

  constructor(private readonly api: Api) {
    this.choice.addEventListener("change", () => void this.load());
    by("add-word").addEventListener("click", () =>
      this.add_word({ text: "", action: "flag", category: "harassment" }, true),
    );
    by("watch-list").addEventListener("click", (event) => {
      const button = (event.target as Element).closest("[data-remove]");
      if (button === null) return;
      button.closest("li")!.remove();
      by("add-word").focus();
    });
    this.form.addEventListener("input", (event) => this.changed(event.target as HTMLInputElement));
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.save();
    });
  }

  async load(): Promise<void> {
    const room = this.choice.value;
    if (room === "") return;
    this.form.inert = true;
    form_error(this.form, "");
    try {
      const [answer, decided, open] = await Promise.all([
        this.api.get<Room & { settings?: { moderation?: Partial<Rules> } }>(`/rooms/${encodeURIComponent(room)}`),
        this.cases(room, "decided"),
        this.cases(room, "open"),
      ]);
      if (room !== this.choice.value) return;
      this.scores = [...decided, ...open];
      this.show({
        preset: null,
        thresholds: null,
        categories_off: [],
        rules_off: [],
        shown: "badge",
        watch_words: [],
        ...answer.settings?.moderation,
      });
      this.form.inert = false;
    } catch (error) {
      form_error(this.form, error_text(error));
    }
  }

  private async cases(room: string, status: string): Promise<number[]> {
    const page = await this.api.get<Cases>(
      `/moderation/cases?status=${status}&room=${encodeURIComponent(room)}&limit=100`,
    );
    return page.cases.flatMap((each) => (each.verdict?.score === undefined ? [] : [each.verdict.score]));
  }

  private show(rules: Rules): void {
    this.radio("preset").value = rules.preset ?? "";
    this.radio("shown").value = rules.shown;
    for (const box of this.boxes("category")) box.checked = !rules.categories_off.includes(box.value);
    for (const box of this.boxes("rule")) box.checked = !rules.rules_off.includes(box.value);
    this.field("own_thresholds").checked = rules.thresholds !== null;
    this.show_thresholds(rules.thresholds ?? presets[rules.preset ?? "school"] ?? presets.school!);
    by("thresholds").hidden = rules.thresholds === null;
    by("watch-list").replaceChildren();
    for (const each of rules.watch_words) this.add_word(each, false);
  }

  private changed(field: HTMLInputElement): void {
    if (field.name === "preset" && !this.field("own_thresholds").checked) this.show_thresholds(presets[field.value]!);
    if (field.name === "own_thresholds") by("thresholds").hidden = !field.checked;
    if (field.name === "own_thresholds" && !field.checked)
      this.show_thresholds(presets[this.radio("preset").value] ?? presets.school!);
    if (field.type === "range") this.show_thresholds(in_order(this.thresholds(), field.name as keyof Thresholds));
  }

  private show_thresholds(thresholds: Thresholds): void {
    for (const name of names) {
      this.field(name).value = String(thresholds[name]);
      by(`o-${name}`).textContent = thresholds[name].toFixed(2);
    }
    const met = outcome(this.scores, thresholds);
    by("rules-preview").textContent =
      this.scores.length === 0
        ? word("rules.no_preview")
        : word("rules.preview", this.scores.length, met.warn, met.flag, met.block);
  }

  private add_word(each: Rules["watch_words"][number], by_hand: boolean): void {
    const row = by<HTMLTemplateElement>("watch-row").content.firstElementChild!.cloneNode(true) as HTMLElement;
    row.querySelector<HTMLInputElement>('[name="word"]')!.value = each.text;
    row.querySelector<HTMLSelectElement>('[name="word_category"]')!.value = each.category;
    row.querySelector<HTMLSelectElement>('[name="word_action"]')!.value = each.action;
    by("watch-list").append(row);
    if (by_hand) row.querySelector("input")!.focus();
  }

  private thresholds(): Thresholds {
    return {
      warn: Number(this.field("warn").value),
      flag: Number(this.field("flag").value),
      block: Number(this.field("block").value),
    };
  }

  private rules(): Rules {
    const words = [...by("watch-list").children].map((row) => ({
      text: row.querySelector<HTMLInputElement>('[name="word"]')!.value.trim(),
      action: row.querySelector<HTMLSelectElement>('[name="word_action"]')!.value,
      category: row.querySelector<HTMLSelectElement>('[name="word_category"]')!.value,
    }));
    const off = (name: string): string[] =>
      this.boxes(name)
        .filter((box) => !box.checked)
        .map((box) => box.value);
    return {
      preset: this.radio("preset").value || null,
      shown: this.radio("shown").value,
      categories_off: off("category"),
      rules_off: off("rule"),
      thresholds: this.field("own_thresholds").checked ? this.thresholds() : null,
      watch_words: words.filter((each) => each.text !== ""),
    };
  }

  private async save(): Promise<void> {
    form_error(this.form, "");
    try {
      await this.api.call("PATCH", `/rooms/${encodeURIComponent(this.choice.value)}`, {
        settings: { moderation: this.rules() },
      });
      toast(word("settings.saved"));
    } catch (error) {
      const fields =
        error instanceof ApiError ? Object.values((error.body.fields ?? {}) as Record<string, string>) : [];
      form_error(this.form, fields.length > 0 ? fields.join(" ") : error_text(error));
    }
  }

  private field(name: string): HTMLInputElement {
    return this.form.elements.namedItem(name) as HTMLInputElement;
  }

  private radio(name: string): RadioNodeList {
    return this.form.elements.namedItem(name) as RadioNodeList;
  }

  private boxes(name: string): HTMLInputElement[] {
    return [...this.form.querySelectorAll<HTMLInputElement>(`input[name="${name}"]`)];
  }
}
