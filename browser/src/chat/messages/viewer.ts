import { open_dialog } from "../../shared/dialogs.ts";
import { by } from "../../shared/dom.ts";
import { word } from "../../shared/words.ts";

/// Pictures of the room, one at a time over the whole page; arrows lead from one to the next.
export class Viewer {
  private readonly dialog = by<HTMLDialogElement>("viewer");
  private readonly image = by<HTMLImageElement>("viewer-image");
  private links: HTMLAnchorElement[] = [];
  private at = 0;

  private static one: Viewer | null = null;

  /// Shows the picture behind `link`; the others of `list` are an arrow away.
  static open(list: HTMLElement, link: HTMLAnchorElement): void {
    const viewer = (Viewer.one ??= new Viewer());
    viewer.links = [...list.querySelectorAll<HTMLAnchorElement>("a.picture-link")];
    viewer.show(viewer.links.indexOf(link));
    open_dialog("viewer");
  }

  private constructor() {
    by("viewer-before").addEventListener("click", () => this.step(-1));
    by("viewer-next").addEventListener("click", () => this.step(1));
    this.dialog.addEventListener("keydown", (event) => {
      const sign = document.documentElement.dir === "rtl" ? -1 : 1;
      if (event.key === "ArrowLeft") this.step(-sign);
      else if (event.key === "ArrowRight") this.step(sign);
    });
    this.dialog.addEventListener("close", () => {
      this.image.removeAttribute("src");
      this.links[this.at]?.focus();
    });
    // A tap beside the picture closes it.
    by("viewer-stage").addEventListener("click", (event) => event.target !== this.image && this.dialog.close());
  }

  private step(by_pictures: number): void {
    const next = this.at + by_pictures;
    if (next >= 0 && next < this.links.length) this.show(next);
  }

  private show(at: number): void {
    this.at = at;
    const link = this.links[at]!;
    const { name = "", alt } = link.closest<HTMLElement>(".attached")!.dataset;
    this.image.src = link.href;
    this.image.alt = alt ?? name;
    by("viewer-text").textContent = alt ?? name;
    by("viewer-count").textContent = word("viewer.count", at + 1, this.links.length);
    by<HTMLButtonElement>("viewer-before").disabled = at === 0;
    by<HTMLButtonElement>("viewer-next").disabled = at === this.links.length - 1;
    const save = by<HTMLAnchorElement>("viewer-save");
    save.href = link.href;
    save.download = name;
  }
}
