import {
  type Erasure,
  type ErasureDeps,
  eraseCustomer,
  listCustomer,
  surveyCustomer,
} from '../../activities/erasure/erase-customer.js';
import { erasureDeps } from '../../composition/erasure.js';
import { PipelineError } from '../../contracts/errors.js';
import {
  type BegunErasure,
  type ErasureCounts,
  type ErasureRequest,
  listErasures,
  pendingErasures,
} from '../../datasets/erasure/request-log.js';
import { commandActor } from '../../registry/audit/append.js';
import { createLogger } from '../../platform/logging.js';
import { formatBytes } from '../output/format-bytes.js';
import { formatTime, shortHash } from '../output/format.js';
import type { CliContext } from '../program/context.js';

export interface ForgetOptions {
  readonly user?: string;
  readonly source?: string;
  readonly reason?: string;
  readonly yes?: true;
  readonly resume?: true;
}

export interface ForgottenOptions {
  readonly limit?: number;
}

/** Rows of a list without --limit. */
const LISTED = 20;

/** What counts mean, in the order in which they are shown; `rows.` and `backend.` are followed by a table. */
const meanings: readonly (readonly [prefix: string, meaning: string])[] = [
  ['snapshots', 'snapshots with the customer'],
  ['rows.', 'rows in the newest snapshot, '],
  ['derived', 'data sets, feature sets and state sets made of them'],
  ['online', 'online features and states'],
  ['predictions', 'logged predictions'],
  ['feedback', 'feedback of the API'],
  ['quarantine', 'rows in quarantine'],
  ['backend.', 'rows of the local backend, '],
  ['checkpoints', 'checkpoints of interrupted steps, of all customers'],
  ['answers', 'cached answers, of all customers'],
  ['blobs', 'blobs that go'],
];

/** Removes a customer, or says what is stored of them. @throws PipelineError `ERASURE_WAITS`; `INVALID_INPUT`. */
export async function forget(cli: CliContext, options: ForgetOptions): Promise<void> {
  if (options.resume === true) return resume(cli);
  const { user: userId = '', source = null, reason = null, yes } = options;
  if (userId.trim() === '')
    throw new PipelineError('INVALID_INPUT', 'whom? Name a customer with --user <id>, or finish with --resume');
  const deps = await open(cli);
  const request: ErasureRequest = { userId, source, reason, requestedBy: commandActor() };
  if (yes !== true) {
    const found = await surveyCustomer(deps, request);
    cli.out.result({ dryRun: true, ...found }, () => printSurvey(cli, found));
    return;
  }
  const erased = await eraseCustomer(deps, await listCustomer(deps, request), request);
  cli.out.result({ dryRun: false, ...erased }, () => printErasure(cli, erased));
}

async function open(cli: CliContext): Promise<ErasureDeps> {
  const { services, endpoints, temporal } = await cli.connect();
  const { config, out } = cli;
  const logger = createLogger({ level: 'warn', name: 'ml' });
  const deps = await erasureDeps({ config, endpoints, services }, { temporal, logger });
  return { ...deps, onStep: (step) => out.notice(step) };
}

async function resume(cli: CliContext): Promise<void> {
  const deps = await open(cli);
  const pending = await pendingErasures(deps.pool, deps.keys);
  const erased: Erasure[] = [];
  for (const { request, ...begun } of pending) erased.push(await finish(deps, begun, request));
  cli.out.result({ erasures: erased }, () => {
    if (erased.length === 0) cli.out.line('No erasure was interrupted.');
    for (const one of erased) printErasure(cli, one);
  });
}

const finish = (deps: ErasureDeps, begun: BegunErasure, request: ErasureRequest): Promise<Erasure> =>
  eraseCustomer(deps, begun, request);

/** Numbers that people read: what is counted, and how much. */
export function describeCounts(counts: ErasureCounts): readonly (readonly [string, string])[] {
  return meanings.flatMap(([prefix, meaning]) =>
    Object.entries(counts)
      .filter(([name]) => (prefix.endsWith('.') ? name.startsWith(prefix) : name === prefix))
      .map(([name, count]) => {
        const size = name === 'blobs' && counts.bytes !== undefined ? ` (${formatBytes(counts.bytes)})` : '';
        return [`${meaning}${name.slice(prefix.length)}`, `${count.toLocaleString('en-US')}${size}`] as const;
      }),
  );
}

const printCounts = ({ out }: CliContext, counts: ErasureCounts): void =>
  out.table({ head: ['what', 'number'], rows: describeCounts(counts).map((row) => [...row]), right: ['number'] });

const isNothing = ({ counts }: Erasure): boolean => Object.keys(counts).length === 0;

function printSurvey(cli: CliContext, found: Erasure): void {
  const { out } = cli;
  if (isNothing(found)) {
    out.line('Nothing is stored of this customer.');
    return;
  }
  printCounts(cli, found.counts);
  out.line('Nothing was changed; with --yes the customer is removed.');
}

function printErasure(cli: CliContext, erased: Erasure): void {
  const { out } = cli;
  if (isNothing(erased)) {
    out.line('Nothing was found of this customer, who is on the erasure list: extractions leave them out.');
    return;
  }
  printCounts(cli, erased.counts);
  const rows = erased.snapshots.map(({ hash, source, replacedBy }) => [
    shortHash(hash),
    source,
    replacedBy === null ? '' : shortHash(replacedBy),
  ]);
  if (rows.length > 0) out.table({ head: ['snapshot', 'source', 'now'], rows });
  out.line('The customer is on the erasure list: extractions leave them out, although the source may still have them.');
}

/** Prints the erasure list. */
export async function listForgotten(cli: CliContext, { limit = LISTED }: ForgottenOptions): Promise<void> {
  const { services } = await cli.connect();
  const erasures = await listErasures(services.pool, limit);
  cli.out.result({ erasures }, () => {
    if (erasures.length === 0) cli.out.line('Nobody is on the erasure list.');
    else
      cli.out.table({
        head: ['id', 'asked for (UTC)', 'by', 'source', 'completed (UTC)', 'snapshots', 'blobs', 'reason'],
        rows: erasures.map(({ id, source, reason, requestedBy, requestedAt, completedAt, counts }) => [
          String(id),
          formatTime(requestedAt),
          requestedBy,
          source ?? 'all',
          completedAt === null ? 'not yet: --resume' : formatTime(completedAt),
          String(counts.snapshots ?? 0),
          String(counts.blobs ?? 0),
          reason ?? '',
        ]),
        right: ['id', 'snapshots', 'blobs'],
      });
  });
}
