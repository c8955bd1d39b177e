/// Addresses in running text and behind labels; the same rules as the server's (chat/markup/addresses, labels).

const ends_target = /[\u0000-\u0020<>"`\\\u007f]/;
/// White space, controls, format characters, quotation marks and sentence marks of any script but ASCII's own, and the
/// full-width and half-width marks that stand for ASCII's.
const ends_address =
  /[\u0000-\u0020<>"`\\\u007f-\u009f\p{White_Space}\p{Cf}\p{Pi}\p{Pf}]|(?=[^\u0000-\u007f])[\p{Terminal_Punctuation}\p{Quotation_Mark}]|(?=[\uff01-\uff65])(?=[\p{P}\p{S}])[^\p{Ps}\p{Pe}]/u;
const opening = /\p{Ps}/u;
const closing = /\p{Pe}/u;
const trailing = ".,:;!?'*_~|…‥";

/// The end of an address whose scheme ends at `from`: up to what ends one, or a closing bracket that it did not open;
/// without the punctuation that ends a sentence. `unclosed` keeps the brackets of other scripts that no address of the
/// line closes: they open what comes behind it, and none is looked for twice.
export function address_end(text: string, literal: readonly boolean[], from: number, unclosed: Set<number>): number {
  const open: { bracket: number; at: number }[] = [];
  let end = from;
  while (end < text.length) {
    const point = text.codePointAt(end)!;
    const char = String.fromCodePoint(point);
    if (literal[end] || ends_address.test(char) || unclosed.has(end)) break;
    if (opening.test(char)) open.push({ bracket: point, at: end });
    if (closing.test(char) && !close(open, point)) break;
    end += char.length;
  }
  const never_closed = open.filter((each) => each.bracket >= 0x80).map((each) => each.at);
  for (const at of never_closed) unclosed.add(at);
  end = never_closed[0] ?? end;
  while (end > from && trailing.includes(text[end - 1]!)) end--;
  return end;
}

/// Closes the last bracket of this kind; false where none is open. Unicode puts the two of a pair side by side; between
/// [ and ] stands a backslash.
function close(open: { bracket: number; at: number }[], bracket: number): boolean {
  const is_pair = (one: number): boolean =>
    one === bracket - 1 || (one === bracket - 2 && !opening.test(String.fromCodePoint(bracket - 1)));
  let at = open.length - 1;
  while (at >= 0 && !is_pair(open[at]!.bracket)) at--;
  if (at >= 0) open.splice(at, 1);
  return at >= 0;
}

/// The ")" that ends a target starting at `from`, or 0; pairs of parentheses may stand inside, spaces may not.
export function closing_parenthesis(text: string, literal: readonly boolean[], from: number): number {
  let open = 0;
  for (let at = from; at < text.length; at++) {
    const char = text[at]!;
    if (ends_target.test(char) || literal[at]) return 0;
    if (char === "(") open++;
    else if (char === ")" && open-- === 0) return at;
  }
  return 0;
}

/// http, https or mailto with something to lead to.
export function is_safe_target(target: string): boolean {
  return /^https?:\/\/([A-Za-z0-9[]|[^\u0000-\u007f])/i.test(target) || /^mailto:[^@]+@[^@]+$/i.test(target);
}

/// What names of files end in that no domain does.
const file_endings = new Set(
  (
    "7z apk avi bat bmp bz2 c class cfg conf cpp css csv deb dll doc docx eps exe flac gif go gz h heic hpp htm html " +
    "ico ini ipynb iso jar java jpeg jpg js json jsx kt lock log lua m4a mkv mp3 mp4 mpeg odp ods odt ogg pdf php png " +
    "ppt pptx psd rar rb rpm rtf sql svg swift tar tex tif tiff toml ts tsv tsx ttf txt vue wasm wav webm webp woff " +
    "xls xlsx xml xz yaml yml"
  ).split(" "),
);

/// As it is read: compatibility forms, case, what nobody sees, and the look-alikes of the marks of an address.
function as_read(text: string): string {
  return text
    .normalize("NFKC")
    .toLowerCase()
    .normalize("NFKC")
    .replace(/\p{Default_Ignorable_Code_Point}/gu, "")
    .replace(/[\u2044\u2215\u29f8\u2571\u27cb]/g, "/")
    .replace(/[\u3002\u0701\u0702\u2024]/g, ".")
    .replace(/[\ua789\u2236\u02d0\u0589]/g, ":")
    .trim();
}

/// Is it a name with an ending as domains have, or four numbers? README.md is taken for one: md is a country's.
function is_host(name: string): boolean {
  const dot = name.lastIndexOf(".");
  if (dot < 1) return false;
  const ending = name.slice(dot + 1);
  if (ending.startsWith("xn--")) return true;
  if (/^\d+$/.test(ending)) return /^\d+\.\d+\.\d+\.\d+$/.test(name);
  return /^[\p{L}\p{M}]{2,}$/u.test(ending) && !file_endings.has(ending);
}

/// Without its scheme, "www." and the slash at its end.
function bare(address: string): string {
  return address
    .replace(/^https:\/\//, "")
    .replace(/^http:\/\//, "")
    .replace(/^mailto:/, "")
    .replace(/^www\./, "")
    .replace(/\/+$/, "");
}

function host_of(target: string): string {
  const authority = bare(target).replace(/[/?#].*$/s, "");
  const host = authority.slice(authority.lastIndexOf("@") + 1);
  return (target.startsWith("mailto:") ? host : host.replace(/:[^\]:]*$/, ""))
    .replace(/^www\./, "")
    .replace(/\.+$/, "");
}

/// Does a label, as it is shown, name an address, and another one than `target`?
export function names_another_address(shown: string, target: string): boolean {
  const label = as_read(shown);
  const place = as_read(target);
  if (bare(label) === bare(place)) return false;
  if (label.includes("://")) return true;
  const host = host_of(place);
  for (const found of label.matchAll(/[\p{L}\p{Nd}\p{M}._-]+/gu)) {
    const name = found[0].replace(/^\.+/, "").replace(/\.+$/, "");
    const has_path = label[found.index + found[0].length] === "/";
    if ((is_host(name) || name.startsWith("www.")) && (has_path || name.replace(/^www\./, "") !== host)) return true;
  }
  return false;
}
