// The moderation engine's figures and goals on labelled texts, and the word filters of npm on the same texts beside it.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "./servers.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const filters = join(here, "moderation");
const onOneCore = (program, words) => spawnSync("taskset", ["-c", "0", program, ...words], { stdio: "inherit" }).status;

/** `folder` (or SOYUZ_MODERATION_DATA) holds SET.dev.tsv files; without one, the sample in the tree is measured. */
export function measureModeration(folder = process.env.SOYUZ_MODERATION_DATA) {
  const data = folder ?? join(here, "../tests/moderation/golden");
  if (!existsSync(data)) throw new Error(`${data} does not exist: name a folder with SET.dev.tsv files`);
  if (!folder)
    console.log(`No folder named, and SOYUZ_MODERATION_DATA is not set: measuring the small sample in ${data}.`);
  if (onOneCore(join(build, "bench/bench_moderation"), [data]) !== 0) process.exitCode = 1;
  if (!existsSync(join(filters, "node_modules/obscenity")))
    spawnSync("npm", ["install", "--no-audit", "--no-fund", "--no-package-lock", "--prefix", filters], {
      stdio: "inherit",
    });
  onOneCore("node", [join(filters, "npm_filters.mjs"), data]);
}
