// The same on Socket.IO: every message to everybody, over its WebSocket transport.
import { createServer } from "node:http";
import { Server } from "socket.io";

const http = createServer();
const io = new Server(http, { transports: ["websocket"], perMessageDeflate: false });
io.on("connection", (socket) => socket.on("message", (message) => io.emit("message", message)));
http.listen(Number(process.argv[2]), "127.0.0.1", () =>
  console.log(`listening on http://127.0.0.1:${http.address().port}`),
);
