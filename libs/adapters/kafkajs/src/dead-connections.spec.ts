import { silentLogger } from '@docstream/testing';
import { afterEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createKafkaClient } from './client.js';

describe('a broker that takes connections and never answers', () => {
  let server: Server | undefined;

  afterEach(() => void server?.close());

  it('is given up with the first answer that is late: the connection ends instead of being used again', async () => {
    const isClosed = Promise.withResolvers<void>();
    const sockets = new Set<Socket>();
    server = createServer((socket: Socket) => {
      sockets.add(socket);
      socket.resume();
      socket.on('error', () => undefined);
      socket.on('close', () => isClosed.resolve());
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const client = createKafkaClient(
      { brokers: [`127.0.0.1:${port}`], clientId: 'spec', requestTimeoutMs: 100 },
      silentLogger,
    );
    const admin = client.admin({ retry: { retries: 0 } });
    admin.connect().catch(() => undefined);
    await expect(isClosed.promise).resolves.toBeUndefined();
    server.close();
    for (const socket of sockets) socket.destroy();
    await admin.disconnect().catch(() => undefined);
  });
});
