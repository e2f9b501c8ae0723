import { describe, expect, it } from '@jest/globals';
import { createMetrics } from './metrics.js';

describe('createMetrics', () => {
  it("exposes Node's metrics and our own with the service as label", async () => {
    const metrics = createMetrics({ service: 'parser' });
    const parsed = metrics.counter({
      name: 'docstream_documents_total',
      help: 'Documents.',
      labels: ['stage'],
    });
    parsed.inc({ stage: 'parser' }, 2);
    const text = await metrics.text();
    expect(text).toContain('docstream_documents_total{stage="parser",service="parser"} 2');
    expect(text).toContain('process_cpu_seconds_total{service="parser"}');
    expect(metrics.contentType).toContain('text/plain');
  });

  it('gives histograms buckets up to 600 seconds', async () => {
    const metrics = createMetrics({ service: 'parser' });
    metrics.histogram({ name: 'docstream_run_seconds', help: 'Time.' }).observe(599);
    const text = await metrics.text();
    expect(text).toContain('docstream_run_seconds_bucket{le="300",service="parser"} 0');
    expect(text).toContain('docstream_run_seconds_bucket{le="600",service="parser"} 1');
  });

  it('asks a gauge for its value at each scrape', async () => {
    const metrics = createMetrics({ service: 'gateway' });
    let lag = 3;
    metrics.gauge({
      name: 'kafka_consumergroup_group_lag',
      help: 'Lag.',
      labels: ['group'],
      collect: (gauge) => gauge.set({ group: 'docstream.parser.v1' }, lag),
    });
    await metrics.text();
    lag = 5;
    expect(await metrics.text()).toContain(
      'kafka_consumergroup_group_lag{group="docstream.parser.v1",service="gateway"} 5',
    );
  });

  it.each([
    ['a foreign prefix', { name: 'parser_documents_total', help: '' }],
    ['a counter without _total', { name: 'docstream_documents', help: '' }],
    [
      'a label per document',
      { name: 'docstream_documents_total', help: '', labels: ['document_id'] as const },
    ],
  ])('refuses %s', (_, options) => {
    expect(() => createMetrics({ service: 'parser' }).counter(options)).toThrow(TypeError);
  });
});
