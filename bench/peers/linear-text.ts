import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Texts with a name each, or a list of names each. */
export interface PeerTexts {
  readonly texts: readonly string[];
  readonly labels: readonly (string | readonly string[])[];
}

export interface LinearPeerAnswer {
  readonly name: string;
  readonly cpuSeconds: number;
  /** By test, in the order of its texts. */
  readonly predictions: Readonly<Record<string, readonly (string | readonly string[])[]>>;
}

/** Classifiers of the peer; where labels are lists it is always the logistic regression. */
export type LinearClassifier = 'logistic regression' | 'support vectors';

let installed: Promise<boolean> | null = null;

/** Whether python3 has scikit-learn; asked once, because importing it takes seconds. */
const hasScikitLearn = (): Promise<boolean> =>
  (installed ??= run('python3', ['-c', 'import sklearn']).then(
    () => true,
    () => false,
  ));

interface PeerOutput<Prediction> {
  readonly version: string;
  readonly cpuSeconds: number;
  readonly predictions: Readonly<Record<string, readonly Prediction[]>>;
}

/** Runs the script on a job and its files; null without scikit-learn. */
async function runScript<Prediction>(
  job: { readonly several: boolean; readonly classifier: string },
  train: unknown,
  tests: Readonly<Record<string, unknown>>,
): Promise<PeerOutput<Prediction> | null> {
  if (!(await hasScikitLearn())) return null;
  const folder = await mkdtemp(join(tmpdir(), 'intent-peer-'));
  try {
    const write = (name: string, value: unknown) => writeFile(join(folder, `${name}.json`), JSON.stringify(value));
    await write('job', { ...job, tests: Object.keys(tests) });
    await write('train', train);
    for (const [name, test] of Object.entries(tests)) await write(name, test);
    const script = join(import.meta.dirname, 'intent_peer.py');
    const { stdout } = await run('python3', [script, folder], { maxBuffer: 64 * 1024 * 1024 });
    return JSON.parse(stdout) as PeerOutput<Prediction>;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Trains scikit-learn's TF-IDF + linear classifier (one-vs-rest on words where labels are lists); null when absent. */
export async function runLinearPeer(
  train: PeerTexts,
  tests: Readonly<Record<string, PeerTexts>>,
  classifier: LinearClassifier = 'logistic regression',
): Promise<LinearPeerAnswer | null> {
  const several = Array.isArray(train.labels[0]);
  const found = await runScript<string | readonly string[]>({ several, classifier }, train, tests);
  const learner = classifier === 'logistic regression' ? 'LR' : 'LinearSVC';
  return found && { ...found, name: `scikit-learn ${found.version} TF-IDF + ${learner}` };
}

/** The answer of a plain head for one text. */
export interface HeadAnswer {
  readonly label: string;
  /** The highest of the classes. */
  readonly probability: number;
}

/** Embeddings of texts, (n, p), with an intent each. */
export interface EmbeddedTexts {
  readonly texts: readonly (readonly number[])[];
  readonly labels: readonly string[];
}

/** Trains scikit-learn's logistic regression (C = 10) on embeddings; null when absent. */
export async function runPlainHead(train: EmbeddedTexts, test: EmbeddedTexts): Promise<readonly HeadAnswer[] | null> {
  const found = await runScript<HeadAnswer>({ several: false, classifier: 'head' }, train, { test });
  return found && found.predictions.test!;
}
