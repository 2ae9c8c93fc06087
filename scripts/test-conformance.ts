/**
 * Asks the prediction API what its own description allows and forbids, with schemathesis and all of its checks:
 * `npm run test:conformance [-- --home DIR --each 250 --seed 1]`. Fails on an answer of 500 or above, on one that is not
 * described, and on fewer than 10,000 cases. Skipped where python3 or the package cannot be had.
 */
import { parseArgs } from 'node:util';
import { inheritedConfig } from '../platform/config/load-config.js';
import { answersByStatus } from './served/answers.js';
import { servePlatform, TEST_HOME } from './served/platform.js';
import { checkConformance, type ConformanceReport, installSchemathesis } from './conformance/schemathesis.js';

const FEWEST_CASES = 10_000;
const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** What is wrong with a run, as sentences. */
function faultsOf({ test_cases: cases, failures, complete }: ConformanceReport): string[] {
  return [
    ...failures.map(({ code, title, operations }) => `${code} ${title}: ${operations.join(', ')}`),
    ...(cases.errored > 0 ? [`${cases.errored} cases had no answer`] : []),
    ...(complete ? [] : ['the run did not come to its end']),
    ...(cases.generated < FEWEST_CASES ? [`${cases.generated} cases, wanted at least ${FEWEST_CASES}`] : []),
  ];
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      home: { type: 'string', default: TEST_HOME },
      each: { type: 'string', default: '250' },
      seed: { type: 'string', default: '1' },
    },
  });
  const installed = await installSchemathesis(inheritedConfig().cache);
  if ('missing' in installed) {
    say(`skipped: schemathesis cannot be had (${installed.missing})`);
    return 0;
  }
  const platform = await servePlatform(values.home, say);
  try {
    const before = await answersByStatus(platform);
    const wish = { casesEach: Number(values.each), seed: Number(values.seed) };
    const report = await checkConformance({ ...installed, ...platform, ...wish });
    const after = await answersByStatus(platform);
    const faults = faultsOf(report);
    say(`${report.test_cases.generated} cases; answers by status, as the API counted them:`);
    for (const [status, count] of after) say(`  ${status}  ${count - (before.get(status) ?? 0)}`);
    for (const fault of faults) say(`FAULT ${fault}`);
    return faults.length === 0 ? 0 : 1;
  } finally {
    await platform.stop();
  }
}

process.exitCode = await main();
