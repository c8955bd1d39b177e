// How much 2,000 idle keep-alive connections and 200 clients that send a byte a second slow a page down.
import { connect } from "node:net";
import { recordFigures } from "./figures.mjs";
import { start } from "./servers.mjs";

/** The median and the 99th percentile of `count` requests one after the other, in ms. */
async function pageTimes(port, count) {
  const times = [];
  for (let i = 0; i < count; i += 1) {
    const start = process.hrtime.bigint();
    await (await fetch(`http://127.0.0.1:${port}/login`)).text();
    times.push(Number(process.hrtime.bigint() - start) / 1e6);
  }
  times.sort((a, b) => a - b);
  return { p50: times[Math.floor(count / 2)].toFixed(2), p99: times[Math.floor(count * 0.99)].toFixed(2) };
}

const hold = (port, bytes, from) =>
  new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1", localAddress: from }, () => {
      socket.write(bytes);
      resolve(socket);
    });
    socket.on("error", reject);
    socket.resume();
  });

export async function measureSlowClients(requests = 1000) {
  const server = await start("soyuz");
  const { port } = server;
  await pageTimes(port, 200);
  const without = await pageTimes(port, requests);
  const idle = await Promise.all(
    Array.from({ length: 2000 }, (_, i) =>
      hold(port, "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n", `127.0.1.${1 + (i % 20)}`),
    ),
  );
  const slow = await Promise.all(
    Array.from({ length: 200 }, (_, i) => hold(port, "GET / HT", `127.0.2.${1 + (i % 4)}`)),
  );
  const dripping = setInterval(() => slow.forEach((socket) => socket.write("T")), 1000);
  const beside = await pageTimes(port, requests);
  clearInterval(dripping);
  for (const socket of [...idle, ...slow]) socket.destroy();
  await server.stop();
  const figure = "sign-in page, p50 / p99";
  recordFigures("Pages beside slow clients", [
    { figure: `${figure}, alone`, value: `${without.p50} / ${without.p99} ms` },
    {
      figure: `${figure}, beside 2,000 idle connections and 200 that send a byte a second`,
      value: `${beside.p50} / ${beside.p99} ms`,
      goal: "p99 within 20 %",
    },
  ]);
}
