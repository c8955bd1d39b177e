import { error_text } from "../shared/error_text.ts";
import { announce, toast } from "../shared/announce.ts";
import { ApiError, type Api } from "../shared/api.ts";
import { by } from "../shared/dom.ts";
import type { Person } from "../shared/types.ts";
import { word } from "../shared/words.ts";
import { ActBar } from "./act_bar.ts";
import { CaseClips } from "./case_clips.ts";
import { CasePane } from "./case_view.ts";
import { Alarm } from "./alarm.ts";
import { Claims } from "./claims.ts";
import { Decisions, type Order } from "./decisions.ts";
import { outranks } from "../shared/roles.ts";
import type { Preferences } from "./preferences.ts";
import { claimed_by_other, fits, is_pressing, no_filter, Queue } from "./queue.ts";
import { QueueView } from "./queue_view.ts";
import type { Case, CaseDetails, Cases, ModerationAnalytics } from "../contract.ts";
import type { Act } from "./shapes.ts";
import { server_now } from "../shared/time.ts";

/// The queue, the case that is looked at, and what is decided about it.

const page_size = 50;
const overload = 50;
/// Decisions after which others read the text.
const lets_out = new Set<Act>(["approve", "grant", "not_a_violation"]);

export class Desk {
  readonly queue = new Queue();
  readonly decisions: Decisions;
  private readonly view: QueueView;
  private readonly pane: CasePane;
  private readonly clips: CaseClips;
  private readonly claims: Claims;
  private readonly bar: ActBar;
  private readonly alarm = new Alarm();
  private readonly form = by<HTMLFormElement>("filters");
  private readonly more = by<HTMLButtonElement>("more-cases");
  private selected: string | null = null;
  private next: string | null = null;
  /// Of the case that is looked at; the role comes with the case's details.
  private author: Person | null = null;
  private loading = 0;
  private filter_timer = 0;

  constructor(
    private readonly api: Api,
    private readonly me: Person,
    private readonly preferences: Preferences,
    is_live: (room: string) => boolean,
    private readonly counted: (open: number) => void,
  ) {
    this.clips = new CaseClips(api, is_live);
    this.view = new QueueView(
      this.queue,
      me.username,
      (each) => preferences.masks(each),
      (id) => this.decisions.is_waiting(id),
      (id) => this.select(id, true),
    );
    this.pane = new CasePane(me.username, (each) => preferences.masks(each));
    this.claims = new Claims(api, (fresh) => this.take(fresh, this.queue.open));
    this.decisions = new Decisions(api, {
      decided: (fresh) => this.decided(fresh),
      refused: (each, fresh) => this.refused(each, fresh),
      undone: (fresh) => {
        this.queue.take(fresh, server_now());
        this.select(fresh.id, false);
      },
      changed: () => this.changed(),
    });
    this.bar = new ActBar(
      (order) => this.decide(order),
      () => void this.decisions.undo(),
      () => void this.talk(),
    );
    this.form.addEventListener("input", () => {
      clearTimeout(this.filter_timer);
      this.filter_timer = window.setTimeout(() => void this.apply_filter(), 250);
    });
    this.form.addEventListener("submit", (event) => event.preventDefault());
    this.more.addEventListener("click", () => void this.load(true));
    by("case-back").addEventListener("click", () => this.close());
  }

  get current(): Case | undefined {
    return this.selected === null ? undefined : this.queue.find(this.selected);
  }

  /// The queue or the appeals, perhaps of one person only.
  turn_to(appealed: boolean, author?: string): void {
    if (author !== undefined) (this.form.elements.namedItem("author") as HTMLInputElement).value = author;
    this.queue.filter = { ...this.queue.filter, appealed };
    void this.apply_filter();
  }

  async load(further = false): Promise<void> {
    const asked = ++this.loading;
    const { filter } = this.queue;
    const query = new URLSearchParams({ status: "open", limit: String(page_size) });
    for (const name of ["kind", "room", "author", "category"] as const)
      if (filter[name] !== "") query.set(name, filter[name]);
    if (filter.appealed) query.set("appealed", "1");
    if (further && this.next !== null) query.set("before", this.next);
    by("queue").setAttribute("aria-busy", "true");
    try {
      const page = await this.api.get<Cases>(`/moderation/cases?${query}`);
      if (asked !== this.loading) return;
      if (further) this.queue.append(page.cases);
      else this.queue.replace(page.cases, page.open);
      this.next = page.has_more ? (page.next ?? null) : null;
      this.more.hidden = this.next === null;
      this.counted(page.open);
      this.changed();
      const wide = matchMedia("(min-width: 900px)").matches;
      if (this.current === undefined) this.select(wide ? (this.queue.cases[0]?.id ?? null) : null, false);
    } catch (error) {
      if (asked === this.loading) by("queue-state").textContent = error_text(error);
    } finally {
      if (asked === this.loading) by("queue").removeAttribute("aria-busy");
    }
  }

  /// The last day in one sentence, for an empty queue.
  show_day(now: ModerationAnalytics): void {
    const sum = (name: "warn" | "flag" | "block"): number =>
      now.verdicts.reduce((total, each) => total + each[name], 0);
    by("all-clear-text").textContent = word(
      "mod.day",
      sum("block"),
      sum("flag"),
      sum("warn"),
      now.time_to_decision.decided,
    );
  }

  /// A case opened or changed, as the socket tells.
  take(fresh: Case, open: number): void {
    this.queue.open = open;
    const is_new = this.queue.take(fresh, server_now());
    this.counted(open);
    if (fresh.id === this.selected && fresh.status === "decided") this.lose(fresh);
    else if (fresh.id === this.selected) this.show(fresh);
    this.changed();
    if (is_new) announce(word("mod.new_case", word(`kind.${fresh.kind}`)));
    if (is_new && is_pressing(fresh) && this.preferences.sounds) this.alarm.sound();
    if (this.selected === null && is_new && matchMedia("(min-width: 900px)").matches) this.select(fresh.id, false);
  }

  /// Opens a case; `by_hand`: the person asked for it, so on a phone it comes to the front.
  select(id: string | null, by_hand: boolean): void {
    this.selected = id;
    const each = this.current;
    this.claims.turn_to(each?.id ?? null);
    this.view.render(id);
    this.show_state();
    by("acts").hidden = each === undefined;
    if (each === undefined) {
      this.pane.clear();
      this.close();
      return;
    }
    this.author = each.author;
    this.show(each);
    void this.load_case(each.id);
    if (!by_hand) return;
    document.body.dataset.view = "case";
    if (!matchMedia("(min-width: 900px)").matches) by("case").focus();
  }

  /// A case named by a link, open or decided.
  async open_link(id: string): Promise<void> {
    try {
      const view = await this.api.get<CaseDetails>(`/moderation/cases/${encodeURIComponent(id)}`);
      if (this.queue.find(id) === undefined && view.case.status === "open" && fits(view.case, this.queue.filter))
        this.queue.take(view.case, server_now());
      this.select(this.queue.find(id) === undefined ? null : id, true);
    } catch (error) {
      toast(error_text(error));
    }
  }

  move(step: number): void {
    const target = this.queue.step(this.selected, step);
    if (target === undefined) return;
    this.select(target.id, false);
    this.view.focus(target.id);
  }

  arm(what: "mute" | "ban" | null): void {
    if (this.current !== undefined) this.bar.arm(what);
  }

  reveal(): void {
    this.pane.reveal();
  }

  focus_note(): void {
    this.bar.focus_note();
  }

  open_room(): void {
    const link = by<HTMLAnchorElement>("case-open");
    if (this.current?.room) link.click();
  }

  decide(order: Order): void {
    const each = this.current;
    if (each === undefined || !this.bar.offers(order.action)) return;
    // Nothing goes out that nobody has read.
    if (this.pane.is_masked && lets_out.has(order.action) && !each.asks_for_help) {
      this.pane.reveal();
      toast(word("mod.read_first"));
      return announce(word("mod.read_first"));
    }
    const full: Order = { ...order, note: this.bar.note };
    const also = this.bar.alike ? this.queue.alike(each) : [];
    const next = this.queue.after(each.id, this.me.username, server_now());
    const gone = new Set([each.id, ...also.map((other) => other.id)]);
    const after =
      next !== undefined && gone.has(next.id) ? this.queue.cases.find((other) => !gone.has(other.id)) : next;
    const focused = document.activeElement?.closest(".queue, .acts, .case") !== null;
    this.claims.decided(each.id);
    for (const id of gone) this.queue.remove(id);
    this.queue.open = Math.max(0, this.queue.open - gone.size);
    this.counted(this.queue.open);
    this.bar.reset();
    this.select(after?.id ?? null, false);
    if (document.activeElement === document.body && focused) this.view.focus(this.selected);
    announce(`${word(`done.${order.action}`)} ${word("mod.left", this.queue.open)}`);
    this.preferences.worked();
    void this.send([each, ...also], full);
  }

  /// After a change of what is blurred.
  repaint(): void {
    this.changed();
    const each = this.current;
    if (each === undefined) return;
    this.pane.clear();
    this.select(each.id, false);
  }

  private async send(cases: Case[], order: Order): Promise<void> {
    // A sanction counts once; the other texts of the same hand go with it.
    const [first, ...others] = cases;
    await this.decisions.decide(first!, order);
    const rest: Act =
      order.action === "mute" || order.action === "ban" || order.action === "warn" ? "remove" : order.action;
    for (const each of others)
      await this.decisions.decide(each, { action: rest, ...(order.note ? { note: order.note } : {}) });
  }

  private decided(fresh: Case): void {
    this.queue.remove(fresh.id);
    this.changed();
  }

  private refused(each: Case, fresh: Case | null): void {
    if (fresh?.status !== "decided") {
      this.queue.take(fresh ?? each, server_now());
      this.queue.open++;
      this.counted(this.queue.open);
    }
    if (this.selected === null) this.select(this.queue.cases[0]?.id ?? null, false);
    this.changed();
  }

  /// Somebody else decided what was being looked at.
  private lose(fresh: Case): void {
    const name = fresh.decision?.by ?? "";
    if (name !== this.me.username) toast(word("mod.already", name || "–"), undefined, 8000);
    this.claims.decided(fresh.id);
    this.select(this.queue.cases[0]?.id ?? null, false);
  }

  /// Opens the direct conversation with the author.
  private async talk(): Promise<void> {
    try {
      const room = await this.api.call<{ name: string }>("POST", "/direct", {
        username: this.current!.author.username,
      });
      location.assign(`/chat/${encodeURIComponent(room.name)}`);
    } catch (error) {
      toast(error_text(error));
    }
  }

  private async load_case(id: string): Promise<void> {
    try {
      const view = await this.api.get<CaseDetails>(`/moderation/cases/${encodeURIComponent(id)}`);
      if (this.selected !== id) return;
      if (view.case.status === "decided") return;
      this.pane.fill(view);
      void this.clips.show(view.case);
      this.author = view.person?.user ?? view.case.author;
      this.show(view.case);
      // Those of a higher role would take the claim of somebody else over, merely by looking.
      const is_free = !claimed_by_other(view.case, this.me.username, server_now());
      if (is_free && this.may_act(this.author)) this.claims.show(id);
    } catch (error) {
      if (error instanceof ApiError && error.status === 404 && this.selected === id) {
        this.queue.remove(id);
        this.select(this.queue.cases[0]?.id ?? null, false);
      }
    }
  }

  private async apply_filter(): Promise<void> {
    const data = new FormData(this.form);
    const field = (name: string): string => String(data.get(name) ?? "").trim();
    this.queue.filter = {
      ...no_filter,
      kind: field("kind"),
      category: field("category"),
      room: field("room"),
      author: field("author").replace(/^@/, ""),
      appealed: this.queue.filter.appealed,
    };
    await this.load();
  }

  private show(each: Case): void {
    this.pane.show(each);
    this.bar.turn_to(each, this.author !== null && this.may_act(this.author), this.queue.alike(each).length);
  }

  /// Nobody handles a case about themselves or those who stand as high; only the owner has nobody above.
  private may_act(person: Person): boolean {
    return person.username !== this.me.username && (this.me.role === "owner" || outranks(this.me, person));
  }

  private close(): void {
    if (document.body.dataset.view !== "case") return;
    document.body.dataset.view = "list";
    this.view.focus(this.selected);
  }

  private changed(): void {
    this.view.render(this.selected);
    this.bar.can_undo(this.decisions.can_undo);
    this.show_state();
  }

  private show_state(): void {
    const { cases, open, filter } = this.queue;
    const filtered = JSON.stringify(filter) !== JSON.stringify(no_filter);
    const waits = this.decisions.waiting_count;
    const mine =
      this.queue.find(this.selected ?? "") === undefined ? 0 : cases.findIndex((each) => each.id === this.selected) + 1;
    const others = cases.filter(
      (each) => each.claim !== null && new Date(each.claim.until).getTime() > server_now() && each.id !== this.selected,
    ).length;
    const parts = [
      cases.length === 0
        ? filtered
          ? word("mod.none_fit")
          : ""
        : mine === 0
          ? ""
          : word("mod.place", mine, cases.length),
    ];
    if (others > 0) parts.push(word("mod.others_claimed", others));
    if (waits > 0) parts.push(word("mod.waiting_decisions", waits));
    by("queue-state").textContent = parts.filter((part) => part !== "").join(" · ");
    by("overload").hidden = open <= overload;
    by("all-clear").hidden = cases.length > 0 || filtered;
  }
}
