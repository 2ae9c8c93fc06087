import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../learning/numeric/random/index.js';
import { createOutput } from '../output/output.js';
import type { CliContext } from '../program/context.js';
import { forecast } from './forecast-view.js';

const folder = mkdtempSync(join(tmpdir(), 'ml-forecast-'));
afterAll(() => rmSync(folder, { recursive: true }));

function context(json = false) {
  const written = { stdout: '', stderr: '' };
  const stream = (name: 'stdout' | 'stderr') => ({ write: (text: string) => ((written[name] += text), true) });
  const streams = { stdout: stream('stdout'), stderr: stream('stderr') };
  return {
    cli: { out: createOutput(streams, { json, verbose: false, terminal: { NO_COLOR: '1' } }) } as unknown as CliContext,
    written,
  };
}

const season = (i: number): number => 100 + 20 * Math.sin((2 * Math.PI * i) / 12);

/** Months of one series from January 2018 on. */
function months(name: string, count: number): string[] {
  const random = createRandom(count);
  return Array.from({ length: count }, (_, i) => {
    const month = String(1 + (i % 12)).padStart(2, '0');
    return `${name},${2018 + Math.floor(i / 12)}-${month}-01,${season(i) + random.normal()}`;
  });
}

const dataPath = join(folder, 'sales.csv');
writeFileSync(dataPath, ['unique_id,ds,y', ...months('<north>', 72), ...months('south', 4)].join('\n'));

interface Document {
  readonly series: readonly {
    readonly unique_id: string;
    readonly backtest: { readonly mae: number } | null;
    readonly forecasters: readonly { readonly weight: number }[];
    readonly forecasts: readonly {
      readonly ds: string;
      readonly forecast: number;
      readonly bands: readonly { readonly level: number; readonly low: number; readonly high: number }[];
    }[];
    readonly remarks: readonly string[];
  }[];
}

describe('ml forecast', () => {
  it('prints a table with the forecasts of each series', async () => {
    const { cli, written } = context();
    await forecast(cli, { dataPath, horizon: 2 });
    expect(written.stdout).toMatch(/^<north>: by month, 2018-01-01 to 2023-12-01, 72 values; /);
    expect(written.stdout).toMatch(/\n<north> +2024-01-01 +\d+/);
    expect(written.stdout).toMatch(/\nsouth +2018-06-01 +[\d.]+ +- +-/);
    expect(written.stdout).toMatch(
      /\nseries +ds +forecast +80 % band +95 % band\n<north> .* [\d.]+ to [\d.]+ +[\d.]+ to /,
    );
    expect(written.stdout).toContain('no bands: the history has room for no earlier forecast');
  });

  it('prints one document with --json, whose forecasts follow the season', async () => {
    const { cli, written } = context(true);
    await forecast(cli, { dataPath, horizon: 12 });
    const { series } = JSON.parse(written.stdout) as Document;
    expect(series.map(({ unique_id: name }) => name)).toEqual(['<north>', 'south']);
    const [north, south] = series;
    expect(north!.forecasts.map(({ ds }) => ds).slice(0, 2)).toEqual(['2024-01-01', '2024-02-01']);
    north!.forecasts.forEach(({ forecast: mean }, i) => expect(Math.abs(mean - season(i))).toBeLessThan(4));
    expect(north!.forecasts[0]!.bands.map(({ level }) => level)).toEqual([0.8, 0.95]);
    expect(south!.forecasts[0]!.bands).toEqual([]);
    expect(south!.remarks.join()).toContain('no bands');
    expect(north!.backtest!.mae).toBeLessThan(4);
    expect(north!.forecasters.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 9);
  });

  it('writes a page without script and without a name as markup', async () => {
    const { cli, written } = context();
    const html = join(folder, 'page.html');
    await forecast(cli, { dataPath, horizon: 3, html });
    const page = readFileSync(html, 'utf8');
    expect(page).toContain("default-src 'none'");
    expect(page).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org)/);
    expect(page).not.toContain('<north>');
    expect(page.match(/<svg /g)).toHaveLength(2);
    expect(page).toContain('<th scope="row">2024-03-01</th>');
    expect(page).toContain('Bands: 80 % (dark) and 95 % (light).');
    expect(page).toContain('No bands.');
    expect(written.stderr).toContain(`charts: ${html}`);
  });

  it('draws one hour ahead with its bands, on a page of one series without links', async () => {
    const random = createRandom(9);
    const hours = Array.from({ length: 240 }, (_, i) => {
      const time = new Date(Date.UTC(2024, 0, 1, i)).toISOString().slice(0, 16);
      return `${time},${50 + 10 * Math.sin((2 * Math.PI * i) / 24) + random.normal()}`;
    });
    const hourly = join(folder, 'hours.csv');
    writeFileSync(hourly, ['ds,y', ...hours].join('\n'));
    const html = join(folder, 'hours.html');
    const { cli, written } = context();
    await forecast(cli, { dataPath: hourly, horizon: 1, html });
    expect(written.stdout).toMatch(/\nseries +2024-01-11T00:00 +[\d.]+ +[\d.]+ to/);
    const page = readFileSync(html, 'utf8');
    expect(page).not.toContain('<nav');
    expect(page.match(/<path aria-label="[^"]*"|<path /g)!.length).toBeGreaterThanOrEqual(4); // two bands, two lines
  });

  it('says where a page cannot be written', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    const html = join(file, 'page.html');
    await expect(forecast(context().cli, { dataPath, horizon: 3, html })).rejects.toMatchObject({
      code: 'FILE_NOT_READABLE',
    });
  });
});
