import { by, el } from "../shared/dom.ts";
import { face } from "../shared/face.ts";
import { plain } from "../shared/markdown.ts";
import { isolated, share_text } from "../shared/numbers.ts";
import { clock_text, server_now } from "../shared/time.ts";
import type { Message } from "../shared/types.ts";
import { reason_word, terms_text } from "../shared/verdict_text.ts";
import { word } from "../shared/words.ts";
import { age_of, stamp_text } from "./ages.ts";
import { segments } from "./marks.ts";
import { claimed_by_other, severity_of } from "./queue.ts";
import { what_of } from "./queue_view.ts";
import type { Case, CaseDetails, CasePerson } from "../contract.ts";
import { cut } from "../shared/text.ts";

/// One case: the text with what was found in it, what stood around it, the verdict, the reports and the person.
export class CasePane {
  private readonly box = by("case");
  private readonly text = by("subject-text");
  private readonly button = by<HTMLButtonElement>("reveal");
  private shown: Case | null = null;
  private masked = false;

  constructor(
    private readonly me: string,
    private readonly masks: (each: Case) => boolean,
  ) {
    this.button.addEventListener("click", () => this.reveal());
  }

  get current(): Case | null {
    return this.shown;
  }

  /// A blurred text has not been looked at.
  get is_masked(): boolean {
    return this.masked;
  }

  clear(): void {
    this.shown = null;
    this.box.hidden = true;
  }

  /// What the queue knows at once; the rest comes with `fill`.
  show(each: Case): void {
    const fresh = this.shown?.id !== each.id;
    this.shown = each;
    this.box.hidden = false;
    if (fresh) {
      this.masked = this.masks(each);
      this.box.scrollTop = 0;
      for (const id of ["context-before", "context-after", "person-box"]) by(id).replaceChildren();
      this.box.setAttribute("aria-busy", "true");
    }
    this.head(each);
    this.subject(each);
    this.notices(each);
    this.verdict(each);
    this.reports(each);
  }

  fill(view: CaseDetails): void {
    if (this.shown?.id !== view.case.id) return;
    this.box.removeAttribute("aria-busy");
    this.show(view.case);
    const at = view.case.seq;
    const others = view.context.filter((message) => message.id !== view.case.message_id);
    const before = others.filter((message) => at === null || message.seq < at);
    by("context-before").replaceChildren(...before.slice(-5).map(context_row));
    by("context-after").replaceChildren(
      ...others
        .filter((message) => !before.includes(message))
        .slice(0, 5)
        .map(context_row),
    );
    this.person(view.person);
  }

  /// Shows a blurred text, or blurs it again.
  reveal(): void {
    if (this.shown === null || this.button.hidden) return;
    this.masked = !this.masked;
    this.subject(this.shown);
  }

  private head(each: Case): void {
    const kind = word(each.appeal === null ? `kind.${each.kind}` : "kind.appealed");
    by("case-title").textContent = `${isolated(what_of(each))} · ${kind} · ${word(`severity.${severity_of(each)}`)}`;
    const occasion = word(`occasion.${each.occasion}`);
    const where = each.room === null ? [] : [el("bdi", {}, each.room.title || each.room.name), " · "];
    by("case-about").replaceChildren(...where, occasion, " · ", age_of(each.created_at));
    const link = by<HTMLAnchorElement>("case-open");
    link.hidden = each.room === null;
    if (each.room !== null) link.href = page_of(each.room, each.seq);
    const appeal = by("case-appeal");
    appeal.hidden = each.appeal === null;
    if (each.appeal !== null) {
      appeal.querySelector("p")!.textContent = each.appeal.text || word("mod.appeal_silent");
      appeal.querySelector("small")!.textContent = stamp_text(each.appeal.at);
    }
  }

  private subject(each: Case): void {
    by("subject-face").replaceChildren(face(each.author));
    by("subject-name").textContent = each.author.display_name || each.author.username;
    const time = by<HTMLTimeElement>("subject-time");
    time.dateTime = each.created_at;
    time.textContent = stamp_text(each.created_at);
    const count = by("subject-count");
    count.hidden = each.count < 2;
    count.textContent = word("mod.times", each.count);
    by("subject").classList.toggle("masked", this.masked);
    const marked = segments(each.text, each.verdict?.matches ?? []).map((part) =>
      part.category === ""
        ? document.createTextNode(part.text)
        : el("mark", { class: part.category, title: reason_word(part.category) }, part.text),
    );
    this.text.replaceChildren(...marked);
    by("further").hidden = each.further.length === 0;
    by("further")
      .querySelector("ul")!
      .replaceChildren(
        ...each.further.map((more) =>
          el(
            "li",
            {},
            el(
              "span",
              { class: this.masked ? "masked-line" : "", dir: "auto" },
              this.masked ? word("mod.masked") : more.text,
            ),
            el("small", { class: "muted" }, ` ${age_of(more.at)}`),
          ),
        ),
      );
    // What is blurred for the eyes is not read aloud either.
    this.text.toggleAttribute("inert", this.masked);
    this.button.hidden = !this.masks(each) && !this.masked;
    this.button.setAttribute("aria-expanded", String(!this.masked));
    this.button.querySelector("span")!.textContent = word(this.masked ? "mod.reveal" : "mod.conceal");
  }

  private notices(each: Case): void {
    const lines: HTMLElement[] = [];
    const line = (kind: string, text: string): void => void lines.push(el("p", { class: `alert ${kind}` }, text));
    if (claimed_by_other(each, this.me, server_now())) line("info", word("mod.claimed_by", each.claim!.by));
    if (each.stale) line("warn", word("mod.stale"));
    if (each.asks_for_help) line("info", word("mod.alert_hint"));
    for (const past of [...(each.decisions ?? []), ...(each.decision === null ? [] : [each.decision])]) {
      // Names and notes bring their own direction: the dots between stay where the sentence has them.
      const said = [isolated(past.by), isolated(stamp_text(past.at)), ...(past.note ? [isolated(past.note)] : [])];
      line("info", `${word(`done.${past.action}`)} ${said.join(" · ")}`);
    }
    by("case-notices").replaceChildren(...lines);
  }

  private verdict(each: Case): void {
    const { verdict } = each;
    if (verdict === null) return by("verdict").replaceChildren(el("p", { class: "muted" }, word("mod.no_verdict")));
    const bars = (["score", "probability"] as const).filter((name) => verdict[name] !== undefined);
    const matches = verdict.matches ?? [];
    const found = new Set([...(verdict.reasons ?? []), ...matches.map((match) => match.category)]);
    by("verdict").replaceChildren(
      el(
        "p",
        {},
        el("span", { class: `action act-${verdict.action ?? "allow"}` }, word(`verdict.${verdict.action ?? "allow"}`)),
        ` ${word("mod.language")}: `,
        language_word(verdict.language),
      ),
      ...bars.map((name) => bar(word(`mod.${name}`), verdict[name]!)),
      el(
        "ul",
        { class: "reasons" },
        ...[...found].map((reason) => {
          const terms = terms_text(matches.filter((match) => match.category === reason));
          return el(
            "li",
            {},
            el("b", {}, reason_word(reason)),
            terms === "" || this.masked ? null : el("bdi", { class: "muted" }, terms),
          );
        }),
      ),
    );
  }

  private reports(each: Case): void {
    const box = by("reports");
    box.hidden = each.reports.length === 0;
    box
      .querySelector("ul")!
      .replaceChildren(
        ...each.reports.map((report) =>
          el(
            "li",
            {},
            el("b", {}, reason_word(report.reason)),
            " ",
            el("bdi", { class: "muted" }, report.by),
            ` · ${age_of(report.at)}`,
            report.note ? el("p", { dir: "auto" }, report.note) : null,
          ),
        ),
      );
  }

  private person(person: CasePerson): void {
    const { user } = person;
    const state: string[] = [];
    if (person.banned_until || person.banned) state.push(until_text("mod.banned", person.banned_until));
    if (person.muted_until || person.muted) state.push(until_text("mod.muted", person.muted_until));
    if (!person.can_chat && state.length === 0) state.push(word("mod.cannot_chat"));
    by("person-box").replaceChildren(
      el(
        "div",
        { class: "person-card" },
        face(user),
        el(
          "div",
          {},
          el("b", { dir: "auto" }, user.display_name || user.username),
          el(
            "p",
            { class: "muted" },
            el("bdi", { dir: "ltr" }, `@${user.username}`),
            ` · ${word(`role.${user.role ?? "member"}`)}`,
          ),
        ),
      ),
      el("p", {}, word("mod.person_figures", person.violations_24h, person.flagged_or_blocked)),
      ...state.map((text) => el("p", { class: "alert warn" }, text)),
      el(
        "ul",
        { class: "history" },
        ...person.history
          .filter((past) => past.id !== this.shown?.id)
          .slice(0, 20)
          .map((past) =>
            el(
              "li",
              {},
              el("span", { class: "kind" }, word(`kind.${past.kind}`)),
              el(
                "span",
                { class: this.masks(past) ? "masked-line" : "", dir: "auto" },
                this.masks(past) ? word("mod.masked") : cut(past.text, 100),
              ),
              el(
                "small",
                { class: "muted" },
                past.decision === null ? word("mod.undecided") : word(`done.${past.decision.action}`),
                ` · ${age_of(past.created_at)}`,
              ),
            ),
          ),
      ),
    );
  }
}

function language_word(language: string | undefined): string {
  if (language === "en") return word("mod.english");
  return word(language === "ur-Latn" ? "mod.roman_urdu" : "mod.other_language");
}

function until_text(key: string, until: string | null | undefined): string {
  return until ? word(`${key}_until`, stamp_text(until)) : word(key);
}

function context_row(message: Message): HTMLElement {
  const text = message.deleted ? word(message.by_staff ? "message.removed" : "message.deleted") : plain(message.text);
  return el(
    "li",
    { class: message.deleted ? "gone" : "" },
    el("bdi", { class: "context-name" }, message.sender?.display_name ?? ""),
    el("span", { dir: "auto" }, cut(text, 400)),
    el("time", { datetime: message.sent_at }, clock_text(new Date(message.sent_at))),
  );
}

function bar(label: string, value: number): HTMLElement {
  const percent = Math.round(value * 100);
  const fill = el("i", { class: value >= 0.9 ? "full" : value >= 0.6 ? "much" : value >= 0.3 ? "some" : "" });
  fill.style.width = `${percent}%`;
  return el(
    "p",
    { class: "score" },
    el("span", {}, label),
    el("span", { class: "score-bar", "aria-hidden": "true" }, fill),
    el("b", {}, share_text(percent / 100)),
  );
}

/// Where the subject of a case is read.
function page_of(room: NonNullable<Case["room"]>, seq: number | null): string {
  if (room.kind === "board") return seq === null ? "/posts" : `/posts/${seq}`;
  return `/chat/${encodeURIComponent(room.name)}${seq === null ? "" : `#m-${seq}`}`;
}
