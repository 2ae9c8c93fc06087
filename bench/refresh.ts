import type { SnapshotTables } from '../contracts/backend.js';
import type { FrozenHoldout } from '../contracts/dataset.js';
import type { Metric } from '../contracts/evaluation.js';
import type { ModelDefinition } from '../contracts/model-definition.js';
import type { Table } from '../contracts/table.js';
import { isTrainingRow, windowStartOf } from '../learning/evaluation/split/index.js';
import { loadCatalogue } from '../models/catalogue.js';
import { type Fault, faults, plant } from './refresh/faults.js';
import { generatedBackend, openWeeklyRuns, type TrainedVersion, type WeeklyRuns } from './refresh/weekly-runs.js';
import { type BenchmarkContext, benchmarkRow, type BenchmarkRow, type BenchmarkSuite } from './report/suite.js';

/** Customers and weeks of the ordinary refreshes. */
const ORDINARY = { users: 300, weeks: 2 } as const;
/** Of the faults, each of which takes the place of the last week's refresh; fewer customers, so that all models fit. */
const FAULTY = { users: 150, weeks: 1 } as const;
/** Customers of the side set, on which a planted fault is measured. */
const SIDE_USERS = 60;
const WEEK_MS = 7 * 86_400_000;
/** A planted fault counts when the metric falls by this many margins on the side set. */
const MARGINS = 3;

interface Scene {
  readonly runs: WeeklyRuns;
  readonly model: ModelDefinition;
  readonly tables: SnapshotTables;
  readonly until: number;
  readonly weeks: number;
  readonly onProgress: (line: string) => void;
}

const isPassed = ({ evaluation }: TrainedVersion): boolean => evaluation.gates.every(({ passed }) => passed);

function marginOf({ gates, name }: ModelDefinition): number {
  const gate = gates.find((one) => one.kind === 'against-champion');
  if (gate === undefined) throw new Error(`${name} has no gate against the champion`);
  return gate.margin;
}

const againstChampion = ({ evaluation }: TrainedVersion) =>
  evaluation.comparisons.find(({ against }) => against === 'champion');

const tell = ({ model, onProgress }: Scene, run: string, version: TrainedVersion): void => {
  const { gates, evaluation } = version.evaluation;
  const { name, value } = evaluation.metrics[0]!;
  onProgress(`${model.name} ${run}: ${name} ${value?.toFixed(4) ?? 'not measurable'}`);
  const compared = againstChampion(version);
  if (compared !== undefined) {
    const { difference, interval, n } = compared;
    const range = `${interval.low.toFixed(4)} to ${interval.high.toFixed(4)}`;
    onProgress(`${model.name} ${run}: difference ${difference.toFixed(4)} (${range}), n = ${n}`);
  }
  for (const { passed, gate, finding } of gates) if (!passed) onProgress(`${model.name} ${run}: ${gate}: ${finding}`);
};

/** A week's data, the version that was the champion when they arrived, and the one they gave. */
interface Week {
  readonly holdout: FrozenHoldout;
  readonly table: Table;
  readonly before: TrainedVersion;
  readonly refreshed: TrainedVersion;
}

/** Trains some weeks before the end, and again as each week arrives; each refresh that passes is the next champion. */
async function refreshWeekly(scene: Scene): Promise<Week[]> {
  const { runs, model, tables, until, weeks: count } = scene;
  const first = runs.tableAt(model, tables, until - count * WEEK_MS);
  const holdout = runs.holdoutOf(model, first);
  const given = { holdout, champion: null, version: '1.0.0' };
  let champion = await runs.run(model, { training: first, judging: first }, given);
  tell(scene, 'first', champion);
  const weeks: Week[] = [];
  for (let week = 1; week <= count; week++) {
    const table = runs.tableAt(model, tables, until - (count - week) * WEEK_MS);
    const next = { holdout, champion: champion.champion, version: `1.0.${week}` };
    const refreshed = await runs.run(model, { training: table, judging: table }, next);
    tell(scene, `week ${week}`, refreshed);
    weeks.push({ holdout, table, before: champion, refreshed });
    if (isPassed(refreshed)) champion = refreshed;
  }
  return weeks;
}

/** How many refreshes were registered, and how wide the interval of the difference was. */
function refreshRows({ model }: Scene, weeks: readonly Week[]): BenchmarkRow[] {
  const passed = weeks.filter(({ refreshed }) => isPassed(refreshed)).length;
  const widths = weeks.flatMap(({ refreshed }) => {
    const { interval } = againstChampion(refreshed) ?? {};
    return interval === undefined ? [] : [(interval.high - interval.low) / 2];
  });
  const name = `${model.name}: refreshes registered, of ${weeks.length}`;
  return [
    benchmarkRow({ name, value: passed, unit: 'runs', target: { atLeast: weeks.length } }),
    benchmarkRow({
      name: `${model.name}: half width of the widest interval`,
      value: Math.max(...widths),
      unit: model.primaryMetric,
      target: { atMost: marginOf(model) },
    }),
  ];
}

const loss = (before: Metric, after: Metric): number =>
  (before.direction === 'higher' ? 1 : -1) * ((before.value ?? NaN) - (after.value ?? NaN));

/**
 * The last week once more, with more and more of its training rows damaged until the metric has fallen by three margins
 * on the side set: the run must be rejected. The rows that judge, and what is known of their customers, are sound.
 */
async function plantFault(
  scene: Scene,
  { holdout, table, before, refreshed }: Week,
  side: SnapshotTables,
): Promise<BenchmarkRow[]> {
  const { runs, model, until } = scene;
  const fault: Fault | undefined = faults[model.name];
  if (fault === undefined) return [];
  const rows = trainingRows(holdout, table);
  const sideTable = runs.tableAt(model, side, until);
  const sound = await runs.measure(model, refreshed.artefactHash, sideTable);
  for (const share of fault.shares) {
    const training = plant(fault, table, rows, share);
    const given = { holdout, champion: before.champion, version: '1.1.0' };
    const worse = await runs.run(model, { training, judging: table }, given);
    const name = `${model.name}: ${fault.what}, ${share * 100} % of the training rows`;
    tell(scene, `${fault.what} in ${share * 100} %`, worse);
    const lost = loss(sound, await runs.measure(model, worse.artefactHash, sideTable));
    scene.onProgress(`${name}: side set ${sound.name} ${sound.value?.toFixed(4)}, loss ${lost.toFixed(4)}`);
    if (lost < MARGINS * marginOf(model)) continue;
    return [
      benchmarkRow({ name: `${name}: rejected`, value: isPassed(worse) ? 0 : 1, unit: 'runs', target: { atLeast: 1 } }),
      benchmarkRow({ name: `${name}: loss on the side set`, value: lost, unit: sound.name }),
    ];
  }
  const name = `${model.name}: ${fault.what} costs ${MARGINS} margins on the side set`;
  return [benchmarkRow({ name, value: 0, unit: 'runs', target: { atLeast: 1 } })];
}

function trainingRows(holdout: FrozenHoldout, table: Table): number[] {
  const isTraining = isTrainingRow(holdout, table, windowStartOf(holdout, table));
  return [...isTraining.keys()].filter((row) => isTraining[row]);
}

type Backend = Pick<Scene, 'tables' | 'until'>;

/** What each model measures on the generated backend. */
interface Section {
  readonly name: 'weeks' | 'faults';
  readonly backend: () => Backend;
  readonly weeks: number;
  readonly rows: (scene: Scene, weeks: readonly Week[]) => Promise<BenchmarkRow[]>;
}

const sections: readonly Section[] = [
  {
    name: 'weeks',
    backend: () => generatedBackend({ users: ORDINARY.users }),
    weeks: ORDINARY.weeks,
    rows: (scene, weeks) => Promise.resolve(refreshRows(scene, weeks)),
  },
  {
    name: 'faults',
    backend: () => generatedBackend({ users: FAULTY.users }),
    weeks: FAULTY.weeks,
    rows(scene, weeks) {
      const { users } = FAULTY;
      return plantFault(scene, weeks.at(-1)!, generatedBackend({ users: users + SIDE_USERS }, users).tables);
    },
  },
];

async function run({ onProgress, wants }: BenchmarkContext): Promise<BenchmarkRow[]> {
  const runs = await openWeeklyRuns();
  const rows: BenchmarkRow[] = [];
  try {
    for (const { name, backend, weeks, rows: measure } of sections) {
      const wanted = (await loadCatalogue()).filter((model) => wants(`${model.name} ${name}`));
      if (wanted.length === 0) continue;
      const made = backend();
      for (const model of wanted) {
        const scene = { runs, model, weeks, onProgress, ...made };
        rows.push(...(await measure(scene, await refreshWeekly(scene))));
      }
    }
  } finally {
    await runs.close();
  }
  return rows;
}

/**
 * Weekly refreshes on the generated backend, and planted faults that must be rejected; `--only` takes a model, `weeks` or
 * `faults`, or both as in `financial-ner faults`.
 */
export const benchmarks: BenchmarkSuite = {
  description: 'weekly refreshes of every model are registered, and planted worse training sets rejected',
  run,
};
