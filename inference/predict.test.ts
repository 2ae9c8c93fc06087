import { acceptUnsigned } from '../tests/support/accept-unsigned.js';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Stage } from '../contracts/ids.js';
import type { ArtefactFiles } from '../contracts/model-definition.js';
import type { ModelRegistry, VersionRecord } from '../contracts/registry.js';
import type { CreditRisk } from '../models/credit-risk-scorer/prediction/predictor.js';
import { findModel } from '../models/catalogue.js';
import { createFileBlobStore } from '../platform/blobs/file-blob-store.js';
import { storeArtefact } from '../registry/artefacts.js';
import { sampleOf, trainCreditArtefact } from '../tests/support/credit-artefact.js';
import { inputSchemaOf, predict } from './predict.js';
import { createPredictorPool, DEFAULT_POOL_CAPACITY } from './predictor-pool.js';

const MODEL = 'credit-risk-scorer';
const folder = mkdtempSync(join(tmpdir(), 'ml-predict-'));
const blobs = createFileBlobStore(folder);
const predictors = createPredictorPool({ blobs, findModel, requireSigned: acceptUnsigned });
let files: ArtefactFiles;
let sample: ReturnType<typeof sampleOf>;

/** The same files under another name are another artefact. */
const store = async (line: string, modelName = MODEL): Promise<string> => {
  const content = { modelName, definitionVersion: 1, line, signatureHash: 'a'.repeat(64), files };
  return (await storeArtefact(blobs, content)).artefactHash;
};

const record = (version: string, stage: Stage, more: object): VersionRecord =>
  ({
    modelName: MODEL,
    line: 'default',
    version,
    stage,
    registeredAt: new Date(`2026-01-0${version.at(-1)!}`),
    dataset: { origin: { kind: 'file' } },
    ...more,
  }) as unknown as VersionRecord;

/** A promise that `open` resolves. */
function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open: () => open() };
}

/** The registry's methods that `predict` calls, over a list. */
const registryOf = (versions: readonly VersionRecord[]): ModelRegistry =>
  ({
    listVersions: () => Promise.resolve([...versions]),
    findChampion: () => Promise.resolve(versions.find(({ stage }) => stage === 'production') ?? null),
    getVersion: (_: string, __: string, wanted: string) =>
      Promise.resolve(versions.find(({ version }) => version === wanted)),
  }) as unknown as ModelRegistry;

beforeAll(async () => {
  files = await trainCreditArtefact();
  sample = sampleOf(files);
});
afterAll(async () => {
  await predictors.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('predict', () => {
  const ask = async (more: object, versions?: readonly VersionRecord[]) => {
    const artefactHash = await store('default');
    const snapshot = { dataset: { origin: { kind: 'snapshot', snapshotHash: 'b'.repeat(64) } } };
    const known = versions ?? [
      record('1.0.1', 'production', { artefactHash, ...snapshot }),
      record('1.0.3', 'dev', { artefactHash }),
      record('1.0.2', 'dev', { artefactHash }),
    ];
    const request = { services: { registry: registryOf(known), predictors }, modelName: MODEL, line: 'default' };
    return predict({ ...request, inputs: sample.inputs, ...more });
  };

  it('reproduces the outputs stored at training, with version, stage and snapshot', async () => {
    const { outputs, coverage, ...about } = await ask({});
    expect(JSON.parse(JSON.stringify(outputs))).toEqual(sample.outputs);
    expect(coverage![0]).toEqual({ missing: [], unseen: [], inputs: 15, fewestKnown: 10, abstained: false });
    expect(about).toEqual({ version: '1.0.1', stage: 'production', snapshotHash: 'b'.repeat(64) });
  });

  it.each([
    [{ stage: 'dev' }, { version: '1.0.3', stage: 'dev', snapshotHash: null }],
    [{ version: '1.0.2' }, { version: '1.0.2', stage: 'dev' }],
    [{ version: '1.0.2', stage: 'production' }, { version: '1.0.2' }],
  ])('answers with the version that %j selects', async (wish, wanted) => {
    expect(await ask(wish)).toMatchObject(wanted);
  });

  it('returns [] for no inputs', async () => {
    expect((await ask({ inputs: [] })).outputs).toEqual([]);
  });

  const application = {
    ...{ kind: 'vehicle', requestedAmount: 420_000, termMonths: 48, monthlyIncome: 61_000, employment: 'salaried' },
    ...{ collateralValue: 560_000, bankBalance: 88_000, monthlyDebtPayments: 4200, openLoans: 1, latePayments: 0 },
    ...{ worstDelayDays: 0, creditHistoryMonths: 74, utilisationShare: 0.31, debtToIncome: 0.257, loanToValue: 0.75 },
  };

  it('derives ratios that the caller leaves out: the answer is that of the exact ratios', async () => {
    const { debtToIncome, loanToValue, ...parts } = application;
    const { outputs, coverage } = await ask({ inputs: [parts, application], explain: true });
    expect(coverage!.map(({ missing }) => missing)).toEqual([[], []]);
    expect([debtToIncome, loanToValue]).toEqual([0.257, 0.75]);
    expect((outputs[0] as CreditRisk).probability).toBeCloseTo((outputs[1] as CreditRisk).probability, 6);
  });

  it('says what an answer was made without, and abstains below the fewest known inputs', async () => {
    const { kind, requestedAmount, termMonths, monthlyIncome } = application;
    const most = { ...application, employment: null, openLoans: null };
    const few = { kind, requestedAmount, termMonths, monthlyIncome };
    const found = await ask({ inputs: [few, most, application], explain: true });
    expect(found.coverage!.map(({ abstained }) => abstained)).toEqual([true, false, false]);
    expect(found.coverage![1]!.missing).toEqual(['employment', 'openLoans']);
    expect(found.coverage![0]!.missing).toHaveLength(11);
    expect([found.outputs[0], found.explanations![0]]).toEqual([null, null]);
    expect((await ask({ inputs: [most, application] })).outputs).toEqual(found.outputs.slice(1));
  });

  it.each([
    [{ kind: 'Vehicle' }, /^kind: .* wanted one of personal, .*; the nearest is vehicle$/],
    [{ kind: 'boat' }, /^kind: found a text of 4 characters that is not in the list, wanted one of [^;]*$/],
    [{ kind: '' }, /^kind: found an empty text/],
    [{ monthlyIncome: -61_000, debtToIncome: null }, /^monthlyIncome: found a negative number, wanted at least 0$/],
    [{ termMonths: 0, debtToIncome: null }, /^termMonths: found a number, wanted at least 1$/],
    [{ latePayments: -3 }, /^latePayments: found a negative number, wanted at least 0$/],
    [{ latePayments: 1.5 }, /^latePayments: found a fraction, wanted a whole number$/],
    [{ loanToValue: 0.5 }, /^loanToValue: contradicts what follows from requestedAmount, collateralValue;/],
    [{ debtToIncome: 0.9 }, /^debtToIncome: contradicts .*monthlyDebtPayments, requestedAmount, termMonths, monthly/],
    [{ latePayment: 1 }, /^latePayment: there is no input of this name; the nearest is latePayments$/],
  ])('refuses an impossible input naming field, found and wanted: %j', async (change, message) => {
    const fault = { code: 'INVALID_INPUT', message: expect.stringMatching(message) as string };
    await expect(ask({ inputs: [{ ...application, ...change }] })).rejects.toMatchObject(fault);
  });

  it('returns one explanation for each output, only with explain', async () => {
    expect(await ask({})).not.toHaveProperty('explanations');
    expect((await ask({ explain: true })).explanations).toHaveLength(sample.inputs.length);
    await expect(ask({ explain: true, modelName: 'no-such-model' })).rejects.toMatchObject({ code: 'UNKNOWN_MODEL' });
  });

  it('refuses a method of attribution that the model does not have', async () => {
    const fault = { code: 'INVALID_INPUT', message: 'method: found lime, wanted none, as it has one way to explain' };
    await expect(ask({ explain: true, method: 'lime' })).rejects.toMatchObject(fault);
  });

  it.each([
    [{ stage: 'staging' as const }, /has no version in staging; none is registered yet/],
    [{}, /has no version in production or staging; none is registered yet/],
  ])('throws VERSION_NOT_FOUND naming what was wanted and the newest version: %j', async (wish, message) => {
    const fault = { code: 'VERSION_NOT_FOUND', message: expect.stringMatching(message) as string };
    await expect(ask(wish, [])).rejects.toMatchObject(fault);
    await expect(ask(wish, [record('1.0.1', 'dev', {})])).rejects.toThrow(
      /the newest is 1\.0\.1 in dev: ask it with --stage dev$/,
    );
  });

  it('throws INVALID_INPUT naming input and field', async () => {
    const [good] = sample.inputs;
    const fault = { code: 'INVALID_INPUT', message: expect.stringMatching(/^input 1: /) as string };
    await expect(ask({ inputs: [good, { shoeSize: 43 }] })).rejects.toMatchObject({ ...fault, details: { index: 1 } });
    await expect(ask({ inputs: ['text'] })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringMatching(/^input: /) as string,
    });
  });

  it('throws ARTEFACT_INVALID for the artefact of another model', async () => {
    const artefactHash = await store('default', 'anomaly-detector');
    const strange = [record('1.0.1', 'production', { artefactHash })];
    await expect(ask({}, strange)).rejects.toMatchObject({ code: 'ARTEFACT_INVALID' });
  });

  it('returns the JSON schema of a version’s input', async () => {
    const artefactHash = await store('default');
    const services = { registry: registryOf([record('1.0.1', 'production', { artefactHash })]), predictors };
    const schema = await inputSchemaOf(services, { modelName: MODEL, line: 'default' });
    expect(schema).toMatchObject({ type: 'object', properties: expect.anything() as object });
  });
});

describe('predictor pool', () => {
  const openedFor = (artefactHash: string) =>
    predictors.use({ modelName: MODEL, artefactHash }, (predictor) => predictor);

  it('opens an artefact once, also for concurrent calls', async () => {
    const hash = await store('once');
    const opened = await Promise.all(Array.from({ length: 5 }, () => openedFor(hash)));
    expect(new Set(opened).size).toBe(1);
    expect(await openedFor(hash)).toBe(opened[0]);
  });

  it('closes the least recently used predictor, never one in use', async () => {
    const first = await store('first');
    const others = await Promise.all(
      Array.from({ length: DEFAULT_POOL_CAPACITY + 1 }, (_, index) => store(`line-${index}`)),
    );
    const opened: unknown[] = [];
    await predictors.use({ modelName: MODEL, artefactHash: first }, async (predictor) => {
      for (const hash of others) opened.push(await openedFor(hash));
      // All others were used since; this one still predicts.
      const inputs = sample.inputs.map((input) => predictor.input.parse(input));
      expect(await predictor.predict(inputs)).toHaveLength(inputs.length);
      expect(await openedFor(first)).toBe(predictor);
    });
    expect(await openedFor(others.at(-1)!)).toBe(opened.at(-1));
    expect(await openedFor(others[0]!)).not.toBe(opened[0]);
  });

  it('does not close a predictor that is borrowed while another one closes', async () => {
    const names = Array.from({ length: DEFAULT_POOL_CAPACITY + 2 }, (_, index) => `crowd-${index}`);
    const [oldest, next, ...rest] = await Promise.all(names.map((name) => store(name)));
    const [slow, closing, busy] = [gate(), gate(), gate()];
    vi.spyOn(await openedFor(oldest!), 'close').mockImplementation(() => {
      closing.open();
      return slow.opened;
    });
    const second = await openedFor(next!);
    const closed = vi.spyOn(second, 'close');
    for (const hash of rest.slice(2)) await openedFor(hash);
    // With two more in use, two idle predictors are surplus when the first of these is returned.
    const borrow = (artefactHash: string, until: Promise<void>): Promise<void> =>
      predictors.use({ modelName: MODEL, artefactHash }, () => until);
    const [first, other] = [borrow(rest[0]!, Promise.resolve()), borrow(rest[1]!, busy.opened)];
    await closing.opened;
    await predictors.use({ modelName: MODEL, artefactHash: next! }, async (borrowed) => {
      slow.open();
      await first;
      expect(borrowed === second && closed.mock.calls.length > 0).toBe(false);
    });
    busy.open();
    await other;
  });

  it('opens again after a failed opening', async () => {
    const missing = 'c'.repeat(64);
    for (let attempt = 0; attempt < 2; attempt++)
      await expect(openedFor(missing)).rejects.toMatchObject({ code: 'BLOB_NOT_FOUND' });
  });
});
