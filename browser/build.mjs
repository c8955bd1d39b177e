// Builds browser/dist: scripts, style sheet, icons and pictures under names that carry a hash of their content, each
// with .br and .gz beside it, and manifest.json from logical to hashed names. With --watch, builds on every change.
import { createHash } from "node:crypto";
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, watch, writeFileSync } from "node:fs";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "esbuild";

const root = new URL("./", import.meta.url).pathname;
const templates = new URL("../templates/", import.meta.url).pathname;
const entries = [
  "chat",
  "chat_extras",
  "live",
  "live_list",
  "page",
  "settings",
  "admin",
  "moderation",
  "moderation_charts",
  "watch",
];

/// Icons that a template or a script names as icon("…").
function used_icons() {
  const names = new Set();
  const folders = [
    [templates, ".html"],
    [root + "src/", ".ts"],
  ];
  for (const [folder, ending] of folders) {
    for (const file of readdirSync(folder, { recursive: true }).filter((name) => name.endsWith(ending))) {
      for (const match of readFileSync(folder + file, "utf8").matchAll(/\bicon\(\s*["']([a-z0-9-]+)["']/g))
        names.add(match[1]);
    }
  }
  return [...names].sort();
}

function sprite() {
  const symbols = used_icons().map((name) => {
    const svg = readFileSync(`${root}node_modules/lucide-static/icons/${name}.svg`, "utf8");
    const inner = svg
      .replace(/<!--[\s\S]*?-->/g, "")
      .replace(/^[\s\S]*?<svg[^>]*>/, "")
      .replace(/<\/svg>\s*$/, "");
    return `<symbol id="${name}" viewBox="0 0 24 24">${inner
      .replace(/>\s+</g, "><")
      .replace(/\s*\/>/g, "/>")
      .trim()}</symbol>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>`;
}

function style() {
  const cli = root + "node_modules/@tailwindcss/cli/dist/index.mjs";
  return execFileSync(process.execPath, [cli, "-i", root + "styles/style.css", "--minify"], {
    cwd: root,
    stdio: ["ignore", "pipe", "ignore"],
    maxBuffer: 1 << 24,
  });
}

/// Looks that only one page needs.
async function page_styles() {
  const result = await build({
    entryPoints: [root + "styles/moderation.css", root + "styles/live.css", root + "styles/watch.css"],
    outdir: root + "dist",
    bundle: true,
    minify: true,
    write: false,
    target: ["chrome110", "firefox115", "safari16.4"],
  });
  return result.outputFiles.map((file) => [file.path.split("/").pop(), Buffer.from(file.contents)]);
}

async function scripts() {
  const result = await build({
    entryPoints: entries.map((name) => `${root}src/pages/${name}.ts`),
    outdir: root + "dist",
    outbase: root + "src/pages",
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    target: "es2022",
    charset: "utf8",
    legalComments: "none",
  });
  return result.outputFiles.map((file) => [file.path.split("/").pop(), Buffer.from(file.contents)]);
}

const hashed_name = (name, content) =>
  name.replace(/(\.[a-z0-9]+)$/, `-${createHash("sha256").update(content).digest("hex").slice(0, 10)}$1`);

/// The face for Arabic script; those of other scripts come from the device.
const font = ["vazirmatn.woff2", "@fontsource-variable/vazirmatn/files/vazirmatn-arabic-wght-normal.woff2"];

/// Every emoji by group, as a module that the picker loads when it opens: ["smileys_emotion", "😀|grinning face", …], and
/// a "*" behind the name of what has skin tones.
function emoji_data() {
  const groups = JSON.parse(readFileSync(`${root}node_modules/unicode-emoji-json/data-by-group.json`, "utf8"));
  const list = groups.map(({ slug, emojis }) => [
    slug,
    ...emojis.map((each) => `${each.emoji}|${each.name}${each.skin_tone_support ? "*" : ""}`),
  ]);
  return Buffer.from(`export default ${JSON.stringify(list)};\n`);
}

async function build_all() {
  const began = Date.now();
  const [font_name, font_file] = font;
  const letters = readFileSync(`${root}node_modules/${font_file}`);
  const files = [
    ...(await scripts()),
    ...(await page_styles()),
    ["style.css", Buffer.from(style().toString().replace(font_name, hashed_name(font_name, letters)))],
    [font_name, letters],
    ["icons.svg", Buffer.from(sprite())],
    ["emoji_data.js", emoji_data()],
  ];
  for (const name of readdirSync(root + "static")) files.push([name, readFileSync(`${root}static/${name}`)]);

  // Written beside and swapped at the end, so that a server reading dist never sees half of it.
  const fresh = root + "dist.new/";
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh, { recursive: true });
  const manifest = {};
  for (const [name, content] of files.sort(([a], [b]) => (a < b ? -1 : 1))) {
    const hashed = hashed_name(name, content);
    manifest[name] = hashed;
    writeFileSync(fresh + hashed, content);
    // A font is compressed already.
    if (name.endsWith(".woff2")) {
      console.log(`${hashed.padEnd(28)} ${String(content.length).padStart(8)} B`);
      continue;
    }
    const brotli = brotliCompressSync(content, {
      params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: content.length },
    });
    writeFileSync(`${fresh}${hashed}.br`, brotli);
    writeFileSync(`${fresh}${hashed}.gz`, gzipSync(content, { level: 9 }));
    console.log(
      `${hashed.padEnd(28)} ${String(content.length).padStart(8)} B  ${String(brotli.length).padStart(7)} B brotli`,
    );
  }
  writeFileSync(fresh + "manifest.json", JSON.stringify(manifest, null, 2) + "\n");
  rmSync(root + "dist", { recursive: true, force: true });
  renameSync(fresh, root + "dist");
  console.log(`built in ${Date.now() - began} ms`);
}

await build_all();
if (process.argv.includes("--watch")) {
  let timer;
  for (const folder of ["src", "styles", "static", "../templates"]) {
    watch(root + folder, { recursive: true }, () => {
      clearTimeout(timer);
      timer = setTimeout(() => build_all().catch((error) => console.error(error.message)), 150);
    });
  }
}
