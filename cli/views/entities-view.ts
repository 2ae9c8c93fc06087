import { chooseSource } from '../../datasets/sources/choose-source.js';
import { readAnnotations, writeReview } from '../../labelling/span-labels/annotation-file.js';
import { takeAnnotations } from '../../labelling/span-labels/take-annotations.js';
import { reportReview, reportTaken } from '../labelling/report.js';
import { readLabelFile, requireNewFile, writeNewFile } from '../labelling/review-file.js';
import type { CliContext } from '../program/context.js';
import { runJob } from '../program/run-job.js';

const DEFAULT_COUNT = 50;

export interface EntityLabelOptions {
  readonly source?: string;
  /** Entity types that are meant to be new. */
  readonly newType?: readonly string[];
}

export interface EntityReviewOptions extends Pick<EntityLabelOptions, 'source'> {
  readonly count?: number;
  readonly output?: string;
}

/** Lists the annotated messages that a model which did not see them would annotate otherwise. */
export async function reviewEntities(cli: CliContext, options: EntityReviewOptions): Promise<void> {
  const { count = DEFAULT_COUNT, output } = options;
  await requireNewFile(output);
  const { services } = await cli.connect();
  const source = await chooseSource(services.catalog, options.source ?? null);
  const review = await runJob(cli, 'reviewAnnotations', { source, count });
  if (review === null) return;
  if (output !== undefined) await writeNewFile(output, writeReview(review.messages));
  reportReview(cli, {
    document: { source, ...review },
    head: ['message', 'text', 'finding', 'doubt'],
    rows: review.messages.map(({ id, text, finding, doubt }) => [id, text.slice(0, 60), finding, doubt.toFixed(2)]),
    output,
    edit: 'correct the column entities',
    takeBack: 'ml entities label',
  });
}

/**
 * Brings corrected annotations back, or prints the SQL that would. All of them or none.
 * @throws PipelineError `INVALID_VALUE` for a type that no annotation of the source has and that is not declared as new.
 */
export async function labelEntities(cli: CliContext, file: string, options: EntityLabelOptions): Promise<void> {
  const annotations = await readAnnotations(await readLabelFile(file), file);
  const { services } = await cli.connect();
  const source = await chooseSource(services.catalog, options.source ?? null);
  const taken = await takeAnnotations(services, annotations, {
    source,
    file,
    newNames: options.newType ?? [],
    allow: '--new-type <name>',
    readOnly: cli.config.backendDatabaseUrl !== null,
  });
  reportTaken(cli, taken, {
    source,
    given: annotations.length,
    done: 'annotated anew',
  });
}
