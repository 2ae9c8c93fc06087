import type { CardInput } from '../../registry/model-cards/card-input.js';

const interval = (low: number, high: number) => ({ low, high, level: 0.95, method: 'DeLong' });
const points = Array.from({ length: 41 }, (_, i) => ({ rate: i / 40, found: Math.min(1, (i / 40) ** 0.32) }));
const histogram = Array.from({ length: 20 }, (_, band) => [
  { probability: band / 20, share: Math.exp(-band / 3) / 3.3, outcome: 'repaid' },
  { probability: band / 20, share: Math.exp(-(((band - 9) / 5) ** 2)) / 8.5, outcome: 'defaulted' },
]).flat();
const quantitative = (field: string, title: string) => ({ field, title, type: 'quantitative' });

/** Facts of an invented run that fill every part of a card; a test overrides the part it checks. */
export const sampleCard: CardInput = {
  model: {
    name: 'credit-risk-scorer',
    task: 'binary-classification',
    owner: 'risk team',
    definitionVersion: 3,
    primaryMetric: 'aucRoc',
    gates: [
      { kind: 'absolute', metric: 'aucRoc', atLeast: 0.8, lines: ['default'] },
      { kind: 'better-than', other: 'baseline' },
      { kind: 'against-champion', margin: 0.01 },
    ],
    card: {
      purpose:
        'Estimates the probability that a loan defaults, from what is known **when it is applied for**: the request, ' +
        "the applicant's cash flow, existing loans, payment history, utilisation and collateral.",
      intendedUsers: 'Risk officers who rank applications and set cut-offs; the backend that shows them the score.',
      outOfScope: [
        'Deciding on its own: it is one input to a decision that a person or a documented policy takes.',
        'Applicants without any transaction before the application.',
      ],
      limits: ['Learned from approved applications only, so it knows little about people who would be declined.'],
      ethics: ['Gender and age are never features; they are kept for reporting the metrics per group.'],
    },
  },
  line: 'default',
  version: '1.1.0',
  stage: 'dev',
  decision: 'registered',
  reasons: [
    '1.1.0 follows 1.0.2: definition or parameters changed',
    'aucRoc 0.8421 ≥ 0.8',
    "aucRoc differs from the baseline's by 0.3421 (95 % interval 0.301 to 0.383), wholly above 0",
  ],
  dataset: {
    hash: 'a1'.repeat(32),
    modelName: 'credit-risk-scorer',
    line: 'default',
    rows: 2846,
    origin: { kind: 'snapshot', snapshotHash: 'b2'.repeat(32), source: 'generated' },
    notes: ['2846 of 3312 approved applications have a known outcome (412 bad).'],
  },
  holdout: { kind: 'group', column: 'entity_id', fraction: 0.3, salt: 'credit-risk' },
  trainedRows: 1988,
  holdoutRows: 858,
  params: {
    maxDepth: 6,
    nEstimators: 100,
    learningRate: 0.1,
    minChildWeight: 1,
    subsample: 1,
    monotone: ['loanToValue'],
  },
  evaluation: {
    metrics: [
      { name: 'aucRoc', value: 0.84213, direction: 'higher', n: 858, interval: interval(0.8082, 0.8761) },
      { name: 'gini', value: 0.68426, direction: 'higher', n: 858, interval: interval(0.6164, 0.7522) },
      { name: 'kolmogorovSmirnov', value: 0.5531, direction: 'higher', n: 858, interval: interval(0.4877, 0.6203) },
      { name: 'brier', value: 0.0961, direction: 'lower', n: 858, interval: interval(0.0845, 0.1077) },
      { name: 'logLoss', value: 0.3178, direction: 'lower', n: 858 },
    ],
    slices: [
      'income below 30,000',
      'income 30,000 to 80,000',
      'income above 80,000',
      'gender female',
      'gender male',
    ].map((name, index) => ({
      name,
      metrics: [
        {
          name: 'aucRoc',
          value: 0.81 + index / 100,
          direction: 'higher' as const,
          n: 160 + 70 * index,
          interval: interval(0.75 + index / 100, 0.87 + index / 100),
        },
        { name: 'brier', value: 0.12 - index / 100, direction: 'lower' as const, n: 160 + 70 * index },
      ],
    })),
    plots: [
      {
        title: 'ROC curve',
        caption: 'Share of bad loans found at each share of good loans flagged; the dashed line is chance.',
        spec: {
          width: 360,
          height: 260,
          layer: [
            {
              data: {
                values: [
                  { rate: 0, found: 0 },
                  { rate: 1, found: 1 },
                ],
              },
              mark: { type: 'line', strokeDash: [4, 4], color: '#999' },
              encoding: {
                x: quantitative('rate', 'good loans flagged (share)'),
                y: quantitative('found', 'bad loans flagged (share)'),
              },
            },
            {
              data: { values: points },
              mark: { type: 'line', clip: true },
              encoding: {
                x: quantitative('rate', 'good loans flagged (share)'),
                y: quantitative('found', 'bad loans flagged (share)'),
              },
            },
          ],
        },
      },
      {
        title: 'Score distribution',
        caption: 'How the predicted probabilities of repaid and defaulted loans are spread; apart is good.',
        spec: {
          width: 360,
          height: 260,
          data: { values: histogram },
          mark: { type: 'line', interpolate: 'step-after', clip: true },
          encoding: {
            x: quantitative('probability', 'predicted probability of default'),
            y: quantitative('share', 'share of the class'),
            color: { field: 'outcome', type: 'nominal' },
          },
        },
      },
    ],
    notes: ['Synthetic data: the scores say how well the model learns the generator, not how it does on real loans.'],
  },
  baselineName: 'overall default rate',
  comparisons: [
    {
      against: 'baseline',
      metric: 'aucRoc',
      challenger: 0.84213,
      other: 0.5,
      difference: 0.34213,
      n: 858,
      interval: interval(0.301, 0.383),
    },
    {
      against: 'champion',
      metric: 'aucRoc',
      challenger: 0.84213,
      other: 0.8267,
      difference: 0.01543,
      n: 858,
      interval: interval(0.0021, 0.0288),
    },
  ],
  gates: [
    { gate: 'aucRoc ≥ 0.8', passed: true, finding: 'aucRoc 0.8421 ≥ 0.8' },
    {
      gate: 'better than baseline',
      passed: true,
      finding: "aucRoc differs from the baseline's by 0.3421, wholly above 0",
    },
    {
      gate: 'better than champion',
      passed: true,
      finding: "aucRoc differs from the champion's by 0.01543, wholly above 0",
    },
  ],
  championVersion: '1.0.2',
  run: {
    runKey: '0199c3f2-7d1e-7a55-9d07-3b6f0a5cf0aa',
    workflowId: 'weekly-retraining-2026-11-23/credit-risk-scorer',
    seed: 42,
    codeVersion: '0.1.0+4f2a9c1',
    startedAt: new Date('2026-11-23T03:00:12.000Z'),
    artefactHash: 'c3'.repeat(32),
    signatureHash: 'd4'.repeat(32),
    definitionHash: 'e5'.repeat(32),
    evaluationHash: 'f6'.repeat(32),
  },
};
