import { lineOfSource } from '../../contracts/ids.js';
import { chooseSource } from '../../datasets/sources/choose-source.js';
import { findLabelled } from '../../labelling/find-labelled.js';
import { readLabels, writeReview } from '../../labelling/message-labels/label-file.js';
import { takeLabels } from '../../labelling/message-labels/take-labels.js';
import { chooseVersion } from '../../registry/choose-version.js';
import { reportReview, reportTaken } from '../labelling/report.js';
import { readLabelFile, requireNewFile, writeNewFile } from '../labelling/review-file.js';
import type { CliContext } from '../program/context.js';
import { runJob } from '../program/run-job.js';

const DEFAULT_COUNT = 50;

export interface LabelOptions {
  readonly source?: string;
  /** Intents that no labelled message and no champion has, and that are meant. */
  readonly newIntent?: readonly string[];
}

export interface ReviewOptions {
  readonly source?: string;
  readonly count?: number;
  readonly output?: string;
}

/** Lists the unlabelled messages whose labels would teach the champion most. */
export async function reviewMessages(cli: CliContext, options: ReviewOptions): Promise<void> {
  const { count = DEFAULT_COUNT, output } = options;
  await requireNewFile(output);
  const { services } = await cli.connect();
  const source = await chooseSource(services.catalog, options.source ?? null);
  const { modelName } = await findLabelled('messages');
  const { artefactHash } = await chooseVersion(services.registry, { modelName, line: lineOfSource(source) });
  const review = await runJob(cli, 'reviewMessages', { source, artefactHash, count });
  if (review === null) return;
  if (output !== undefined) await writeNewFile(output, writeReview(review.messages));
  reportReview(cli, {
    document: { source, ...review },
    head: ['message', 'text', 'perhaps', 'confidence', 'or'],
    rows: review.messages.map(({ id, text, suggestion, second, confidence }) => [
      id,
      text.slice(0, 60),
      suggestion,
      confidence.toFixed(2),
      second,
    ]),
    output,
    edit: 'fill in the column intent',
    takeBack: 'ml intents label',
  });
}

/**
 * Brings labels back into the messages, or prints the SQL that would. All labels or none.
 * @throws PipelineError `INVALID_VALUE` for an intent that is not known and not declared as new.
 */
export async function labelMessages(cli: CliContext, file: string, options: LabelOptions): Promise<void> {
  const labels = readLabels(await readLabelFile(file), file);
  const { services } = await cli.connect();
  const source = await chooseSource(services.catalog, options.source ?? null);
  const taken = await takeLabels(services, labels, {
    source,
    file,
    newNames: options.newIntent ?? [],
    allow: '--new-intent <name>',
    readOnly: cli.config.backendDatabaseUrl !== null,
  });
  reportTaken(cli, taken, {
    source,
    given: labels.length,
    done: 'labelled',
  });
}
