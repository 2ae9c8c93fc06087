import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import { checkEntryPoints } from './entry-points.js';
import { roomRules, rooms } from './rules.js';

export interface RoomsReport {
  readonly modules: number;
  /** `rule: from → to`, sorted. */
  readonly violations: readonly string[];
}

/**
 * Checks the imports of every TypeScript file below `root` against the room rules, type imports included, and the tree
 * against the list of entry points.
 * A tree in which no module is found counts as a violation: a checker that sees nothing must not say "clean".
 */
export async function checkRooms(root: string): Promise<RoomsReport> {
  const present = [...rooms, 'tests'].filter((room) => existsSync(join(root, room)));
  const { output } = await cruise(present, {
    baseDir: root,
    ruleSet: { forbidden: [...roomRules] },
    validate: true,
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|coverage|fixtures)/' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.js', '.json', '.mjs', '.cjs'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  });
  const { modules, summary } = output as ICruiseResult;
  const own = modules.filter(({ source }) => source.endsWith('.ts') && !source.includes('node_modules')).length;
  const violations = summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`);
  violations.push(...(await checkEntryPoints(root, modules)));
  if (own === 0) violations.push(`no-modules-found: nothing to check below ${root}`);
  return { modules: own, violations: violations.sort() };
}
