import type { IForbiddenRuleType } from 'dependency-cruiser';

/**
 * Rooms by rank, low to high: a room may import from rooms of a lower rank and from itself. Rooms that share a rank do
 * not see each other. `workflows` stands apart: it sees contracts only, and only processes and scripts see it.
 */
export const roomRanks: readonly (readonly string[])[] = [
  ['contracts'],
  ['learning'],
  ['platform'],
  ['datasets'],
  ['feature-store'],
  ['registry'],
  ['models'],
  ['inference'],
  ['training'],
  ['labelling', 'monitoring'],
  ['activities'],
  ['composition'],
  ['workers', 'advisor'],
  ['serving'],
  ['cli', 'bench', 'scripts'],
];

export const rooms: readonly string[] = [...roomRanks.flat(), 'workflows'];

const inRoom = (names: readonly string[]): string => `^(${names.join('|')})/`;
const npmPackage = (names: string): string => `(^|node_modules/)(${names})(/|$)`;
const forbid = (name: string, comment: string, from: object, to: object): IForbiddenRuleType => ({
  name,
  comment,
  severity: 'error',
  from,
  to,
});

/** Each room against every room of its own or a higher rank, itself excepted. */
const upwardRules: readonly IForbiddenRuleType[] = roomRanks.flatMap((peers, rank) =>
  peers.map((room) => {
    const above = roomRanks
      .slice(rank)
      .flat()
      .filter((other) => other !== room);
    return forbid(
      `imports-go-down-only: ${room}`,
      'Move the code to the room where both sides can see it; do not add an exception.',
      { path: inRoom([room]) },
      { path: inRoom(above) },
    );
  }),
);

const belowActivities = roomRanks
  .slice(
    0,
    roomRanks.findIndex((peers) => peers.includes('activities')),
  )
  .flat();

const singleRules: readonly IForbiddenRuleType[] = [
  forbid(
    'workflows-see-contracts-only',
    'A workflow decides on recorded answers; what it needs from elsewhere comes through an activity.',
    { path: inRoom(['workflows']), pathNot: '\\.test\\.ts$' },
    { path: inRoom(rooms.filter((room) => !['contracts', 'workflows'].includes(room))) },
  ),
  forbid(
    'workflows-are-entered-by-name',
    'Only processes and scripts may import workflow definitions.',
    { path: inRoom([...belowActivities, 'activities', 'composition', 'serving']) },
    { path: inRoom(['workflows']) },
  ),
  forbid(
    'models-do-not-see-each-other',
    'Shared arithmetic belongs in learning/, shared features in feature-store/definitions/.',
    { path: '^models/([^/]+)/' },
    { path: '^models/[^/]+/', pathNot: '^models/$1/' },
  ),
  forbid(
    'models-see-contracts-learning-features',
    'A model does no I/O and knows no store.',
    { path: '^models/[^/]+/', pathNot: '\\.test\\.ts$' },
    {
      path: inRoom(['platform', 'datasets', 'feature-store', 'registry', 'monitoring']),
      pathNot: '^feature-store/definitions/',
    },
  ),
  forbid(
    'temporal-stays-above',
    'Below activities/ nobody knows Temporal; platform/embedded/ and platform/temporal/ start and reach the server.',
    { path: inRoom(belowActivities), pathNot: '^platform/(embedded|temporal)/' },
    { path: npmPackage('@temporalio/[^/]+') },
  ),
  forbid(
    'contracts-import-zod-only',
    'Contracts travel everywhere.',
    { path: inRoom(['contracts']), pathNot: '\\.test\\.ts$' },
    {
      dependencyTypesNot: ['local'],
      pathNot: [npmPackage('zod'), inRoom(['contracts'])],
    },
  ),
  forbid(
    'no-test-code-in-the-product',
    'Test support stays in tests/.',
    { pathNot: ['^tests/', '\\.test\\.ts$', '^vitest'] },
    {
      path: ['^tests/', '\\.test\\.ts$'],
    },
  ),
  forbid('no-cycles', 'A cycle means two files are one thing, or a third is missing.', {}, { circular: true }),
  forbid('resolvable', 'The import leads nowhere.', {}, { couldNotResolve: true }),
];

export const roomRules: readonly IForbiddenRuleType[] = [...upwardRules, ...singleRules];
