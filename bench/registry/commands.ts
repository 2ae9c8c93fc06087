import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { inheritedEnvironment } from '../../platform/config/environment.js';
import type { Endpoints } from '../../platform/embedded/endpoints.js';
import { projectRoot } from '../../platform/project.js';
import { type BenchmarkRow, reaches } from '../report/suite.js';

const TARGET = { atMost: 1.2 } as const;
const REPETITIONS = 5;

const commands: Readonly<Record<string, readonly string[]>> = {
  'runs list': ['runs', 'list'],
  'runs list --where': [
    'runs',
    'list',
    '--where',
    "metrics.metric3 > 0.8 and params.maxDepth = 6 and tags.team = 'risk'",
  ],
  'runs show': ['runs', 'show', 'retraining-10000/model-1'],
  'models list': ['models', 'list'],
};

/** CPU seconds of commands in processes of their own, the least of five: user and system time, as the shell counts it. */
export function measureCommands(folder: string, endpoints: Endpoints): BenchmarkRow[] {
  const env = inheritedEnvironment({
    DATABASE_URL: endpoints.databaseUrl,
    TEMPORAL_ADDRESS: endpoints.temporal.address,
    ARTIFACT_URI: pathToFileURL(join(folder, 'blobs')).href,
    ML_HOME: folder,
    ...(endpoints.redisUrl !== null && { REDIS_URL: endpoints.redisUrl }),
  });
  const rows = Object.entries(commands).map(([name, args]) => {
    const times = Array.from({ length: REPETITIONS }, () => cpuOfCommand(args, env));
    const value = Math.min(...times);
    return { name: `ml ${name}`, value, unit: 'CPU-s', target: TARGET, peer: null, pass: reaches(value, TARGET) };
  });
  cpuOfCommand(['down'], env); // the first command has started workers of its own
  return rows;
}

/** The program that `npx ml` runs. */
function programFile(): string {
  const { bin } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as { bin: { ml: string } };
  return bin.ml;
}

function cpuOfCommand(args: readonly string[], env: NodeJS.ProcessEnv): number {
  const script = '"$0" "$@" >/dev/null || exit 1; times';
  const printed = execFileSync('bash', ['-c', script, process.execPath, programFile(), ...args], {
    env,
    encoding: 'utf8',
    cwd: projectRoot,
  });
  const children = printed.trim().split('\n').at(-1)!;
  const seconds = [...children.matchAll(/(\d+)m([\d.]+)s/g)].map(
    ([, minutes, rest]) => 60 * Number(minutes) + Number(rest),
  );
  return seconds.reduce((sum, one) => sum + one, 0);
}
