import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Prophet } from '@bsull/augurs/prophet';
import { cpuSince } from '../support/cpu.js';
import type { AugursJob, AugursLine, StanFit } from './augurs.js';

/*
 * Runs in a process of its own, one line of JSON a series: the Stan optimiser in WebAssembly may trap, and after some
 * traps it answers wrongly or never returns.
 */
const wasm = (name: string): { module: Buffer } => {
  const script = import.meta.resolve(`@bsull/augurs/${name}`);
  return { module: readFileSync(fileURLToPath(script.replace(/\.js$/, '_bg.wasm'))) };
};

async function etsForecaster(): Promise<(values: readonly number[], job: AugursJob) => number[]> {
  const { AutoETS, initSync } = await import('@bsull/augurs/ets');
  initSync(wasm('ets'));
  return (values, { season, horizon, form = 'ZZZ' }) => {
    const model = new AutoETS(season, form);
    model.fit(Float64Array.from(values));
    return model.predict(horizon).point;
  };
}

/** Prophet with its defaults; `last` is what the optimiser was given and found. */
async function prophetFitter(): Promise<{
  fit: (days: readonly number[], values: readonly number[]) => Prophet;
  last: () => StanFit;
}> {
  const { Prophet, initSync } = await import('@bsull/augurs/prophet');
  const { optimizer } = await import('@bsull/augurs-prophet-wasmstan');
  initSync(wasm('prophet'));
  let last: StanFit | null = null;
  const optimize = (...[init, data, options]: Parameters<typeof optimizer.optimize>) => {
    const output = optimizer.optimize(init, data, options);
    const { k, m, sigmaObs, delta, beta } = output.params;
    last = { data: JSON.parse(data) as StanFit['data'], k, m, sigma: sigmaObs, delta: [...delta], beta: [...beta] };
    return output;
  };
  const seconds = (days: readonly number[]): number[] => days.map((day) => Math.round(day * 86_400));
  return {
    fit(days, values) {
      const model = new Prophet({ optimizer: { optimize }, uncertaintySamples: 0 });
      model.fit({ ds: seconds(days), y: [...values] });
      return model;
    },
    last: () => last!,
  };
}

const write = (line: AugursLine): boolean => process.stdout.write(`${JSON.stringify(line)}\n`);

async function main(): Promise<void> {
  const job = JSON.parse(readFileSync(0, 'utf8')) as AugursJob;
  const ets = await etsForecaster();
  const prophet = job.task === 'ets' ? null : await prophetFitter();
  job.items.forEach(({ values, days, future }, index) => {
    try {
      const before = process.cpuUsage();
      const result = prophet ? prophet.fit(days!, values) : ets(values, job);
      const cpuSeconds = cpuSince(before);
      if (Array.isArray(result)) return write({ index, cpuSeconds, forecast: result });
      const ahead = future!.map((day) => Math.round(day * 86_400));
      const forecast = result.predict({ ds: ahead }).yhat.point;
      return write({ index, cpuSeconds, forecast, ...(job.task === 'stan' && { stan: prophet!.last() }) });
    } catch (fault) {
      write({ index, cpuSeconds: 0, fault: String(fault) });
      // A trapped instance may answer wrongly: the parent starts another process for the rest.
      process.exit(0);
    }
  });
}

await main();
