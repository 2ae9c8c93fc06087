import { rocAuc } from '../../../learning/evaluation/metrics/index.js';
import { type Matrix } from '../../../learning/numeric/matrix/index.js';
import { mean } from '../../../learning/numeric/statistics/mean.js';
import { findEncoder, type Encoder } from '../../../learning/text/encoder/index.js';
import { scoreDense } from '../../../learning/text/logistic-regression/index.js';
import { prepare } from '../../../models/intent-classifier/data/examples.js';
import type { LabelledMessage } from '../../../models/intent-classifier/data/formats/message-table.js';
import { params } from '../../../models/intent-classifier/params.js';
import { judge } from '../../../models/intent-classifier/prediction/decision.js';
import { createEmbed, type Embed, frozenEngine } from '../../../models/intent-classifier/training/encoder-engine.js';
import { fitDecision } from '../../../models/intent-classifier/training/fit-decision.js';
import { type EmbeddedTexts, runPlainHead } from '../../peers/linear-text.js';
import type { BenchmarkContext, BenchmarkRow } from '../../report/suite.js';
import { encoderFolder } from '../../support/encoder.js';
import type { DividedSet } from '../../support/divided-set.js';
import {
  DRAWN_SETS,
  drawWithOutOfScope,
  type DrawWithOutOfScope,
  MESSAGES,
  REJECTED,
  REJECTED_TOLERANCE,
  SEEDS,
  undivided,
} from './draws.js';
import { encoderContext, loadSet, row } from './sets.js';

/** Test messages of a draw, in scope and out of scope: embedding them is what costs. */
const MOST_TESTED = 1000;
const MOST_OUT_OF_SCOPE = 500;
/** Points of AUROC by which the tier may be below the plain head. */
const AUROC_TOLERANCE = 0.005;

/** A draw: a set, how many of its intents (null = all), and messages of each. */
interface FrozenCase {
  readonly name: string;
  readonly path: string;
  readonly intents: number | null;
  readonly count: number;
}

const CLINC = DRAWN_SETS.find(({ name }) => name === 'CLINC150')!;
const CASES: readonly FrozenCase[] = [
  ...MESSAGES.flatMap((count) => DRAWN_SETS.map((set) => ({ ...set, intents: null, count }))),
  // Few classes: there the tier rejected up to 15 % where 5 % are promised.
  ...[15, 30].flatMap((intents) => [10, 20].map((count) => ({ ...CLINC, intents, count }))),
];

/** Figures of one draw. AUROC is null where the set has no out-of-scope messages. */
interface FrozenResult {
  readonly accuracy: number;
  readonly rejected: number;
  readonly auroc: number | null;
}

const textsOf = (messages: readonly LabelledMessage[]): string[] => messages.map(({ text }) => text);

/** AUC-ROC of scores that are larger out of scope; null without such messages. */
function aurocOf(inScope: readonly number[], outOfScope: readonly number[]): number | null {
  if (outOfScope.length === 0) return null;
  return rocAuc([...inScope.map(() => 0), ...outOfScope.map(() => 1)], [...inScope, ...outOfScope]);
}

const share = (flags: readonly boolean[]): number => mean(flags.map(Number));

/** The frozen tier as a training fits it, with the decision that is served; the graph around its head is left out. */
async function measureOwn(
  encoder: Encoder,
  embed: Embed,
  { train, test, outOfScopeTest }: DrawWithOutOfScope,
  seed: number,
): Promise<FrozenResult> {
  const [context, settings] = [encoderContext(seed), params.parse({ engine: 'frozen' })];
  const engine = frozenEngine(encoder, embed);
  const prepared = prepare(undivided(train), settings);
  const { classes, multiLabel, folds } = prepared;
  const crossFit = await engine.crossFit(context, prepared, settings);
  const { growth } = crossFit;
  const decision = fitDecision(crossFit, { engine: 'frozen', prepared, rejectShare: REJECTED, growth }, []);
  const examples = [...folds[0].fit, ...folds[0].validation];
  const task = { classes, multiLabel, examples, outOfScope: [], validation: [], params: crossFit.params };
  const head = await engine.fitHead(context, task);
  const judged = async (messages: readonly LabelledMessage[]) =>
    scoreDense(head, await embed(textsOf(messages))).map((scores) => judge(scores, decision));
  const [inScope, outOfScope] = [await judged(test), await judged(outOfScopeTest)];
  const scoreOf = ({ answer }: ReturnType<typeof judge>): number => answer.outOfScope.score;
  return {
    accuracy: share(inScope.map(({ top }, i) => top.intent === test[i]!.intent)),
    rejected: share(inScope.map(({ answer }) => answer.outOfScope.rejected)),
    auroc: aurocOf(inScope.map(scoreOf), outOfScope.map(scoreOf)),
  };
}

const rowsOf = ({ rows, cols, values }: Matrix): number[][] =>
  Array.from({ length: rows }, (_, i) => [...values.subarray(i * cols, (i + 1) * cols)]);

/** scikit-learn's regression on the same embeddings; its highest probability rejects. Null without scikit-learn. */
async function measurePeer(
  embed: Embed,
  { train, test, outOfScopeTest }: DrawWithOutOfScope,
): Promise<Omit<FrozenResult, 'rejected'> | null> {
  const embedded = async (messages: readonly LabelledMessage[]): Promise<EmbeddedTexts> => ({
    texts: rowsOf(await embed(textsOf(messages))),
    labels: messages.map(({ intent }) => intent),
  });
  const answers = await runPlainHead(await embedded(train), await embedded([...test, ...outOfScopeTest]));
  if (answers === null) return null;
  const scores = answers.map(({ probability }) => 1 - probability);
  return {
    accuracy: share(test.map(({ intent }, i) => answers[i]!.label === intent)),
    auroc: aurocOf(scores.slice(0, test.length), scores.slice(test.length)),
  };
}

/** Results on one draw. */
interface DrawResult {
  readonly own: FrozenResult;
  readonly peer: Omit<FrozenResult, 'rejected'> | null;
}

async function measureDraw(
  { once }: BenchmarkContext,
  encoder: Encoder,
  { set, name, intents, count }: FrozenCase & { readonly set: DividedSet },
  seed: number,
): Promise<DrawResult> {
  const whole = drawWithOutOfScope(set, { intents, count }, seed);
  const draw = {
    ...whole,
    test: whole.test.slice(0, MOST_TESTED),
    outOfScopeTest: whole.outOfScopeTest.slice(0, MOST_OUT_OF_SCOPE),
  };
  // Both learners on the same embeddings of a draw.
  const embed = createEmbed(encoder, encoderContext(seed));
  const key = `intent-few-frozen ${name} ${intents ?? 'all'} ${count} ${seed}`;
  const own = await once(key, () => measureOwn(encoder, embed, draw, seed));
  return { own, peer: await once(`${key} plain head`, () => measurePeer(embed, draw)) };
}

function frozenRows(label: string, results: readonly DrawResult[]): BenchmarkRow[] {
  const rejected = mean(results.map(({ own }) => own.rejected));
  const peers = results.flatMap(({ peer }) => peer ?? []);
  const peerOf = (value: (result: Omit<FrozenResult, 'rejected'>) => number) =>
    peers.length < results.length ? null : { name: 'scikit-learn LR', value: mean(peers.map(value)) };
  const auroc = peerOf((result) => result.auroc ?? 0);
  const rows = [
    row({
      name: `${label}: accuracy`,
      value: mean(results.map(({ own }) => own.accuracy)),
      peer: peerOf((result) => result.accuracy),
    }),
    row({
      name: `${label}: distance of the in-scope rejected from 5 %`,
      value: Math.abs(rejected - REJECTED),
      target: { atMost: REJECTED_TOLERANCE },
    }),
    row({ name: `${label}: in-scope rejected`, value: rejected }),
  ];
  const own = results.flatMap((result) => result.own.auroc ?? []);
  if (own.length < results.length) return rows;
  const target = auroc === null ? null : { atLeast: auroc.value - AUROC_TOLERANCE };
  return [...rows, row({ name: `${label}: out-of-scope AUROC`, value: mean(own), peer: auroc, target })];
}

/** The frozen tier on few, mistyped messages: share rejected, and AUROC against a plain logistic head. */
export async function fewFrozenSection(context: BenchmarkContext): Promise<BenchmarkRow[]> {
  if (encoderFolder() === null) {
    context.onProgress(`few messages, frozen: ENCODER_PATH names no encoder: left out`);
    return [];
  }
  const encoder = (await findEncoder(encoderContext(1), params.parse({}).encoder))!;
  const rows: BenchmarkRow[] = [];
  for (const drawnFrom of CASES) {
    const set = await loadSet(context, drawnFrom.path);
    if (set === null) continue;
    const { name, intents, count } = drawnFrom;
    const label = `frozen ${name}, ${intents ?? 'all'} intents, ${count} mistyped messages each, ${SEEDS.length} draws`;
    context.onProgress(label);
    const results: DrawResult[] = [];
    for (const seed of SEEDS) results.push(await measureDraw(context, encoder, { ...drawnFrom, set }, seed));
    rows.push(...frozenRows(label, results));
  }
  return rows;
}
