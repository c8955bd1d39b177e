// The same on Bun, whose WebSocket server publishes to topics in native code.
const server = Bun.serve({
  port: Number(process.argv[2]),
  hostname: "127.0.0.1",
  fetch(request, server) {
    return server.upgrade(request) ? undefined : new Response("no", { status: 400 });
  },
  websocket: {
    open(socket) {
      socket.subscribe("room");
    },
    message(_, message) {
      server.publish("room", message);
    },
  },
});
console.log(`listening on http://127.0.0.1:${server.port}`);
