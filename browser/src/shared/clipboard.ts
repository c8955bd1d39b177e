import { toast } from "./announce.ts";
import { el } from "./dom.ts";
import { word } from "./words.ts";

/// Copies where the page is secure; elsewhere the old way still works in most browsers.
export function copy_text(text: string): void {
  const old_way = (): void => {
    const field = el("textarea", { class: "sr", "aria-hidden": "true" });
    field.value = text;
    (document.querySelector("dialog[open]") ?? document.body).append(field);
    field.select();
    toast(word(document.execCommand("copy") ? "copied" : "copy.failed"));
    field.remove();
  };
  if (navigator.clipboard === undefined) old_way();
  else navigator.clipboard.writeText(text).then(() => toast(word("copied")), old_way);
}
