import type { PipelineError } from '../../contracts/errors.js';
import type { ModelDefinition } from '../../contracts/model-definition.js';
import { changedTables, parsePolicy } from '../../datasets/privacy/check-policy.js';
import { type ColumnOverview, overviewOf } from '../../datasets/privacy/column-overview.js';
import { readPolicy } from '../../datasets/privacy/read-policy.js';
import { findWithheld, findWithheldFromModel, modelReader, readersOf } from '../../datasets/privacy/withheld.js';
import { featureViews } from '../../feature-store/definitions/index.js';
import { loadCatalogue } from '../../models/catalogue.js';
import type { CliContext } from '../program/context.js';

export interface PolicyOptions {
  readonly policy?: string;
}

interface Refusal {
  readonly name: string;
  readonly reason: string;
}

const refusal = (name: string, withheld: PipelineError | null): Refusal[] =>
  withheld === null ? [] : [{ name, reason: withheld.message }];

/**
 * Shows what a policy does with each column, who reads it, and which models could not learn any more. Ends with 2 when
 * stored features could not be computed, so that every run would be refused. Starts no service.
 */
export async function showPolicy(cli: CliContext, options: PolicyOptions): Promise<void> {
  const file = options.policy ?? cli.config.dataPolicyFile;
  const written = file === null ? parsePolicy({}, 'no policy') : await readPolicy(file);
  const policy = { tables: changedTables(written) };
  const models = await loadCatalogue();
  const views = readersOf(featureViews);
  const columns = overviewOf([...models.map(({ name, backend }) => modelReader(name, backend)), ...views], policy);
  const features = refusal('features', findWithheld(views, policy));
  const refused = models.flatMap(({ name, backend }: ModelDefinition) =>
    refusal(name, findWithheldFromModel(name, backend, policy)),
  );
  if (features.length > 0) cli.exitWith(2);
  cli.out.result({ file, columns, features, refused, lines: written.lines }, () =>
    print(cli, { file, columns, refused: [...features, ...refused] }),
  );
}

const describeReaders = ({ readers }: ColumnOverview): string =>
  readers
    .map(({ name, allowed }) => (allowed.length === 0 ? name : `${name} (${allowed.join(', ')} will do)`))
    .join('; ');

interface Shown {
  readonly file: string | null;
  readonly columns: readonly ColumnOverview[];
  readonly refused: readonly Refusal[];
}

function print({ out }: CliContext, { file, columns, refused }: Shown): void {
  out.line(file === null ? 'no policy: every column is kept (DATA_POLICY, --policy)' : `policy ${file}`);
  const rows = columns.map((each) => [
    `${each.table}.${each.column}`,
    each.action,
    each.possible.join(', '),
    describeReaders(each) || '–',
  ]);
  out.table({ head: ['column', 'now', 'possible', 'read by'], rows });
  for (const { reason } of refused) out.line(`✗ ${reason}`);
  if (refused.length === 0) out.line('every model can learn');
}
