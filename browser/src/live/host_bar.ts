import { toast } from "../shared/announce.ts";
import { ApiError, type Api } from "../shared/api.ts";
import { by } from "../shared/dom.ts";
import { word } from "../shared/words.ts";
import type { Stage } from "./shapes.ts";

/// What hosts and moderators do with a broadcast.

const hold_ms = 1000;

export class HostBar {
  private readonly path: string;

  constructor(
    private readonly api: Api,
    room: string,
    private stage: Stage,
    private readonly changed: (stage: Stage) => void,
  ) {
    this.path = `/live/${encodeURIComponent(room)}`;
    hold(by("end-live"), () => void this.post("end"));
    by("blank-live").addEventListener("click", () => void this.post("blank", { on: !this.stage.blanked }));
    by("mute-live").addEventListener("click", () => void this.post("mute", { on: !this.stage.muted }));
    document.getElementById("cut-live")?.addEventListener("click", () => void this.post("cut"));
    document.getElementById("clip-live")?.addEventListener("click", () => void this.keep_clip());
    by("quiet-live").addEventListener("click", () => void this.hush());
    by("reset-live").addEventListener("click", () => void this.post("reset"));
    by<HTMLSelectElement>("plan-delay").addEventListener("change", (event) =>
      this.plan({ delay_s: Number((event.target as HTMLSelectElement).value) }),
    );
    by<HTMLInputElement>("plan-records").addEventListener("change", (event) =>
      this.plan({ records: (event.target as HTMLInputElement).checked }),
    );
    by<HTMLInputElement>("plan-gifts").addEventListener("change", (event) =>
      this.plan({ random_gifts: (event.target as HTMLInputElement).checked }),
    );
    this.show(stage);
  }

  show(stage: Stage): void {
    this.stage = stage;
    const is_on = stage.state === "live" || stage.state === "interrupted";
    by("host-bar").hidden = false;
    for (const id of ["end-live", "blank-live", "mute-live", "clip-live", "cut-live"]) {
      const button = document.getElementById(id) as HTMLButtonElement | null;
      if (button !== null) button.hidden = !is_on;
    }
    by("blank-live").setAttribute("aria-pressed", String(stage.blanked ?? false));
    by("mute-live").setAttribute("aria-pressed", String(stage.muted ?? false));
    by<HTMLInputElement>("plan-records").checked = stage.records ?? false;
    by<HTMLInputElement>("plan-gifts").checked = stage.random_gifts ?? false;
    const delay = by<HTMLSelectElement>("plan-delay");
    if ([...delay.options].some((option) => option.value === String(stage.delay_s)))
      delay.value = String(stage.delay_s);
  }

  note(text: string): void {
    by("host-note").textContent = text;
  }

  /// The room's own lock: nobody but those who lead it writes.
  room_changed(is_locked: boolean): void {
    by("quiet-live").setAttribute("aria-pressed", String(is_locked));
  }

  private async hush(): Promise<void> {
    const locked = by("quiet-live").getAttribute("aria-pressed") !== "true";
    try {
      await this.api.call("PATCH", `/rooms/${encodeURIComponent(this.stage.room)}`, { settings: { locked } });
      this.room_changed(locked);
    } catch (error) {
      toast(error instanceof ApiError && error.message !== "" ? error.message : word("error.unreachable"));
    }
  }

  private async keep_clip(): Promise<void> {
    try {
      await this.api.call("POST", `${this.path}/clips`);
      toast(word("live.clip_taken"));
    } catch (error) {
      toast(error instanceof ApiError && error.message !== "" ? error.message : word("error.unreachable"));
    }
  }

  private plan(change: Record<string, unknown>): void {
    void this.call("PATCH", this.path, change);
  }

  private post(action: string, body?: Record<string, unknown>): Promise<void> {
    return this.call("POST", `${this.path}/${action}`, body);
  }

  private async call(method: string, path: string, body?: Record<string, unknown>): Promise<void> {
    try {
      this.changed(await this.api.call<Stage>(method, path, body));
    } catch (error) {
      toast(error instanceof ApiError && error.message !== "" ? error.message : word("error.unreachable"));
      this.show(this.stage);
    }
  }
}

/// Runs `done` once the button was held for a second: an accident ends no broadcast. The pointer is captured, so that a
/// layout that shifts under it doesn't let go; only the finger that was put down does.
function hold(button: HTMLElement, done: () => void): void {
  let timer = 0;
  let is_by_key = false;
  const begin = (by_key: boolean): void => {
    if (timer !== 0) return;
    is_by_key = by_key;
    button.classList.add("held");
    timer = window.setTimeout(() => {
      stop();
      done();
    }, hold_ms);
  };
  const stop = (): void => {
    clearTimeout(timer);
    timer = 0;
    button.classList.remove("held");
  };
  button.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    button.setPointerCapture(event.pointerId);
    begin(false);
  });
  for (const end of ["pointerup", "pointercancel", "lostpointercapture"])
    button.addEventListener(end, () => !is_by_key && stop());
  button.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    begin(true);
  });
  for (const end of ["keyup", "blur"]) button.addEventListener(end, () => is_by_key && stop());
  button.addEventListener("contextmenu", (event) => event.preventDefault());
}
