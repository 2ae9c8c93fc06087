import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { DriftScore } from '../../monitoring/drift/drift-scores.js';
import type { FeatureRate } from './feature-rates.js';
import type { LogStatus } from '../log/prediction-log.js';
import { isOneOfSeveral, shareMetrics } from '../processes/cluster-worker.js';
import type { RouteTable } from '../routing/route-table.js';
import { watchDrift } from './watch-drift.js';

/** What became of one row: `refused` for the caller's fault, `failed` for ours. */
export type Outcome = 'answered' | 'abstained' | 'refused' | 'failed';
/** How a row was asked. */
export type PredictionKind = 'predict' | 'explain' | 'batch';
/** `shared`: another request was computing the same answer at that moment. */
export type CacheResult = 'hit' | 'miss' | 'shared';
/** Why a request was turned away: before it was read, or because of the answers that it asked for. */
export type RejectionReason = 'overload' | 'rate_limit' | 'query_budget';

/** Figures that are read when somebody asks for the metrics. */
export interface Gauges {
  readonly table: () => RouteTable;
  /** Admitted requests that have no answer yet. */
  readonly queueDepth: () => number;
  readonly predictionLog: () => LogStatus;
  /** Of the last checks for drift. */
  readonly driftScores: () => readonly DriftScore[];
  readonly featureRates: () => readonly FeatureRate[];
}

/** Metrics of one process. Labels have few values: models, kinds, outcomes, patterns of routes, statuses. */
export interface ApiMetrics {
  countPrediction(model: string, kind: PredictionKind, outcome: Outcome): void;
  /** @param seconds - from the head of the request to the end of the answer. */
  observeLatency(model: string, kind: PredictionKind, seconds: number): void;
  /** @param route - the pattern of the route, never the address that was asked. */
  countRequest(route: string, status: number): void;
  countRejection(reason: RejectionReason): void;
  countCache(model: string, result: CacheResult): void;
  /** Called once, by the application that the figures belong to. */
  watch(gauges: Gauges): void;
  /** Prometheus' text format, and its content type; of all processes that share the port. */
  text(): Promise<string>;
  readonly contentType: string;
}

/** Seconds. An answer takes about 0.2 ms by itself; the bar of the specification is 100 ms. */
const LATENCY_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Metrics in a registry of their own, so that several applications can live in one process. */
export function createMetrics(): ApiMetrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const latency = new Histogram({
    ...{ name: 'ml_prediction_latency_seconds', help: 'Time of answered prediction requests, in seconds' },
    ...{ labelNames: ['model', 'kind'] as const, buckets: LATENCY_BUCKETS, registers },
  });
  const counterOf = <Label extends string>(name: string, help: string, labelNames: readonly Label[]): Counter<Label> =>
    new Counter({ name, help, labelNames, registers });
  const predictions = counterOf('ml_prediction_total', 'Rows that were asked for', ['model', 'kind', 'outcome']);
  const requests = counterOf('ml_http_requests_total', 'Requests by pattern of route and status', ['route', 'status']);
  const rejections = counterOf('ml_rejected_requests_total', 'Requests turned away, by reason', ['reason']);
  const cached = counterOf('ml_cache_requests_total', 'Answers looked up in the cache', ['model', 'result']);
  const hitRate = hitRateOf(registers);
  const [rowsOf, latencyOf] = [remembered(predictions), remembered(latency)];
  const [requestsOf, cachedOf] = [remembered(requests), remembered(cached)];
  return {
    countPrediction: (model, kind, outcome) => rowsOf(model, kind, outcome).inc(),
    observeLatency: (model, kind, seconds) => latencyOf(model, kind).observe(seconds),
    countRequest: (route, status) => requestsOf(route, String(status)).inc(),
    countRejection: (reason) => rejections.labels(reason).inc(),
    countCache(model, result) {
      cachedOf(model, result).inc();
      hitRate(model, result);
    },
    watch: (gauges) => watchGauges(registers, gauges),
    text: isOneOfSeveral() ? shareMetrics(registry) : () => registry.metrics(),
    contentType: registry.contentType,
  };
}

/** The part of a metric with these labels, found without sorting and joining them again. */
function remembered<Part>(metric: { labels(...values: string[]): Part }): (...labels: readonly string[]) => Part {
  const known = new Map<string, Part>();
  return (...labels) => {
    const key = labels.join('\n');
    let part = known.get(key);
    if (part === undefined) known.set(key, (part = metric.labels(...labels)));
    return part;
  };
}

/** Share of looked-up answers that were there or being computed, since the start of the process. */
function hitRateOf(registers: Registry[]): (model: string, result: CacheResult) => void {
  const seen = new Map<string, { found: number; asked: number }>();
  new Gauge({
    ...{ name: 'ml_cache_hit_rate', help: 'Share of looked-up answers that were not computed, since the start' },
    aggregator: 'average',
    ...{ labelNames: ['model'] as const, registers },
    collect() {
      for (const [model, { found, asked }] of seen) this.labels(model).set(found / asked);
    },
  });
  return (model, result) => {
    const { found, asked } = seen.get(model) ?? { found: 0, asked: 0 };
    seen.set(model, { found: found + (result === 'miss' ? 0 : 1), asked: asked + 1 });
  };
}

function watchGauges(registers: Registry[], gauges: Gauges): void {
  const { table, queueDepth } = gauges;
  watchLog(registers, gauges.predictionLog);
  watchDrift(registers, gauges.driftScores);
  watchFeatures(registers, gauges.featureRates);
  new Gauge({
    ...{ name: 'ml_queue_depth', help: 'Admitted requests that have no answer yet', registers },
    collect() {
      this.set(queueDepth());
    },
  });
  new Gauge({
    ...{ name: 'ml_model_info', help: '1 for each version that is loaded', aggregator: 'max' as const, registers },
    labelNames: ['model', 'line', 'version', 'stage'] as const,
    collect() {
      this.reset(); // versions that were replaced answer no more
      for (const { record, artefact } of table().routes)
        if (artefact.isOpen()) this.labels(record.modelName, record.line, record.version, record.stage).set(1);
    },
  });
}

/** What becomes of rows of the prediction log. */
function watchLog(registers: Registry[], status: () => LogStatus): void {
  new Gauge({
    ...{ name: 'ml_prediction_log_waiting_rows', help: 'Rows in memory that are not written yet', registers },
    collect() {
      this.set(status().waiting);
    },
  });
  new Counter({
    ...{ name: 'ml_prediction_log_rows_total', help: 'Rows that were dropped, or went to the local spool', registers },
    labelNames: ['outcome'] as const,
    collect() {
      const { dropped, spooled } = status();
      this.reset(); // the log counts since the start of the process
      this.inc({ outcome: 'dropped' }, dropped);
      this.inc({ outcome: 'spooled' }, spooled);
    },
  });
}

/** Unknown values of features; the labels are those of the code, so their number is bounded. */
function watchFeatures(registers: Registry[], rates: () => readonly FeatureRate[]): void {
  new Gauge({
    ...{ name: 'ml_feature_missing_rate', help: 'Share of entities whose feature is unknown, last materialisation' },
    ...{ labelNames: ['view', 'feature'] as const, aggregator: 'max' as const, registers },
    collect() {
      this.reset(); // a field may be gone
      for (const { view, feature, missing } of rates()) this.labels(view, feature).set(missing);
    },
  });
}
