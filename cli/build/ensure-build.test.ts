import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { projectRoot } from '../../platform/project.js';
import { ensureBuild } from './ensure-build.mjs';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'ml-build-'));
  symlinkSync(join(projectRoot, 'node_modules'), join(root, 'node_modules'));
  write('package.json', '{ "type": "module" }');
  write('platform/entry-points.ts', listOfEntryPoints);
  write('learning/answer.ts', 'export const answer: number = 42;\n');
  write('models/one/index.ts', "export const model = { name: 'one' as const };\n");
  write('workflows/index.ts', "import { z } from 'zod';\nexport const run = async () => z.string().parse('');\n");
  write('cli/ml.ts', "const { answer } = await import('../learning/answer.js');\nconsole.log(answer);\n");
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const listOfEntryPoints = `export const entryPoints = {
  cli: { file: 'cli/ml', kind: 'program' },
  workflows: { file: 'workflows/index', kind: 'workflows' },
  bench: { file: 'bench/nowhere', kind: 'benchmark' },
} as const;
`;

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

const run = (build: string): string =>
  spawnSync(process.execPath, [join(build, 'cli/ml.js')])
    .stdout.toString()
    .trim();
const dist = (): string[] => readdirSync(join(root, 'dist')).sort();

/** A process that asks for the build and prints its folder. */
function askApart() {
  const module = pathToFileURL(join(projectRoot, 'cli/build/ensure-build.mjs')).href;
  const program = `import { ensureBuild } from '${module}';\nprocess.stdout.write(await ensureBuild(process.argv[1]));`;
  return spawn(process.execPath, ['--input-type=module', '-e', program, root], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

async function outputOf(child: ReturnType<typeof askApart>): Promise<string> {
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  await once(child, 'close');
  return text;
}

/** The number of a process that ended. */
const deadPid = (): number => spawnSync(process.execPath, ['-e', '']).pid;

describe('ensureBuild', () => {
  it('compiles the programs, the models and the workflows, and nothing else', async () => {
    const build = await ensureBuild(root);
    expect(run(build)).toBe('42');
    expect(existsSync(join(build, 'models/one/index.js'))).toBe(true);
    expect(readFileSync(join(build, 'workflows/index.js'), 'utf8')).toContain('from "zod"');
    expect(existsSync(join(build, 'bench'))).toBe(false);
    expect(dist()).toEqual([basename(build), 'current.json'].sort());
  });

  it('keeps what is imported dynamically in files of their own', async () => {
    const build = await ensureBuild(root);
    expect(readFileSync(join(build, 'cli/ml.js'), 'utf8')).not.toContain('42');
  });

  it('compiles once while the sources stay', async () => {
    const build = await ensureBuild(root);
    const { mtimeMs } = statSync(join(build, 'cli/ml.js'));
    expect(await ensureBuild(root)).toBe(build);
    expect(statSync(join(build, 'cli/ml.js')).mtimeMs).toBe(mtimeMs);
  });

  it('takes a file that was only touched, or came with another checkout, for the same', async () => {
    const build = await ensureBuild(root);
    utimesSync(join(root, 'cli/ml.ts'), 1, 1);
    expect(await ensureBuild(root)).toBe(build);
    rmSync(join(root, 'dist/current.json'));
    expect(await ensureBuild(root)).toBe(build);
  });

  it.each([
    ['a source changes', () => write('learning/answer.ts', 'export const answer: number = 43;\n'), '43'],
    [
      'a source changes without changing its size and time',
      () => {
        const file = join(root, 'learning/answer.ts');
        const { atimeMs, mtimeMs } = statSync(file);
        writeFileSync(file, 'export const answer: number = 41;\n');
        utimesSync(file, atimeMs / 1000, mtimeMs / 1000 + 0.001); // what a clock would do at the least
      },
      '41',
    ],
    ['a source is added', () => write('learning/more.ts', 'export const more = 1;\n'), '42'],
    ['a package is updated', () => write('package-lock.json', '{ "lockfileVersion": 3 }'), '42'],
  ])('makes another build when %s', async (_what, change, answer) => {
    const before = await ensureBuild(root);
    change();
    const after = await ensureBuild(root);
    expect(after).not.toBe(before);
    expect(run(after)).toBe(answer);
  });

  it('does not look at tests, scripts and documentation', async () => {
    const build = await ensureBuild(root);
    write('learning/answer.test.ts', 'throw new Error();\n');
    write('scripts/gen.ts', 'export {};\n');
    write('docs/x.ts', 'export {};\n');
    expect(await ensureBuild(root)).toBe(build);
  });

  it('says where a source cannot be compiled, runs nothing old, and recovers', async () => {
    await ensureBuild(root);
    write('learning/answer.ts', 'export const answer = ;\n');
    await expect(ensureBuild(root)).rejects.toThrow(/does not compile[^]*learning\/answer\.ts:1:22/);
    expect(dist().filter((name) => name.startsWith('making-') || name === 'lock')).toEqual([]);
    write('learning/answer.ts', 'export const answer = 7;\n');
    expect(run(await ensureBuild(root))).toBe('7');
  });
});

describe('processes at the same time', () => {
  it('end with one whole build', async () => {
    const answers = await Promise.all(Array.from({ length: 4 }, () => outputOf(askApart())));
    expect(new Set(answers).size).toBe(1);
    expect(run(answers[0]!)).toBe('42');
    expect(dist()).toEqual([basename(answers[0]!), 'current.json'].sort());
  });

  it('take over from one that was killed while it compiled', async () => {
    const killed = askApart();
    while (!existsSync(join(root, 'dist/lock'))) await pause(1);
    killed.kill('SIGKILL');
    await once(killed, 'close');
    expect(existsSync(join(root, 'dist/lock'))).toBe(true);
    const build = await ensureBuild(root);
    expect(run(build)).toBe('42');
    expect(dist()).toEqual([basename(build), 'current.json'].sort());
  });

  it('remove the half-made builds of dead processes, and let those of live ones be', async () => {
    mkdirSync(join(root, `dist/making-${deadPid()}-x/cli`), { recursive: true });
    mkdirSync(join(root, `dist/making-${process.pid}-y`));
    writeFileSync(join(root, 'dist/lock'), String(deadPid()));
    const build = await ensureBuild(root);
    expect(dist()).toEqual([basename(build), 'current.json', `making-${process.pid}-y`].sort());
  });

  it('wait for a live process that compiles', async () => {
    mkdirSync(join(root, 'dist'));
    writeFileSync(join(root, 'dist/lock'), String(process.pid));
    const waiting = ensureBuild(root);
    expect(await Promise.race([waiting, pause(300, 'waits')])).toBe('waits');
    rmSync(join(root, 'dist/lock'));
    expect(run(await waiting)).toBe('42');
  });
});

describe('a checkout that cannot be written', () => {
  it('runs a build that was made ahead', async () => {
    const build = await ensureBuild(root);
    rmSync(join(root, 'dist/current.json'));
    mkdirSync(join(root, 'dist/current.json/taken'), { recursive: true }); // holds for root too, unlike a mode
    expect(await ensureBuild(root)).toBe(build);
  });

  it('says what to do when there is no build', async () => {
    writeFileSync(join(root, 'dist'), '');
    await expect(ensureBuild(root)).rejects.toThrow(/cannot be written .*npm run build/);
  });
});

describe('old builds', () => {
  const change = async (answer: number): Promise<string> => {
    write('learning/answer.ts', `export const answer: number = ${answer};\n`);
    return basename(await ensureBuild(root));
  };
  const builds = (): string[] => dist().filter((name) => /^[0-9a-f]{16}$/.test(name));

  it('are removed but for the last ones used', async () => {
    const first = await change(1);
    const second = await change(2);
    await change(3);
    await change(1); // taken back: used again
    await change(4);
    await change(5);
    expect(builds()).toHaveLength(4);
    expect(builds()).toContain(first);
    expect(builds()).not.toContain(second);
  });

  it('stay while a process runs from them', async () => {
    const used = await change(1);
    const left = await change(2);
    for (const [build, pid] of [
      [used, process.pid],
      [left, deadPid()],
    ] as const) {
      mkdirSync(join(root, 'dist', build, 'users'));
      writeFileSync(join(root, 'dist', build, 'users', String(pid)), '');
    }
    for (const answer of [3, 4, 5, 6, 7]) await change(answer);
    expect(builds()).toContain(used);
    expect(builds()).not.toContain(left);
  });
});
