import Connection from 'kafkajs/src/network/connection.js';

/** When each open connection last brought something, in milliseconds since 1970. */
const heard = new Map<Connection, number>();
let isReplaced = false;

/**
 * kafkajs keeps a connection on which nobody answered in time, and sends the next request into it as well: behind a
 * half-open connection (a firewall that forgot it, a host that vanished) every request is late until TCP gives up after a
 * quarter of an hour. Here the first late answer ends the connection, and with it all those to the same broker that have
 * been silent since the request was sent: each would cost a time-out of its own. The next request opens another one.
 */
export function giveUpDeadConnections(): void {
  if (isReplaced) return;
  isReplaced = true;
  const { connect, disconnect, processData, send } = Connection.prototype;
  Connection.prototype.connect = async function () {
    const connected = await connect.call(this);
    heard.set(this, Date.now());
    return connected;
  };
  Connection.prototype.disconnect = function () {
    heard.delete(this);
    return disconnect.call(this);
  };
  Connection.prototype.processData = function (data) {
    heard.set(this, Date.now());
    processData.call(this, data);
  };
  Connection.prototype.send = async function (request) {
    try {
      return await send.call(this, request);
    } catch (error) {
      if (error instanceof Error && error.name === 'KafkaJSRequestTimeoutError') {
        const sentAt = 'sentAt' in error && typeof error.sentAt === 'number' ? error.sentAt : 0;
        giveUp(this);
        for (const [other, at] of heard) if (other.broker === this.broker && at < sentAt) giveUp(other);
      }
      throw error;
    }
  };
}

function giveUp(connection: Connection): void {
  connection.socket?.destroy(new Error('no answer in time: the connection is given up'));
}
