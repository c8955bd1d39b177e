import { by } from "../../shared/dom.ts";
import type { Tray } from "./tray.ts";

/// Ways into the tray: chosen, pasted into the field, dropped anywhere on the page.
export function start_files(tray: Tray): void {
  // What is dropped must never make the browser leave the chat, whether files are taken or not.
  document.addEventListener("dragover", (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    by("room").classList.toggle("dropping", tray.takes_files);
  });
  document.addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) by("room").classList.remove("dropping");
  });
  document.addEventListener("drop", (event) => {
    by("room").classList.remove("dropping");
    const files = [...(event.dataTransfer?.files ?? [])];
    if (files.length === 0) return;
    event.preventDefault();
    if (tray.takes_files) tray.add(files);
  });
  if (!tray.takes_files) return;
  const input = by<HTMLInputElement>("file");
  by("attach").addEventListener("click", () => input.click());
  input.addEventListener("change", () => {
    tray.add(input.files ?? []);
    input.value = "";
  });
  by("compose").addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (files.length === 0) return;
    event.preventDefault();
    tray.add(files);
  });
}
