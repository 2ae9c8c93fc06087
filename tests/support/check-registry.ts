import { createHash, randomUUID } from 'node:crypto';
import type pg from 'pg';
import { beforeAll, describe, expect, it } from 'vitest';
import type { DatasetRef, FrozenHoldout } from '../../contracts/dataset.js';
import type { Comparison, GateResult, Metric } from '../../contracts/evaluation.js';
import { sourceOfLine } from '../../contracts/ids.js';
import type { ModelRegistry, RegistrationInput } from '../../contracts/registry.js';

/** Direct access to the tables, which the suite needs beside the contract. */
export interface RegistryBackend {
  readonly registry: ModelRegistry & { migrate(): Promise<void> };
  readonly pool: pg.Pool;
}

const hash = (text: string): string => createHash('sha256').update(text).digest('hex');
const holdout: FrozenHoldout = { kind: 'group', column: 'entity_id', fraction: 0.3, salt: 'salt' };
const interval = { low: 0.78, high: 0.88, level: 0.95, method: 'delong' };
const metrics: Metric[] = [
  { name: 'aucRoc', value: 0.8312345678901234, direction: 'higher', n: 412, interval },
  { name: 'brier', value: 0.1, direction: 'lower', n: 412, remark: 'an interval needs at least 5 rows, found 4' },
  { name: 'adverseImpactRatio', value: null, direction: 'higher', n: 0, remark: 'no two groups' },
];
const comparisons: Comparison[] = [
  {
    against: 'baseline',
    metric: 'aucRoc',
    challenger: 0.83,
    other: 0.5,
    difference: 0.33,
    n: 412,
    interval: { low: 0.2, high: 0.4, level: 0.95, method: 'delong' },
  },
];
const passedGate: GateResult = { gate: 'aucRoc ≥ 0.8', passed: true, finding: 'aucRoc 0.8312 ≥ 0.8' };
const failedGate: GateResult = { gate: 'aucRoc ≥ 0.9', passed: false, finding: 'aucRoc 0.8312 < 0.9' };

const datasetOf = (modelName: string, line: string): DatasetRef => ({
  hash: hash(`dataset of ${modelName}/${line}`),
  modelName,
  line,
  rows: 1000,
  origin: { kind: 'snapshot', snapshotHash: hash('snapshot'), source: sourceOfLine(line) },
  notes: ['a note'],
});

/** A separate model for each test, so that tests share a database but no rows. */
class Scene {
  readonly modelName = `model-${randomUUID()
    .slice(0, 8)
    .replaceAll(/[^a-z0-9]/g, 'a')}`;
  readonly registry: ModelRegistry;
  readonly line: string;
  #runs = 0;

  constructor(registry: ModelRegistry, line = 'default') {
    this.registry = registry;
    this.line = line;
  }

  async begin(workflowId = `wf/${this.modelName}`): Promise<string> {
    const runKey = `${this.modelName}-run-${(this.#runs += 1)}`;
    const { modelName, line } = this;
    await this.registry.ensureLine(modelName, line, holdout);
    const run = { runKey, workflowId, modelName, line, seed: 42, params: { maxDepth: 6, eta: 0.1 }, codeVersion: 'c1' };
    await this.registry.startRun(run);
    return runKey;
  }

  input(runKey: string, artefact: string, change: Partial<RegistrationInput> = {}): RegistrationInput {
    const { modelName, line } = this;
    return {
      runKey,
      modelName,
      line,
      dataset: datasetOf(modelName, line),
      artefactHash: hash(artefact),
      signatureHash: hash('signature'),
      definitionHash: hash('definition'),
      evaluationHash: hash('evaluation'),
      metrics,
      comparisons,
      gates: [passedGate],
      championVersion: null,
      ...change,
    };
  }

  /** Registers one more version and returns its number. */
  async add(artefact: string, change: Partial<RegistrationInput> = {}): Promise<string> {
    const champion = await this.registry.findChampion(this.modelName, this.line);
    const runKey = await this.begin();
    const input = this.input(runKey, artefact, { championVersion: champion?.version ?? null, ...change });
    const { version } = await this.registry.register(input);
    if (version === null) throw new Error('nothing was registered');
    return version;
  }

  order(version: string, to: 'staging' | 'production' | 'archived' | 'dev', key: string) {
    const { modelName, line } = this;
    return { modelName, line, version, to, actor: 'ada', reason: 'because', idempotencyKey: key } as const;
  }

  async toProduction(version: string): Promise<void> {
    await this.registry.promote(this.order(version, 'staging', `${version}-staging-${randomUUID()}`));
    await this.registry.promote(this.order(version, 'production', `${version}-production-${randomUUID()}`));
  }

  rollback(key: string, from?: string) {
    const { modelName, line } = this;
    const order = { modelName, line, actor: 'ada', reason: 'worse', idempotencyKey: key };
    return this.registry.rollback(from === undefined ? order : { ...order, from });
  }

  async stages(): Promise<Record<string, string>> {
    const versions = await this.registry.listVersions({ modelName: this.modelName, line: this.line });
    return Object.fromEntries(versions.map(({ version, stage }) => [version, stage]));
  }

  transitions() {
    return this.registry.listTransitions(this.modelName, this.line);
  }

  request(version: string, requestId: string, workflowId = `promote-${version}`) {
    const { modelName, line } = this;
    return { requestId, modelName, line, version, toStage: 'production', requestedBy: 'ml', workflowId } as const;
  }
}

const errorWith = (code: string) => expect.objectContaining({ code }) as unknown;
const outcomes = async (calls: readonly Promise<unknown>[]) => {
  const settled = await Promise.allSettled(calls);
  const codes = settled.flatMap((one) => (one.status === 'rejected' ? [(one.reason as { code?: string }).code] : []));
  return { fulfilled: settled.length - codes.length, codes };
};

/** The contract of `ModelRegistry`, over a real database: idempotence, order, races, and what the tables refuse. */
export function checkRegistry(open: () => RegistryBackend): void {
  let registry: RegistryBackend['registry'];
  let pool: pg.Pool;
  const scene = (line?: string): Scene => new Scene(registry, line);

  beforeAll(async () => {
    ({ registry, pool } = open());
    await Promise.all(Array.from({ length: 6 }, () => registry.migrate()));
    await registry.migrate();
  });

  describe('runs', () => {
    it('stores the start facts of a run, and finds it by model, workflow and parent workflow', async () => {
      const { modelName } = scene();
      const run = { runKey: `${modelName}-k`, workflowId: `weekly_${modelName}/child`, modelName, line: 'default' };
      await registry.startRun({ ...run, seed: 7, params: { depth: 6, name: 'x', none: null }, codeVersion: 'c' });
      await registry.startRun({ ...run, seed: 8, params: { depth: 9 }, codeVersion: 'other' });
      for (const filter of [{ modelName }, { workflowId: run.workflowId }, { workflowId: `weekly_${modelName}` }]) {
        const [found, ...more] = await registry.listRuns(filter);
        expect(more).toEqual([]);
        expect(found).toMatchObject({ ...run, seed: 7, status: 'running', endedAt: null, version: null });
        expect(found?.params).toEqual({ depth: 6, name: 'x', none: null });
      }
      expect(await registry.listRuns({ workflowId: `weeklyX${modelName}` })).toEqual([]);
    });

    it('finds the runs of several workflows at once', async () => {
      const { modelName } = scene();
      const ids = ['a', 'b/child', 'c'].map((id) => `${modelName}-${id}`);
      for (const id of ids) {
        const run = { runKey: `${id}-k`, workflowId: id, modelName, line: 'default' };
        await registry.startRun({ ...run, seed: 7, params: {}, codeVersion: 'c' });
      }
      const found = async (...names: readonly string[]) => {
        const runs = await registry.listRuns({ workflowIds: names.map((name) => `${modelName}-${name}`) });
        return runs.map(({ workflowId }) => workflowId).sort();
      };
      expect(await found('a', 'b', 'none')).toEqual(ids.slice(0, 2));
      expect(await found('c')).toEqual([ids[2]]);
      expect(await found()).toEqual([]);
    });

    it('finishes a run once; a decision replaces an interruption and is final', async () => {
      const it = scene();
      const runKey = await it.begin();
      const status = async () => (await registry.listRuns({ modelName: it.modelName }))[0];
      await registry.finishRun(runKey, it.modelName, { status: 'failed', reasons: ['outage'] });
      const first = await status();
      await registry.finishRun(runKey, it.modelName, { status: 'failed', reasons: ['again'] });
      expect(await status()).toEqual(first);
      await registry.finishRun(runKey, it.modelName, { status: 'registered', reasons: [] });
      await registry.finishRun(runKey, it.modelName, { status: 'failed', reasons: ['late'] });
      expect(await status()).toMatchObject({ status: 'registered', reasons: [] });
    });

    it('records the end of a run at the moment that is given', async () => {
      const it = scene();
      const runKey = await it.begin();
      const endedAt = new Date('2026-11-30T03:04:05.678Z');
      await registry.finishRun(runKey, it.modelName, { status: 'failed', reasons: ['outage'], endedAt });
      expect(await registry.listRuns({ modelName: it.modelName })).toMatchObject([{ status: 'failed', endedAt }]);
    });

    it('refuses records for an unknown run', async () => {
      const { modelName } = scene();
      const artefact = { role: 'model', hash: hash('a'), bytes: 1 };
      await expect(registry.recordArtefact('no', modelName, artefact)).rejects.toEqual(errorWith('RUN_NOT_FOUND'));
      const done = { status: 'failed', reasons: [] } as const;
      await expect(registry.finishRun('no', modelName, done)).rejects.toEqual(errorWith('RUN_NOT_FOUND'));
      const dataset = datasetOf(modelName, 'default');
      await expect(registry.recordDataset('no', modelName, dataset)).rejects.toEqual(errorWith('RUN_NOT_FOUND'));
    });

    it('records datasets and artefacts once when repeated or in parallel', async () => {
      const it = scene();
      const runKey = await it.begin();
      const dataset = datasetOf(it.modelName, 'berka');
      await Promise.all(Array.from({ length: 8 }, () => registry.recordDataset(runKey, it.modelName, dataset)));
      const artefact = { role: 'model', hash: hash('a'), bytes: 10 };
      await Promise.all(Array.from({ length: 8 }, () => registry.recordArtefact(runKey, it.modelName, artefact)));
      const [run] = await registry.listRuns({ modelName: it.modelName });
      expect(run).toMatchObject({ dataset, line: 'berka', evaluationHash: null, evaluatedAt: null });
      expect(run!.trainedAt!.getTime()).toBeGreaterThanOrEqual(run!.startedAt.getTime());
      const stored = await pool.query('select role, bytes from registry.run_artefacts where run_key = $1', [runKey]);
      expect(stored.rows).toEqual([{ role: 'model', bytes: '10' }]);
      await registry.recordArtefact(runKey, it.modelName, { role: 'evaluation', hash: hash('e'), bytes: 5 });
      await registry.recordArtefact(runKey, it.modelName, { role: 'card', hash: hash('c'), bytes: 5 });
      const runs = await registry.listRuns({ modelName: it.modelName });
      expect(runs.map(({ evaluationHash }) => evaluationHash)).toEqual([hash('e')]);
      expect(runs).toMatchObject([{ cardHash: hash('c'), cardMarkdownHash: null, trainedAt: run!.trainedAt }]);
      expect(runs[0]!.evaluatedAt!.getTime()).toBeGreaterThanOrEqual(run!.trainedAt!.getTime());
    });

    it('has no time of a step whose result an earlier run computed', async () => {
      const it = scene();
      const [first, second] = [await it.begin(), await it.begin()];
      for (const runKey of [first, second]) {
        await registry.recordArtefact(runKey, it.modelName, { role: 'model', hash: hash('a'), bytes: 10 });
        await pool.query(
          `insert into registry.run_steps (run_key, step, part, workflow_id, cache_key, code, input, output, environment,
             code_version, computed_by, computed_in) values ($1, 'fitModel', 0, 'w', $2, $2, '{}', '{}', '{}', 'c', $3, 'w')`,
          [runKey, hash('key'), first],
        );
      }
      const times = (await registry.listRuns({ modelName: it.modelName })).map(({ trainedAt }) => trainedAt);
      expect(times).toEqual([null, expect.any(Date)]);
    });
  });

  describe('an override of the gates', () => {
    async function rejectedRun(one: Scene): Promise<string> {
      const runKey = await one.begin();
      const artefact = { role: 'evaluation', hash: hash('evaluation'), bytes: 7 };
      await one.registry.recordArtefact(runKey, one.modelName, artefact);
      await one.registry.register(one.input(runKey, 'rejected', { gates: [passedGate, failedGate] }));
      await one.registry.finishRun(runKey, one.modelName, { status: 'rejected', reasons: ['failed'] });
      return runKey;
    }
    const order = (one: Scene, runKey: string) => ({ runKey, modelName: one.modelName, actor: 'ada', reason: 'known' });

    it('registers the rejected artefact once, with actor, reason and the failed gates', async () => {
      const one = scene();
      await one.add('a');
      const runKey = await rejectedRun(one);
      const [first, again] = await Promise.all([0, 1].map(() => registry.overrideRejection(order(one, runKey))));
      expect(again).toEqual(first);
      expect(first).toMatchObject({ decision: 'registered', version: '1.0.1', stage: 'dev', line: 'default' });
      expect(first!.reasons).toEqual([
        '1.0.1 follows 1.0.0: data, seed and definition are the same, the artefact is another one',
        'registered against its gates by ada: known',
        'aucRoc ≥ 0.9: aucRoc 0.8312 < 0.9',
      ]);
      const override = { actor: 'ada', reason: 'known', at: expect.any(Date) as Date };
      expect(await registry.getVersion(one.modelName, one.line, '1.0.1')).toMatchObject({ override });
      expect((await registry.listRuns({ runKey }))[0]).toMatchObject({
        status: 'rejected',
        version: '1.0.1',
        override,
      });
      expect((await one.transitions()).at(-1)).toMatchObject({ version: '1.0.1', to: 'dev', actor: 'ada' });
    });

    it('goes to staging and never to production', async () => {
      const one = scene();
      const { version } = await registry.overrideRejection(order(one, await rejectedRun(one)));
      await registry.promote(one.order(version, 'staging', 'k1'));
      const refused = { code: 'TRANSITION_NOT_ALLOWED', message: expect.stringContaining("ada's override") as string };
      await expect(registry.promote(one.order(version, 'production', 'k2'))).rejects.toMatchObject(refused);
      await expect(registry.openPromotionRequest(one.request(version, `r-${one.modelName}`))).rejects.toMatchObject(
        refused,
      );
    });

    it('returns the version that has the artefact already', async () => {
      const one = scene();
      const [first, second] = [await rejectedRun(one), await rejectedRun(one)];
      await registry.overrideRejection(order(one, first));
      expect(await registry.overrideRejection(order(one, second))).toMatchObject({
        decision: 'unchanged',
        version: '1.0.0',
      });
    });

    it('is refused for a run that is not there, was registered, or whose data were rejected', async () => {
      const one = scene();
      await one.add('a');
      const runs = await registry.listRuns({ modelName: one.modelName });
      const dataRejected = await one.begin();
      await registry.finishRun(dataRejected, one.modelName, { status: 'rejected', reasons: ['bad rows'] });
      for (const [runKey, code] of [
        ['nothing', 'RUN_NOT_FOUND'],
        [runs[0]!.runKey, 'TRANSITION_NOT_ALLOWED'],
        [dataRejected, 'TRANSITION_NOT_ALLOWED'],
      ] as const)
        await expect(registry.overrideRejection(order(one, runKey))).rejects.toEqual(errorWith(code));
    });
  });

  describe('lines', () => {
    it('keeps the first holdout when another is given later', async () => {
      const { modelName } = scene();
      const others = Array.from({ length: 8 }, (_, index) => ({ ...holdout, salt: `salt ${index}` }));
      const made = await Promise.all(others.map((other) => registry.ensureLine(modelName, 'default', other)));
      expect(new Set(made.map((line) => JSON.stringify(line))).size).toBe(1);
      expect(await registry.findLine(modelName, 'default')).toEqual(made[0]);
      expect(await registry.findLine(modelName, 'other')).toBeNull();
    });

    it('renews the holdout on request and records each one with its actor', async () => {
      const { modelName } = scene();
      await registry.ensureLine(modelName, 'default', holdout);
      const renewed = { kind: 'time', column: 'as_of', cut: 1_700_000_000_000 } as const;
      await registry.refreezeLine(modelName, 'default', renewed, 'ada');
      await registry.refreezeLine(modelName, 'default', renewed, 'ada');
      expect((await registry.ensureLine(modelName, 'default', holdout)).holdout).toEqual(renewed);
      const sql = 'select actor, holdout from registry.holdout_changes where model_name = $1 order by id';
      expect((await pool.query(sql, [modelName])).rows).toEqual([
        { actor: 'pipeline', holdout },
        { actor: 'ada', holdout: renewed },
      ]);
    });
  });

  describe('registration', () => {
    it('numbers versions and returns every stored fact', async () => {
      const it = scene();
      expect(await it.add('a')).toBe('1.0.0');
      expect(await it.add('b')).toBe('1.0.1');
      expect(await it.add('c', { definitionHash: hash('definition 2') })).toBe('1.1.0');
      expect(await it.add('d', { signatureHash: hash('signature 2') })).toBe('2.0.0');
      expect(await it.stages()).toEqual({ '2.0.0': 'dev', '1.1.0': 'dev', '1.0.1': 'dev', '1.0.0': 'dev' });
      const record = await registry.getVersion(it.modelName, 'default', '1.0.0');
      expect(record).toMatchObject({ artefactHash: hash('a'), workflowId: `wf/${it.modelName}`, cardHash: null });
      expect(record).toMatchObject({ metrics, params: { maxDepth: 6, eta: 0.1 } });
      expect(record.dataset).toEqual(datasetOf(it.modelName, 'default'));
      const [run] = await registry.listRuns({ modelName: it.modelName, limit: 1 });
      expect(run).toMatchObject({ version: '2.0.0', metrics, comparisons, gates: [passedGate] });
    });

    it('numbers the tenth patch after the ninth', async () => {
      const it = scene();
      for (let count = 0; count < 11; count++) await it.add(`artefact ${count}`);
      const [newest] = await registry.listVersions({ modelName: it.modelName });
      expect(newest?.version).toBe('1.0.10');
      const page = async (olderThan: string) => {
        const versions = await registry.listVersions({ modelName: it.modelName, newestPerLine: 2, olderThan });
        return versions.map(({ version }) => version);
      };
      expect(await page('1.0.10')).toEqual(['1.0.9', '1.0.8']);
      expect(await page('1.0.1')).toEqual(['1.0.0']);
      expect(await page('1.0.0')).toEqual([]);
    });

    it('returns the first answer for a repeated run, also after later changes', async () => {
      const it = scene();
      const runKey = await it.begin();
      const first = await registry.register(it.input(runKey, 'a'));
      await it.add('b');
      await it.toProduction('1.0.1');
      expect(await registry.register(it.input(runKey, 'a'))).toEqual(first);
      expect(first).toMatchObject({ decision: 'registered', version: '1.0.0' });
    });

    it('returns `unchanged` for known bytes in any stage', async () => {
      const it = scene();
      await it.add('a');
      await it.add('b');
      await it.toProduction('1.0.0');
      for (const [artefact, version] of [
        ['a', '1.0.0'],
        ['b', '1.0.1'],
      ] as const) {
        const input = it.input(await it.begin(), artefact, { championVersion: '1.0.0', gates: [failedGate] });
        const stage = version === '1.0.0' ? 'production' : 'dev';
        expect(await registry.register(input)).toMatchObject({ decision: 'unchanged', version, stage });
      }
      expect(Object.keys(await it.stages())).toHaveLength(2);
    });

    it('rejects with the findings of the failed gates and stores the metrics', async () => {
      const it = scene();
      const runKey = await it.begin();
      const result = await registry.register(it.input(runKey, 'a', { gates: [passedGate, failedGate] }));
      expect(result).toEqual({
        decision: 'rejected',
        version: null,
        stage: null,
        reasons: ['aucRoc ≥ 0.9: aucRoc 0.8312 < 0.9'],
      });
      expect(await it.stages()).toEqual({});
      const [run] = await registry.listRuns({ modelName: it.modelName });
      expect(run).toMatchObject({ metrics, gates: [passedGate, failedGate], artefactHash: hash('a'), version: null });
    });

    it('refuses a comparison with a former champion, and stores nothing of it', async () => {
      const it = scene();
      await it.add('a');
      await it.toProduction('1.0.0');
      const runKey = await it.begin();
      await expect(registry.register(it.input(runKey, 'b'))).rejects.toEqual(errorWith('CONFLICT'));
      expect((await registry.listRuns({ modelName: it.modelName }))[0]).toMatchObject({
        metrics: [],
        artefactHash: null,
      });
      const again = await registry.register(it.input(runKey, 'b', { championVersion: '1.0.0' }));
      expect(again).toMatchObject({ decision: 'registered', version: '1.0.1' });
    });

    it('refuses an unknown run and an unknown line', async () => {
      const it = scene();
      await expect(registry.register(it.input('no', 'a'))).rejects.toEqual(errorWith('INVALID_INPUT'));
      await it.begin();
      await expect(registry.register(it.input('no', 'a'))).rejects.toEqual(errorWith('RUN_NOT_FOUND'));
    });

    it('registers one version for 20 parallel registrations of the same run', async () => {
      const it = scene();
      const input = it.input(await it.begin(), 'a');
      const results = await Promise.all(Array.from({ length: 20 }, () => registry.register(input)));
      expect(new Set(results.map((result) => JSON.stringify(result))).size).toBe(1);
      expect(await it.stages()).toEqual({ '1.0.0': 'dev' });
      expect(await it.transitions()).toHaveLength(1);
    });

    it('gives 12 parallel runs of one line 12 different numbers', async () => {
      const it = scene();
      const inputs: RegistrationInput[] = [];
      for (let count = 0; count < 12; count++) inputs.push(it.input(await it.begin(), `artefact ${count}`));
      await Promise.all(inputs.map((input) => registry.register(input)));
      const expected = Array.from({ length: 12 }, (_, patch) => `1.0.${patch}`);
      expect(Object.keys(await it.stages()).sort()).toEqual(expected.sort());
    });

    it('accepts one of two parallel challengers when the newest version becomes the champion', async () => {
      const it = scene('berka');
      const inputs = [it.input(await it.begin(), 'a'), it.input(await it.begin(), 'b')];
      const { fulfilled, codes } = await outcomes(inputs.map((input) => registry.register(input)));
      expect({ fulfilled, codes }).toEqual({ fulfilled: 1, codes: ['CONFLICT'] });
      expect(await it.stages()).toEqual({ '1.0.0': 'dev' });
    });
  });

  describe('champion', () => {
    it('is the version in production, else in staging; dev versions of the default line are excluded', async () => {
      const it = scene();
      const champion = async () => (await registry.findChampion(it.modelName, 'default'))?.version ?? null;
      await it.add('a');
      await it.add('b');
      expect(await champion()).toBeNull();
      await registry.promote(it.order('1.0.0', 'staging', 's1'));
      expect(await champion()).toBe('1.0.0');
      await registry.promote(it.order('1.0.0', 'production', 'p1'));
      await registry.promote(it.order('1.0.1', 'staging', 's2'));
      expect(await champion()).toBe('1.0.0');
    });

    it('is not a dev version of the synthetic line, which can leave dev', async () => {
      const it = scene('synthetic');
      await it.add('a');
      expect(await registry.findChampion(it.modelName, 'synthetic')).toBeNull();
      await registry.promote(it.order('1.0.0', 'staging', 's'));
      expect((await registry.findChampion(it.modelName, 'synthetic'))?.version).toBe('1.0.0');
    });

    it('is the newest dev version in another line', async () => {
      const it = scene('taiwan');
      for (const artefact of ['a', 'b', 'c']) await it.add(artefact);
      expect((await registry.findChampion(it.modelName, 'taiwan'))?.version).toBe('1.0.2');
      expect(await registry.findChampion(it.modelName, 'german')).toBeNull();
    });
  });

  describe('stages', () => {
    it('promotes dev → staging → production and archives the displaced version', async () => {
      const it = scene();
      for (const artefact of ['a', 'b', 'c']) await it.add(artefact);
      await it.toProduction('1.0.0');
      await registry.promote(it.order('1.0.1', 'staging', 'k1'));
      const change = await registry.promote(it.order('1.0.2', 'staging', 'k2'));
      expect(change).toMatchObject({ version: '1.0.2', from: 'dev', to: 'staging', actor: 'ada', reason: 'because' });
      expect(await it.stages()).toEqual({ '1.0.0': 'production', '1.0.1': 'archived', '1.0.2': 'staging' });
      await registry.promote(it.order('1.0.2', 'production', 'k3'));
      expect(await it.stages()).toEqual({ '1.0.0': 'archived', '1.0.1': 'archived', '1.0.2': 'production' });
      const last = (await it.transitions()).at(-1);
      expect(last).toMatchObject({ version: '1.0.0', from: 'production', to: 'archived' });
      expect(last?.reason).toBe('replaced in production by 1.0.2');
    });

    it('returns the first answer for a repeated key and refuses the key for another move', async () => {
      const it = scene();
      await it.add('a');
      await it.add('b');
      const order = it.order('1.0.0', 'staging', 'key');
      const first = await registry.promote(order);
      await registry.promote(it.order('1.0.0', 'production', 'key 2'));
      expect(await registry.promote(order)).toEqual(first);
      expect(await it.stages()).toMatchObject({ '1.0.0': 'production' });
      const other = registry.promote(it.order('1.0.1', 'staging', 'key'));
      await expect(other).rejects.toEqual(errorWith('CONFLICT'));
    });

    it.each([
      ['dev', 'production'],
      ['dev', 'dev'],
    ] as const)('refuses %s → %s', async (_from, to) => {
      const it = scene();
      await it.add('a');
      const moved = registry.promote(it.order('1.0.0', to, 'key'));
      await expect(moved).rejects.toEqual(errorWith('TRANSITION_NOT_ALLOWED'));
      expect(await it.transitions()).toHaveLength(1);
    });

    it('lets a version of the synthetic line into production as a recorded demo only, also by rollback', async () => {
      const it = scene('synthetic');
      for (const artefact of ['a', 'b']) await it.add(artefact);
      for (const version of ['1.0.0', '1.0.1']) {
        await registry.promote(it.order(version, 'staging', `${version} staging`));
        const undeclared = registry.promote(it.order(version, 'production', `${version} undeclared`));
        await expect(undeclared).rejects.toEqual(errorWith('TRANSITION_NOT_ALLOWED'));
        const demo = await registry.promote({ ...it.order(version, 'production', `${version} demo`), demo: true });
        expect(demo).toMatchObject({ to: 'production', demo: true });
      }
      expect(await it.rollback('back')).toMatchObject({ version: '1.0.0', demo: true });
      const demos = (await it.transitions()).filter(({ demo }) => demo).map(({ version }) => version);
      expect(demos).toEqual(['1.0.0', '1.0.1', '1.0.0']);
    });

    const archive = (it: Scene, version: string, key: string) => {
      const { modelName, line } = it;
      const actor = 'ada';
      return registry.archive({ modelName, line, version, actor, reason: 'wrong labels', idempotencyKey: key });
    };

    it('archives a version in dev or staging once for a key, with actor and reason', async () => {
      for (const line of ['default', 'taiwan']) {
        const it = scene(line);
        await it.add('a');
        const archived = await archive(it, '1.0.0', 'key');
        expect(archived).toMatchObject({ from: 'dev', to: 'archived', actor: 'ada', reason: 'wrong labels' });
        expect(await archive(it, '1.0.0', 'key')).toEqual(archived);
        await expect(archive(it, '1.0.0', 'again')).rejects.toEqual(errorWith('TRANSITION_NOT_ALLOWED'));
        expect(await registry.findChampion(it.modelName, line)).toBeNull();
        expect(await it.stages()).toEqual({ '1.0.0': 'archived' });
      }
    });

    it('archives no version in production, except a demo', async () => {
      const it = scene();
      await it.add('a');
      await it.toProduction('1.0.0');
      await expect(archive(it, '1.0.0', 'key')).rejects.toEqual(errorWith('TRANSITION_NOT_ALLOWED'));
      const synthetic = scene('synthetic');
      await synthetic.add('a');
      await registry.promote(synthetic.order('1.0.0', 'staging', 's'));
      await registry.promote({ ...synthetic.order('1.0.0', 'production', 'p'), demo: true });
      expect(await archive(synthetic, '1.0.0', 'key')).toMatchObject({ from: 'production', demo: false });
    });

    it('archives no version whose promotion awaits approval', async () => {
      const it = scene();
      await it.add('a');
      await registry.promote(it.order('1.0.0', 'staging', 's'));
      await registry.openPromotionRequest(it.request('1.0.0', `${it.modelName}-request`));
      await expect(archive(it, '1.0.0', 'key')).rejects.toEqual(errorWith('TRANSITION_NOT_ALLOWED'));
      expect(await it.stages()).toEqual({ '1.0.0': 'staging' });
    });

    it('refuses a demo in the line of the own backend', async () => {
      const it = scene();
      await it.add('a');
      await registry.promote(it.order('1.0.0', 'staging', 'staging'));
      const demo = registry.promote({ ...it.order('1.0.0', 'production', 'demo'), demo: true });
      await expect(demo).rejects.toEqual(errorWith('TRANSITION_NOT_ALLOWED'));
    });

    it('keeps versions of imported sources in dev, and names an unknown version', async () => {
      const it = scene('berka');
      await it.add('a');
      const moved = registry.promote(it.order('1.0.0', 'staging', 'key'));
      await expect(moved).rejects.toEqual(errorWith('TRANSITION_NOT_ALLOWED'));
      const unknown = registry.promote(it.order('9.0.0', 'staging', 'key'));
      await expect(unknown).rejects.toEqual(errorWith('VERSION_NOT_FOUND'));
    });

    it('has one production version after parallel promotions of several', async () => {
      const it = scene();
      const versions: string[] = [];
      for (const artefact of ['a', 'b', 'c', 'd']) versions.push(await it.add(artefact));
      await Promise.allSettled(
        versions.flatMap((version) =>
          ['staging', 'production'].map((to) =>
            registry.promote(it.order(version, to as 'staging', `${version} ${to}`)),
          ),
        ),
      );
      const stages = Object.values(await it.stages());
      expect(stages.filter((stage) => stage === 'production').length).toBeLessThanOrEqual(1);
      expect(stages.filter((stage) => stage === 'staging').length).toBeLessThanOrEqual(1);
      await checkStagesFollowFromTransitions(it);
    });

    it('promotes once when 20 callers promote the same version under the same key', async () => {
      const it = scene();
      await it.add('a');
      const calls = Array.from({ length: 20 }, () => registry.promote(it.order('1.0.0', 'staging', 'same')));
      expect(await outcomes(calls)).toEqual({ fulfilled: 20, codes: [] });
      expect(await it.transitions()).toHaveLength(2);
    });

    it('promotes once when 20 callers promote the same version under different keys', async () => {
      const it = scene();
      await it.add('a');
      const calls = Array.from({ length: 20 }, (_, index) =>
        registry.promote(it.order('1.0.0', 'staging', `k${index}`)),
      );
      const { fulfilled, codes } = await outcomes(calls);
      expect(fulfilled).toBe(1);
      expect(new Set(codes)).toEqual(new Set(['TRANSITION_NOT_ALLOWED']));
    });

    async function checkStagesFollowFromTransitions(it: Scene): Promise<void> {
      const replayed: Record<string, string> = {};
      for (const { version, to } of await it.transitions()) replayed[version] = to;
      expect(await it.stages()).toEqual(replayed);
    }
  });

  describe('rollback', () => {
    it('restores the previous production version, then the one before it', async () => {
      const it = scene();
      for (const artefact of ['a', 'b', 'c']) await it.toProduction(await it.add(artefact));
      const first = await it.rollback('r1');
      expect(first).toMatchObject({ version: '1.0.1', from: 'archived', to: 'production', reason: 'worse' });
      expect(await it.stages()).toEqual({ '1.0.0': 'archived', '1.0.1': 'production', '1.0.2': 'archived' });
      expect(await it.rollback('r1')).toEqual(first);
      expect(await it.rollback('r2')).toMatchObject({ version: '1.0.0' });
      await expect(it.rollback('r3')).rejects.toEqual(errorWith('TRANSITION_NOT_ALLOWED'));
      expect(await it.stages()).toMatchObject({ '1.0.0': 'production' });
    });

    it('is refused when only one version has been in production', async () => {
      const it = scene();
      await it.add('a');
      await expect(it.rollback('r1')).rejects.toEqual(errorWith('TRANSITION_NOT_ALLOWED'));
      await it.toProduction('1.0.0');
      await expect(it.rollback('r2')).rejects.toEqual(errorWith('TRANSITION_NOT_ALLOWED'));
    });

    it('goes back one step when ten callers share a key', async () => {
      const it = scene();
      for (const artefact of ['a', 'b', 'c']) await it.toProduction(await it.add(artefact));
      const results = await Promise.all(Array.from({ length: 10 }, () => it.rollback('same')));
      expect(new Set(results.map(({ version }) => version))).toEqual(new Set(['1.0.1']));
      expect(await it.stages()).toMatchObject({ '1.0.1': 'production' });
    });

    it('goes back one step when ten callers with different keys reject the same version', async () => {
      const it = scene();
      for (const artefact of ['a', 'b', 'c']) await it.toProduction(await it.add(artefact));
      const calls = Array.from({ length: 10 }, (_, index) => it.rollback(`r${index}`, '1.0.2'));
      const { fulfilled, codes } = await outcomes(calls);
      expect(fulfilled).toBe(1);
      expect(new Set(codes)).toEqual(new Set(['CONFLICT']));
      expect(await it.stages()).toEqual({ '1.0.0': 'archived', '1.0.1': 'production', '1.0.2': 'archived' });
    });

    it('removes only the named version from production', async () => {
      const it = scene();
      for (const artefact of ['a', 'b', 'c']) await it.toProduction(await it.add(artefact));
      await it.add('d');
      await registry.promote(it.order('1.0.3', 'staging', 'staged'));
      const promotion = registry.promote(it.order('1.0.3', 'production', 'promoted'));
      const [promoted, rolledBack] = await Promise.allSettled([promotion, it.rollback('r1', '1.0.2')]);
      expect(promoted.status).toBe('fulfilled');
      if (rolledBack.status === 'rejected') expect(rolledBack.reason).toEqual(errorWith('CONFLICT'));
      // In either order the new version stays in production: the rollback named the other one.
      expect(await it.stages()).toMatchObject({ '1.0.2': 'archived', '1.0.3': 'production' });
      await expect(it.rollback('r2', '1.0.2')).rejects.toEqual(errorWith('CONFLICT'));
    });

    it('refuses to restore a version that failed its smoke test, and restores one whose request was cancelled', async () => {
      const it = scene();
      const decide = (requestId: string, status: 'approved' | 'failed') =>
        registry.decidePromotionRequest(requestId, { status, decidedBy: 'ada', reason: 'because' });
      const opened = async (version: string): Promise<string> => {
        await registry.promote(it.order(version, 'staging', `${version} staged ${randomUUID()}`));
        const requestId = `${it.modelName}-${version}-${randomUUID()}`;
        await registry.openPromotionRequest(it.request(version, requestId));
        return requestId;
      };
      const broken = await opened(await it.add('a'));
      await decide(broken, 'approved');
      await registry.promote(it.order('1.0.0', 'production', 'broken'));
      const sound = await it.add('b');
      await it.toProduction(sound); // before the failure of its predecessor is known
      await decide(broken, 'failed');
      await expect(it.rollback('r1')).rejects.toEqual(errorWith('TRANSITION_NOT_ALLOWED'));

      await it.toProduction(await it.add('c'));
      await decide(await opened(sound), 'failed'); // cancelled while waiting for approval
      expect(await it.rollback('r2')).toMatchObject({ version: sound });
    });

    it('returns the first answer for a repeated key after the named version has left production', async () => {
      const it = scene();
      for (const artefact of ['a', 'b']) await it.toProduction(await it.add(artefact));
      const first = await it.rollback('same', '1.0.1');
      expect(await it.rollback('same', '1.0.1')).toEqual(first);
    });
  });

  describe('a move with an expected stage', () => {
    it('is refused when the version has another stage, and returns the first answer for a repeated key', async () => {
      const it = scene();
      await it.toProduction(await it.add('a'));
      const late = { ...it.order('1.0.0', 'archived', 'late'), from: 'staging' as const };
      await expect(registry.promote(late)).rejects.toEqual(errorWith('CONFLICT'));
      expect(await it.stages()).toEqual({ '1.0.0': 'production' });
      const meant = { ...it.order('1.0.0', 'archived', 'meant'), from: 'production' as const };
      const first = await registry.promote(meant);
      expect(await registry.promote(meant)).toEqual(first);
    });
  });

  describe('promotion requests', () => {
    const staged = async (it: Scene, artefact: string): Promise<string> => {
      const version = await it.add(artefact);
      await registry.promote(it.order(version, 'staging', `stage ${version}`));
      return version;
    };

    it('open once for each id and are decided once', async () => {
      const it = scene();
      const request = it.request(await staged(it, 'a'), `${it.modelName}-q`);
      const opened = await Promise.all(Array.from({ length: 10 }, () => registry.openPromotionRequest(request)));
      expect(new Set(opened.map((one) => JSON.stringify(one))).size).toBe(1);
      expect(opened[0]?.request).toEqual({ ...request, status: 'open', decidedBy: null, reason: null });
      const approved = { status: 'approved', decidedBy: 'ada', reason: 'looks right' } as const;
      const decided = await registry.decidePromotionRequest(request.requestId, approved);
      expect(decided).toEqual({ ...request, ...approved });
      expect(await registry.decidePromotionRequest(request.requestId, { ...approved, reason: 'again' })).toEqual(
        decided,
      );
      const rejected = registry.decidePromotionRequest(request.requestId, { ...approved, status: 'rejected' });
      await expect(rejected).rejects.toEqual(errorWith('CONFLICT'));
      const failed = { status: 'failed', decidedBy: 'smoke test', reason: 'differs' } as const;
      expect(await registry.decidePromotionRequest(request.requestId, failed)).toMatchObject(failed);
    });

    it('are superseded by a newer challenger, whose answer names the waiting workflow each time', async () => {
      const it = scene();
      const older = it.request(await staged(it, 'a'), `${it.modelName}-q1`);
      await registry.openPromotionRequest(older);
      const newer = it.request(await staged(it, 'b'), `${it.modelName}-q2`);
      for (let times = 0; times < 2; times++)
        expect((await registry.openPromotionRequest(newer)).supersededWorkflowIds).toEqual([older.workflowId]);
      const [first, second] = await registry.listPromotionRequests({ modelName: it.modelName });
      expect([first?.status, second?.status]).toEqual(['open', 'superseded']);
      expect(await registry.listPromotionRequests({ modelName: it.modelName, status: 'open' })).toHaveLength(1);
      const late = { status: 'approved', decidedBy: 'ada', reason: 'late' } as const;
      await expect(registry.decidePromotionRequest(older.requestId, late)).rejects.toEqual(errorWith('CONFLICT'));
    });

    it('stay approved when a newer request is opened during the approval', async () => {
      const it = scene();
      const older = it.request(await staged(it, 'a'), `${it.modelName}-q1`);
      await registry.openPromotionRequest(older);
      const newer = it.request(await staged(it, 'b'), `${it.modelName}-q2`);
      const approver = await pool.connect();
      try {
        await approver.query('begin');
        await approver.query(
          `update registry.promotion_requests set status = 'approved', decided_by = 'ada', reason = 'looks right',
           decided_at = clock_timestamp() where request_id = $1`,
          [older.requestId],
        );
        const opening = registry.openPromotionRequest(newer);
        const waiting = 'select 1 from pg_stat_activity where wait_event_type = $1 and datname = current_database()';
        await expect.poll(async () => (await pool.query(waiting, ['Lock'])).rowCount, { timeout: 10_000 }).toBe(1);
        await approver.query('commit');
        expect((await opening).supersededWorkflowIds).toEqual([]);
      } finally {
        approver.release();
      }
      const requests = await registry.listPromotionRequests({ modelName: it.modelName });
      expect(requests.map(({ status }) => status)).toEqual(['open', 'approved']);
    });

    it('are refused for stages out of order, unknown versions and unknown requests', async () => {
      const it = scene();
      const inDev = registry.openPromotionRequest(it.request(await it.add('a'), `${it.modelName}-q1`));
      await expect(inDev).rejects.toEqual(errorWith('TRANSITION_NOT_ALLOWED'));
      const unknown = registry.openPromotionRequest(it.request('9.9.9', `${it.modelName}-q2`));
      await expect(unknown).rejects.toEqual(errorWith('VERSION_NOT_FOUND'));
      const verdict = { status: 'approved', decidedBy: 'ada', reason: 'x' } as const;
      const nobody = registry.decidePromotionRequest('nobody', verdict);
      await expect(nobody).rejects.toEqual(errorWith('REQUEST_NOT_FOUND'));
    });
  });

  describe('database constraints and triggers refuse', () => {
    const refused = async (statement: string): Promise<string> => {
      try {
        await pool.query(statement);
      } catch (fault) {
        return (fault as { code: string }).code;
      }
      return 'accepted';
    };

    it.each([
      `update registry.stage_transitions set actor = 'mallory'`,
      `delete from registry.stage_transitions`,
      `truncate registry.stage_transitions cascade`,
      `update registry.registrations set decision = 'registered'`,
      `delete from registry.holdout_changes`,
      `delete from registry.versions`,
      `update registry.versions set artefact_hash = repeat('0', 64)`,
    ])('%s', async (statement) => {
      await scene().add('a');
      expect(await refused(statement)).toBe('23000');
    });

    it('a second production version, malformed hashes and bounds that are not finite', async () => {
      const it = scene();
      for (const artefact of ['a', 'b']) await it.add(artefact);
      await it.toProduction('1.0.0');
      const second = `update registry.version_stages set stage = 'production' where model_name = '${it.modelName}'`;
      expect(await refused(second)).toBe('23505');
      const ofRun = `where run_key = '${it.modelName}-run-1'`;
      expect(await refused(`update registry.runs set artefact_hash = 'ABC' ${ofRun}`)).toBe('23514');
      for (const value of ['NaN', 'Infinity', '-Infinity'])
        expect(await refused(`update registry.run_metrics set interval_low = '${value}' ${ofRun}`)).toBe('23514');
    });

    it('staging for imported sources, and production of a synthetic version that is not marked as a demo', async () => {
      const it = scene('berka');
      await it.add('a');
      const staged = `update registry.version_stages set stage = 'staging' where model_name = '${it.modelName}'`;
      expect(await refused(staged)).toBe('23514');
      const synthetic = scene('synthetic');
      await synthetic.add('a');
      const unmarked = `insert into registry.stage_transitions
        (model_name, line, version, from_stage, to_stage, kind, actor, reason, idempotency_key)
        values ('${synthetic.modelName}', 'synthetic', '1.0.0', 'staging', 'production', 'promotion', 'ada', 'why', 'k')`;
      expect(await refused(unmarked)).toBe('23514');
    });
  });

  describe('a crash between statements', () => {
    const breakTable = (table: string, event: string) => `
      create or replace function registry.test_crash() returns trigger language plpgsql as $$
      begin raise exception 'crash' using errcode = '57P01'; end $$;
      create trigger test_crash before ${event} on registry.${table}
        for each statement execute function registry.test_crash()`;

    it.each(['version_stages', 'stage_transitions', 'registrations'])(
      'at %s rolls back the registration, and the repeated call registers',
      async (table) => {
        const it = scene();
        const input = it.input(await it.begin(), 'a');
        await pool.query(breakTable(table, 'insert'));
        const crashed = registry.register(input);
        await expect(crashed).rejects.toEqual(errorWith('SERVICE_UNAVAILABLE'));
        await pool.query(`drop trigger test_crash on registry.${table}`);
        expect(await it.stages()).toEqual({});
        expect((await registry.listRuns({ modelName: it.modelName }))[0]?.metrics).toEqual([]);
        expect(await registry.register(input)).toMatchObject({ decision: 'registered', version: '1.0.0' });
      },
    );

    it('keeps the production version when the promotion fails half-way', async () => {
      const it = scene();
      for (const artefact of ['a', 'b']) await it.add(artefact);
      await it.toProduction('1.0.0');
      await registry.promote(it.order('1.0.1', 'staging', 'key'));
      await pool.query(breakTable('version_stages', 'update'));
      const order = it.order('1.0.1', 'production', 'key 2');
      await expect(registry.promote(order)).rejects.toEqual(errorWith('SERVICE_UNAVAILABLE'));
      await pool.query('drop trigger test_crash on registry.version_stages');
      expect(await it.stages()).toEqual({ '1.0.0': 'production', '1.0.1': 'staging' });
      await registry.promote(order);
      expect(await it.stages()).toEqual({ '1.0.0': 'archived', '1.0.1': 'production' });
    });
  });

  it('attaches a card and lists versions with stage, metric and rows in one view', async () => {
    const it = scene();
    await it.add('a');
    await registry.attachCard(it.modelName, 'default', '1.0.0', hash('card'));
    expect((await registry.getVersion(it.modelName, 'default', '1.0.0')).cardHash).toBe(hash('card'));
    const nobody = registry.attachCard(it.modelName, 'default', '3.0.0', hash('card'));
    await expect(nobody).rejects.toEqual(errorWith('VERSION_NOT_FOUND'));
    const sql = 'select version, stage, metric, n, dataset_rows from registry.version_overview where model_name = $1';
    const row = { version: '1.0.0', stage: 'dev', metric: 'aucRoc', n: '412', dataset_rows: '1000' };
    expect((await pool.query(sql, [it.modelName])).rows).toEqual([row]);
  });
}
