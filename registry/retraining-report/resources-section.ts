import { type StepUsage, totalUsage, type UsageTotal } from '../../contracts/resource-usage.js';
import { formatDuration } from '../format-duration.js';
import { formatNumber } from '../format-number.js';
import { column, NONE, plain } from '../model-cards/cells.js';
import type { Block, Cell, Section } from '../model-cards/document.js';
import type { CpuPrice, ReportFacts } from './report-facts.js';

const HOUR_S = 3600;

interface Part extends UsageTotal {
  readonly name: string;
  readonly durationMs: number | null;
}

/** Of the step's workflow below that of the retraining; null for the retraining's own steps. */
function childOf(retraining: string, { workflowId }: StepUsage): string | null {
  if (!workflowId.startsWith(`${retraining}/`)) return null;
  return workflowId.slice(retraining.length + 1).split('/')[0] ?? null;
}

const spanOf = (steps: readonly StepUsage[]): number | null =>
  steps.length === 0
    ? null
    : Math.max(...steps.map(({ endedAt }) => endedAt.getTime())) -
      Math.min(...steps.map(({ startedAt }) => startedAt.getTime()));

/** Data pipeline, models, and what the retraining did itself. */
function partsOf({ workflowId, usage, models }: ReportFacts): Part[] {
  const stepsOf = (child: string | null) => usage.filter((step) => childOf(workflowId, step) === child);
  const part = (name: string, steps: readonly StepUsage[]): Part => ({
    name,
    durationMs: spanOf(steps),
    ...totalUsage(steps),
  });
  const parts = [
    part('data pipeline', stepsOf('data-pipeline')),
    ...models.map(({ modelName }) => part(modelName, stepsOf(modelName))),
    part('plan, promotion', stepsOf(null)),
  ];
  return parts.filter(({ durationMs }) => durationMs !== null);
}

/** A smaller cost is said to be below it. */
const SMALLEST_COST = 0.0001;

function costText(cpuSeconds: number, { anHour, currency }: CpuPrice): string {
  const cost = (cpuSeconds / HOUR_S) * anHour;
  if (cost > 0 && cost < SMALLEST_COST) return `< ${SMALLEST_COST} ${currency}`;
  return `${cost.toFixed(4)} ${currency}`;
}

const rowOf =
  (price: CpuPrice | null) =>
  ({ name, durationMs, cpuSeconds, peakMemoryMb }: Part): Cell[] => [
    plain(name),
    durationMs === null ? NONE : plain(formatDuration(durationMs)),
    plain(`${cpuSeconds.toFixed(1)} s`),
    peakMemoryMb === null ? NONE : plain(`${peakMemoryMb} MB`),
    ...(price === null ? [] : [plain(costText(cpuSeconds, price))]),
  ];

/** Duration, CPU time and peak memory of each part, and the cost where a price is set. */
export function resourcesSection(facts: ReportFacts): Section {
  const { usage, price, startedAt, endedAt } = facts;
  const whole = { name: 'whole', durationMs: endedAt.getTime() - startedAt.getTime(), ...totalUsage(usage) };
  const numbers = [column('duration'), column('CPU'), column('peak memory')];
  const columns = [column('part', false), ...numbers, ...(price === null ? [] : [column('cost')])];
  const rows = [...partsOf(facts), whole].map(rowOf(price));
  const reading = [
    'CPU: time of the computing processes and the share of the workers; parts run side by side, so durations do not add up. Peak memory: of the largest computing process.',
    ...(price === null ? [] : [`Cost: ${formatNumber(price.anHour)} ${price.currency} an hour of one core.`]),
  ];
  const blocks: Block[] = [
    { kind: 'table', columns, rows },
    { kind: 'points', items: reading },
  ];
  return { id: 'resources', title: 'Time and resources', blocks };
}
