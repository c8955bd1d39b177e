import type { CsrfToken } from "../contract.ts";

/// Calls to /api/v1 with the page's cookie and its token against forged requests.

export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly body: Record<string, unknown> = {},
    readonly retry_after_ms = 0,
  ) {
    super(message);
  }
}

export class Api {
  /// Called when the session has ended.
  on_signed_out: () => void = () => {};

  constructor(private token: string) {}

  get csrf(): string {
    return this.token;
  }

  get<T>(path: string): Promise<T> {
    return this.call<T>("GET", path);
  }

  async call<T>(method: string, path: string, body?: unknown, again = true): Promise<T> {
    const headers: Record<string, string> = { Accept: "application/json" };
    const form = body instanceof FormData;
    if (method !== "GET") headers["X-CSRF-Token"] = this.token;
    if (body !== undefined && !form) headers["Content-Type"] = "application/json";
    const sent = form ? body : body === undefined ? null : JSON.stringify(body);
    let answer: Response;
    try {
      answer = await fetch("/api/v1" + path, { method, headers, body: sent, credentials: "same-origin" });
    } catch {
      throw new ApiError(0, "unreachable", "");
    }
    const text = await answer.text();
    const parsed = text === "" ? {} : (safe_json(text) as Record<string, unknown>);
    if (answer.ok) return parsed as T;
    if (answer.status === 403 && String(parsed.error).includes("csrf") && again) {
      await this.renew();
      return this.call<T>(method, path, body, false);
    }
    if (answer.status === 401) this.on_signed_out();
    const wait = Number(answer.headers.get("Retry-After") ?? 0) * 1000;
    throw new ApiError(answer.status, String(parsed.error ?? "error"), String(parsed.message ?? ""), parsed, wait);
  }

  /// Sends a form whose progress is told, from 0 to 1; `signal` gives it up.
  upload<T>(path: string, form: FormData, progress: (share: number) => void, signal: AbortSignal): Promise<T> {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open("POST", "/api/v1" + path);
      request.setRequestHeader("X-CSRF-Token", this.token);
      request.setRequestHeader("Accept", "application/json");
      request.upload.onprogress = (event) => event.lengthComputable && progress(event.loaded / event.total);
      request.onerror = () => reject(new ApiError(0, "unreachable", ""));
      request.onabort = () => reject(new ApiError(0, "aborted", ""));
      request.onload = () => {
        const parsed = safe_json(request.responseText) as Record<string, unknown>;
        if (request.status >= 200 && request.status < 300) return resolve(parsed as T);
        if (request.status === 401) this.on_signed_out();
        // The next try has a fresh one.
        if (request.status === 403 && String(parsed.error).includes("csrf")) void this.renew();
        const wait = Number(request.getResponseHeader("Retry-After") ?? 0) * 1000;
        reject(
          new ApiError(request.status, String(parsed.error ?? "error"), String(parsed.message ?? ""), parsed, wait),
        );
      };
      signal.addEventListener("abort", () => request.abort());
      request.send(form);
    });
  }

  /// A new token, after signing in again.
  async renew(): Promise<void> {
    const answer = await fetch("/api/v1/csrf", { credentials: "same-origin" });
    const body = (await answer.json()) as Partial<CsrfToken>;
    this.token = body.csrf_token ?? this.token;
  }
}

function safe_json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
