import { error_text } from "../shared/error_text.ts";
import { toast } from "../shared/announce.ts";
import type { Api } from "../shared/api.ts";
import { by, el, icon } from "../shared/dom.ts";
import { word } from "../shared/words.ts";
import { stamp_text } from "./ages.ts";
import type { Case, Clips } from "../contract.ts";

/// Clips of a live room that are kept as evidence for a case.
export class CaseClips {
  private readonly box = by("case-clips");
  private readonly list = this.box.querySelector("ul")!;
  private shown: Case | null = null;

  /// `is_live`: names of the rooms that have a stage.
  constructor(
    private readonly api: Api,
    private readonly is_live: (room: string) => boolean,
  ) {
    by("take-clip").addEventListener("click", () => void this.take());
  }

  async show(each: Case): Promise<void> {
    const is_same = this.shown?.id === each.id;
    this.shown = each;
    this.box.hidden = each.room === null || !this.is_live(each.room.name);
    if (this.box.hidden) return;
    if (!is_same) this.list.replaceChildren();
    try {
      const { clips } = await this.api.get<Clips>(`${this.path(each)}?case=${encodeURIComponent(each.id)}`);
      if (this.shown !== each) return;
      this.list.replaceChildren(
        ...clips.map((clip) =>
          el("li", {}, el("a", { href: clip.url }, icon("play", "small"), stamp_text(clip.taken_at))),
        ),
      );
    } catch {
      // The next look at the case asks again.
    }
  }

  private path(each: Case): string {
    return `/live/${encodeURIComponent(each.room!.name)}/clips`;
  }

  private async take(): Promise<void> {
    if (this.shown === null) return;
    try {
      await this.api.call("POST", this.path(this.shown), { case_id: this.shown.id });
      toast(word("live.clip_taken"));
    } catch (error) {
      toast(error_text(error));
    }
  }
}
