import { by, memory } from "../shared/dom.ts";
import { age_of } from "./ages.ts";
import type { ModerationAnalytics } from "../contract.ts";
import { hour_ms, spark_path } from "./spark.ts";
import { digits, share_text } from "../shared/numbers.ts";
import { server_now } from "../shared/time.ts";

/// The five numbers at the top, each with a line of the last hour as this page saw it.

type Name = "n-waiting" | "n-oldest" | "n-appeals" | "n-online" | "n-precision";
type Sample = { at: number } & Record<Name, number>;

const shelf = "soyuz.mod.spark";

export class Strip {
  private samples: Sample[] = [];

  constructor() {
    try {
      this.samples = JSON.parse(memory.get(shelf) ?? "[]") as Sample[];
    } catch {
      this.samples = [];
    }
  }

  waiting(open: number): void {
    by("n-waiting").textContent = digits(open);
  }

  show(now: ModerationAnalytics): void {
    const precision = now.precision.value;
    this.waiting(now.waiting);
    by("n-oldest").textContent = now.oldest_at === null || now.waiting === 0 ? "–" : age_of(now.oldest_at);
    by("n-appeals").textContent = digits(now.appeals);
    by("n-online").textContent = digits(now.online);
    by("n-precision").textContent = precision === null ? "–" : share_text(Math.round(precision * 100) / 100);
    this.remember({
      at: Date.now(),
      "n-waiting": now.waiting,
      "n-appeals": now.appeals,
      "n-online": now.online,
      "n-precision": precision ?? 0,
      "n-oldest": now.oldest_at === null ? 0 : server_now() - new Date(now.oldest_at).getTime(),
    });
  }

  private remember(sample: Sample): void {
    const last = this.samples[this.samples.length - 1];
    // One point for each quarter of a minute at most; an hour fits into 240.
    if (last !== undefined && sample.at - last.at < 15_000) this.samples.pop();
    this.samples = [...this.samples, sample].filter((each) => sample.at - each.at <= hour_ms).slice(-240);
    memory.set(shelf, JSON.stringify(this.samples));
    for (const line of document.querySelectorAll<SVGElement>("[data-spark]")) {
      const name = line.dataset.spark as Name;
      line.querySelector("path")!.setAttribute(
        "d",
        spark_path(
          this.samples.map((each) => ({ at: each.at, value: each[name] })),
          sample.at,
        ),
      );
    }
  }
}
