import { isSynthetic, SYNTHETIC_REMARK } from '../../contracts/ids.js';
import { column, plain } from '../model-cards/cells.js';
import type { Block, CardDocument, Cell, Section, Tone } from '../model-cards/document.js';
import { glossarySection } from '../model-cards/glossary.js';
import { changesSection } from './changes-section.js';
import { dataSection } from './data-section.js';
import { decisionsSection, modelsSection, statusCell } from './models-section.js';
import type { ReportFacts } from './report-facts.js';
import { resourcesSection } from './resources-section.js';
import { formatMinute } from '../format-minute.js';

const SYNTHETIC_BANNER = `${SYNTHETIC_REMARK}. The models learned from customers of the generator and were judged on them; their scores say nothing about real customers.`;

const endTones: Readonly<Record<ReportFacts['status'], Tone>> = {
  completed: 'good',
  rejected: 'bad',
  failed: 'bad',
  cancelled: 'muted',
};

function badgesOf({ status, line, source, models }: ReportFacts): Cell[] {
  const counts = new Map<string, number>();
  for (const model of models) {
    const state = statusCell(model).text;
    counts.set(state, (counts.get(state) ?? 0) + 1);
  }
  const decisions = [...counts].map(([state, count]) => plain(`${count} ${state}`));
  return [{ text: status, tone: endTones[status] }, plain(`source ${source}`), plain(`line ${line}`), ...decisions];
}

/** Which results the retraining took from earlier runs. */
function reuseSection({ models, reusedData }: ReportFacts): Section {
  const taken = [
    ...reusedData.map((one) => ({ of: 'data pipeline', ...one })),
    ...models.flatMap(({ modelName, reused }) => reused.map((one) => ({ of: modelName, ...one }))),
  ];
  const rows = taken.map(({ of, step, from }) => [plain(of), plain(step), plain(from.join(', '))]);
  const columns = [column('part', false), column('step', false), column('computed by', false)];
  const none: Block = { kind: 'points', items: ['Nothing: every step was computed.'] };
  const repeats = models.flatMap(({ modelName, run }) =>
    run?.rerun ? [`${modelName} repeats ${run.rerun.workflowId} from ${run.rerun.from}`] : [],
  );
  const blocks: Block[] = [rows.length === 0 ? none : { kind: 'table', columns, rows }];
  if (repeats.length > 0) blocks.push({ kind: 'points', items: repeats });
  return { id: 'reuse', title: 'Results taken from earlier runs', blocks };
}

/** All sections of the report of a retraining, in reading order: results, why, data, cost, what was new. */
export function reportDocument(facts: ReportFacts): CardDocument {
  const { workflowId, startedAt, line, reasons, notes } = facts;
  const sections = [
    modelsSection(facts),
    decisionsSection(facts),
    dataSection(facts),
    resourcesSection(facts),
    reuseSection(facts),
    changesSection(facts),
  ];
  const remarks = [...reasons, ...notes];
  return {
    kind: 'Retraining report',
    title: workflowId,
    subtitle: `${formatMinute(startedAt)} UTC`,
    banner: isSynthetic(line) ? SYNTHETIC_BANNER : null,
    badges: badgesOf(facts),
    stage: null,
    reasons: remarks,
    headline: null,
    sections: [...sections, ...glossarySection({ sections, reasons: remarks })],
  };
}
