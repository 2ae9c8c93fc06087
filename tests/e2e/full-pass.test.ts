import { mkdtempSync, readFileSync, readdirSync, rmSync, existsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { MasterTrainingResult, TrainModelResult } from '../../contracts/workflows.js';
import { projectRoot } from '../../platform/project.js';
import { collect, runCli, startCli } from './run-cli.js';

/*
 * Starts, uses and stops everything through the command line, on services of its own. The steps build on each other, so
 * they run in order and a failure makes the later ones fail.
 */

// Two of the steps train every model, which takes minutes on a busy machine.
vi.setConfig({ testTimeout: 900_000 });

const folder = mkdtempSync(join(tmpdir(), 'ml-e2e-pass-'));
const home = join(folder, 'home');
const ml = (...args: string[]) => runCli(args, { home });
const model = 'credit-risk-scorer';
const catalogue = readdirSync(join(projectRoot, 'models'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

/** The result of a command that must succeed. */
async function mlJson<T>(...args: string[]): Promise<T> {
  const { code, stdout, stderr } = await ml(...args, '--json');
  expect(code, `ml ${args.join(' ')}\n${stdout}\n${stderr}`).toBe(0);
  return JSON.parse(stdout) as T;
}

interface Trained<Result> {
  readonly workflowId: string;
  readonly cards: readonly string[];
  readonly result: Result;
}

const decisionOf = ({ result }: Trained<MasterTrainingResult>): TrainModelResult => {
  const outcome = result.models.find((one) => one.status === 'decided' && one.result.modelName === model);
  if (outcome?.status !== 'decided') throw new Error(`no decision: ${JSON.stringify(result)}`);
  return outcome.result;
};

/** Processes that use this state directory; [] where /proc does not exist. */
function processesOfHome(): string[] {
  if (!existsSync('/proc/self')) return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && name !== String(process.pid))
    .map((pid) => readCommand(pid))
    .filter((command) => command.includes(home));
}

function readCommand(pid: string): string {
  try {
    return ['cmdline', 'environ'].map((name) => readFileSync(`/proc/${pid}/${name}`, 'utf8')).join(' ');
  } catch {
    return '';
  }
}

/** An application of our own layout; the label follows a rule on two of its columns, the others are noise. */
function application(i: number, defaults: (debtToIncome: number, latePayments: number) => boolean) {
  const [debt, late] = [((i * 37) % 100) / 100, (i * 7) % 6];
  return {
    applicationId: `a${i}`,
    applicantId: `p${i}`,
    appliedAt: new Date(Date.UTC(2024, 0, 1 + (i % 700))).toISOString(),
    kind: 'personal',
    requestedAmount: 50_000 + (i % 50) * 1000,
    termMonths: 24,
    monthlyIncome: 20_000 + (i % 83) * 500,
    employment: 'salaried',
    collateralValue: null,
    bankBalance: (i % 91) * 1000,
    monthlyDebtPayments: (i % 13) * 500,
    openLoans: i % 4,
    latePayments: late,
    worstDelayDays: i % 40,
    creditHistoryMonths: i % 120,
    utilisationShare: (i % 17) / 17,
    debtToIncome: debt,
    loanToValue: null,
    gender: null,
    ageYears: 20 + (i % 45),
    defaulted: defaults(debt, late),
  };
}

/** Columns that a request does not have. */
const notInputs = ['applicationId', 'applicantId', 'appliedAt', 'gender', 'ageYears', 'defaulted'];

const inputsOf = (row: object): object =>
  Object.fromEntries(Object.entries(row).filter(([name]) => !notInputs.includes(name)));

const noHistory = { openLoans: null, worstDelayDays: null, creditHistoryMonths: null, utilisationShare: null };

/** A JSON file of 600 applications. @returns its path. */
function writeApplications(name: string, defaults: (debtToIncome: number, latePayments: number) => boolean): string {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify(Array.from({ length: 600 }, (_, i) => application(i, defaults))));
  return path;
}

beforeAll(async () => {
  const { code, stderr } = await ml('up');
  expect(code, stderr).toBe(0);
}, 600_000);

afterAll(async () => {
  await ml('down');
  rmSync(folder, { recursive: true, force: true });
}, 120_000);

describe('the command line from start to stop', () => {
  it('generates data and trains every model to a decision, with a card', async () => {
    await mlJson('data', 'generate');
    const trained = await mlJson<Trained<MasterTrainingResult>>('train', 'all');
    expect(trained.workflowId).toMatch(/^retraining-\d{4}-\d\d-\d\d$/);
    expect(decisionOf(trained)).toMatchObject({ decision: 'registered', version: '1.0.0', stage: 'done' });
    expect(decisionOf(trained).metrics[0]!.interval).toBeDefined();
    const names = trained.result.models.map((one) => (one.status === 'decided' ? one.result.modelName : one.status));
    expect(names).toEqual([...catalogue].sort());
    expect(trained.cards).toHaveLength(catalogue.length);
    for (const card of trained.cards) {
      const [name] = catalogue.filter((known) => basename(card).startsWith(known));
      expect(readFileSync(card, 'utf8')).toContain(name);
    }
  });

  it('registers no second version of the same data', async () => {
    const before = await mlJson<{ versions: unknown[] }>('models', 'list');
    const again = await mlJson<Trained<MasterTrainingResult>>('train', 'all', '--from', 'dataset');
    expect(again.workflowId).toMatch(/-2$/);
    expect(decisionOf(again)).toMatchObject({ decision: 'unchanged', version: '1.0.0' });
    const after = await mlJson<{ versions: unknown[] }>('models', 'list');
    expect(after.versions).toHaveLength(before.versions.length);
  });

  it('promotes to production after one approval and predicts', async () => {
    const input = '{"requestedAmount": 250000, "termMonths": 24}';
    const staged = await mlJson<object>('predict', model, '--input', input);
    expect(staged).toMatchObject({
      stage: 'staging',
      line: 'synthetic',
      synthetic: true,
      snapshotHash: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    });

    const anonymous = await ml('approve', model, '--approver', ' ', '--reason', 'x', '--json');
    expect(anonymous.code).toBe(2);
    const undeclared = await ml('approve', model, '--approver', 'R. Iyer', '--reason', 'card reviewed', '--json');
    expect(JSON.parse(undeclared.stdout)).toMatchObject({ error: { code: 'TRANSITION_NOT_ALLOWED' } });
    const verdict = ['approve', model, '--approver', 'R. Iyer', '--reason', 'card reviewed', '--demo'];
    expect(await mlJson(...verdict)).toMatchObject({ status: 'promoted', toStage: 'production', decidedBy: 'R. Iyer' });
    const twice = await ml(...verdict, '--json');
    expect(JSON.parse(twice.stdout)).toMatchObject({ error: { code: 'REQUEST_NOT_FOUND', exit: 2 } });
    expect(await mlJson('predict', model, '--input', input)).toMatchObject({ stage: 'production' });
  });

  it('prints tables without --json', async () => {
    const runs = await ml('runs', 'list');
    expect(runs.code).toBe(0);
    expect(runs.stdout).toContain(model);
    expect(runs.stdout).not.toContain('\u001b[');
    const [first] = await mlJson<{ workflowId: string }[]>('runs', 'list');
    const shown = await ml('runs', 'show', first!.workflowId);
    expect(shown.stdout).toContain('parameters');
    expect((await ml('models', 'show', model)).stdout).toContain('maxDepth');
  });

  it('registers from a file, predicts from its line, and refuses to promote it', async () => {
    const file = writeApplications('applications.json', (debt, late) => debt + late / 6 > 0.9);
    const flags = ['--max-depth', '3', '--n-estimators', '30'];
    const trained = await mlJson<Trained<TrainModelResult>>('train', model, '--data-path', file, ...flags);
    expect(trained.result).toMatchObject({ line: 'credit-applications', decision: 'registered', version: '1.0.0' });

    const line = ['--line', 'credit-applications'];
    const input = JSON.stringify({ ...inputsOf(application(1, () => true)), debtToIncome: 0.9, latePayments: 4 });
    const answer = await mlJson<{ version: string; stage: string; outputs: { probability: number }[] }>(
      ...['predict', model, '--input', input],
      ...line,
    );
    expect(answer).toMatchObject({ version: '1.0.0', stage: 'dev', snapshotHash: null });
    expect(answer.outputs[0]!.probability).toBeGreaterThan(0.5);

    const promoted = await ml('promote', model, ...line, '--to', 'staging', '--json');
    expect(promoted.code).toBe(2);
    expect(JSON.parse(promoted.stdout)).toMatchObject({ error: { code: 'TRANSITION_NOT_ALLOWED' } });
  });

  it('refuses a file with one class only, and registers nothing', async () => {
    const file = writeApplications('one-class.json', () => false);
    const refused = await ml('train', model, '--data-path', file, '--json');
    expect(refused.code).toBe(2);
    expect(JSON.parse(refused.stdout)).toMatchObject({ error: { code: 'SINGLE_CLASS' } });
    const { versions } = await mlJson<{ versions: { line: string }[] }>('models', 'list');
    expect(versions.filter(({ line }) => line === 'credit-applications')).toHaveLength(1);
  });

  it('ends with 3 when validation rejects the rows', async () => {
    const path = join(folder, 'hollow.json');
    const hollow = Array.from({ length: 600 }, (_, i) => {
      const row = application(i, (debt) => debt > 0.5);
      return {
        ...row,
        monthlyIncome: null,
        employment: null,
        bankBalance: null,
        monthlyDebtPayments: null,
        ...noHistory,
      };
    });
    writeFileSync(path, JSON.stringify(hollow));
    const rejected = await ml('train', model, '--data-path', path, '--json');
    expect(rejected.code).toBe(3);
    const { result } = JSON.parse(rejected.stdout) as Trained<TrainModelResult>;
    expect(result).toMatchObject({ decision: 'rejected', stage: 'validation', version: null });
  });

  it('refuses wrong predictions and decisions with one error each', async () => {
    const wrong = await ml('predict', model, '--line', 'credit-applications', '--input', '{"shoeSize": 43}', '--json');
    expect(wrong.code).toBe(2);
    expect(JSON.parse(wrong.stdout)).toMatchObject({ error: { code: 'INVALID_INPUT' } });
    const unknown = await ml('runs', 'show', 'no-such-run', '--json');
    expect(unknown.code).toBe(2);
    expect(JSON.parse(unknown.stdout)).toMatchObject({ error: { code: 'RUN_NOT_FOUND' } });
  });

  it('detaches from a run on Ctrl-C, and the run completes', async () => {
    const id = 'interrupted-run';
    const waiting = startCli(['train', model, '--from', 'dataset', '--seed', '7', '--id', id], { home });
    waiting.stderr!.on('data', (chunk: Buffer) => {
      if (chunk.toString('utf8').includes(id)) waiting.kill('SIGINT');
    });
    const interrupted = await collect(waiting);
    expect(interrupted.code).toBe(130);
    expect(interrupted.stdout).toContain(`ml runs show ${id} --follow`);
    const followed = await mlJson<Trained<TrainModelResult>>('runs', 'show', id, '--follow');
    const [run] = await mlJson<{ status: string }[]>('runs', 'list', '--limit', '1');
    expect(run!.status).toBe(followed.result.decision);
  });

  it('refuses a run id that was used before', async () => {
    const again = await ml('train', model, '--from', 'dataset', '--id', 'interrupted-run', '--json');
    expect(again.code).toBe(1);
    expect(JSON.parse(again.stdout)).toMatchObject({ error: { code: 'CONFLICT' } });
  });

  it('applies schedules idempotently', async () => {
    await mlJson('schedule', 'apply');
    await mlJson('schedule', 'apply');
    const schedules = await mlJson<{ scheduleId: string; paused: boolean }[]>('schedule', 'list');
    expect(schedules.map(({ scheduleId }) => scheduleId).sort()).toEqual(['daily-data-pipeline', 'weekly-retraining']);
    await mlJson('schedule', 'pause');
    const paused = await mlJson<{ paused: boolean }[]>('schedule', 'list');
    expect(paused.every((schedule) => schedule.paused)).toBe(true);
  });

  it('stops every process with ml down', async () => {
    expect(processesOfHome().length).toBeGreaterThan(3);
    expect((await ml('down')).code).toBe(0);
    expect(processesOfHome()).toEqual([]);
  });
});
