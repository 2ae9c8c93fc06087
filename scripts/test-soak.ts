/**
 * Asks the prediction API for some minutes while a version is promoted and rolled back and Redis, PostgreSQL and Temporal
 * are killed: `npm run test:soak [-- --minutes 10 --rate 20 --home DIR]`. Fails when a share of 0.001 of the requests has
 * an error that docs/prediction-api.md does not state for such an outage, when memory grows by more than a tenth between
 * the second and the last minute, and when another version answers than the one in use.
 */
import { execFile } from 'node:child_process';
import { parseArgs, promisify } from 'node:util';
import { connectServices, type Services } from '../composition/services.js';
import { readConfig } from '../platform/config/config.js';
import { findEndpoints } from '../platform/embedded/find-endpoints.js';
import { readState } from '../platform/embedded/state.js';
import { createLogger } from '../platform/logging.js';
import { projectRoot } from '../platform/project.js';
import { servePlatform, type ServedPlatform, TEST_HOME } from './served/platform.js';
import {
  inProduction,
  kill,
  type PastEvent,
  promote,
  rollBack,
  servedVersions,
  type SoakEvent,
  stageSuccessor,
} from './soak/events.js';
import { judge, type MemoryReading, type Verdict } from './soak/judge.js';
import { sendLoad } from './soak/load.js';
import { soakQuestions } from './soak/questions.js';

const MODEL = 'credit-risk-scorer';
const ROUTE = '/predict/credit-risk';
const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** Does the events at their shares of the time, and says when each happened. */
async function runEvents(events: readonly SoakEvent[], milliseconds: number): Promise<PastEvent[]> {
  const began = performance.now();
  const past: PastEvent[] = [];
  for (const event of events) {
    const { name, at } = event;
    await new Promise((resolve) => setTimeout(resolve, at * milliseconds - (performance.now() - began)));
    const happened = performance.now() - began;
    past.push({ name, at: happened });
    await event.act();
    say(`${(happened / 1000).toFixed(0)} s: ${name}`);
  }
  return past;
}

async function residentMb(pid: number): Promise<number> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(pid)]);
  return Number(stdout) / 1024;
}

const READ_EVERY_MS = 2_000;

/** Reads the memory of the API's process until the time is over. */
async function watchMemory(home: string, milliseconds: number): Promise<MemoryReading[]> {
  const pid = readState(home)!.parts.find(({ name }) => name === 'api')!.process!.pid;
  const began = performance.now();
  const readings: MemoryReading[] = [];
  for (let at = 0; at < milliseconds; at = performance.now() - began) {
    readings.push({ at, megabytes: await residentMb(pid) });
    await new Promise((resolve) => setTimeout(resolve, READ_EVERY_MS));
  }
  return readings;
}

function print(verdict: Verdict, events: readonly PastEvent[], memory: readonly MemoryReading[]): void {
  const { requests, byReference, p50, p95, errors } = verdict;
  say(`${requests} requests, ${byReference} by reference; p50 ${p50.toFixed(0)} ms, p95 ${p95.toFixed(0)} ms`);
  say(`events: ${events.map(({ name, at }) => `${name} at ${(at / 1000).toFixed(0)} s`).join(', ')}`);
  say('error | requests | seconds | why');
  for (const { kind, count, from, to, explanation } of errors)
    say(`${kind} | ${count} | ${from.toFixed(0)} to ${to.toFixed(0)} | ${explanation ?? 'NOT STATED'}`);
  say(`errors outside stated ones: ${(100 * verdict.errorShare).toFixed(3)} % (bar 0.1 %)`);
  const [first, last] = [memory[0]!, memory.at(-1)!].map(({ megabytes }) => megabytes.toFixed(0));
  say(
    `memory: ${first} MB at first, ${last} MB at last, last by second minute ${verdict.memoryRatio.toFixed(3)} (bar 1.1)`,
  );
  for (const fault of verdict.faults) say(`FAULT ${fault}`);
}

async function soak(platform: ServedPlatform, services: Services, wish: { minutes: number; rate: number }) {
  const records = await servedVersions(services);
  const former = await inProduction(services, records, MODEL);
  const successor = await stageSuccessor(services, former);
  const questions = await soakQuestions(platform, services, records);
  const milliseconds = wish.minutes * 60_000;
  const { home } = platform;
  const events: SoakEvent[] = [
    { name: 'promotion', at: 0.15, act: () => promote(services, { ...former, version: successor }, 'production') },
    { name: 'kill redis', at: 0.3, act: () => kill(home, 'redis') },
    { name: 'rollback', at: 0.45, act: () => rollBack(services, former) },
    { name: 'kill postgres', at: 0.6, act: () => kill(home, 'postgres') },
    { name: 'kill temporal', at: 0.75, act: () => kill(home, 'temporal') },
  ];
  const [outcomes, past, memory] = await Promise.all([
    sendLoad(platform, { questions, rate: wish.rate, milliseconds }),
    runEvents(events, milliseconds),
    watchMemory(home, milliseconds),
  ]);
  const change = { route: ROUTE, former: former.version, successor };
  const verdict = judge({ outcomes, events: past, memory, milliseconds, change });
  print(verdict, past, memory);
  return verdict.faults.length === 0 ? 0 : 1;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      home: { type: 'string', default: TEST_HOME },
      minutes: { type: 'string', default: '10' },
      rate: { type: 'string', default: '20' },
    },
  });
  const platform = await servePlatform(values.home, say);
  const config = readConfig(platform.environment, projectRoot);
  const logger = createLogger({ level: 'fatal', name: 'soak' });
  try {
    const services = await connectServices(config, findEndpoints(config), logger);
    try {
      return await soak(platform, services, { minutes: Number(values.minutes), rate: Number(values.rate) });
    } finally {
      await services.close();
    }
  } finally {
    await platform.stop();
  }
}

process.exitCode = await main();
