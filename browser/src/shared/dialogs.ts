/// Dialogs of the page: opened over it, closed by Escape, by their own buttons and by a tap outside.

export function open_dialog(id: string): HTMLDialogElement {
  const dialog = document.getElementById(id) as HTMLDialogElement;
  if (!dialog.open) dialog.showModal();
  return dialog;
}

export function start_dialogs(): void {
  for (const dialog of document.querySelectorAll<HTMLDialogElement>("dialog")) {
    const must_stay = dialog.id === "session" || dialog.id === "wall";
    dialog.addEventListener("click", (event) => {
      const target = event.target as Element;
      if (target.closest("[data-close]") || (target === dialog && !must_stay)) dialog.close();
    });
    if (must_stay) dialog.addEventListener("cancel", (event) => event.preventDefault());
  }
}

/// Shows `text` in the form's error line, or hides the line.
export function form_error(form: Element, text: string): void {
  const line = form.querySelector<HTMLElement>("[data-error]");
  if (line === null) return;
  line.textContent = text;
  line.hidden = text === "";
}
