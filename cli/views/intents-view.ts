import { z } from 'zod';
import { chooseInformative } from '../../learning/text/active-learning/index.js';
import { createVectoriser, fitTextFeatures, linearTextParams } from '../../learning/text/linear-text/index.js';
import { joinLabels, parseLabels } from '../../models/intent-classifier/data/label-set.js';
import { predict } from '../../inference/predict.js';
import type { CliContext, Connection } from '../program/context.js';
import { visible } from '../output/visible.js';
import {
  chooseSource,
  fileFault,
  harmless,
  quoted,
  readLabelFile,
  readReview,
  requireNewFile,
  writeNewFile,
} from '../labelling/review-file.js';
import { championDecision, INTENT_MODEL, knownIntents, lineOf } from '../labelling/known-intents.js';
import { requireKnownNames } from '../program/known-names.js';

const DEFAULT_COUNT = 50;
/** Unlabelled messages that are looked at, newest first: more would not be better, only slower. */
const MOST_MESSAGES = 20_000;

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

interface UnlabelledMessage {
  readonly id: string;
  readonly text: string;
}

/** What of the model's answer decides how informative a label would be. */
const answered = z.object({
  intent: z.string(),
  confidence: z.number(),
  intents: z.array(z.object({ intent: z.string() })),
  candidates: z.array(z.object({ intent: z.string(), probability: z.number() })),
});
type Answered = z.infer<typeof answered>;

export interface ReviewedMessage extends UnlabelledMessage {
  readonly suggestion: string;
  readonly second: string;
  readonly confidence: number;
}

async function findUnlabelled({ services }: Connection, source: string): Promise<UnlabelledMessage[]> {
  const { rows } = await services.backendPool.query<UnlabelledMessage>(
    `select id, text from backend.chat_messages
     where source = $1 and intent is null and btrim(text) <> '' and length(text) <= 20000
     order by sent_at desc, id limit $2`,
    [source, MOST_MESSAGES],
  );
  return rows;
}

/** How sure the answer is: of one intent its lead over the second; of several how sure the whole list is. */
const marginOf = ({ candidates: [first, second], confidence }: Answered, several: boolean): number =>
  several ? confidence : (first?.probability ?? 0) - (second?.probability ?? 0);

const suggestionOf = ({ candidates, intents }: Answered, several: boolean): string =>
  several ? joinLabels(intents.map(({ intent }) => intent)) : (candidates[0]?.intent ?? '');

export interface ReviewOrder {
  readonly count: number;
  /** Whether messages have any number of intents. */
  readonly several: boolean;
}

/** The most informative of the messages, most informative first; of equal texts one. */
export function chooseMessages(
  messages: readonly UnlabelledMessage[],
  answers: readonly Answered[],
  { count, several }: ReviewOrder,
): ReviewedMessage[] {
  const texts = messages.map(({ text }) => text);
  const vectorise = createVectoriser(fitTextFeatures(texts, linearTextParams.parse({})));
  const candidates = messages.map(({ text }, i) => ({ margin: marginOf(answers[i]!, several), row: vectorise(text) }));
  return chooseInformative(candidates, { count }).map((row) => {
    const { candidates, confidence } = answers[row]!;
    const second = several ? '' : (candidates[1]?.intent ?? '');
    return { ...messages[row]!, suggestion: suggestionOf(answers[row]!, several), second, confidence };
  });
}

/** CSV that `ml intents label` takes back once the last column is filled in. */
export function toCsv(messages: readonly ReviewedMessage[]): string {
  const rows = messages.map(({ id, text, suggestion, confidence }) =>
    [id, harmless(text), suggestion, confidence.toFixed(3), ''].map(quoted).join(','),
  );
  return `${['id,text,suggestion,confidence,intent', ...rows].join('\n')}\n`;
}

function printReview({ out }: CliContext, chosen: readonly ReviewedMessage[], output: string | undefined): void {
  const rows = chosen.map(({ id, text, suggestion, second, confidence }) =>
    [id, visible(text.slice(0, 60)), suggestion, confidence.toFixed(2), second]); // prettier-ignore
  out.table({ head: ['message', 'text', 'perhaps', 'confidence', 'or'], rows });
  const next = output === undefined ? 'write them with --output <file>' : `fill in the column intent of ${output}`;
  out.line(`${chosen.length} messages; ${next}, then \`ml intents label <file>\``);
}

/** Lists the unlabelled messages whose labels would teach the champion most. */
export async function reviewMessages(cli: CliContext, options: ReviewOptions): Promise<void> {
  const { count = DEFAULT_COUNT, output } = options;
  await requireNewFile(output);
  const connection = await cli.connect();
  const source = await chooseSource(connection, options.source);
  const messages = await findUnlabelled(connection, source);
  const inputs = messages.map(({ text }) => ({ text }));
  const { services } = connection;
  const { outputs } = await predict({ services, modelName: INTENT_MODEL, line: lineOf(source), inputs });
  const several = (await championDecision(connection, lineOf(source)))?.several ?? false;
  const chosen = chooseMessages(messages, z.array(answered).parse(outputs), { count, several });
  if (output !== undefined) await writeNewFile(output, toCsv(chosen));
  cli.out.result({ source, unlabelled: messages.length, messages: chosen }, () => printReview(cli, chosen, output));
}

export interface MessageLabel {
  readonly id: string;
  readonly intent: string;
}

/** A label with its row in the file, counted from 1 below the header. */
export interface GivenLabel extends MessageLabel {
  readonly row: number;
}

/**
 * Labels of a filled-in review; rows without an intent are left out.
 * @throws PipelineError `MALFORMED_FILE`, `MISSING_COLUMN`, `INVALID_VALUE` (an id twice), `FILE_EMPTY`.
 */
export function readLabels(text: string, file: string): GivenLabel[] {
  const given = readReview(text, file, 'intent').map(({ id, answer, row }) => ({ id, intent: answer, row: row + 1 }));
  if (new Set(given.map(({ id }) => id)).size < given.length)
    throw fileFault(file, 'INVALID_VALUE', 'a message is labelled twice');
  return given;
}

const literal = (value: string): string => `'${value.replaceAll("'", "''")}'`;

/** Statements for whoever may write to the backend's database; a label that is there already stays. */
export const labelSql = (labels: readonly MessageLabel[]): string[] =>
  labels.map(
    ({ id, intent }) =>
      `update backend.chat_messages set intent = ${literal(intent)}, intent_labelled_at = now() where id = ${literal(id)} and intent is null;`,
  );

async function writeLabels({ services }: Connection, source: string, labels: readonly MessageLabel[]): Promise<number> {
  const { rowCount } = await services.backendPool.query(
    `update backend.chat_messages as message set intent = label.intent, intent_labelled_at = now()
     from unnest($2::text[], $3::text[]) as label (id, intent)
     where message.source = $1 and message.id = label.id and message.intent is null`,
    [source, labels.map(({ id }) => id), labels.map(({ intent }) => intent)],
  );
  return rowCount ?? 0;
}

function printSql({ out }: CliContext, labels: readonly MessageLabel[]): void {
  const statements = labelSql(labels);
  out.result({ written: 0, sql: statements }, () => {
    for (const statement of statements) out.line(statement);
  });
  out.notice('nothing was written: BACKEND_DATABASE_URL is only read. Run the statements where you may write.');
}

/** @throws PipelineError `INVALID_VALUE` for an intent that neither the source, its champion nor the caller knows. */
export function requireIntents(labels: readonly GivenLabel[], file: string, known: Iterable<string>): void {
  const given = labels.flatMap(({ intent, row }) => parseLabels(intent).map((name) => ({ name, row })));
  requireKnownNames(given, { file, column: 'intent', noun: 'intent', known, allow: '--new-intent <name>' });
}

/**
 * Brings labels back into the messages, or prints the SQL that would. All labels or none.
 * @throws PipelineError `INVALID_VALUE` for an intent that is not known and not declared as new.
 */
export async function labelMessages(cli: CliContext, file: string, options: LabelOptions): Promise<void> {
  const labels = readLabels(await readLabelFile(file), file);
  const connection = await cli.connect();
  const source = await chooseSource(connection, options.source);
  requireIntents(labels, file, [...(await knownIntents(connection, source)), ...(options.newIntent ?? [])]);
  if (cli.config.backendDatabaseUrl !== null) {
    printSql(cli, labels);
    return;
  }
  const written = await writeLabels(connection, source, labels);
  cli.out.result({ source, written, given: labels.length }, () => {
    const left = labels.length - written;
    const why = left === 0 ? '' : `; ${left} left as they are (unknown message, or labelled before)`;
    cli.out.line(`${written} messages of ${source} labelled${why}. The next training run has them in its snapshot.`);
  });
}
