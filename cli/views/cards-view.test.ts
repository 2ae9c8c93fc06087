import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { RunRecord, VersionRecord } from '../../contracts/registry.js';
import { createFileBlobStore } from '../../platform/blobs/file-blob-store.js';
import { renderCard } from '../../registry/model-cards/render-card.js';
import { sampleCard } from '../../tests/support/sample-card.js';
import { createOutput } from '../output/output.js';
import type { CliContext } from '../program/context.js';
import { type CardsOptions, showCard, writeCards } from './cards-view.js';

const home = mkdtempSync(join(tmpdir(), 'ml-cards-view-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

describe('writeCards', () => {
  const blobs = createFileBlobStore(join(home, 'blobs'));
  const stored = renderCard({ ...sampleCard, evaluation: { ...sampleCard.evaluation, plots: [] } }).then(
    async ({ html, markdown }) => {
      const text = new TextEncoder();
      return [(await blobs.put(text.encode(html))).hash, (await blobs.put(text.encode(markdown))).hash] as const;
    },
  );
  const facts = { modelName: 'credit-risk-scorer', line: 'default', metrics: [], dataset: sampleCard.dataset };

  async function registry() {
    const [cardHash, cardMarkdownHash] = await stored;
    const version = {
      ...facts,
      version: '1.0.0',
      stage: 'production',
      workflowId: 'r1',
      cardHash,
      registeredAt: new Date(2),
    };
    const lost = {
      ...version,
      version: '0.9.0',
      stage: 'archived',
      cardHash: 'f'.repeat(64),
      registeredAt: new Date(1),
    };
    const run = {
      ...facts,
      version: null,
      workflowId: 'r2/credit-risk-scorer',
      cardHash,
      cardMarkdownHash,
      startedAt: new Date(3),
    };
    return {
      listVersions: () => Promise.resolve([version, lost] as unknown as VersionRecord[]),
      findChampion: () => Promise.resolve(version as unknown as VersionRecord),
      getVersion: () => Promise.resolve(version as unknown as VersionRecord),
      listRuns: () =>
        Promise.resolve([run, { ...run, version: '1.0.0' }, { ...run, cardHash: null }] as unknown as RunRecord[]),
    };
  }

  async function run(command: (cli: CliContext) => Promise<void>, json: boolean): Promise<string> {
    let text = '';
    const stdout = { write: (part: string) => void (text += part) };
    const out = createOutput({ stdout, stderr: stdout }, { json, verbose: false, terminal: { NO_COLOR: '1' } });
    const services = { blobs, registry: await registry() };
    const cli = { out, config: { home }, connect: () => Promise.resolve({ services }) } as unknown as CliContext;
    await command(cli);
    return text;
  }
  const write = (model: string | undefined, options: Partial<CardsOptions>, json = true): Promise<string> =>
    run((cli) => writeCards(cli, model, { limit: 20, ...options }), json);

  it('writes private files with the present stage, and an index that links them', async () => {
    const { index, cards } = JSON.parse(await write(undefined, {})) as {
      index: string;
      cards: { path: string; version: string | null }[];
    };
    expect(cards.map(({ version, path }) => [version, path])).toEqual([
      [null, join(home, 'cards/credit-risk-scorer-rejected-r2.html')],
      ['1.0.0', join(home, 'cards/credit-risk-scorer-1.0.0.html')],
      ['0.9.0', null],
    ]);
    expect(readFileSync(cards[1]!.path, 'utf8')).toMatch(/<li data-stage>stage on \S+ \S+ UTC: production<\/li>/);
    expect(readFileSync(index, 'utf8')).toContain('href="credit-risk-scorer-rejected-r2.html"');
    for (const path of [index, cards[0]!.path]) expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(join(home, 'cards')).mode & 0o777).toBe(0o700);
  });

  it('writes the card of one version without an index', async () => {
    const named = JSON.parse(await write('credit-risk-scorer', { version: '1.0.0', line: 'default' })) as {
      index: null;
      cards: unknown[];
    };
    expect(named).toMatchObject({ index: null, cards: [{ version: '1.0.0', stage: 'production' }] });
  });

  it('prints paths, and says which card is lost', async () => {
    const text = await write(undefined, {}, false);
    expect(text).toContain('lost: `ml data repair` says more');
    expect(text).toMatch(/index {2}\S+\/cards\/index\.html\n$/);
  });

  it('prints the card of the champion as Markdown with its present stage', async () => {
    const text = await run((cli) => showCard(cli, 'credit-risk-scorer', { line: 'default' }), false);
    expect(text).toMatch(/^# credit-risk-scorer\n/);
    expect(text).toMatch(/\*\*stage on \S+ \S+ UTC: production\*\*/);
    const json: unknown = JSON.parse(
      await run((cli) => showCard(cli, 'credit-risk-scorer', { line: 'default' }), true),
    );
    expect(json).toMatchObject({ version: '1.0.0', stage: 'production', line: 'default' });
  });
});
