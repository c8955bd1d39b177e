// Searches over a million messages: how fast the index is built, how large it is, and how long answers take.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "./servers.mjs";

export function measureSearch(messages = "1000000") {
  const folder = mkdtempSync(join(tmpdir(), "soyuz-search-"));
  try {
    execFileSync(join(build, "bench", "bench_search"), [folder, messages, "200", "200"], { stdio: "inherit" });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
