import type { TrainingData } from '../../contracts/dataset.js';
import type { Predictor } from '../../contracts/model-definition.js';
import { generateCustomers } from '../../datasets/sources/backend/generator/index.js';
import { findModel } from '../../models/catalogue.js';
import type { SpendingAnswer } from '../../models/spending-predictor/prediction/answer.js';
import { historyBand } from '../../models/spending-predictor/evaluation/evaluate.js';
import type { Movement } from '../../models/spending-predictor/forecast/history.js';
import {
  type Holdout,
  customerTargets,
  readHoldout,
  requestAt,
} from '../../models/spending-predictor/evaluation/evaluation-targets.js';
import type { SpendingRequest } from '../../models/spending-predictor/prediction/request.js';
import { committedCategories } from '../../models/spending-predictor/data/vocabulary.js';
import { benchmarkRow, type BenchmarkContext, type BenchmarkRow } from '../report/suite.js';
import { cpuSince } from '../support/cpu.js';
import { generatedSpending, spendingTable, trainSharded } from './generated-data.js';

const USERS = 300;
/** Months of the generated history; the last twelve are held out. */
const MONTHS = 36;
/**
 * Customers that are not in the training data, by the first month of their history. There are 2,000 months or more for
 * each length of history: customers of month 0 have two to three years, the others up to two.
 */
const ARRIVALS = [
  { month: 0, users: 400 },
  ...Array.from({ length: 12 }, (_, i) => ({ month: 13 + i, users: 42 })),
] as const;
/** Seeds of customers other than the training customers, by section. */
const SEEDS = { 'backend-intervals': 7000, 'backend-intervals-second': 9000 } as const;

type Server = Predictor<SpendingRequest, SpendingAnswer>;

/** Customers that are not in the training data, each with the whole history. */
async function newCustomers({ schema }: TrainingData, seed: number): Promise<Holdout['customers']> {
  const found = new Map<string, readonly Movement[]>();
  for (const { month, users } of ARRIVALS) {
    const settings = { users, seed: seed + month, months: MONTHS - month };
    // The generator lets some join later; only those of the first month have this length of history.
    const customers = [...generateCustomers(settings)].filter(({ profile }) => profile.firstMonth === 0);
    const { customers: rows } = readHoldout({ schema, table: await spendingTable(customers) });
    for (const [customer, own] of rows) found.set(`${customer} of month ${month}`, own);
  }
  return found;
}

/** Whether a customer's actual amount lay in the two bands. */
interface BandHit {
  readonly group: string;
  readonly customer: string;
  readonly in80: boolean;
  readonly in95: boolean;
}

type Band = SpendingAnswer['monthly'][number]['total'];

const bandHit = (group: string, customer: string, truth: number, band: Band): BandHit => ({
  group,
  customer,
  in80: truth >= band.low80 && truth <= band.high80,
  in95: truth >= band.low95 && truth <= band.high95,
});

const NOTHING: Band = { mean: 0, low80: 0, high80: 0, low95: 0, high95: 0 };

/** One-month forecasts of a customer, made on the first day of each held-out month. */
export async function bandHitsOf(
  server: Server,
  customer: string,
  rows: readonly Movement[],
  year: Holdout,
): Promise<BandHit[]> {
  const hits: BandHit[] = [];
  const truths = customerTargets(customer, rows, year).filter(
    ({ horizon, origin, month }) => horizon === 1 && origin === month,
  );
  for (const month of new Set(truths.map((row) => row.month))) {
    const [answer] = await server.predict([requestAt(customer, rows, month, 1)]);
    const { total, categories } = answer!.monthly[0]!;
    const length = historyBand(answer!.historyMonths);
    for (const { target, actual: truth } of truths.filter((row) => row.month === month)) {
      if (target === 'total') hits.push(bandHit(length, customer, truth, total));
      const category = /^category (.+)$/.exec(target)?.[1];
      const band = category === undefined ? undefined : (categories[category] ?? NOTHING);
      if (band === undefined || answer!.historyMonths < 12 || (truth === 0 && band.mean === 0)) continue;
      hits.push(bandHit(category!, customer, truth, band));
    }
  }
  return hits;
}

/** Share of amounts in a band, with the standard error of a mean over customers: a customer's months are dependent. */
function share(hits: readonly BandHit[], pick: (one: BandHit) => boolean): { value: number; error: number } {
  const value = hits.filter(pick).length / hits.length;
  const sums = new Map<string, number>();
  for (const one of hits) sums.set(one.customer, (sums.get(one.customer) ?? 0) + Number(pick(one)) - value);
  const squares = [...sums.values()].reduce((sum, deviation) => sum + deviation ** 2, 0);
  return { value, error: Math.sqrt(squares) / hits.length };
}

export function coverageRows(name: string, hits: readonly BandHit[], target: number | null): BenchmarkRow[] {
  return (
    [
      ['80', 0.8],
      ['95', 0.95],
    ] as const
  ).map(([level, nominal]) => {
    const { value, error } = share(hits, (one) => one[`in${level}`]);
    return benchmarkRow({
      name: `generated, ${level} % band, ${name}: distance of coverage from nominal (n = ${hits.length})`,
      value: 100 * Math.abs(value - nominal),
      unit: `points (covers ${(100 * value).toFixed(1)} %, standard error ${(100 * error).toFixed(1)})`,
      target: target === null ? null : { atMost: target },
    });
  });
}

const LENGTHS = [3, 12, 24].map(historyBand);
const COLD_START = historyBand(0);
/** Points within which cold starts and premiums are wanted: both are few, and fall into a few months of one year. */
const FEW_POINTS = 5;

function seedRows(name: string, hits: readonly BandHit[]): BenchmarkRow[] {
  const of = (group: string): BandHit[] => hits.filter((one) => one.group === group);
  const rows = (group: string, target: number | null): BenchmarkRow[] =>
    of(group).length === 0 ? [] : coverageRows(`${group}${name}`, of(group), target);
  return [
    ...rows(COLD_START, FEW_POINTS),
    ...LENGTHS.flatMap((length) => rows(length, 3)),
    ...[...committedCategories]
      .sort()
      .flatMap((category) => rows(category, category === 'insurance' ? FEW_POINTS : null)),
  ];
}

/**
 * Coverage of the monthly total's bands by length of history, on customers of two seeds that are not in the training data:
 * too few of the training customers have a short history. Then coverage by committed category where the forecast or the
 * amount is not 0, for information except for premiums: a bill of a fixed price lies in every band.
 */
export async function backendIntervalRows({ onProgress, wants }: BenchmarkContext): Promise<BenchmarkRow[]> {
  const before = process.cpuUsage();
  const model = await findModel('spending-predictor');
  const { train, holdout } = await generatedSpending(USERS);
  const year = readHoldout(holdout);
  const server = (await model.predictor(await trainSharded(train, 0))) as Server;
  const rows: BenchmarkRow[] = [];
  for (const [section, seed] of Object.entries(SEEDS)) {
    if (!wants(section)) continue;
    const hits: BandHit[] = [];
    for (const [customer, own] of await newCustomers(train, seed))
      hits.push(...(await bandHitsOf(server, customer, own, year)));
    onProgress(`bands of new customers, seed ${seed}: ${cpuSince(before).toFixed(1)} CPU s`);
    rows.push(...seedRows(seed === SEEDS['backend-intervals'] ? '' : `, seed ${seed}`, hits));
  }
  await server.close();
  return rows;
}
