import type { RunRecord } from '../../contracts/registry.js';
import type { StepUsage } from '../../contracts/resource-usage.js';
import type { ModelFacts, ReportFacts } from '../../registry/retraining-report/report-facts.js';
import { sampleCard } from './sample-card.js';

const ID = 'weekly-retraining-2026-11-23T03-00';
const START = Date.parse('2026-11-23T03:00:00Z');
const at = (seconds: number): Date => new Date(START + seconds * 1000);

/** A run of an invented retraining, with the results of the sample card. */
export const sampleRun = (changed: Partial<RunRecord> = {}): RunRecord => ({
  runKey: '0199c3f2-7d1e-7a55-9d07-3b6f0a5cf0aa',
  workflowId: `${ID}/credit-risk-scorer`,
  modelName: 'credit-risk-scorer',
  line: 'default',
  status: 'registered',
  seed: 42,
  params: { maxDepth: 6, learningRate: 0.1 },
  metrics: sampleCard.evaluation.metrics,
  comparisons: sampleCard.comparisons,
  gates: sampleCard.gates,
  dataset: sampleCard.dataset,
  artefactHash: 'c3'.repeat(32),
  evaluationHash: 'e5'.repeat(32),
  curvesHash: null,
  cardHash: 'f6'.repeat(32),
  cardMarkdownHash: 'f7'.repeat(32),
  version: '1.1.0',
  reasons: [
    '1.1.0 follows 1.0.2: definition or parameters changed',
    'against champion (margin 0.01): change: better than 1.0.2',
  ],
  statedReason: 'deeper trees',
  override: null,
  rerun: null,
  codeVersion: '0.1.0+4f2a9c1',
  startedAt: at(60),
  trainedAt: at(80),
  evaluatedAt: at(90),
  endedAt: at(95),
  ...changed,
});

const quality = (rejectedRows: number) => ({
  passed: true,
  checkedRows: 2846,
  rejectedRows,
  reportHash: 'ab'.repeat(32),
  failedChecks:
    rejectedRows === 0
      ? []
      : [
          {
            ...{ table: 'loans', column: 'annual_rate', check: 'at most 100', failedRows: rejectedRows },
            example: 'loan l17: found 180, wanted at most 100',
          },
        ],
});

const tables = (transactions: number) => [
  { table: 'transactions', rows: transactions, eventTime: { from: Date.parse('2023-11-01'), to: START - 3_600_000 } },
  { table: 'users', rows: 300, eventTime: null },
];

export const sampleModel = (changed: Partial<ModelFacts> = {}): ModelFacts => ({
  modelName: 'credit-risk-scorer',
  run: sampleRun(),
  failure: null,
  target: { text: 'aucRoc ≥ 0.8', bound: 0.8 },
  championVersion: '1.0.2',
  promotion: { stage: 'staging', awaitingApproval: true },
  quality: quality(3),
  reused: [],
  ...changed,
});

const usageOf = (child: string, activity: string, used: Partial<StepUsage> = {}): StepUsage => ({
  workflowId: child === '' ? ID : `${ID}/${child}`,
  runId: 'run',
  activityId: activity,
  attempt: 1,
  activity,
  computingSeconds: 0,
  workerSeconds: 0.05,
  peakMemoryMb: null,
  startedAt: at(61),
  endedAt: at(80),
  ...used,
});

/** Facts of an invented retraining that fill every part of a report. */
export const sampleReport: ReportFacts = {
  workflowId: ID,
  source: 'backend',
  line: 'default',
  status: 'failed',
  reasons: ['financial-ner: CHILD_OUT_OF_MEMORY: job fitModel needs more than 2048 MB'],
  notes: [],
  startedAt: at(0),
  endedAt: at(245),
  snapshot: { hash: 'b2'.repeat(32), asOf: START, tables: tables(120_411), quality: quality(0) },
  models: [
    sampleModel(),
    sampleModel({
      modelName: 'spending-predictor',
      run: sampleRun({ modelName: 'spending-predictor', status: 'unchanged', comparisons: [], cardHash: null }),
      reused: [{ step: 'fitModel', from: ['weekly-retraining-2026-11-16T03-00/spending-predictor'] }],
      quality: null,
      promotion: null,
    }),
    sampleModel({
      modelName: 'financial-ner',
      run: null,
      failure: { code: 'CHILD_OUT_OF_MEMORY', message: 'job fitModel needs more than 2048 MB' },
      quality: null,
      promotion: null,
    }),
  ],
  reusedData: [{ step: 'buildFeatures', from: ['weekly-retraining-2026-11-16T03-00/data-pipeline'] }],
  usage: [
    usageOf('data-pipeline', 'extractTable', { computingSeconds: 6, peakMemoryMb: 210 }),
    usageOf('credit-risk-scorer', 'fitModel', { computingSeconds: 53.9, peakMemoryMb: 412 }),
    usageOf('', 'planMaster'),
  ],
  price: null,
  former: {
    workflowId: 'weekly-retraining-2026-11-16T03-00',
    startedAt: new Date('2026-11-16T03:00:00Z'),
    snapshot: { hash: 'b1'.repeat(32), asOf: START - 7 * 86_400_000, tables: tables(118_002), quality: null },
    runs: [
      sampleRun({
        params: { maxDepth: 5, learningRate: 0.1 },
        codeVersion: '0.1.0+0000000',
        version: '1.0.2',
        metrics: [{ ...sampleCard.evaluation.metrics[0]!, value: 0.83 }],
      }),
    ],
  },
};
