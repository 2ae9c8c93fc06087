import type { SnapshotTables } from '../contracts/backend.js';
import type { FrozenHoldout } from '../contracts/dataset.js';
import type { Metric } from '../contracts/evaluation.js';
import type { ModelDefinition } from '../contracts/model-definition.js';
import type { Table } from '../contracts/table.js';
import { isTrainingRow, windowStartOf } from '../learning/evaluation/split/index.js';
import { loadCatalogue } from '../models/catalogue.js';
import { faults, plant } from './refresh/faults.js';
import { generatedBackend, openWeeklyRuns, type TrainedVersion, type WeeklyRuns } from './refresh/weekly-runs.js';
import { type BenchmarkContext, benchmarkRow, type BenchmarkRow, type BenchmarkSuite } from './report/suite.js';

const USERS = 300;
/** Customers of the side set, on which a planted fault is measured. */
const SIDE_USERS = 60;
const WEEK_MS = 7 * 86_400_000;
const WEEKS = 2;
const SHARES = [0.1, 0.2, 0.4, 0.8];
/** A planted fault counts when the metric falls by this many margins on the side set. */
const MARGINS = 3;

interface Scene {
  readonly runs: WeeklyRuns;
  readonly model: ModelDefinition;
  readonly tables: SnapshotTables;
  readonly side: SnapshotTables;
  readonly until: number;
  readonly onProgress: (line: string) => void;
}

const isPassed = ({ evaluation }: TrainedVersion): boolean => evaluation.gates.every(({ passed }) => passed);

function marginOf({ gates, name }: ModelDefinition): number {
  const gate = gates.find((one) => one.kind === 'against-champion');
  if (gate === undefined) throw new Error(`${name} has no gate against the champion`);
  return gate.margin;
}

const tell = ({ model, onProgress }: Scene, week: string, { evaluation }: TrainedVersion): void => {
  const compared = evaluation.comparisons.find(({ against }) => against === 'champion');
  if (compared !== undefined) {
    const { difference, interval, n } = compared;
    const range = `${interval.low.toFixed(4)} to ${interval.high.toFixed(4)}`;
    onProgress(`${model.name} ${week}: difference ${difference.toFixed(4)} (${range}), n = ${n}`);
  }
  for (const { passed, gate, finding } of evaluation.gates)
    if (!passed) onProgress(`${model.name} ${week}: ${gate}: ${finding}`);
};

interface Refreshed {
  readonly row: BenchmarkRow;
  readonly champion: TrainedVersion;
  readonly holdout: FrozenHoldout;
}

/** Trains two weeks before the end, and again as each week arrives; each refresh that passes is the next champion. */
async function refreshWeekly(scene: Scene): Promise<Refreshed> {
  const { runs, model, tables, until } = scene;
  const first = runs.tableAt(model, tables, until - WEEKS * WEEK_MS);
  const holdout = runs.holdoutOf(model, first);
  let champion = await runs.run(model, first, { holdout, champion: null, version: '1.0.0' });
  tell(scene, 'first', champion);
  let passed = 0;
  for (let week = 1; week <= WEEKS; week++) {
    const table = runs.tableAt(model, tables, until - (WEEKS - week) * WEEK_MS);
    const given = { holdout, champion: champion.champion, version: `1.0.${week}` };
    const refreshed = await runs.run(model, table, given);
    tell(scene, `week ${week}`, refreshed);
    if (!isPassed(refreshed)) continue;
    passed += 1;
    champion = refreshed;
  }
  const name = `${model.name}: refreshes registered, of ${WEEKS}`;
  return { row: benchmarkRow({ name, value: passed, unit: 'runs', target: { atLeast: WEEKS } }), champion, holdout };
}

const loss = (before: Metric, after: Metric): number =>
  (before.direction === 'higher' ? 1 : -1) * ((before.value ?? NaN) - (after.value ?? NaN));

/** Damages more and more of the training rows until the metric has fallen by three margins on the side set. */
async function plantFault(scene: Scene, { champion, holdout }: Refreshed): Promise<BenchmarkRow[]> {
  const { runs, model, tables, until } = scene;
  const fault = faults[model.name];
  if (fault === undefined) return [];
  const clean = runs.tableAt(model, tables, until);
  const rows = trainingRows(holdout, clean);
  const side = runs.tableAt(model, scene.side, until);
  const before = await runs.measure(model, champion.artefactHash, side);
  for (const share of SHARES) {
    const table = plant(fault.apply, clean, rows, share);
    const worse = await runs.run(model, table, { holdout, champion: champion.champion, version: '1.1.0' });
    tell(scene, `${fault.what} in ${share * 100} % of the rows`, worse);
    const fallen = loss(before, await runs.measure(model, worse.artefactHash, side));
    if (fallen < MARGINS * marginOf(model)) continue;
    const name = `${model.name}: ${fault.what} in ${share * 100} % of the training rows is rejected`;
    return [
      benchmarkRow({ name, value: isPassed(worse) ? 0 : 1, unit: 'runs', target: { atLeast: 1 } }),
      benchmarkRow({ name: `${model.name}: loss on the side set`, value: fallen, unit: before.name }),
    ];
  }
  const name = `${model.name}: ${fault.what} costs ${MARGINS} margins on the side set`;
  return [benchmarkRow({ name, value: 0, unit: 'runs', target: { atLeast: 1 } })];
}

function trainingRows(holdout: FrozenHoldout, table: Table): number[] {
  const isTraining = isTrainingRow(holdout, table, windowStartOf(holdout, table));
  return [...isTraining.keys()].filter((row) => isTraining[row]);
}

async function run({ onProgress, wants }: BenchmarkContext): Promise<BenchmarkRow[]> {
  const { tables, until } = generatedBackend({ users: USERS });
  const side = generatedBackend({ users: USERS + SIDE_USERS }, USERS).tables;
  const runs = await openWeeklyRuns();
  const rows: BenchmarkRow[] = [];
  try {
    for (const model of await loadCatalogue()) {
      if (!wants(model.name)) continue;
      const scene = { runs, model, tables, side, until, onProgress };
      const refreshed = await refreshWeekly(scene);
      rows.push(refreshed.row, ...(await plantFault(scene, refreshed)));
    }
  } finally {
    await runs.close();
  }
  return rows;
}

/** Weekly refreshes on the generated backend, and planted faults that must be rejected; `--only` takes a model's name. */
export const benchmarks: BenchmarkSuite = {
  description: 'weekly refreshes of every model are registered, and planted worse training sets rejected',
  run,
};
