// Bytes over a plain socket, for what no well-behaved client sends.
import { connect } from 'node:net';

/** Sends the pieces one after the other and gathers all that comes until the server closes or `until` matches. */
export function raw(server, pieces, { until, host = '127.0.0.1', from } = {}) {
  return new Promise((resolve, reject) => {
    const socket = connect({ port: server.port, host, localAddress: from });
    let text = '';
    socket.setEncoding('latin1');
    socket.on('data', (chunk) => {
      text += chunk;
      if (until?.test(text)) socket.destroy();
    });
    socket.on('error', (error) => (text ? resolve(text) : reject(error)));
    socket.on('close', () => resolve(text));
    for (const piece of [pieces].flat()) socket.write(piece, 'latin1');
  });
}

/** A connection that stays open; resolves once it is established. */
export function hold(server, bytes = '', from) {
  return new Promise((resolve, reject) => {
    const socket = connect({ port: server.port, host: '127.0.0.1', localAddress: from }, () => {
      if (bytes) socket.write(bytes);
      resolve(socket);
    });
    socket.on('error', reject);
  });
}
