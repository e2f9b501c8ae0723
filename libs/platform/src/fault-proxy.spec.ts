import { eventually } from '@docstream/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { startFaultProxy, type FaultProxy } from './fault-proxy.js';

const countSockets = (): number =>
  process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;
const socketsAtStart = countSockets();

/** Answers everything with the same in capitals. */
let server: Server;
const serverSide = new Set<Socket>();
let proxy: FaultProxy;

beforeEach(async () => {
  server = createServer((socket) => {
    serverSide.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => serverSide.delete(socket));
    socket.on('data', (piece) => socket.write(piece.toString().toUpperCase()));
  });
  server.listen({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  proxy = await startFaultProxy((server.address() as AddressInfo).port);
});

afterEach(async () => {
  await proxy.close();
  for (const socket of serverSide) socket.destroy();
  server.close();
});

class Client {
  readonly socket: Socket;
  received = '';
  ending: string | undefined;

  constructor() {
    this.socket = connect({ host: '127.0.0.1', port: proxy.port });
    this.socket.on('data', (piece: Buffer) => (this.received += piece.toString()));
    this.socket.on('error', (error: NodeJS.ErrnoException) => (this.ending = error.code));
    this.socket.on('close', () => (this.ending ??= 'closed'));
  }

  async until(isTrue: () => boolean): Promise<void> {
    while (!isTrue()) await nextTurn();
  }

  async ask(text: string): Promise<string> {
    const before = this.received.length;
    this.socket.write(text);
    await this.until(() => this.received.length >= before + text.length);
    return this.received.slice(before);
  }
}

describe('a fault proxy', () => {
  it('passes bytes both ways while nothing is wrong', async () => {
    const client = new Client();
    expect(await client.ask('hello')).toBe('HELLO');
    expect(proxy.connections()).toBe(1);
  });

  it('passes the end of a connection on, and forgets it', async () => {
    const client = new Client();
    await client.ask('hello');
    client.socket.end();
    await client.until(() => proxy.connections() === 0 && serverSide.size === 0);
    expect(client.ending).toBe('closed');
  });

  it('keeps the order of pieces whose delays differ', async () => {
    let turn = 0;
    await proxy.close();
    const options = { random: () => (turn++ % 2 === 0 ? 0.99 : 0) };
    proxy = await startFaultProxy((server.address() as AddressInfo).port, options);
    proxy.set({ kind: 'latency', ms: 10, jitterMs: 10 });
    const client = new Client();
    for (const letter of 'abcdefgh') {
      client.socket.write(letter);
      await nextTurn();
    }
    await client.until(() => client.received.length === 8);
    expect(client.received).toBe('ABCDEFGH');
  });

  it('holds bytes back during a stall and hands them over afterwards', async () => {
    const client = new Client();
    await client.ask('before');
    proxy.set({ kind: 'stall', direction: 'to-client' });
    client.socket.write('during');
    const [answered] = [...serverSide];
    await client.until(() => answered?.bytesRead === 'beforeduring'.length);
    expect(client.received).toBe('BEFORE');
    proxy.set({ kind: 'none' });
    await client.until(() => client.received === 'BEFOREDURING');
    expect(await client.ask('after')).toBe('AFTER');
  });

  it('cuts one way only: what the client asks arrives, the answers vanish for good', async () => {
    const client = new Client();
    await client.ask('before');
    proxy.set({ kind: 'half-open', direction: 'to-client' });
    client.socket.write('lost');
    const [asked] = [...serverSide];
    await client.until(() => asked?.bytesWritten === 'beforelost'.length);
    proxy.set({ kind: 'none' });
    expect(await new Client().ask('new')).toBe('NEW');
    expect(client.received).toBe('BEFORE');
    expect(client.ending).toBeUndefined();
  });

  it('resets what is connected and what connects while it refuses', async () => {
    const client = new Client();
    await client.ask('before');
    proxy.set({ kind: 'refuse' });
    await client.until(() => client.ending !== undefined);
    const late = new Client();
    await late.until(() => late.ending !== undefined);
    expect([client.ending, late.ending]).toEqual(['ECONNRESET', 'ECONNRESET']);
    proxy.set({ kind: 'none' });
    expect(await new Client().ask('again')).toBe('AGAIN');
  });

  it('resets its clients when the server is not there', async () => {
    const gone = await startFaultProxy(1);
    const socket = connect({ host: '127.0.0.1', port: gone.port });
    const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
    expect(error.code).toBe('ECONNRESET');
    await gone.close();
  });

  it('leaves no socket behind when it resets a connection in the moment in which it passes an end on', async () => {
    const client = new Client();
    await client.ask('hello');
    proxy.set({ kind: 'stall', direction: 'to-server' });
    client.socket.end();
    await eventually('the end is on its way', () => client.socket.writableFinished);
    for (let turn = 0; turn < 5; turn += 1) await nextTurn();
    proxy.set({ kind: 'none' });
    proxy.resetAll();
    await eventually('every socket is closed', () => countSockets() <= socketsAtStart);
  });

  it('closes with its connections, also when they are stalled, and frees its port', async () => {
    const client = new Client();
    await client.ask('before');
    proxy.set({ kind: 'stall', direction: 'both' });
    client.socket.write('held');
    const { port } = proxy;
    await proxy.close();
    await client.until(() => client.ending !== undefined);
    const again = await startFaultProxy((server.address() as AddressInfo).port, { port });
    expect(again.port).toBe(port);
    await again.close();
  });
});
