import { joinRows } from './features/join.js';
import { materialiseRows } from './features/materialise.js';
import { onlineRows } from './features/online.js';
import type { BenchmarkContext, BenchmarkRow, BenchmarkSuite } from './report/suite.js';

async function run(context: BenchmarkContext): Promise<BenchmarkRow[]> {
  const { wants } = context;
  return [
    ...(wants('join') ? joinRows(context) : []),
    ...(wants('online') ? await onlineRows(context) : []),
    ...(wants('materialise') ? await materialiseRows(context) : []),
  ];
}

/** Point-in-time join, reads of the online store and materialisation, for the bars of features. */
export const benchmarks: BenchmarkSuite = {
  description: 'point-in-time join, online reads and materialisation; sections: join, online, materialise',
  run,
};
