import { by, memory } from "../shared/dom.ts";

/// The drawers and columns of the chat page.
export class Shell {
  private readonly shell = by("shell");
  private readonly wide = matchMedia("(min-width: 1024px)");

  /// `opened` runs when a pane has come into view.
  constructor(private readonly opened: (pane: "rooms" | "people") => void) {
    const on = (id: string, run: () => void): void =>
      by(id).addEventListener("click", (event) => {
        event.preventDefault();
        run();
      });
    on("open-rooms", () => this.open("rooms"));
    on("close-rooms", () => this.close());
    on("open-people", () => this.toggle_people());
    on("close-people", () => (this.wide.matches ? this.toggle_people() : this.close()));
    this.shell.addEventListener("click", (event) => {
      // The shade beside an open drawer is the shell's own ::after.
      if (event.target === this.shell) this.close();
    });
    if (memory.get("soyuz.people") === "1") this.shell.toggleAttribute("data-people", true);
    if (location.hash === "#rooms" || location.hash === "#people") history.replaceState(null, "", location.pathname);
    document.addEventListener("click", (event) => {
      for (const menu of document.querySelectorAll<HTMLDetailsElement>("details.menu[open]")) {
        if (!menu.contains(event.target as Node)) menu.open = false;
      }
    });
  }

  open(pane: "rooms" | "people"): void {
    this.shell.dataset.pane = pane;
    this.opened(pane);
    by(pane === "rooms" ? "close-rooms" : "close-people").focus();
  }

  /// Closes what is open; false when nothing was.
  close(): boolean {
    const menu = document.querySelector<HTMLDetailsElement>("details.menu[open]");
    const pane = this.shell.dataset.pane;
    if (menu !== null) {
      menu.open = false;
      menu.querySelector("summary")!.focus();
      return true;
    }
    if (pane === undefined) return false;
    delete this.shell.dataset.pane;
    by(pane === "rooms" ? "open-rooms" : "open-people").focus();
    return true;
  }

  private toggle_people(): void {
    if (!this.wide.matches) return this.open("people");
    const shown = this.shell.toggleAttribute("data-people");
    memory.set("soyuz.people", shown ? "1" : "");
    if (shown) this.opened("people");
  }
}
