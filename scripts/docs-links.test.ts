import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, extname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../platform/project.js';

const read = (path: string): string => readFileSync(join(projectRoot, path), 'utf8');
const filesBelow = (folder: string, extension: RegExp): string[] =>
  readdirSync(join(projectRoot, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => extension.test(path) && !path.includes('node_modules'))
    .map((path) => join(folder, path));

/** Folders at the top that hold code: everything that is tracked but the texts themselves. */
const skipped = ['node_modules', 'docs', 'dist', 'coverage'];
const rooms = readdirSync(projectRoot, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && !skipped.includes(entry.name))
  .map(({ name }) => name);

const pages = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...filesBelow('docs', /\.md$/),
  ...filesBelow('models', /README\.md$/),
];

const withoutCode = (text: string): string => text.replace(/^```[\s\S]*?^```/gm, '').replace(/`[^`\n]*`/g, '');

/** The anchors that GitHub gives to headings, and those written as `<a id="…">`. */
function anchorsOf(text: string): string[] {
  const body = text.replace(/^```[\s\S]*?^```/gm, '');
  const headings = [...body.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
  return [...headings, ...[...body.matchAll(/<a id="([^"]+)">/g)].map(([, id = '']) => id)];
}

function linkFault(page: string, target: string): string | null {
  if (/^[a-z]+:/.test(target)) return null;
  const [path = '', anchor] = target.split('#');
  const file = path === '' ? page : relative(projectRoot, resolve(projectRoot, dirname(page), path));
  if (!existsSync(join(projectRoot, file))) return `${page}: no file ${target}`;
  if (anchor === undefined || extname(file) !== '.md') return null;
  return anchorsOf(read(file)).includes(anchor) ? null : `${page}: no anchor ${target}`;
}

/** `room/path` in backticks; patterns, placeholders and commands are not paths. */
function pathFault(page: string, code: string): string | null {
  const isPath = /^[\w.@/-]+$/.test(code) && rooms.some((room) => code.startsWith(`${room}/`));
  return !isPath || existsSync(join(projectRoot, code)) ? null : `${page}: no path ${code}`;
}

/** A page below docs/ that code names; a decision may be named by its number alone. */
function citedPageExists(cited: string): boolean {
  const number = /^docs\/adr\/(\d{4})$/.exec(cited)?.[1];
  if (number === undefined) return existsSync(join(projectRoot, cited));
  return readdirSync(join(projectRoot, 'docs/adr')).some((name) => name.startsWith(`${number}-`));
}

const decisions = filesBelow('docs/adr', /\d{4}-.*\.md$/);

describe('links in the documentation', () => {
  it('lead to files and anchors that exist', () => {
    const faults = pages.flatMap((page) =>
      [...withoutCode(read(page)).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => linkFault(page, target)),
    );
    expect(faults.length).toBeGreaterThan(100);
    expect(faults.filter((fault) => fault !== null)).toEqual([]);
  });

  it('detects a missing file and a missing anchor', () => {
    expect(linkFault('docs/cli.md', 'no-such-page.md')).toMatch(/no file/);
    expect(linkFault('docs/cli.md', 'errors.md#no-such-heading')).toMatch(/no anchor/);
    expect(linkFault('docs/cli.md', '../README.md')).toBeNull();
  });
});

describe('code paths in the documentation', () => {
  it('exist', () => {
    const current = pages.filter((page) => page !== 'CHANGELOG.md');
    const faults = current.flatMap((page) =>
      [...read(page).matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => pathFault(page, code)),
    );
    expect(faults.length).toBeGreaterThan(100);
    expect(faults.filter((fault) => fault !== null)).toEqual([]);
  });

  it('exist, in the imports of examples', () => {
    const faults = pages.flatMap((page) =>
      [...read(page).matchAll(/from '(?:\.\.\/)+([\w/-]+)\.js'/g)].map(([, path = '']) =>
        pathFault(page, `${path}.ts`),
      ),
    );
    expect(faults.filter((fault) => fault !== null)).toEqual([]);
  });

  it('are told apart from patterns and commands', () => {
    expect(pathFault('docs/cli.md', 'contracts/no-such-file.ts')).toMatch(/no path/);
    expect(pathFault('docs/cli.md', 'contracts/errors.ts')).toBeNull();
    expect(pathFault('docs/cli.md', 'models/<name>/')).toBeNull();
  });
});

describe('README', () => {
  it('has at most 1,500 words and names the two commands', () => {
    const readme = read('README.md');
    expect(readme.trim().split(/\s+/).length).toBeLessThanOrEqual(1500);
    for (const command of ['npm ci && npm run retrain', 'npm ci && npm test']) expect(readme).toContain(command);
  });
});

describe('docs/adr', () => {
  it('has the sections Context, Decision and Consequences and a dated status in every record', () => {
    expect(decisions.length).toBeGreaterThan(20);
    for (const path of decisions) {
      const headings = [...read(path).matchAll(/^## (.*)$/gm)].map(([, heading]) => heading);
      expect(headings, path).toEqual(['Context', 'Decision', 'Consequences']);
      expect(read(path), path).toMatch(/^Status: (accepted|superseded), \d{4}-\d{2}-\d{2}/m);
    }
  });

  it('lists every record once in its index', () => {
    const listed = [...read('docs/adr/README.md').matchAll(/^\| \[\d{4}\]\(([^)]+)\)/gm)].map(([, name]) => name);
    expect(listed.sort()).toEqual(decisions.map((path) => basename(path)).sort());
  });

  it('shares no number with docs/experiments, and the index there names every section', () => {
    const numbers = filesBelow('docs/experiments', /\.md$/).flatMap((path) =>
      [...read(path).matchAll(/<a id="adr-(\d{4})">[^#]*## [^\n]*\n\n\*Formerly ADR/g)].map(
        ([, number = '']) => number,
      ),
    );
    expect(numbers.length).toBeGreaterThan(20);
    const index = read('docs/experiments/README.md');
    for (const number of numbers) {
      expect(index).toContain(`#adr-${number})`);
      expect(citedPageExists(`docs/adr/${number}`), number).toBe(false);
    }
  });
});

describe('pages that code names', () => {
  it('exist', () => {
    const files = rooms.flatMap((room) => filesBelow(room, /\.(ts|mjs|sh|yml)$/));
    const faults = files.flatMap((path) => {
      const text = path.endsWith('docs-links.test.ts') ? '' : read(path);
      const named = [...text.matchAll(/(?<![\w/])docs\/(?:adr\/\d{4}\b|[\w/-]+\.md)/g)].map(([cited]) => cited);
      return named.filter((cited) => !citedPageExists(cited)).map((cited) => `${path}: ${cited}`);
    });
    expect(files.length).toBeGreaterThan(300);
    expect(faults).toEqual([]);
  });
});
