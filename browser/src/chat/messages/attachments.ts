import { el, icon } from "../../shared/dom.ts";
import type { Attachment } from "../../shared/types.ts";

/// What came with a message: pictures, films, sounds and other files, as the template has them
/// (templates/macros.html, attachments).

export type Kind = "picture" | "film" | "sound" | "file";

const pictures = ["image/png", "image/jpeg", "image/webp", "image/gif"];
const films = ["video/webm", "video/mp4"];
const widest_picture = 360;
const highest_picture = 320;

export function kind_of(type: string): Kind {
  if (pictures.includes(type)) return "picture";
  if (type.startsWith("audio/")) return "sound";
  return films.includes(type) ? "film" : "file";
}

/// "1.2 MB", in steps of 1000 as disks are sold.
export function size_text(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const thousands = bytes / 1000;
  const [value, unit] = thousands < 999.5 ? [thousands, "kB"] : [thousands / 1000, "MB"];
  return `${value >= 9.95 ? value.toFixed(0) : value.toFixed(1)} ${unit}`;
}

/// "PDF" of "notes.pdf"; "" where the name ends in nothing short.
export function ending_text(name: string): string {
  return /\.([\x21-\x7e]{1,5})$/.exec(name)?.[1]?.toUpperCase() ?? "";
}

/// The size at which a picture stands in a row: known before it has come, so that nothing moves.
export function shown_size(width: number, height: number): { width: number; height: number } {
  const scale = Math.min(1, widest_picture / width, highest_picture / height);
  return { width: Math.round(width * scale), height: Math.round(height * scale) };
}

export function attachment(file: Attachment): HTMLElement {
  const kind = kind_of(file.type);
  const box = el("div", { class: `attached ${kind}` });
  box.dataset.url = file.url;
  box.dataset.name = file.name;
  box.dataset.type = file.type;
  box.dataset.bytes = String(file.bytes);
  if (file.alt) box.dataset.alt = file.alt;
  if (file.width && file.height) {
    box.dataset.width = String(file.width);
    box.dataset.height = String(file.height);
  }
  if (kind === "picture") box.append(picture(file));
  else if (kind === "film")
    box.append(
      el("video", { src: file.url, controls: "", preload: "metadata", playsinline: "", "aria-label": file.name }),
    );
  else {
    if (kind === "sound")
      box.append(el("audio", { src: file.url, controls: "", preload: "metadata", "aria-label": file.name }));
    box.append(tile(file, kind));
  }
  return box;
}

function picture(file: Attachment): HTMLElement {
  const image = el("img", { src: file.url, alt: file.alt || file.name, loading: "lazy" });
  if (file.width && file.height) {
    const { width, height } = shown_size(file.width, file.height);
    image.width = width;
    image.height = height;
  }
  return el("a", { class: "picture-link", href: file.url, target: "_blank", rel: "noopener" }, image);
}

function tile(file: Attachment, kind: Kind): HTMLElement {
  const ending = ending_text(file.name);
  return el(
    "a",
    { class: "file-tile", href: file.url, download: file.name },
    el("span", { class: "file-sign" }, icon(kind === "sound" ? "file-music" : "file-text")),
    el(
      "span",
      { class: "file-name" },
      el("bdi", {}, file.name),
      el("small", { dir: "ltr" }, `${ending === "" ? "" : `${ending} · `}${size_text(file.bytes)}`),
    ),
  );
}

/// Those of a row that the server wrote.
export function read_attachments(row: ParentNode): Attachment[] {
  return [...row.querySelectorAll<HTMLElement>(".attached")].map(({ dataset }) => ({
    url: dataset.url!,
    name: dataset.name!,
    type: dataset.type!,
    bytes: Number(dataset.bytes),
    ...(dataset.alt === undefined ? {} : { alt: dataset.alt }),
    ...(dataset.width === undefined ? {} : { width: Number(dataset.width), height: Number(dataset.height) }),
  }));
}
// The names of icons that are chosen at run time: icon("file-text") icon("file-music")
