import { mkdtempSync, readFileSync, readdirSync, rmSync, existsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { TrainModelResult } from '../../contracts/workflows.js';
import { projectRoot } from '../../platform/project.js';
import { regularScheduleIds } from '../../workers/schedules.js';
import { application, applications, inputsOf, type Rule, toCsv } from './applications.js';
import { openShell, readmeScripts } from './readme-scripts.js';
import { collect, runCli, startCli } from './run-cli.js';
import { createShop, type Shop } from './shop.js';

/*
 * The newcomer's path, with the commands of the README as they stand there, and what else the command line does, on one
 * platform and one retraining. The steps build on each other: they run in order, and a failure makes later ones fail.
 */

// Training takes minutes on a busy machine.
vi.setConfig({ testTimeout: 900_000 });

const [generated = '', ownFile = '', ownDatabase = ''] = readmeScripts('Your first day');
const folder = mkdtempSync(join(tmpdir(), 'ml-e2e-'));
const home = join(folder, 'home');
const shell = openShell({ folder, home });
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

interface Listed {
  readonly modelName: string;
  readonly line: string;
  readonly version: string;
  readonly stage: string;
}

const isDecision = (status: string): boolean => ['registered', 'rejected', 'unchanged', 'skipped'].includes(status);

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

const noHistory = { openLoans: null, worstDelayDays: null, creditHistoryMonths: null, utilisationShare: null };

/** A JSON file of 600 applications. @returns its path. */
function writeApplications(name: string, defaults: Rule): string {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify(applications(defaults)));
  return path;
}

let shop: Shop;
beforeAll(async () => {
  shop = await createShop();
  // A smaller backend than `ml retrain` would generate, which takes the one that is there.
  await mlJson('data', 'generate', '--users', '150', '--months', '30');
}, 600_000);

afterAll(async () => {
  await ml('down');
  await shop.drop();
  rmSync(folder, { recursive: true, force: true });
}, 120_000);

describe('the first day of the README', () => {
  it('trains every model of generated data, approves one as a demo and predicts for a customer', async () => {
    const { code, stdout, stderr } = await shell.run(generated);
    expect(code, `${stdout}\n${stderr}`).toBe(0);
    expect(stdout).toContain('SYNTHETIC DATA');
    for (const name of catalogue) expect(stdout).toMatch(new RegExp(`${name} +synthetic `));
    expect(stdout).toMatch(/"probability":0\.\d+/);
    const runs = await mlJson<{ modelName: string; status: string; workflowId: string }[]>('runs', 'list');
    expect(runs.map(({ modelName }) => modelName).sort()).toEqual([...catalogue].sort());
    expect(runs.map(({ status }) => status).filter((status) => !isDecision(status))).toEqual([]);
    expect(runs[0]!.workflowId).toMatch(/^retraining-\d{4}-\d\d-\d\d\//);
    const { versions } = await mlJson<{ versions: Listed[] }>('models', 'list');
    expect(versions.find(({ modelName }) => modelName === model)).toMatchObject({
      version: '1.0.0',
      line: 'synthetic',
      stage: 'production',
    });
    const cards = readdirSync(join(home, 'cards'));
    expect(cards.filter((card) => card.endsWith('-synthetic-1.0.0.html')).length).toBeGreaterThan(0);
    for (const name of catalogue)
      expect(
        cards.some((card) => card.startsWith(name)),
        name,
      ).toBe(true);
  });

  it("trains from a file of one's own and answers from its line", async () => {
    writeFileSync(join(folder, 'applications.csv'), toCsv(applications((debt, late) => debt + late / 6 > 0.9)));
    const applicant = { ...inputsOf(application(1, () => true)), debtToIncome: 0.9, latePayments: 4 };
    writeFileSync(join(folder, 'applicant.json'), JSON.stringify(applicant));
    const { code, stdout, stderr } = await shell.run(ownFile);
    expect(code, `${stdout}\n${stderr}`).toBe(0);
    expect(stdout).toMatch(/credit-applications .* registered +1\.0\.0/);
    expect(Number(/"probability":(0\.\d+)/.exec(stdout)?.[1])).toBeGreaterThan(0.5);
    expect(stdout).toContain('reasons');
    const promoted = await ml('promote', model, '--line', 'credit-applications', '--to', 'staging', '--json');
    expect(promoted.code).toBe(2);
    expect(JSON.parse(promoted.stdout)).toMatchObject({ error: { code: 'TRANSITION_NOT_ALLOWED' } });
  });
});

describe('the command line from start to stop', () => {
  it('registers no second version of the same data', async () => {
    const before = await mlJson<{ versions: unknown[] }>('models', 'list');
    const again = await mlJson<Trained<TrainModelResult>>('train', model, '--from', 'dataset');
    expect(again.workflowId).toMatch(/^train-credit-risk-scorer-\d{4}-\d\d-\d\d(-\d+)?$/);
    expect(again.result).toMatchObject({ decision: 'unchanged', version: '1.0.0', stage: 'done' });
    expect(again.result.metrics[0]!.interval).toBeDefined();
    const after = await mlJson<{ versions: unknown[] }>('models', 'list');
    expect(after.versions).toHaveLength(before.versions.length);
  });

  it('answers with the version in production and says what it was trained on', async () => {
    const input = '{"requestedAmount": 250000, "termMonths": 24}';
    expect(await mlJson<object>('predict', model, '--input', input)).toMatchObject({
      stage: 'production',
      line: 'synthetic',
      synthetic: true,
      snapshotHash: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    });
  });

  it('refuses an approval without a name and one that nobody asked for', async () => {
    const anonymous = await ml('approve', model, '--approver', ' ', '--reason', 'x', '--json');
    expect(anonymous.code).toBe(2);
    const twice = await ml('approve', model, '--approver', 'R. Iyer', '--reason', 'again', '--demo', '--json');
    expect(JSON.parse(twice.stdout)).toMatchObject({ error: { code: 'REQUEST_NOT_FOUND', exit: 2 } });
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
    const schedules = await mlJson<{ scheduleId: string; state: string }[]>('schedule', 'list');
    expect(schedules.map(({ scheduleId }) => scheduleId)).toEqual(await regularScheduleIds());
    await mlJson('schedule', 'pause');
    const paused = await mlJson<{ state: string }[]>('schedule', 'list');
    expect(paused.every(({ state }) => state === 'paused')).toBe(true);
  });

  it("learns from a database of one's own, as the README says", async () => {
    const addresses = { SHOP_OWNER: shop.ownerUrl, SHOP_READER: shop.readerUrl };
    const { code, stdout, stderr } = await shell.run(ownDatabase, addresses);
    expect(code, `${stdout}\n${stderr}`).toBe(0);
    expect(stdout).toMatch(/transactions +view +[\d,]+ .* ok/);
    expect(stdout).toMatch(/credit-risk-scorer +yes/);
    expect(stdout).toContain('nothing to fix; 5 models can learn');
    const reader = { home, env: { BACKEND_DATABASE_URL: shop.readerUrl } };
    const listed = await runCli(['runs', 'list', '--limit', '1', '--json'], reader);
    const [run] = JSON.parse(listed.stdout) as { line: string; status: string }[];
    expect(run).toMatchObject({ line: 'default' });
    expect(isDecision(run!.status)).toBe(true);
  });

  it('stops every process with ml down', async () => {
    expect(processesOfHome().length).toBeGreaterThan(3);
    expect((await ml('down')).code).toBe(0);
    expect(processesOfHome()).toEqual([]);
  });
});
