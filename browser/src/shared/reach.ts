import type { Reach } from "../contract.ts";
import type { Api } from "./api.ts";
import { error_text } from "./error_text.ts";

/// Who can open this place's links: the buttons that open it to more people, and what the page shows after that.

const tunnel_tries = 40;
const between_tries_ms = 1000;

/// `changed` gets the address that links begin with from now on.
export function start_reach(api: Api, changed: (reach: Reach) => void): void {
  document.addEventListener("click", (event) => {
    const button = (event.target as Element).closest<HTMLButtonElement>("[data-way]");
    if (button === null) return;
    event.preventDefault();
    void open(button);
  });

  async function open(button: HTMLButtonElement): Promise<void> {
    const note = button.closest<HTMLElement>("[data-reach]")!;
    const fault = note.querySelector<HTMLElement>("[data-reach-error]")!;
    const way = button.dataset.way!;
    fault.hidden = true;
    button.disabled = true;
    try {
      let reach = await api.call<Reach>("POST", "/reach", { way });
      // A tunnel's address is known when its program has said it.
      for (let left = tunnel_tries; way === "tunnel" && reach.audience !== "everybody" && left > 0; left--) {
        await new Promise((resolve) => setTimeout(resolve, between_tries_ms));
        reach = await api.get<Reach>("/reach");
      }
      for (const each of document.querySelectorAll<HTMLElement>("[data-reach]")) show(each, reach);
      changed(reach);
    } catch (error) {
      fault.textContent = error_text(error);
      fault.hidden = false;
    } finally {
      button.disabled = false;
    }
  }
}

function show(note: HTMLElement, reach: Reach): void {
  note.dataset.reach = reach.audience;
  for (const line of note.querySelectorAll<HTMLElement>("[data-for]"))
    line.hidden = line.dataset.for !== reach.audience;
  for (const button of note.querySelectorAll<HTMLElement>("[data-way]"))
    button.hidden = !(reach.ways as string[]).includes(button.dataset.way!);
  if (reach.audience === "everybody") note.querySelector("[data-for-tunnel]")?.remove();
}
