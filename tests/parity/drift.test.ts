import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { findDriftPeers, peerEstimates, type PeerEstimates } from '../../bench/drift/peer.js';
import {
  EVIDENTLY_FILE,
  EVIDENTLY_VERSION,
  type EvidentlyColumn,
  NANNYML_FILE,
  NANNYML_VERSION,
  readEvidently,
  runEvidently,
} from './drift-reference.js';
import {
  type ColumnDrift,
  compareColumns,
  type DriftMethod,
  estimateClassifierPerformance,
  fitClassifierEstimator,
} from '../../learning/evaluation/drift/index.js';
import { driftCases, performanceCases } from './drift-cases.js';

/*
 * Numbers written by Evidently 0.7.23 and NannyML 0.13.1 stand beside this file. Where python3 can import those versions
 * (pip install evidently==0.7.23 nannyml==0.13.1 "pandas<3"), they are computed again and compared first; `vitest -u` rewrites
 * them.
 */
const TOLERANCE = 1e-6;

const methods: Readonly<Record<string, DriftMethod>> = {
  'K-S p_value': 'kolmogorov-smirnov',
  'chi-square p_value': 'chi-square',
  'Z-test p_value': 'z-test',
  'Wasserstein distance (normed)': 'wasserstein',
  'Jensen-Shannon distance': 'jensen-shannon',
};

const scoreOf = ({ pValue, statistic }: ColumnDrift): number => pValue ?? statistic;
const installed = await findDriftPeers();
const snapshot = (value: unknown): string => `${JSON.stringify(value, null, 1)}\n`;

describe(`mode evidently beside Evidently ${EVIDENTLY_VERSION}`, async () => {
  it.runIf(installed.evidently === EVIDENTLY_VERSION)(
    'the committed reference values equal those that Evidently computes',
    async () => {
      await expect(snapshot(await runEvidently(driftCases))).toMatchFileSnapshot(EVIDENTLY_FILE);
    },
    300_000,
  );

  it('records every method that Evidently chooses by default for numbers and categories', async () => {
    const found = (await readEvidently()).flatMap(({ columns }) => columns.map(({ method }) => method));
    expect([...new Set(found)].sort()).toEqual(Object.keys(methods).sort());
  });

  it.each(driftCases)(
    '$name: method, score within 1e-6 and verdict of each column',
    async ({ name, reference, current }) => {
      const theirs = (await readEvidently()).find((one) => one.name === name)!;
      const ours = compareColumns(reference, current, { mode: 'evidently', minimumReference: 1 });
      ours.columns.forEach((column, i) => {
        const wanted: EvidentlyColumn = theirs.columns[i]!;
        expect([column.column, column.method, column.drifted]).toEqual([
          wanted.column,
          methods[wanted.method],
          wanted.drifted,
        ]);
        expect(Math.abs(scoreOf(column) - wanted.score), column.column).toBeLessThan(TOLERANCE);
      });
      const share = theirs.columns.filter((column) => column.drifted).length / theirs.columns.length;
      expect([ours.driftedShare, ours.drifted]).toEqual([share, share >= 0.5]);
      // Evidently's own count leaves infinite numbers in, which its comparison of the column takes out.
      if (!name.startsWith('infinite'))
        expect([ours.driftedShare, ours.drifted]).toEqual([theirs.share, theirs.drifted]);
    },
  );
});

describe(`performance without labels beside NannyML ${NANNYML_VERSION}`, () => {
  const { reference, windows } = performanceCases();

  it.runIf(installed.nannyml === NANNYML_VERSION)(
    'the committed reference values equal those that NannyML computes',
    async () => {
      await expect(snapshot(await peerEstimates(reference, windows))).toMatchFileSnapshot(NANNYML_FILE);
    },
    300_000,
  );

  it('estimates accuracy, AUC and F1 of calibrated scores within 1e-6', async () => {
    const theirs = JSON.parse(await readFile(NANNYML_FILE, 'utf8')) as PeerEstimates & { recalibrated: boolean };
    expect(theirs.recalibrated).toBe(false);
    const fitted = fitClassifierEstimator(reference);
    expect(fitted.calibration.kind).toBe('none');
    windows.forEach(({ scores }, i) => {
      const { metrics } = estimateClassifierPerformance(fitted, scores);
      for (const name of ['accuracy', 'rocAuc', 'f1'] as const) {
        const ours = metrics.find((metric) => metric.name === name)!.value!;
        expect(Math.abs(ours - theirs[name][i]!), `${name} of window ${i}`).toBeLessThan(TOLERANCE);
      }
    });
  });
});
