// Pages and routes of the clients that know one public room.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { request } from "./support/client.mjs";
import { Server } from "./support/server.mjs";

let server;
before(async () => {
  server = await Server.start({ options: ["--no-rate-limits"] });
});
after(() => server.dispose());

const signup = (body) => request(server, "POST", "/auth/simple_signup", body);
const cookieOf = (answer) =>
  answer.headers
    .getSetCookie()
    .find((line) => line.startsWith("soyuz_session="))
    ?.split(";")[0];

test("signing up and in, and out again", async () => {
  const credentials = { username: "ayesha", password: "correct horse battery" };
  assert.equal((await signup({ ...credentials, name: "Ayesha" })).status, 201);
  assert.equal((await signup({ ...credentials, name: "Ayesha" })).status, 409);
  assert.equal((await signup({ username: "x" })).status, 400);
  assert.equal((await request(server, "POST", "/auth/simple_login", { username: "ayesha" })).status, 400);
  assert.equal(
    (await request(server, "POST", "/auth/simple_login", { ...credentials, password: "wrong horse battery" })).status,
    401,
  );
  const login = await request(server, "POST", "/auth/simple_login", credentials);
  assert.equal(login.status, 200);
  const cookie = cookieOf(login);
  assert.equal((await request(server, "GET", "/api/v1/me", undefined, { cookie })).body.username, "ayesha");
  const profile = await request(server, "GET", "/get_profile?username=ayesha", undefined, { cookie });
  assert.equal(profile.body.success, true);
  assert.equal(profile.body.name, "Ayesha");
  assert.ok("profile_picture" in profile.body);
  await request(server, "GET", "/auth/logout", undefined, { cookie });
  assert.equal((await request(server, "GET", "/api/v1/me", undefined, { cookie })).status, 401);
});

test("a profile is one’s own to change", async () => {
  await signup({ username: "bilal", password: "correct horse battery", name: "Bilal" });
  await signup({ username: "celine", password: "correct horse battery", name: "Celine" });
  const login = await request(server, "POST", "/auth/simple_login", {
    username: "bilal",
    password: "correct horse battery",
  });
  const cookie = cookieOf(login);
  const update = async (username) => {
    const form = new FormData();
    form.set("username", username);
    form.set("displayName", "Changed");
    const csrf = (await request(server, "GET", "/api/v1/csrf", undefined, { cookie })).body.csrf_token;
    return (
      await fetch(`${server.url}/auth/update_profile`, {
        method: "POST",
        body: form,
        headers: { cookie, "x-csrf-token": csrf },
      })
    ).status;
  };
  assert.equal(await update("celine"), 403);
  assert.equal(await update("bilal"), 200);
  assert.equal(
    (await request(server, "GET", "/get_profile?username=bilal", undefined, { cookie })).body.name,
    "Changed",
  );
});
