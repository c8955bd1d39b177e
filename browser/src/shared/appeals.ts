import { toast } from "./announce.ts";
import { ApiError, type Api } from "./api.ts";
import { form_error, open_dialog } from "./dialogs.ts";
import { by } from "./dom.ts";
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

  /// About the mute or ban that holds now.
  open_for_sanction(): void {
    this.open("");
  }

  private async send(): Promise<void> {
    try {
      await this.api.call("POST", "/appeals", {
        ...(this.case_id === "" ? {} : { case_id: this.case_id }),
        text: this.field.value.trim(),
      });
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
