import Connection from 'kafkajs/src/network/connection.js';

let isReplaced = false;

/**
 * kafkajs keeps a connection on which nobody answered in time, and sends the next request into it as well: behind a
 * half-open connection (a firewall that forgot it, a host that vanished) every request is late until TCP gives up after a
 * quarter of an hour. Here the first late answer ends the connection; the next request opens another one.
 */
export function giveUpDeadConnections(): void {
  if (isReplaced) return;
  isReplaced = true;
  const { send } = Connection.prototype;
  Connection.prototype.send = async function (request) {
    try {
      return await send.call(this, request);
    } catch (error) {
      if (error instanceof Error && error.name === 'KafkaJSRequestTimeoutError') {
        this.socket?.destroy(new Error('no answer in time: the connection is given up'));
      }
      throw error;
    }
  };
}
