// Makes things fail, one fault after the other, and says what came of it.
// usage: node run.mjs [NAME|all] [COUNT|quick]; SOYUZ_BINARY names the binary. Each fault is a module beside this one:
// `run(count, report)` returns what it found or throws, `usual` is its count without one, `quick` the one of ./dev test.
import { readdirSync } from "node:fs";
import { Skipped } from "./support/skipped.mjs";

const here = new URL(".", import.meta.url);
const known = readdirSync(here)
  .filter((name) => name.endsWith(".mjs") && name !== "run.mjs")
  .map((name) => name.slice(0, -4))
  .sort();
const [name = "all", given] = process.argv.slice(2);
if (name !== "all" && !known.includes(name)) {
  console.error(`There is no fault ${name}. There are: all, ${known.join(", ")}`);
  process.exit(64);
}

let failed = 0;
for (const each of name === "all" ? known : [name]) {
  const fault = await import(new URL(`${each}.mjs`, here));
  const quick = given === "quick";
  const count = quick ? fault.quick : given === undefined || name === "all" ? fault.usual : Number(given);
  const start = Date.now();
  const report = (cycle, total) =>
    !quick && cycle % 10 === 0 && console.log(`  ${each} ${cycle}: ${total} acknowledged`);
  try {
    const found = await fault.run(count, report);
    console.log(`ok ${each}: ${found} (${((Date.now() - start) / 1000).toFixed(1)} s)`);
  } catch (end) {
    if (end instanceof Skipped) {
      console.log(`skipped ${each}: ${end.message}`);
      if (name === each) process.exitCode = 77;
      continue;
    }
    failed += 1;
    console.log(`FAILED ${each}: ${end.stack}`);
  }
}
if (failed > 0) process.exitCode = 1;
