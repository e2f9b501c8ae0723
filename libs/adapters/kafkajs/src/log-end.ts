import Broker from 'kafkajs/src/broker/index.js';

const READ_UNCOMMITTED = 0;
let isReplaced = false;

/**
 * kafkajs's admin client, asked for a log's end, gives the end of what is decided: lower while a transaction is open
 * [tried]. What lies above it would be missed by whoever reads "up to the end". From here on it gives the log's end;
 * consumers name their isolation level and are not touched. Reaches into kafkajs's private parts, as out-of-range.ts.
 */
export function askForTrueLogEnds(): void {
  if (isReplaced) return;
  isReplaced = true;
  const { listOffsets } = Broker.prototype;
  Broker.prototype.listOffsets = function (request) {
    return listOffsets.call(this, { ...request, isolationLevel: request.isolationLevel ?? READ_UNCOMMITTED });
  };
}
