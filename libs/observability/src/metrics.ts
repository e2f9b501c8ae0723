import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

/** Upper bounds in seconds, from 5 ms to the 600 s that a large document may take. */
export const DURATION_BUCKETS_SECONDS = [
  0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600,
] as const;

export interface MetricOptions<Label extends string> {
  /** `docstream_…` with its unit as suffix; lag metrics keep the names that exporters use (`kafka_…`). */
  readonly name: string;
  readonly help: string;
  /** Bounded sets only (stage, topic, code, type): never a document id. */
  readonly labels?: readonly Label[];
}

export interface GaugeOptions<Label extends string> extends MetricOptions<Label> {
  /** Called at each scrape to set the gauge anew. */
  readonly collect?: (gauge: Gauge<Label>) => void | Promise<void>;
}

export interface HistogramOptions<Label extends string> extends MetricOptions<Label> {
  /** Ascending upper bounds; DURATION_BUCKETS_SECONDS when absent. */
  readonly buckets?: readonly number[];
}

/** One registry per service. A name outside of the conventions, or used twice, throws when the metric is made. */
export interface Metrics {
  readonly contentType: string;
  counter<Label extends string>(options: MetricOptions<Label>): Counter<Label>;
  gauge<Label extends string>(options: GaugeOptions<Label>): Gauge<Label>;
  histogram<Label extends string>(options: HistogramOptions<Label>): Histogram<Label>;
  /** Prometheus text format. */
  text(): Promise<string>;
}

const OWN_NAME = /^docstream_[a-z0-9]+(_[a-z0-9]+)*$/;
const EXPORTER_NAME = /^kafka_(consumergroup|partition|topic)_[a-z_]+$/;
const FORBIDDEN_LABELS: ReadonlySet<string> = new Set(['document', 'document_id', 'documentId', 'run']);

/** Registry with Node's default metrics; every sample carries `service`. */
export function createMetrics({ service }: { readonly service: string }): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });
  const common = <Label extends string>(options: MetricOptions<Label>, suffixes: readonly string[]) => {
    checkNames(options, suffixes);
    const { name, help, labels = [] } = options;
    return { name, help, labelNames: [...labels], registers: [registry] };
  };
  return {
    contentType: registry.contentType,
    counter: (options) => new Counter(common(options, ['_total'])),
    gauge: <Label extends string>(options: GaugeOptions<Label>) => {
      const { collect } = options;
      return new Gauge<Label>({
        ...common(options, []),
        ...(collect === undefined
          ? {}
          : {
              collect(this: Gauge<Label>) {
                return collect(this);
              },
            }),
      });
    },
    histogram: (options) =>
      new Histogram({
        ...common(options, ['_seconds', '_bytes', '_records', '_pages']),
        buckets: [...(options.buckets ?? DURATION_BUCKETS_SECONDS)],
      }),
    text: () => registry.metrics(),
  };
}

function checkNames(options: MetricOptions<string>, suffixes: readonly string[]): void {
  const { name, labels = [] } = options;
  if (!OWN_NAME.test(name) && !EXPORTER_NAME.test(name)) {
    throw new TypeError(`metric ${name}: names begin with docstream_, in lower case with _`);
  }
  if (suffixes.length > 0 && !suffixes.some((suffix) => name.endsWith(suffix))) {
    throw new TypeError(`metric ${name}: the name ends in ${suffixes.join(' or ')}`);
  }
  const forbidden = labels.find((label) => FORBIDDEN_LABELS.has(label));
  if (forbidden !== undefined)
    throw new TypeError(`metric ${name}: label ${forbidden} would grow without bound`);
}
