import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** Which way bytes go: from the client to the server, or back. */
export type FaultDirection = 'to-server' | 'to-client' | 'both';

/**
 * What is wrong with the network. `latency`: every piece arrives later. `stall`: bytes are held back and arrive when it
 * ends. `half-open`: bytes vanish without a word, as when a peer's machine is gone; connections of that time stay mute
 * for ever. `refuse`: connections are reset, new ones as well.
 */
export type NetworkFault =
  | { readonly kind: 'none' }
  | { readonly kind: 'latency'; readonly ms: number; readonly jitterMs?: number }
  | { readonly kind: 'stall'; readonly direction: FaultDirection }
  | { readonly kind: 'half-open'; readonly direction: FaultDirection }
  | { readonly kind: 'refuse' };

/** A TCP proxy on loopback whose network can be broken while it runs. */
export interface FaultProxy {
  readonly port: number;
  /** Holds for what is connected and for what connects from now on. */
  set(fault: NetworkFault): void;
  /** Resets every connection of now; new ones are taken as the fault says. */
  resetAll(): void;
  connections(): number;
  /** Ends every connection; resolves when the port is free. Safe to call twice. */
  close(): Promise<void>;
}

const NO_FAULT: NetworkFault = { kind: 'none' };
/** Bytes held back in one direction of a connection before its sender has to wait. */
const HELD_BYTES = 1_048_576;

/** Listens on a free port (or `port`) and connects each client to 127.0.0.1:`targetPort`. */
export async function startFaultProxy(
  targetPort: number,
  { port = 0, random = Math.random }: { port?: number; random?: () => number } = {},
): Promise<FaultProxy> {
  const pairs = new Set<Pair>();
  let fault = NO_FAULT;
  const server = createServer({ noDelay: true }, (client) => {
    if (fault.kind === 'refuse') {
      client.on('error', () => client.destroy());
      client.resetAndDestroy();
      return;
    }
    const pair = new Pair(client, targetPort, random, () => pairs.delete(pair));
    pairs.add(pair);
    pair.set(fault);
  });
  await listen(server, port);
  let closed: Promise<void> | undefined;
  const resetAll = (): void => {
    for (const pair of [...pairs]) pair.reset();
  };
  return {
    port: (server.address() as AddressInfo).port,
    set(next) {
      fault = next;
      if (next.kind === 'refuse') resetAll();
      for (const pair of pairs) pair.set(next);
    },
    resetAll,
    connections: () => pairs.size,
    close() {
      closed ??= new Promise((resolve) => {
        server.close(() => resolve());
        resetAll();
      });
      return closed;
    },
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: '127.0.0.1', port }, () => {
      server.removeListener('error', reject);
      resolve();
    });
  });
}

/** A client's connection and its way on. */
class Pair {
  readonly #lanes: readonly Lane[];
  readonly #sockets: readonly Socket[];
  readonly #onEnd: () => void;
  #hasEnded = false;

  constructor(client: Socket, targetPort: number, random: () => number, onEnd: () => void) {
    const server = connect({ host: '127.0.0.1', port: targetPort, noDelay: true });
    this.#onEnd = onEnd;
    this.#sockets = [client, server];
    this.#lanes = [
      new Lane('to-server', client, server, random),
      new Lane('to-client', server, client, random),
    ];
    for (const socket of this.#sockets) {
      socket.on('error', () => this.reset());
      socket.on('close', (hadError) => {
        if (hadError) this.reset();
        else if (this.#sockets.every(({ destroyed }) => destroyed)) this.#end();
      });
    }
  }

  set(fault: NetworkFault): void {
    for (const lane of this.#lanes) lane.set(fault);
  }

  reset(): void {
    if (this.#hasEnded) return;
    for (const lane of this.#lanes) lane.stop();
    for (const socket of this.#sockets) {
      // One that has said its end cannot be reset: libuv refuses, and Node never closes it, nor itself at its exit.
      if (!socket.writableEnded) socket.resetAndDestroy();
      // By itself it waits for the connection, and for what is not written yet: that may never end.
      socket.destroy();
    }
    this.#end();
  }

  #end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#onEnd();
  }
}

/** One direction of one connection. */
class Lane {
  readonly #direction: FaultDirection;
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #random: () => number;
  readonly #timers = new Set<NodeJS.Timeout>();
  /** On their way, oldest first: timers of different lengths may fire in another order. */
  readonly #delayed: (Buffer | null)[] = [];
  #fault = NO_FAULT;
  #held: (Buffer | null)[] = [];
  #heldBytes = 0;
  #isMute = false;
  /** Pieces keep their order, however the jitter falls. */
  #lastArrivalMs = 0;

  constructor(direction: FaultDirection, from: Socket, to: Socket, random: () => number) {
    this.#direction = direction;
    this.#from = from;
    this.#to = to;
    this.#random = random;
    from.on('data', (piece: Buffer) => this.#take(piece));
    from.on('end', () => this.#take(null));
    to.on('drain', () => this.#resume());
  }

  set(fault: NetworkFault): void {
    this.#fault = fault;
    if (this.#isHit('half-open')) this.#isMute = true;
    if (this.#isHit('stall')) return;
    const held = this.#held;
    this.#held = [];
    this.#heldBytes = 0;
    for (const piece of held) this.#take(piece);
    this.#resume();
  }

  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#held = [];
  }

  #isHit(kind: 'stall' | 'half-open'): boolean {
    if (this.#fault.kind !== kind) return false;
    return this.#fault.direction === 'both' || this.#fault.direction === this.#direction;
  }

  #take(piece: Buffer | null): void {
    if (this.#isMute) return;
    if (this.#isHit('stall')) {
      this.#held.push(piece);
      this.#heldBytes += piece?.byteLength ?? 0;
      if (this.#heldBytes > HELD_BYTES) this.#from.pause();
      return;
    }
    const now = performance.now();
    const { ms, jitterMs = 0 } = this.#fault.kind === 'latency' ? this.#fault : { ms: 0 };
    const wanted = ms === 0 ? now : now + Math.max(0, ms + jitterMs * (2 * this.#random() - 1));
    const arrivalMs = Math.max(wanted, this.#lastArrivalMs);
    if (arrivalMs <= now && this.#delayed.length === 0) return this.#pass(piece);
    this.#lastArrivalMs = arrivalMs;
    this.#delayed.push(piece);
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      const oldest = this.#delayed.shift() ?? null;
      if (this.#isMute) return;
      if (this.#isHit('stall')) this.#held.push(oldest);
      else this.#pass(oldest);
    }, arrivalMs - now);
    this.#timers.add(timer);
  }

  #pass(piece: Buffer | null): void {
    if (this.#to.destroyed) return;
    if (piece === null) this.#to.end();
    else if (!this.#to.write(piece)) this.#from.pause();
  }

  #resume(): void {
    if (!this.#from.destroyed && !this.#isHit('stall')) this.#from.resume();
  }
}
