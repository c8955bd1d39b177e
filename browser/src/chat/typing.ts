import { by } from "../shared/dom.ts";
import { word } from "../shared/words.ts";

/// "Sara is typing…": who said so within the last six seconds.
export class Typing {
  private readonly line = by("typing");
  private until = new Map<string, number>();
  private timer = 0;

  constructor(private readonly name_of: (username: string) => string) {}

  set(username: string, on: boolean): void {
    if (on) this.until.set(username, Date.now() + 6000);
    else if (!this.until.delete(username)) return;
    this.render();
  }

  clear(): void {
    this.until.clear();
    this.render();
  }

  private render(): void {
    const now = Date.now();
    for (const [username, until] of this.until) if (until <= now) this.until.delete(username);
    const names = [...this.until.keys()].map((each) => `\u2068${this.name_of(each)}\u2069`);
    clearTimeout(this.timer);
    if (names.length > 0) this.timer = window.setTimeout(() => this.render(), 1500);
    if (names.length === 0) this.line.textContent = "";
    else if (names.length === 1) this.line.textContent = word("typing.one", names[0]!);
    else if (names.length === 2) this.line.textContent = word("typing.two", names[0]!, names[1]!);
    else this.line.textContent = word("typing.many");
  }
}
