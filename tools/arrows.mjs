// Holds src/ to its plan: which room may include which, what the folders of web may, how full a folder may be, which file names are not used,
// and that CMake links what is included. Run by `./dev lint` and by CTest; the plan stands in docs/architecture.md.
import { readFileSync, readdirSync, existsSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "src");
const most_units = 25;

// What a room may include beside itself.
const allowed = {
  base: [],
  net: ["base"],
  store: ["base"],
  judge: ["base"],
  template: ["base"],
  search: ["store", "base"],
  media: ["store", "base"],
  outward: ["store", "base"],
  moderation: ["judge", "search", "store", "base"],
  chat: ["moderation", "judge", "search", "store", "base"],
  live: ["chat", "moderation", "judge", "store", "base"],
  watch: ["live", "chat", "moderation", "judge", "store", "base"],
  contract: ["watch", "live", "chat", "moderation", "judge", "base"],
  socketio: ["net", "base"],
  realtime: ["contract", "watch", "live", "chat", "moderation", "judge", "store", "net", "base"],
  dialects: [
    "web",
    "socketio",
    "realtime",
    "contract",
    "watch",
    "live",
    "chat",
    "moderation",
    "judge",
    "store",
    "net",
    "base",
  ],
  web: [
    "template",
    "realtime",
    "contract",
    "watch",
    "live",
    "chat",
    "moderation",
    "judge",
    "search",
    "store",
    "net",
    "base",
  ],
};
const rooms = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory());
// The floors of web: what a folder may include of its own room beside itself.
const floors = {
  "web/http": [],
  "web/files": ["web/http"],
  "web/pages": ["web/http", "web/files", "web/api", "web/services", "web/reach", "web/sign_in", "web/site_context"],
  "web/api": ["web/http", "web/files", "web/pages", "web/services", "web/reach", "web/sign_in", "web/site_context"],
};
allowed.app = rooms.map((entry) => entry.name);

const faults = [];
const included = new Map(rooms.map((entry) => [entry.name, new Set()]));

function walk(folder) {
  const units = new Set();
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) walk(path);
    else if (/\.(cpp|hpp)$/.test(entry.name)) {
      units.add(entry.name.replace(/\.(cpp|hpp)$/, ""));
      look_at(path);
    }
  }
  if (units.size > most_units) faults.push(`${name_of(folder)}: ${units.size} units, at most ${most_units}`);
}

function name_of(path) {
  return join("src", relative(root, path));
}

// "web/http/call.hpp" lies on the floor "web/http", "web/sign_in.hpp" on one of its own.
function is_below(target, folder) {
  const floor = target
    .replace(/\.hpp$/, "")
    .split("/")
    .slice(0, 2)
    .join("/");
  return floor === folder || !(folder in floors) || floors[folder].includes(floor);
}

function look_at(path) {
  const folder = dirname(relative(root, path));
  const room = folder.split("/")[0];
  if (!included.has(room)) return; // src/main.cpp
  if (/_implementation\b/.test(path)) faults.push(`${name_of(path)}: a class is named after what it is`);
  readFileSync(path, "utf8")
    .split("\n")
    .forEach((line, index) => {
      const target = /^\s*#\s*include "([^"]+)"/.exec(line)?.[1];
      if (!target) return;
      const other = target.split("/")[0];
      const here = `${name_of(path)}:${index + 1}`;
      if (!included.has(other)) faults.push(`${here}: "${target}" does not begin with a room of src/`);
      else if (other !== room) {
        included.get(room).add(other);
        if (!allowed[room]?.includes(other)) faults.push(`${here}: ${room} must not include ${other} ("${target}")`);
      } else if (!is_below(target, folder)) faults.push(`${here}: ${folder} must not include "${target}"`);
    });
}

// The libraries named in a room's CMakeLists.txt, its own left out.
function linked(room) {
  const path = join(root, room, "CMakeLists.txt");
  if (!existsSync(path)) return new Set();
  const text = readFileSync(path, "utf8").replace(/#.*/g, "");
  const names = new Set();
  for (const [, list] of text.matchAll(/\b(?:USES|PRIVATELY)\s+([^)]*)/g)) {
    for (const [, name] of list.matchAll(/\bsoyuz_([a-z]+)/g)) if (name !== room) names.add(name);
  }
  return names;
}

for (const entry of rooms) walk(join(root, entry.name));
for (const [room, others] of included) {
  if (!allowed[room]) faults.push(`src/${room}: tools/arrows.mjs does not know this room`);
  const libraries = linked(room);
  for (const other of others) {
    if (!libraries.has(other))
      faults.push(`src/${room}/CMakeLists.txt: includes ${other} but does not link soyuz_${other}`);
  }
  for (const library of libraries) {
    if (included.has(library) && !others.has(library))
      faults.push(`src/${room}/CMakeLists.txt: links soyuz_${library} but includes nothing of it`);
  }
}

if (faults.length > 0) {
  console.error(faults.join("\n"));
  process.exit(1);
}
console.log(`${rooms.length} rooms, every include along the arrows`);
