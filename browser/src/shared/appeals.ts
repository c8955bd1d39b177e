import { error_text } from "./error_text.ts";
import { toast } from "./announce.ts";
import { ApiError, type Api } from "./api.ts";
import { form_error, open_dialog } from "./dialogs.ts";
import { by } from "./dom.ts";
import type { OwnStanding } from "./types.ts";
import { word } from "./words.ts";

/// Asking the moderators for another look: one dialog, one step.
export class Appeals {
  private readonly form = by<HTMLFormElement>("appeal-form");
  private readonly field = by<HTMLTextAreaElement>("appeal-text");
  private case_id = "";
  private done: () => void = () => {};

  constructor(private readonly api: Api) {
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.send();
    });
  }

  open(case_id: string, done: () => void = () => {}): void {
    this.case_id = case_id;
    this.done = done;
    this.form.reset();
    form_error(this.form, "");
    open_dialog("appeal");
    this.field.focus();
  }

  /// For whoever lost the right to chat: about the newest text that can still be looked at again.
  async open_newest(): Promise<void> {
    try {
      const { records } = await this.api.get<OwnStanding>("/me/moderation");
      const record = records.find((each) => each.can_appeal);
      if (record === undefined) toast(word("appeal.none_left"), undefined, 8000);
      else this.open(record.case_id);
    } catch (error) {
      toast(error_text(error));
    }
  }

  private async send(): Promise<void> {
    try {
      await this.api.call("POST", "/appeals", { case_id: this.case_id, text: this.field.value.trim() });
      by<HTMLDialogElement>("appeal").close();
      toast(word("appeal.sent"), undefined, 8000);
      this.done();
    } catch (error) {
      const known = error instanceof ApiError ? error : null;
      form_error(
        this.form,
        known?.code === "already_appealed" ? word("appeal.already") : known?.message || word("error.unreachable"),
      );
    }
  }
}
