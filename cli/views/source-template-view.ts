import { type BackendTable, backendTables } from '../../contracts/backend.js';
import { PipelineError } from '../../contracts/errors.js';
import { renderTemplate } from '../../datasets/sources/backend/template.js';
import { printText } from '../output/print-text.js';
import type { CliContext } from '../program/context.js';

export interface SourceTemplateOptions {
  /** Names of tables, separated by commas. */
  readonly only?: string;
  readonly empty?: string;
}

/** @throws PipelineError `INVALID_INPUT` naming the flag and the tables that there are. */
function tablesOf(flag: string, names: string): readonly BackendTable[] {
  return names.split(',').map((name) => {
    const table = backendTables.find((known) => known === name.trim());
    if (table !== undefined) return table;
    const message = `${flag}: there is no table "${name.trim()}"; known: ${backendTables.join(', ')}`;
    throw new PipelineError('INVALID_INPUT', message, { flag, known: [...backendTables] });
  });
}

/** Prints the SQL of the views over a database of one's own. @throws PipelineError `INVALID_INPUT`. */
export function printTemplate(cli: CliContext, { only, empty }: SourceTemplateOptions): void {
  const sql = renderTemplate({
    ...(only === undefined ? {} : { only: tablesOf('--only', only) }),
    ...(empty === undefined ? {} : { empty: tablesOf('--empty', empty) }),
  });
  cli.out.result({ sql }, () => printText(cli.out, sql));
}
