import { digits } from "../../shared/numbers.ts";
import { reasons_text } from "../../shared/verdict_text.ts";
import { by, el, icon, slot } from "../../shared/dom.ts";
import { face, hue } from "../../shared/face.ts";
import { plain, render } from "../../shared/markdown.ts";
import { clock_text, whole_text } from "../../shared/time.ts";
import { attachment, read_attachments } from "./attachments.ts";
import type { Message, Role } from "../../shared/types.ts";
import { word } from "../../shared/words.ts";
import { cut } from "../../shared/text.ts";

/// One message's row: cloned from the server's template, filled through its data-f slots.

export interface RowContext {
  me: string;
  role_of(username: string): Role | undefined;
  /// The message that `message` answers, when it is on the page.
  answered(message: Message): Message | undefined;
  /// Between two people, what may hurt opens on request.
  is_direct: boolean;
  /// How far one's own message of this place has come.
  reached(seq: number): Tick;
}

export function make_row(message: Message, context: RowContext): HTMLElement {
  const template = by<HTMLTemplateElement>("message");
  const node = template.content.firstElementChild!.cloneNode(true) as HTMLElement;
  fill_row(node, message, context);
  return node;
}

export function fill_row(node: HTMLElement, message: Message, context: RowContext): void {
  const sender = message.sender;
  node.classList.toggle("own", sender?.username === context.me);
  node.classList.toggle("notice", sender === null);
  node.classList.toggle("removed", message.deleted === true);
  if (message.seq > 0) {
    node.id = `m-${message.seq}`;
    node.dataset.seq = String(message.seq);
  }
  node.dataset.id = message.id;
  slot(node, "avatar").replaceChildren(...(sender === null ? [] : [face(sender)]));
  slot(node, "name").className = sender === null ? "msg-name" : `msg-name ink-${hue(sender.username)}`;
  slot(node, "name").textContent = sender === null ? "" : sender.display_name || sender.username;
  slot(node, "user").textContent = sender === null ? "" : `@${sender.username}`;
  slot(node, "user").hidden = sender?.shares_name !== true;
  fill_role(node, sender === null ? undefined : (sender.role ?? context.role_of(sender.username)));
  fill_quote(node, message, context);
  fill_text(node, message, context);
  slot(node, "review").hidden = message.moderation?.action !== "flag" || message.deleted === true;
  slot(node, "edited").hidden = !message.edited_at || message.deleted === true;
  fill_time(node, message);
  fill_reactions(node, message, context.me);
  if (sender?.username === context.me) fill_own(node, message);
  if (sender?.username === context.me)
    set_tick(node, message.seq > 0 && !message.deleted ? context.reached(message.seq) : "");
}

/// What only the author sees below a message that is under review or was removed.
function fill_own(node: HTMLElement, message: Message): void {
  const verdict = message.moderation;
  const removed = message.deleted === true && message.by_staff === true && message.own_text !== undefined;
  const review =
    verdict?.action === "flag" && message.deleted !== true && !(verdict.reasons ?? []).includes("self_harm");
  const line = slot(node, "state");
  const was = node.classList.contains("told");
  const told = message.seq > 0 && (removed || (review && verdict.case_id !== undefined));
  node.classList.toggle("told", told);
  if (was && !told) line.hidden = true;
  if (!told) return;
  const text = removed ? word("message.you_wrote", message.own_text!) : word("flagged.text", reasons_text(verdict!));
  const button = el("button", { type: "button", "data-appeal": verdict?.case_id ?? "" }, word("appeal.open"));
  line.hidden = false;
  line.replaceChildren(
    el("span", { dir: "auto" }, text),
    verdict?.case_id || (removed && verdict?.case_id === undefined) ? button : "",
  );
}

function fill_role(node: HTMLElement, role: Role | undefined): void {
  const badge = slot(node, "role");
  badge.hidden = role === undefined || role === "member" || role === "guest";
  if (!badge.hidden) badge.textContent = word(`role.${role}`);
}

function fill_quote(node: HTMLElement, message: Message, context: RowContext): void {
  const quote = slot(node, "quote") as HTMLAnchorElement;
  quote.hidden = !message.reply_to || message.deleted === true;
  if (quote.hidden) return;
  const answered = context.answered(message);
  slot(node, "quote_name").textContent = answered?.sender?.display_name ?? "";
  const text =
    answered === undefined
      ? word("message.earlier")
      : answered.deleted
        ? word("message.deleted")
        : plain(answered.text);
  slot(node, "quote_text").textContent = cut(text, 160);
  const seq = answered?.seq ?? seq_of(message.reply_to!);
  if (seq > 0) quote.href = `#m-${seq}`;
}

/// Ids end in the number of the message within its room.
export function seq_of(reference: string | number): number {
  return typeof reference === "number" ? reference : Number(/(\d+)$/.exec(reference)?.[1] ?? 0);
}

const only_emoji =
  /^(?:\p{Extended_Pictographic}|\p{Emoji_Modifier}|\p{Regional_Indicator}|[\u200d\ufe0f\u{e0020}-\u{e007f}\s])+$/u;

function fill_text(node: HTMLElement, message: Message, context: RowContext): void {
  const text = slot(node, "text");
  if (message.deleted) {
    const bar = node.querySelector<HTMLElement>("#toolbar");
    if (bar !== null) bar.hidden = true;
    text.replaceChildren(el("p", {}, word(message.by_staff ? "message.removed" : "message.deleted")));
    return;
  }
  const content = [render(message.text), ...(message.attachments ?? []).map(attachment)];
  const veiled = context.is_direct && message.moderation?.action === "flag" && message.sender?.username !== context.me;
  text.replaceChildren(...(veiled ? [veil(content)] : content));
  make_code_reachable(node);
  if (message.sender?.username !== context.me) mark_call(node, context.me);
  text.classList.toggle("big", message.text.length <= 24 && only_emoji.test(message.text) && /\D/.test(message.text));
}

/// Whoever is named finds it at a glance: their name, and the whole row.
export function mark_call(node: HTMLElement, me: string): void {
  let called = false;
  for (const mention of slot(node, "text").querySelectorAll(".mention")) {
    if (mention.textContent!.toLowerCase() !== `@${me.toLowerCase()}`) continue;
    mention.classList.add("named");
    called = true;
  }
  node.classList.toggle("called", called);
}

function veil(content: Node[]): HTMLElement {
  const summary = el("summary", {}, icon("eye-off", "small"), el("span", {}, word("message.veiled")));
  return el("details", { class: "veil" }, summary, ...content);
}

/// The server quotes the text as it was written.
export function tidy_quote(node: HTMLElement): void {
  const text = slot(node, "quote_text");
  if (text.textContent) text.textContent = plain(text.textContent);
}

/// Code that is wider than its row scrolls, so the keyboard must be able to reach it.
export function make_code_reachable(node: HTMLElement): void {
  for (const code of node.querySelectorAll("pre")) {
    code.tabIndex = 0;
    if (code.querySelector(".code-copy") !== null) continue;
    const button = el("button", {
      type: "button",
      class: "code-copy",
      "data-copy": code.textContent ?? "",
      tabindex: "-1",
    });
    button.append(icon("copy", "small"), el("span", { class: "sr" }, word("code.copy")));
    button.title = word("code.copy");
    code.prepend(button);
  }
}

export function fill_time(node: HTMLElement, message: Message): void {
  const at = new Date(message.sent_at);
  const time = slot(node, "time") as HTMLTimeElement;
  time.dateTime = message.sent_at;
  time.textContent = clock_text(at);
  const link = slot(node, "link") as HTMLAnchorElement;
  link.title = whole_text(at);
  if (message.seq > 0) link.href = `#m-${message.seq}`;
}

export function fill_reactions(node: HTMLElement, message: Message, me: string, fresh = ""): void {
  const box = slot(node, "reactions");
  const given = Object.entries(message.reactions ?? {}).filter(([, names]) => names.length > 0);
  box.hidden = given.length === 0 || message.deleted === true;
  box.replaceChildren(
    ...given.map(([emoji, names]) => {
      const mine = names.includes(me);
      const kind = `reaction${mine ? " mine" : ""}${emoji === fresh ? " fresh" : ""}`;
      const label = {
        type: "button",
        class: kind,
        "data-emoji": emoji,
        "aria-pressed": String(mine),
        title: names.join(word("list.comma")),
      };
      return el("button", label, `${emoji} `, el("span", {}, digits(names.length)));
    }),
  );
}

/// A row that the server wrote, read back into a message.
export function read_row(node: HTMLElement, room: string): Message {
  const { id, seq, author, at, text } = node.dataset;
  const reactions: Record<string, string[]> = {};
  for (const button of node.querySelectorAll<HTMLElement>(".reaction")) {
    reactions[button.dataset.emoji!] = button.title.split(", ");
  }
  const quote = slot(node, "quote") as HTMLAnchorElement;
  const picture = node.querySelector<HTMLImageElement>("img.avatar")?.getAttribute("src") ?? null;
  const sender = {
    id: "",
    username: author ?? "",
    display_name: slot(node, "name").textContent ?? "",
    avatar_url: picture,
    ...(slot(node, "user").hidden ? {} : { shares_name: true }),
  };
  return {
    id: id ?? "",
    room,
    seq: Number(seq),
    sender: author ? sender : null,
    text: text ?? "",
    sent_at: at ?? "",
    edited_at: slot(node, "edited").hidden ? null : (at ?? ""),
    deleted: node.classList.contains("removed"),
    reply_to: quote.hidden ? null : quote.hash,
    reactions,
    attachments: read_attachments(slot(node, "text")),
    by_staff: node.dataset.byStaff !== undefined,
    moderation: { action: slot(node, "review").hidden ? "allow" : "flag" },
  };
}

export type Tick = "" | "sending" | "sent" | "delivered" | "read";

export function set_tick(node: HTMLElement, tick: Tick): void {
  const place = slot(node, "tick");
  place.hidden = tick === "";
  node.classList.toggle("sending", tick === "sending");
  place.classList.toggle("read", tick === "read");
  if (tick === "") return;
  place.replaceChildren(icon(tick_icon(tick), "small"), el("span", { class: "sr" }, word(`message.${tick}`)));
}

function tick_icon(tick: Tick): string {
  if (tick === "sending") return "clock";
  return tick === "sent" ? "check" : "check-check";
}
/// A row in focus says who, what and when; each gets its names when it is first focused.
export function label_row(node: HTMLElement): void {
  if (!node.classList.contains("msg") || node.hasAttribute("aria-labelledby")) return;
  const parts = ["name", "text", "time"].map((name) => {
    const part = slot(node, name);
    part.id ||= `${node.id || node.dataset.id}-${name}`;
    return part.id;
  });
  node.setAttribute("aria-labelledby", parts.join(" "));
}
// The names of icons that are chosen at run time: icon("clock") icon("check") icon("check-check")
