import { by } from "./dom.ts";
import { clock_text } from "./time.ts";
import { word } from "./words.ts";

/// The thin bar that tells how the connection is. Silent for the first two seconds of a loss.
export class StatusBar {
  private readonly bar = by("status");
  private readonly text = this.bar.querySelector("p")!;
  private readonly button = this.bar.querySelector("button")!;
  private timer = 0;
  private last_contact = new Date();
  private shown = false;

  constructor(
    private readonly try_now: () => void,
    private readonly waiting_messages: () => number,
  ) {
    this.button.addEventListener("click", () => this.on_button());
  }

  private on_button: () => void = () => this.try_now();

  ready(): void {
    clearTimeout(this.timer);
    this.last_contact = new Date();
    if (!this.shown) return;
    this.show("good", word("status.back"));
    this.timer = window.setTimeout(() => this.hide(), 2000);
  }

  lost(attempt: number): void {
    clearTimeout(this.timer);
    const show = (): void => {
      if (!navigator.onLine)
        this.show(
          "off",
          word("status.offline", clock_text(this.last_contact), this.waiting_messages()),
          word("status.try"),
        );
      else this.show("", word("status.reconnecting", Math.max(1, attempt)), word("status.try"));
    };
    if (this.shown) show();
    else this.timer = window.setTimeout(show, 2000);
  }

  /// A newer server than the page.
  new_version(reload: () => void): void {
    this.show("good", word("status.new_version"), word("status.reload"));
    this.on_button = reload;
  }

  private show(kind: string, text: string, button = ""): void {
    this.shown = true;
    this.bar.className = `status ${kind}`;
    this.bar.hidden = false;
    if (this.text.textContent !== text) this.text.textContent = text;
    this.button.hidden = button === "";
    this.button.textContent = button;
    this.on_button = () => this.try_now();
  }

  private hide(): void {
    this.shown = false;
    this.bar.hidden = true;
  }
}
