import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isErrorCode } from '../../contracts/errors.js';
import { projectRoot } from '../../platform/project.js';
import { commandFiles } from '../../cli/program/commands.js';
import { runCli } from './run-cli.js';

const folder = mkdtempSync(join(tmpdir(), 'ml-e2e-errors-'));
const home = join(folder, 'home');
const ml = (...args: string[]) => runCli(args, { home });
const file = (name: string): string => join(folder, name);
const train = (name: string, ...flags: string[]): string[] => [
  'train',
  'credit-risk-scorer',
  '--data-path',
  file(name),
  ...flags,
];

interface ErrorJson {
  readonly error: { code: string; message: string; details: Record<string, unknown>; exit: number };
}

/** A valid file of our own layout, and copies with one fault each. */
function writeFiles(): void {
  const good = readFileSync(join(projectRoot, 'models/credit-risk-scorer/fixtures/credit-applications.csv'), 'utf8');
  const lines = good.trimEnd().split('\n');
  const header = lines[0]!.split(',');
  const column = header.indexOf('requestedAmount');
  const withCell = (row: number, value: string): string =>
    lines.map((line, index) => (index === row ? line.split(',').with(column, value).join(',') : line)).join('\n');
  writeFileSync(file('good.csv'), good);
  writeFileSync(file('empty.csv'), '');
  writeFileSync(file('header-only.csv'), `${lines[0]!}\n`);
  writeFileSync(file('three.csv'), lines.slice(0, 4).join('\n'));
  writeFileSync(file('text.csv'), withCell(7, 'plenty'));
  writeFileSync(file('infinite.csv'), withCell(7, 'Infinity'));
  writeFileSync(file('no-amount.csv'), lines.map((line) => line.split(',').toSpliced(column, 1).join(',')).join('\n'));
  const noTerm = header.indexOf('termMonths');
  writeFileSync(file('no-term.csv'), lines.map((line) => line.split(',').toSpliced(noTerm, 1).join(',')).join('\n'));
  writeFileSync(file('foreign.csv'), 'height,weight\n180,75\n');
  writeFileSync(file('broken.json'), '[{"applicationId": "a",');
  writeFileSync(file('long-line.csv'), `${lines[0]!}\n${'9'.repeat(10_000_000)}\n`);
  mkdirSync(file('folder.csv'));
}

beforeAll(writeFiles);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('help', () => {
  it('lists every command at once, on standard output', async () => {
    const { code, stdout, stderr } = await ml('--help');
    expect(code).toBe(0);
    for (const name of Object.keys(commandFiles)) expect(stdout).toContain(`\n  ${name}`);
    expect(stderr).toBe('');
  });

  it.concurrent.each(Object.keys(commandFiles))('of %s has the summary of the list', async (name) => {
    const { code, stdout } = await ml(name, '--help');
    expect(code).toBe(0);
    expect(stdout).toContain(`Usage: npx ml ${name}`);
    expect(stdout).toContain('--json');
  });

  it('is printed with exit code 2 when the command is missing', async () => {
    const { code, stdout, stderr } = await ml();
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain('Usage: npx ml');
  });
});

describe('a wrong command line', () => {
  it.concurrent.each([
    { args: ['trian'], code: 'INVALID_INPUT', says: 'Did you mean train?' },
    { args: ['train', 'credit-risk-scorer', '--max-dept', '6'], code: 'INVALID_INPUT', says: '--max-depth' },
    { args: ['train'], code: 'INVALID_INPUT', says: "missing required argument 'model'" },
    { args: ['train', 'credit-risk-scorer', '--seed', 'x'], code: 'INVALID_INPUT', says: 'whole number' },
    { args: ['train', 'no-such-model'], code: 'UNKNOWN_MODEL', says: 'credit-risk-scorer' },
    { args: ['train', 'credit-risk-scorer', '--epochs', '5'], code: 'INVALID_HYPERPARAMETERS', says: 'maxDepth' },
    { args: ['train', 'credit-risk-scorer', '--max-depth', '-1'], code: 'INVALID_HYPERPARAMETERS', says: 'maxDepth' },
    { args: ['train', 'all', '--max-depth', '6'], code: 'INVALID_INPUT', says: 'maxDepth' },
    { args: ['predict', 'no-such-model', '--input', '{}'], code: 'UNKNOWN_MODEL', says: 'credit-risk-scorer' },
    { args: ['predict', 'credit-risk-scorer', '--input', '{a}'], code: 'INVALID_INPUT', says: 'JSON' },
    { args: ['predict', 'credit-risk-scorer', '--input', '@nowhere.json'], code: 'FILE_NOT_READABLE', says: 'nowhere' },
    { args: ['approve', 'credit-risk-scorer', '--reason', 'x'], code: 'INVALID_INPUT', says: '--approver' },
  ])('$args ends with $code', async ({ args, code, says }) => {
    const run = await ml(...args);
    expect(run.stderr).toContain(`error ${code}`);
    expect(run.stderr).toContain(says);
    expect(run.stderr).not.toMatch(/^\s+at /m);
    expect(run.stdout).toBe('');
    expect(run.code).toBe(2);
  });

  it('names the setting that is malformed', async () => {
    const run = await runCli(['models', 'list'], { home, env: { TRAINING_MEMORY_MB: 'much' } });
    expect(run.code).toBe(2);
    expect(run.stderr).toContain('TRAINING_MEMORY_MB');
  });
});

describe('a bad file', () => {
  it.concurrent.each([
    { name: 'missing.csv', code: 'FILE_NOT_READABLE', details: {} },
    { name: 'folder.csv', code: 'FILE_NOT_READABLE', details: {} },
    { name: 'empty.csv', code: 'FILE_EMPTY', details: {} },
    { name: 'header-only.csv', code: 'FILE_EMPTY', details: {} },
    { name: 'three.csv', code: 'TOO_FEW_ROWS', details: {} },
    { name: 'text.csv', code: 'INVALID_VALUE', details: { column: 'requestedAmount' } },
    { name: 'infinite.csv', code: 'INVALID_VALUE', details: { column: 'requestedAmount' } },
    { name: 'no-term.csv', code: 'MISSING_COLUMN', details: {} },
    { name: 'no-amount.csv', code: 'MISSING_COLUMN', details: {} },
    { name: 'foreign.csv', code: 'UNKNOWN_FORMAT', details: {} },
    { name: 'broken.json', code: 'MALFORMED_FILE', details: {} },
    { name: 'long-line.csv', code: 'FILE_TOO_LARGE', details: {} },
  ])('$name ends with one $code that names it', async ({ name, code, details }) => {
    const run = await ml(...train(name, '--json'));
    const { error } = JSON.parse(run.stdout) as ErrorJson;
    expect(isErrorCode(error.code)).toBe(true);
    expect(error).toMatchObject({ code, details });
    expect(`${error.message} ${JSON.stringify(error.details)}`).toContain(name);
    expect(run.code).toBe(error.exit);
    expect(run.code).toBe(2);
    expect(run.stderr).not.toMatch(/^\s+at /m);
  });

  it('names row and column for people, and the stack trace with --verbose only', async () => {
    const plain = await ml(...train('text.csv'));
    expect(plain.stderr).toMatch(/row: 7|line: 8/);
    expect(plain.stderr).toContain('column: requestedAmount');
    const verbose = await ml(...train('text.csv', '--verbose'));
    expect(verbose.stderr).toMatch(/^\s+at /m);
  });
});

it('no command of this file starts a service', () => {
  expect(existsSync(home)).toBe(false);
});
