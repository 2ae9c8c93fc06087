import type { MonitoredColumn, Monitoring } from '../../contracts/monitored-columns.js';
import { featureColumn, valueAt } from '../../learning/evaluation/monitored/columns.js';
import { textColumn } from '../../learning/table.js';
import { readSpans } from './data/annotations.js';

/** Types of the entities that were found; a text may have several. */
const entityTypes: MonitoredColumn = {
  ...{ name: 'entityType', kind: 'categorical', role: 'score' },
  ofHeldOut: ({ scored }) =>
    textColumn(scored, 'predicted').flatMap((cell, row) => readSpans(cell ?? '', row).map(({ type }) => type)),
  ofAnswer({ output }) {
    const found = valueAt(output, ['entities']);
    return Array.isArray(found) ? found.map((entity) => String(valueAt(entity, ['type']))) : undefined;
  },
};

/** Number of entities that were found in a text. */
const entityCount: MonitoredColumn = {
  ...{ name: 'entityCount', kind: 'numeric', role: 'score' },
  ofHeldOut: ({ scored }) => textColumn(scored, 'predicted').map((cell, row) => readSpans(cell ?? '', row).length),
  ofAnswer({ output }) {
    const found = valueAt(output, ['entities']);
    return Array.isArray(found) ? found.length : undefined;
  },
};

/** What is monitored of texts and the entities found in them. */
export const monitoring: Monitoring = { columns: [featureColumn('text', 'text'), entityTypes, entityCount] };
