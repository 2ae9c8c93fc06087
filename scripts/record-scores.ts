/**
 * Records the figures of the documentation from the retraining that was just run:
 * `npm run -s retrain -- --json | npm run -s record-scores`, then `npm run gen`.
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { loadCatalogue } from '../models/catalogue.js';
import { projectRoot } from '../platform/project.js';
import { scoreCodes } from './scores/code.js';
import { makeRecord, retrainOutput } from './scores/record.js';

const output = retrainOutput.parse(JSON.parse(await text(process.stdin)));
const commit = execFileSync('git', ['rev-parse', '--short=12', 'HEAD'], { cwd: projectRoot, encoding: 'utf8' }).trim();
const recordedOn = new Date().toISOString().slice(0, 10);
const catalogue = await loadCatalogue();
const codes = await scoreCodes(
  projectRoot,
  catalogue.map(({ name }) => name),
);
const record = makeRecord(output, { catalogue, codes }, { commit, recordedOn });
writeFileSync(join(projectRoot, 'docs/scores.json'), `${JSON.stringify(record, null, 2)}\n`);
process.stdout.write(`docs/scores.json: ${record.models.length} models at ${commit}; now run: npm run gen\n`);
