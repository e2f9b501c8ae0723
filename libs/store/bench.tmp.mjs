import { createDatabase, createSinkDatabase, migrateDatabase } from '@docstream/adapter-postgres';
import { projectRecord } from '@docstream/store';
import { STORE_TOPICS, decodeRecord } from '@docstream/store';
import { SinkRuntime } from '@docstream/sink-runtime';
import { createStoreSink } from '@docstream/store';
import { MemoryBroker, MemoryCodec, identityOf, journeyRecord, silentLogger, createTestDatabase } from '@docstream/testing';
const home = await createTestDatabase(process.env.DOCSTREAM_DATABASE_URL);
await migrateDatabase(home.url);
const database = createDatabase(home.url);
const sinkDb = createSinkDatabase(database);
const codec = new MemoryCodec();
const docs = Number(process.argv[2] ?? 5000), partitions = 4;
const broker = new MemoryBroker(partitions);
let n = 0;
for (let d = 0; d < docs; d++) {
  const identity = identityOf('doc ' + d);
  for (const step of ['received', 'parsed', 'classified', 'extracted']) {
    const r = await journeyRecord(step, identity, { offset: 0n, partition: d % partitions });
    broker.append({ topic: r.topic, partition: d % partitions, key: r.key, value: r.value, headers: r.headers }); n++;
  }
}
console.log('made', n);
for (const concurrency of [Number(process.argv[3] ?? 4)]) {
  let batches = 0;
  const t = performance.now(); let applied = 0;
  const done = Promise.withResolvers();
  const runtime = new SinkRuntime({ sink: createStoreSink({ codec }), broker, database: sinkDb, producer: { produce: async () => [], close: async () => {} }, checks: {}, logger: silentLogger, onFatal: (e) => { console.error(e); process.exit(1); },
    settings: { concurrency, batchRecords: Number(process.argv[4] ?? 500) },
    observer: { onApplied: (_, r) => { applied += r; batches++; if (applied >= n) done.resolve(); }, onDeadLettered: (t, c) => console.log('dead', t, c), onTakeOver() {}, onLost() {}, onPaused: (...a) => console.log('paused', a) } });
  await runtime.start(); await done.promise;
  const s = (performance.now() - t) / 1000;
  console.log({ concurrency, events: n, batches, seconds: s.toFixed(2), perSecond: Math.round(n / s), rss: Math.round(process.memoryUsage().rss / 1e6), cpu: process.cpuUsage() });
  await runtime.stop(2000);
}
console.log((await database.query(`select state, count(*) from docstream.documents group by 1`)).rows);
await database.close(); await home.drop();
