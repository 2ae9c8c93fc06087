import { DAY_MS } from '../learning/time-series/calendar/index.js';
import type { FeatureField } from '../contracts/feature-view.js';
import { userFinancials } from '../feature-store/definitions/user-financials.js';
import { createRandom, type Random } from '../learning/numeric/random/index.js';

/** Tasks that a model can be generated for. */
export const tasks = ['binary-classification', 'regression'] as const;
export type Task = (typeof tasks)[number];

const ROWS = 300;
const SEED = 11;
const FIRST_DAY = Date.UTC(2026, 0, 1);
/** One value in so many is unknown. */
const UNKNOWN_SHARE = 0.03;

type Values = Readonly<Record<string, number>>;

function valueOf({ unit }: FeatureField, random: Random): number {
  if (unit === 'INR') return Math.round(60_000 * (0.2 + random.uniform()));
  if (unit === 'share' || unit === 'flag') return random.uniform();
  return unit === 'ratio' ? 2 * random.uniform() - 0.5 : Math.floor(60 * random.uniform());
}

/** Invented, so that there is something to learn: irregular and falling income ends, spending goes on. */
const labels: Readonly<Record<Task, (values: Values, random: Random) => number>> = {
  'binary-classification': ({ incomeVariation, incomeTrend }, random) =>
    Number(random.uniform() < 1 / (1 + Math.exp(2.5 - 3 * incomeVariation! + 3 * incomeTrend!))),
  regression: ({ spendingMonthlyMean, spendingTrend }, random) =>
    Math.round(spendingMonthlyMean! * (1 + 0.3 * spendingTrend!) * (0.9 + 0.2 * random.uniform())),
};

const cell = (value: number, random: Random): string =>
  random.uniform() < UNKNOWN_SHARE ? '' : String(Number(value.toFixed(3)));

/** A CSV file of invented customers, as the generated model's own layout has it. The same task gives the same text. */
export function inventedRows(task: Task): string {
  const { fields } = userFinancials;
  const random = createRandom(SEED);
  const lines = Array.from({ length: ROWS }, (_, row) => {
    const customer = `c${String(Math.floor(row / 3) + 1).padStart(3, '0')}`;
    const day = new Date(FIRST_DAY + (row % 3) * 30 * DAY_MS).toISOString().slice(0, 10);
    const values = Object.fromEntries(fields.map((field) => [field.name, valueOf(field, random)]));
    const cells = fields.map(({ name }) => cell(values[name]!, random));
    return [`${customer} ${day}`, customer, `${day}T00:00:00Z`, ...cells, labels[task](values, random)].join(',');
  });
  const names = ['rowId', 'entity_id', 'as_of', ...fields.map(({ name }) => name), 'label'];
  return `${[names.join(','), ...lines].join('\n')}\n`;
}
