import { connect } from 'node:net';

const METADATA_API_KEY = 3;
const METADATA_VERSION = 1;
const TIMEOUT_MS = 2_000;
const HEADER_BYTES = 4;

/** Metadata v1 without topics: size, api key, version, correlation id, null client id, empty topic list. */
function metadataRequest(): Buffer {
  const request = Buffer.alloc(HEADER_BYTES + 14);
  request.writeInt32BE(14, 0);
  request.writeInt16BE(METADATA_API_KEY, 4);
  request.writeInt16BE(METADATA_VERSION, 6);
  request.writeInt32BE(1, 8);
  request.writeInt16BE(-1, 12);
  request.writeInt32BE(0, 14);
  return request;
}

/** Whether the broker answers and counts itself among the live ones (it is then unfenced and takes work). */
export function kafkaAnswers(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, timeout: TIMEOUT_MS });
    let answer: Buffer = Buffer.alloc(0);
    const settle = (isUp: boolean): void => {
      socket.destroy();
      resolve(isUp);
    };
    socket.once('connect', () => socket.write(metadataRequest()));
    socket.once('timeout', () => settle(false));
    socket.once('error', (error) => {
      socket.destroy();
      reject(error);
    });
    socket.once('close', () => settle(false));
    socket.on('data', (chunk: Buffer) => {
      answer = Buffer.concat([answer, chunk]);
      const brokerCountAt = 2 * HEADER_BYTES;
      if (answer.length >= brokerCountAt + 4) settle(answer.readInt32BE(brokerCountAt) > 0);
    });
  });
}
