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

/** Trains scikit-learn's TF-IDF + linear classifier (one-vs-rest on words where labels are lists); null when absent. */
export async function runLinearPeer(
  train: PeerTexts,
  tests: Readonly<Record<string, PeerTexts>>,
  classifier: LinearClassifier = 'logistic regression',
): Promise<LinearPeerAnswer | null> {
  try {
    await run('python3', ['-c', 'import sklearn']);
  } catch {
    return null;
  }
  const folder = await mkdtemp(join(tmpdir(), 'intent-peer-'));
  try {
    const multiLabel = Array.isArray(train.labels[0]);
    const write = (name: string, value: unknown) => writeFile(join(folder, `${name}.json`), JSON.stringify(value));
    await write('job', { several: multiLabel, classifier, tests: Object.keys(tests) });
    await write('train', train);
    for (const [name, test] of Object.entries(tests)) await write(name, test);
    const script = join(import.meta.dirname, 'intent_peer.py');
    const { stdout } = await run('python3', [script, folder], { maxBuffer: 64 * 1024 * 1024 });
    const found = JSON.parse(stdout) as Omit<LinearPeerAnswer, 'name'> & { readonly version: string };
    return {
      ...found,
      name: `scikit-learn ${found.version} TF-IDF + ${classifier === 'logistic regression' ? 'LR' : 'LinearSVC'}`,
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}
