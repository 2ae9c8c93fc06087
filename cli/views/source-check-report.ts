import type { SourceCheck, TableCheck } from '../../datasets/sources/backend/check/check-source.js';
import { findingsOf } from '../../datasets/sources/backend/check/check-source.js';
import type { CategoryCounts } from '../../datasets/sources/backend/check/counts.js';
import type { SourceFinding } from '../../datasets/sources/backend/check/finding.js';
import { OWN_SOURCE } from '../../contracts/ids.js';
import type { ModelAssessment } from '../../training/assess-source.js';
import type { Output } from '../output/output.js';
import type { CliContext } from '../program/context.js';

/** Prints a check; exit code 2 when there is something to fix: an error of the source, or no model that could learn. */
export function reportCheck(
  cli: Pick<CliContext, 'out' | 'exitWith'>,
  check: Omit<SourceCheck, 'samples'>,
  models: readonly ModelAssessment[],
): void {
  const { server, tables } = check;
  const findings = findingsOf(check);
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const learning = models.filter(({ learns }) => learns === 'yes').length;
  const ok = errors === 0 && learning > 0;
  if (!ok) cli.exitWith(2);
  const summaries = tables.map(({ findings: own, ...table }) => ({ ...table, findings: own.length }));
  cli.out.result({ ok, source: OWN_SOURCE, server, tables: summaries, findings, models }, () => {
    const { database, version, user, timeZone } = server;
    cli.out.line(`database ${database}, PostgreSQL ${version}, user ${user}, time zone of the session ${timeZone}`);
    cli.out.line();
    printTables(cli.out, tables);
    printCategories(cli.out, tables);
    printModels(cli.out, models);
    printFindings(cli.out, findings);
    cli.out.line();
    cli.out.line(verdictOf(errors, learning));
  });
}

function verdictOf(errors: number, learning: number): string {
  if (errors > 0) return `${errors} to fix; then \`ml data check-source\` again`;
  if (learning === 0) return 'nothing to fix, but no model has enough to learn from';
  const word = learning === 1 ? 'model' : 'models';
  return `nothing to fix; ${learning} ${word} can learn: \`ml train all\``;
}

const day = (moment: string | null): string => moment?.slice(0, 10) ?? '–';
const grouped = (count: number): string => count.toLocaleString('en-US');

function rowsCell({ rows }: TableCheck): string {
  if (rows === null) return '–';
  if (rows.exact) return grouped(rows.read);
  const total = rows.total === null ? 'more' : `about ${grouped(rows.total)}`;
  return `${total} (${grouped(rows.read)} read)`;
}

function stateOf({ findings }: TableCheck): string {
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  if (errors > 0) return `${errors} to fix`;
  return findings.length > 0 ? `${findings.length} to look at` : 'ok';
}

function printTables(out: Output, tables: readonly TableCheck[]): void {
  out.table({
    head: ['table', 'is a', 'rows', 'from', 'to', 'state'],
    rows: tables.map((one) => {
      return [
        one.table,
        one.kind ?? '–',
        rowsCell(one),
        day(one.rows?.from ?? null),
        day(one.rows?.to ?? null),
        stateOf(one),
      ];
    }),
    right: ['rows'],
  });
}

function countsCell({ known, unlisted, otherRows, nullRows }: CategoryCounts): string {
  const parts = Object.entries(known).map(([value, rows]) => `${value} ${grouped(rows)}`);
  parts.push(...Object.entries(unlisted).map(([value, rows]) => `NOT LISTED "${value}" ${grouped(rows)}`));
  if (otherRows > 0) parts.push(`other values ${grouped(otherRows)}`);
  if (nullRows > 0) parts.push(`null ${grouped(nullRows)}`);
  return parts.join(', ');
}

function printCategories(out: Output, tables: readonly TableCheck[]): void {
  const rows = tables.flatMap((one) =>
    one.rows === null || one.rows.read === 0
      ? []
      : one.categories.map((counts) => [`${one.table}.${counts.column}`, countsCell(counts)]),
  );
  if (rows.length === 0) return;
  out.line();
  for (const [column = '', counts = ''] of rows) out.line(`${column}: ${counts}`);
}

const countCell = (count: number | null, atLeast: boolean): string =>
  count === null ? '–' : `${atLeast ? '≥ ' : ''}${grouped(count)}`;

const labelsCell = ({ labels }: ModelAssessment): string => {
  const entries = Object.entries(labels);
  const shown = entries.slice(0, 3).map(([label, rows]) => `${label}: ${grouped(rows)}`);
  return `${shown.join(', ')}${entries.length > 3 ? ' …' : ''}`;
};

function printModels(out: Output, models: readonly ModelAssessment[]): void {
  out.line();
  out.table({
    head: ['model', 'can learn', 'rows', 'labelled', 'needs', 'labels'],
    rows: models.map((one) => [
      one.model,
      one.learns,
      countCell(one.rows, one.atLeast),
      countCell(one.labelled, one.atLeast),
      grouped(one.minimumRows),
      labelsCell(one),
    ]),
    right: ['rows', 'labelled', 'needs'],
  });
  for (const { model, findings } of models) for (const finding of findings) out.line(`  ${model}: ${finding}`);
}

function printFindings(out: Output, findings: readonly SourceFinding[]): void {
  for (const { table, column, severity, found, wanted, remedy } of findings) {
    out.line();
    const mark = severity === 'error' ? out.paint.red('✗') : out.paint.yellow('!');
    out.line(`${mark} ${column === null ? table : `${table}.${column}`}`);
    out.line(`    found   ${found}`);
    out.line(`    wanted  ${wanted}`);
    if (remedy !== '') out.line(`    remedy  ${remedy}`);
  }
}
