import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { Server } from "./support/server.mjs";

const folder = mkdtempSync(join(tmpdir(), "soyuz-tunnel-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const until = async (condition) => {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20));
};

test("the tunnel’s address is shown, and the tunnel ends with the server", async () => {
  // Stands in for cloudflared: says its address as that does, notes its arguments, and stays until it is stopped.
  writeFileSync(
    join(folder, "cloudflared"),
    `#!/bin/sh
echo "$@" > ${folder}/arguments
echo $$ > ${folder}/pid
env > ${folder}/environment
echo "2026 INF |  https://kind-green-river.trycloudflare.com  |" >&2
exec sleep 60
`,
  );
  chmodSync(join(folder, "cloudflared"), 0o755);
  const secrets = {
    DEFAULT_ADMIN_PASSWORD: "a-password-of-the-owner",
    JWT_SECRET_KEY: "a-key-of-thirty-two-characters-",
  };
  const server = await Server.start({
    options: ["--tunnel"],
    environment: { PATH: `${folder}:${process.env.PATH}`, DEFAULT_ADMIN_USERNAME: "teacher", ...secrets },
  });
  await until(() => server.output.includes("https://kind-green-river.trycloudflare.com"));
  assert.match(readFileSync(join(folder, "arguments"), "utf8"), new RegExp(`127\\.0\\.0\\.1:${server.port}`));
  const environment = readFileSync(join(folder, "environment"), "utf8");
  for (const secret of Object.values(secrets)) assert.ok(!environment.includes(secret), environment);
  // What the shell itself adds stands there too.
  const names = environment.match(/^\w+(?==)/gm).filter((name) => !["PWD", "OLDPWD", "SHLVL", "_"].includes(name));
  assert.deepEqual(
    names.filter((name) => !["PATH", "HOME"].includes(name)),
    [],
  );
  const pid = Number(readFileSync(join(folder, "pid"), "utf8"));
  assert.equal(await server.stop(), 0);
  await until(() => !existsSync(`/proc/${pid}`) || /\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8")));
  await server.dispose();
});

test("without cloudflared the server says so and goes on", async () => {
  const empty = mkdtempSync(join(tmpdir(), "soyuz-empty-"));
  const server = await Server.start({ options: ["--tunnel"], environment: { PATH: empty } });
  await until(() => /cloudflared/.test(server.output));
  assert.equal((await fetch(`${server.url}/healthz`)).status, 200);
  await server.dispose();
  rmSync(empty, { recursive: true });
});
