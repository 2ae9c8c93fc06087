import type { ParityResult, ViewParity } from '../../contracts/feature-parity.js';
import type { Alert, AlertBook } from '../alerts/alerts.js';

const kind = 'feature-parity';

const subjectOf = (source: string, { view, version }: Pick<ViewParity, 'view' | 'version'>): string =>
  `${source}/${view}@${version}`;

/** Columns that a message names; the check has all. */
const MOST_NAMED = 5;

function describeFinding({ cause, finding, reads, columns }: ViewParity['findings'][number]): string {
  const names = columns.slice(0, MOST_NAMED).map(({ name }) => name);
  const others = columns.length > names.length ? ` and ${columns.length - names.length} others` : '';
  const where = names.length === 0 ? '' : ` in ${names.join(', ')}${others}`;
  return `${cause}: ${finding} (${reads} reads${where})`;
}

function alertOf(source: string, view: ViewParity): Alert {
  const head = `${view.differing} of ${view.compared} reads of ${view.view}@${view.version} are not what they should be`;
  const message = [head, ...view.findings.map(describeFinding)].join('; ');
  return { kind, severity: 'critical', subject: subjectOf(source, view), message };
}

/** Raises an alert for each view that differs, and resolves those of views that are sound; a view of no read stays as it is. */
export async function alertOfParity(
  alerts: Pick<AlertBook, 'raise' | 'resolve'>,
  { source, views }: ParityResult,
): Promise<void> {
  for (const view of views)
    if (view.differing > 0) await alerts.raise(alertOf(source, view));
    else if (view.compared > 0) await alerts.resolve({ kind, subject: subjectOf(source, view) });
}
