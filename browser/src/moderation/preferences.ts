import { by, memory } from "../shared/dom.ts";
import { open_dialog } from "../shared/dialogs.ts";
import { toast } from "../shared/announce.ts";
import { word } from "../shared/words.ts";
import { severity_of } from "./queue.ts";
import type { Case } from "../contract.ts";

/// What a moderator chose for this device: which texts are blurred at first, single keys, reminders of breaks.

const break_ms = 30 * 60_000;

export class Preferences {
  private began = Date.now();

  constructor(changed: () => void) {
    const form = by<HTMLFormElement>("preferences-form");
    const open = by("open-preferences");
    open.hidden = false;
    open.addEventListener("click", () => {
      (form.elements.namedItem("blur") as RadioNodeList).value = this.blur;
      (form.elements.namedItem("keys") as HTMLInputElement).checked = this.single_keys;
      (form.elements.namedItem("breaks") as HTMLInputElement).checked = this.breaks;
      (form.elements.namedItem("sounds") as HTMLInputElement).checked = this.sounds;
      open_dialog("preferences");
    });
    form.addEventListener("change", () => {
      const data = new FormData(form);
      memory.set("soyuz.mod.blur", String(data.get("blur")));
      memory.set("soyuz.mod.keys", data.has("keys") ? "" : "off");
      memory.set("soyuz.mod.breaks", data.has("breaks") ? "" : "off");
      memory.set("soyuz.mod.sounds", data.has("sounds") ? "" : "off");
      changed();
    });
  }

  get blur(): string {
    return memory.get("soyuz.mod.blur") ?? "high";
  }

  get single_keys(): boolean {
    return memory.get("soyuz.mod.keys") !== "off";
  }

  get breaks(): boolean {
    return memory.get("soyuz.mod.breaks") !== "off";
  }

  get sounds(): boolean {
    return memory.get("soyuz.mod.sounds") !== "off";
  }

  masks(each: Case): boolean {
    const severity = severity_of(each);
    if (this.blur === "always") return true;
    if (this.blur === "medium") return severity === "medium" || severity === "high";
    return this.blur === "high" && severity === "high";
  }

  /// Called with each decision: half an hour of this without a pause is enough.
  worked(): void {
    if (!this.breaks || Date.now() - this.began < break_ms) return;
    this.began = Date.now();
    toast(word("mod.take_a_break"), undefined, 15_000);
  }
}
