/// The bell in the header of every page of those who watch streams: how many notifications are unread.

const every_ms = 30_000;

export function start_bell(): void {
  const bell = document.querySelector<HTMLElement>("[data-bell]");
  if (bell === null) return;
  void ring(bell);
  setInterval(() => {
    if (document.visibilityState === "visible") void ring(bell);
  }, every_ms);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") void ring(bell);
  });
  document.addEventListener("soyuz:notification", () => void ring(bell));
}

async function ring(bell: HTMLElement): Promise<void> {
  const count = bell.querySelector<HTMLElement>("[data-bell-count]");
  if (count === null) return;
  try {
    const answer = await fetch("/api/v1/notifications?per_page=1", { credentials: "same-origin" });
    if (!answer.ok) return;
    const { unread } = (await answer.json()) as { unread: number };
    count.hidden = unread === 0;
    count.textContent = unread < 100 ? String(unread) : "99+";
    count.title = (count.dataset.said ?? "").replace("{0}", String(unread));
  } catch {
    // The next time.
  }
}
