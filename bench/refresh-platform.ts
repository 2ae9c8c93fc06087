import { masterTrainingResult, type ModelOutcome } from '../contracts/workflows.js';
import { type PlatformCommands, startPlatform } from './refresh/platform-commands.js';
import { generatedBackend } from './refresh/weekly-runs.js';
import { type BenchmarkContext, benchmarkRow, type BenchmarkRow, type BenchmarkSuite } from './report/suite.js';

const USERS = 300;
/** The moments up to which data are known: two weeks before the end of the generated data, one week, the end. */
const MOMENTS = ['2026-10-18', '2026-10-25', '2026-11-01'] as const;
/** Of five models. */
const WANTED_MODELS = 4;

type Decided = Extract<ModelOutcome, { status: 'decided' }>;

/** What each model is asked; null = nothing but the customer. */
const questions: Readonly<Record<string, (moment: string) => { readonly customer: boolean; readonly input: object }>> =
  {
    'credit-risk-scorer': () => ({
      customer: true,
      input: { kind: 'personal', requestedAmount: 250_000, termMonths: 24 },
    }),
    'anomaly-detector': (moment) => ({
      customer: true,
      input: { bookedAt: `${moment}T09:00:00Z`, amount: -1200, counterparty: 'BIG BAZAAR', category: 'groceries' },
    }),
    'spending-predictor': () => ({ customer: true, input: {} }),
    'financial-ner': () => ({ customer: false, input: { text: 'paid Rs 1,200 to Big Bazaar on 12 October' } }),
    'intent-classifier': () => ({ customer: false, input: { text: 'what is my balance' } }),
  };

interface Answer {
  /** Absent in the document of a failure. */
  readonly version?: string;
  readonly stage?: string;
  /** Present where a customer was named. */
  readonly asOf?: string | null;
}

interface Scene {
  readonly platform: PlatformCommands;
  /** A customer with history and loans. */
  readonly customer: string;
  readonly onProgress: (line: string) => void;
}

async function retrain({ platform, onProgress }: Scene, moment: string): Promise<Decided[]> {
  const { result } = (await platform.ml('retrain', '--as-of', moment)) as { result: unknown };
  const { models } = masterTrainingResult.parse(result);
  for (const outcome of models) onProgress(`${moment} ${describe(outcome)}`);
  return models.filter((outcome): outcome is Decided => outcome.status === 'decided');
}

function describe(outcome: ModelOutcome): string {
  if (outcome.status === 'failed') return `${outcome.modelName} failed: ${outcome.errorCode}: ${outcome.message}`;
  const { modelName, decision, version, reasons, metrics } = outcome.result;
  const [primary] = metrics;
  const measured = primary === undefined ? '' : `${primary.name} ${primary.value?.toFixed(4) ?? 'not measurable'}`;
  const verdicts = reasons.filter((reason) => /^(refresh|change): |newest window|worse than/.test(reason));
  return [modelName, decision, version ?? '', measured, ...verdicts].join(' | ');
}

async function ask({ platform, customer }: Scene, modelName: string, moment: string): Promise<Answer> {
  const question = questions[modelName]!(moment);
  const named = question.customer ? ['--customer', customer] : [];
  return (await platform.ml('predict', modelName, ...named, '--input', JSON.stringify(question.input))) as Answer;
}

/** True when the version that the week gave answers from staging, and from everything known at the moment. */
async function answersWithWeek(scene: Scene, { result }: Decided, moment: string): Promise<boolean> {
  const { modelName, version } = result;
  const answer = await ask(scene, modelName, moment);
  const { version: answered, stage, asOf } = answer;
  scene.onProgress(
    `${moment} ${modelName} answers: ${JSON.stringify(answered === undefined ? answer : { answered, stage, asOf })}`,
  );
  const isKnown = asOf === undefined || asOf?.slice(0, 10) === moment;
  return answered === version && stage === 'staging' && isKnown;
}

const isRefresh = ({ result }: Decided): boolean =>
  result.decision === 'registered' && result.reasons.some((reason) => reason.startsWith('refresh: not worse than'));

async function weekRows(scene: Scene, week: number, moment: string): Promise<BenchmarkRow[]> {
  const decided = await retrain(scene, moment);
  const refreshed = week === 0 ? decided.filter(({ result }) => result.version === '1.0.0') : decided.filter(isRefresh);
  const staged = refreshed.filter(({ promotion }) => promotion?.stage === 'staging');
  // A week without a new row to learn from changes no version; the state that answers read moves all the same.
  const unchanged = decided.filter(({ result }) => result.decision === 'unchanged');
  let answering = 0;
  for (const outcome of [...staged, ...unchanged]) answering += Number(await answersWithWeek(scene, outcome, moment));
  const target = { atLeast: WANTED_MODELS };
  const row = (what: string, value: number): BenchmarkRow =>
    benchmarkRow({ name: `week ${week} (${moment}): ${what}`, value, unit: 'models', target });
  return [
    row(week === 0 ? 'first versions' : 'registered as a refresh', refreshed.length),
    row('of these in staging', staged.length),
    benchmarkRow({
      name: `week ${week} (${moment}): unchanged, nothing new to learn`,
      value: unchanged.length,
      unit: 'models',
    }),
    row('answering as of the week', answering),
  ];
}

async function run({ onProgress }: BenchmarkContext): Promise<BenchmarkRow[]> {
  const customer = String(generatedBackend({ users: 1 }).tables.users!.columns.id!.values[0]);
  const platform = await startPlatform();
  const rows: BenchmarkRow[] = [];
  try {
    await platform.ml('data', 'generate', '--users', String(USERS));
    for (const [week, moment] of MOMENTS.entries())
      rows.push(...(await weekRows({ platform, customer, onProgress }, week, moment)));
  } finally {
    await platform.close();
  }
  return rows;
}

/** Two weeks on a platform of its own, through the command line: retrained, promoted to staging, asked. */
export const benchmarks: BenchmarkSuite = {
  description: 'two weeks on the embedded platform: models registered as refresh, in staging, and answering',
  run,
};
