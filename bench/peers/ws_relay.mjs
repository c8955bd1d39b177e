// What a chat server on the npm library `ws` does at least: sends every message to everybody. No accounts, no disk.
import { WebSocketServer } from "ws";

const server = new WebSocketServer({ port: Number(process.argv[2]), host: "127.0.0.1", perMessageDeflate: false });
server.on("connection", (socket) => {
  socket.on("message", (data, binary) => {
    for (const each of server.clients) each.send(data, { binary });
  });
});
server.on("listening", () => console.log(`listening on http://127.0.0.1:${server.address().port}`));
