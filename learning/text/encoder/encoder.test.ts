import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { tinyEncoderFiles } from '../../../tests/support/tiny-encoder.js';
import type { EncoderFiles } from '../../../contracts/model-definition.js';
import { quietContext } from '../../estimator.js';
import {
  embedTexts,
  encoderDefaults,
  exportEncoder,
  fineTuningParams,
  loadEncoder,
  openEncoderSession,
  readSafetensors,
  trainSequenceClassifier,
  trainTokenClassifier,
  writeSafetensors,
  type EncoderModel,
} from './index.js';
import { regressionHead } from './regression-head.js';
import { referenceEmbedding } from '../../../tests/support/reference-encoder.js';

const files = tinyEncoderFiles();
const encoder = loadEncoder(files);

const texts = [
  'pay my bill',
  'what is my balance',
  'transfer money',
  'lost card',
  'pay the card bill',
  'is my card lost',
];
const labels = [0, 1, 2, 3, 0, 3];
const params = fineTuningParams.parse({ epochs: 4, batchSize: 2, learningRate: 0.01, maximumLength: 16 });
const train = { texts, labels };

const hashOf = ({ trained }: EncoderModel): string => {
  const hash = createHash('sha256');
  for (const [name, { data }] of trained)
    hash.update(name).update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  return hash.digest('hex');
};

const gap = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a, (value, i) => Math.abs(value - b[i]!)).reduce((most, one) => Math.max(most, one), 0);

describe('the frozen encoder', () => {
  it.each(['bert', 'distilbert'] as const)('matches a float64 reference implementation: %s', async (family) => {
    const found = tinyEncoderFiles({ family, hidden: 12, heads: 3, prefix: `${family}.` });
    const loaded = loadEncoder(found);
    const embedded = await embedTexts(loaded, texts, quietContext(1));
    texts.forEach((text, row) => {
      const expected = referenceEmbedding(found, loaded.tokenizer.encode(text).ids);
      expect(gap(embedded.values.subarray(row * 12, (row + 1) * 12), expected), text).toBeLessThan(2e-5);
    });
  });

  it('embeds a text independently of its batch', async () => {
    const together = await embedTexts(encoder, [...texts, ''], quietContext(1));
    const alone = await embedTexts(encoder, [texts[1]!], quietContext(1));
    expect(gap(together.values.subarray(8, 16), alone.values)).toBeLessThan(1e-5);
    expect(together.values.every((value) => Number.isFinite(value))).toBe(true);
  });

  it('has a default learning rate by hidden size', () => {
    expect(encoder.defaults.learningRate).toBe(1e-4);
    expect(encoderDefaults({ ...encoder.config, hidden: 768 }).learningRate).toBe(2e-5);
  });
});

describe('fine-tuning', () => {
  it('fits the training texts, and the exported file gives the logits of training', async () => {
    const many = { ...params, epochs: 30, patience: 100, dropout: 0 };
    const seen: Float32Array[][] = [];
    const validation = { ...train, score: (logits: readonly Float32Array[]) => (seen.push([...logits]), seen.length) };
    const model = await trainSequenceClassifier(
      encoder,
      { train, validation, classes: 4, params: many },
      quietContext(1),
    );
    expect(model.history.at(-1)!.loss).toBeLessThan(model.history[0]!.loss / 4);
    const session = await openEncoderSession(
      { model: exportEncoder(model, 'fp32'), tokenizer: files.tokenizer },
      { maximumLength: 16 },
    );
    const logits = await session.logits(texts);
    await session.close();
    expect(logits.map((row) => row.indexOf(Math.max(...row)))).toEqual(labels);
    logits.forEach((row, index) => expect(gap(row, seen.at(-1)![index]!)).toBeLessThan(1e-4));
  });

  it('fits multi-label texts', async () => {
    const both = { texts, labels: [[0], [1], [0, 1], [], [0], [1]] };
    const many = { ...params, epochs: 60, dropout: 0 };
    const task = { train: both, classes: 2, multiLabel: true, params: many };
    const model = await trainSequenceClassifier(encoder, task, quietContext(1));
    const session = await openEncoderSession(
      { model: exportEncoder(model, 'fp32'), tokenizer: files.tokenizer },
      { maximumLength: 16 },
    );
    const present = (await session.logits(texts)).map((row) => [0, 1].filter((index) => row[index]! > 0));
    await session.close();
    expect(present).toEqual(both.labels);
  });

  it('fits word tags', async () => {
    const sentences = texts.map((text) => text.split(' '));
    const tags = sentences.map((words) => words.map((word) => Number(word === 'my') + 2 * Number(word === 'card')));
    const many = { ...params, epochs: 40, dropout: 0 };
    const model = await trainTokenClassifier(
      encoder,
      { train: { sentences, tags }, classes: 3, params: many },
      quietContext(1),
    );
    const session = await openEncoderSession(
      { model: exportEncoder(model, 'fp32'), tokenizer: files.tokenizer },
      { maximumLength: 16, batchSize: 4 },
    );
    const found = (await session.wordLogits(sentences)).map((words) =>
      words.map((row) => row!.indexOf(Math.max(...row!))),
    );
    const [pieces] = await session.pieceLogits(['lost my card']);
    await session.close();
    expect(found).toEqual(tags);
    expect(pieces!.logits).toHaveLength(pieces!.ids.length * 3);
    expect('lost my card'.slice(pieces!.starts[3], pieces!.ends[3])).toBe('card');
  });

  it('keeps the best epoch and stops early', async () => {
    const scores = [1, 3, 2, 2, 2, 9];
    let epoch = 0;
    const kept: string[] = [];
    const validation = { ...train, score: () => scores[epoch++]! };
    const task = { train, validation, classes: 4, params: { ...params, epochs: 6, patience: 2 } };
    const stopped = await trainSequenceClassifier(encoder, task, quietContext(1));
    expect(stopped.history.map(({ score }) => score)).toEqual([1, 3, 2, 2]);
    epoch = 0;
    const rising = { ...validation, score: () => ++epoch };
    const longer = await trainSequenceClassifier(encoder, { ...task, validation: rising }, quietContext(1));
    kept.push(hashOf(stopped), hashOf(longer));
    expect(kept[0]).not.toBe(kept[1]);
  });

  const validation = train;
  const tasks = {
    plain: { train, validation, classes: 4, params: { ...params, checkpointSteps: 1 } },
    'accumulated and smoothed': {
      train,
      validation,
      classes: 4,
      params: { ...params, accumulate: 2, labelSmoothing: 0.1, layerDecay: 0.9, checkpointSteps: 1 },
    },
  };

  it.each(Object.entries(tasks))('resumes from a checkpoint to identical weights: %s', async (_, task) => {
    const uninterrupted = await trainSequenceClassifier(encoder, task, quietContext(7));
    const total = task.params.epochs * (task.params.accumulate === 2 ? 2 : 3);
    // Inside an epoch, at the end of an epoch, after the last step.
    for (const k of [1, total / params.epochs, total]) {
      let saved: Uint8Array | null = null;
      const save = async (bytes: Uint8Array): Promise<void> => void (saved = bytes.slice());
      const onProgress = ({ done }: { done: number }): void => {
        if (done === k) throw new Error('killed');
      };
      const first = trainSequenceClassifier(encoder, task, {
        ...quietContext(7),
        onProgress,
        checkpoint: { load: async () => null, save },
      });
      await expect(first).rejects.toThrow('killed');
      let steps = 0;
      const count = (): void => void (steps += 1);
      const checkpoint = { load: async () => saved, save: async () => undefined };
      const resumed = await trainSequenceClassifier(encoder, task, {
        ...quietContext(7),
        onProgress: count,
        checkpoint,
      });
      expect(steps).toBe(total - k);
      expect(hashOf(resumed)).toBe(hashOf(uninterrupted));
      expect(resumed.history).toEqual(uninterrupted.history);
    }
  });

  it('starts from the regression head and does not compute it again on resuming', async () => {
    const smallSteps = { ...params, epochs: 2, learningRate: 1e-6, checkpointSteps: 1 };
    const task = { train, classes: 4, startHead: 'regression', params: smallSteps } as const;
    const stages: string[] = [];
    let saved: Uint8Array | null = null;
    const context = {
      ...quietContext(7),
      onProgress: ({ stage }: { stage: string }) => void stages.push(stage),
      checkpoint: { load: async () => saved, save: async (bytes: Uint8Array) => void (saved = bytes.slice()) },
    };
    const first = await trainSequenceClassifier(encoder, task, context);
    expect(stages[0]).toBe('embedding');
    const regression = {
      texts,
      labels: labels.map((label) => [label]),
      classes: 4,
      multiLabel: false,
      maximumLength: 16,
    };
    const startHead = await regressionHead(encoder, regression, quietContext(7));
    for (const [name, { data }] of startHead) expect(gap(first.trained.get(name)!.data, data), name).toBeLessThan(1e-4);
    stages.length = 0;
    expect(hashOf(await trainSequenceClassifier(encoder, task, context))).toBe(hashOf(first));
    expect(stages).toEqual([]);
    const fromRandomHead = await trainSequenceClassifier(encoder, { ...task, startHead: 'random' }, context);
    expect(hashOf(fromRandomHead)).not.toBe(hashOf(first));
  });

  it('fits a nearly uniform answer for a text outside all classes', async () => {
    const outOfScope = 'what transfer is lost';
    const task = {
      train: { texts: [...texts, outOfScope], labels: [...labels, []] },
      classes: 4,
      params: { ...params, epochs: 40, dropout: 0 },
    };
    const model = await trainSequenceClassifier(encoder, task, quietContext(1));
    const session = await openEncoderSession(
      { model: exportEncoder(model, 'fp32'), tokenizer: files.tokenizer },
      { maximumLength: 16 },
    );
    const spread = (row: Float32Array): number => Math.max(...row) - Math.min(...row);
    const [known, unknown] = await session.logits([texts[0]!, outOfScope]);
    await session.close();
    expect(spread(unknown!)).toBeLessThan(0.3 * spread(known!));
  });

  it('ignores the checkpoint of another training', async () => {
    let saved: Uint8Array | null = null;
    const checkpoint = { load: async () => saved, save: async (bytes: Uint8Array) => void (saved = bytes.slice()) };
    const context = { ...quietContext(7), checkpoint };
    const first = await trainSequenceClassifier(encoder, tasks.plain, context);
    const other = { ...tasks.plain, train: { texts, labels: [1, 0, 2, 3, 0, 3] } };
    const second = await trainSequenceClassifier(encoder, other, context);
    const alone = await trainSequenceClassifier(encoder, other, quietContext(7));
    expect(hashOf(second)).toBe(hashOf(alone));
    expect(hashOf(second)).not.toBe(hashOf(first));
  });

  it('is deterministic given the seed and leaves the pretrained weights unchanged', async () => {
    const hashes = await Promise.all(
      [1, 1, 2].map(async (seed) => hashOf(await trainSequenceClassifier(encoder, tasks.plain, quietContext(seed)))),
    );
    expect(hashes[0]).toBe(hashes[1]);
    expect(hashes[0]).not.toBe(hashes[2]);
    // The pretrained weights are unchanged.
    expect(encoder.weights.trained().get('layer.0.output.weight')).toEqual(
      loadEncoder(files).weights.trained().get('layer.0.output.weight'),
    );
  });

  it('stops when the signal is aborted', async () => {
    const controller = new AbortController();
    const context = { ...quietContext(1), signal: controller.signal, onProgress: () => controller.abort() };
    await expect(trainSequenceClassifier(encoder, tasks.plain, context)).rejects.toThrow('aborted');
  });

  it.each([
    ['no texts', { texts: [], labels: [] }, 'TOO_FEW_ROWS'],
    ['a label too large', { texts: ['a'], labels: [4] }, 'INVALID_INPUT'],
    ['a label NaN', { texts: ['a'], labels: [NaN] }, 'INVALID_INPUT'],
    ['fewer labels than texts', { texts: ['a', 'b'], labels: [1] }, 'SHAPE_MISMATCH'],
    ['two labels in a single-label task', { texts: ['a'], labels: [[0, 1]] }, 'SHAPE_MISMATCH'],
  ])('rejects %s', async (_, wrong, code) => {
    const training = (async () =>
      trainSequenceClassifier(encoder, { train: wrong, classes: 4, params }, quietContext(1)))();
    await expect(training).rejects.toMatchObject({ code });
  });
});

describe('an int8 file', () => {
  it('is smaller and gives nearly the same logits', async () => {
    const wide = loadEncoder(tinyEncoderFiles({ hidden: 64, heads: 4 }));
    const task = { train, classes: 4, params: { ...params, learningRate: 1e-3 } };
    const model = await trainSequenceClassifier(wide, task, quietContext(1));
    const [whole, small] = [exportEncoder(model, 'fp32'), exportEncoder(model, 'int8')];
    expect(small.length).toBeLessThan(0.4 * whole.length);
    const answers = async (bytes: Uint8Array): Promise<Float32Array[]> => {
      const session = await openEncoderSession({ model: bytes, tokenizer: files.tokenizer }, { maximumLength: 16 });
      const found = await session.logits(texts);
      await session.close();
      return found;
    };
    const [exact, rounded] = [await answers(whole), await answers(small)];
    const spread = Math.max(...exact.flatMap((row) => Array.from(row, Math.abs)));
    exact.forEach((row, index) => expect(gap(row, rounded[index]!)).toBeLessThan(0.1 * spread));
  });
});

describe('loadEncoder', () => {
  const broken = (change: Partial<EncoderFiles>): EncoderFiles => ({ ...files, ...change });
  const config = JSON.parse(Buffer.from(files.config).toString()) as Record<string, unknown>;
  const withConfig = (change: object): EncoderFiles =>
    broken({ config: Buffer.from(JSON.stringify({ ...config, ...change })) });
  const { tensors } = readSafetensors(files.weights);
  const without = [...tensors].filter(([name]) => !name.includes('layer.1.output.dense'));
  it.each([
    ['a config that is not JSON', broken({ config: Buffer.from('nothing') })],
    ['another architecture', withConfig({ model_type: 'gpt2' })],
    ['another activation', withConfig({ hidden_act: 'relu' })],
    ['heads that do not divide the hidden size', withConfig({ num_attention_heads: 3 })],
    ['sizes other than those of the weights', withConfig({ intermediate_size: 5 })],
    ['a missing tensor', broken({ weights: writeSafetensors(without) })],
    ['truncated weights', broken({ weights: files.weights.subarray(0, files.weights.length - 100) })],
    ['empty weights', broken({ weights: new Uint8Array(0) })],
    [
      'a tokenizer of another model',
      broken({
        tokenizer: tinyEncoderFiles({ words: ['one', ...texts, 'two', 'three', 'four', 'five', 'six', 'seven'] })
          .tokenizer,
      }),
    ],
  ])('throws MALFORMED_FILE for %s', (_, wrong) => {
    expect(() => loadEncoder(wrong)).toThrow(expect.objectContaining({ code: 'MALFORMED_FILE' }) as Error);
  });
});
