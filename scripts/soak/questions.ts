import type { Services } from '../../composition/services.js';
import type { VersionRecord } from '../../contracts/registry.js';
import { readSample } from '../../inference/sample.js';
import { loadArtefact } from '../../registry/artefacts.js';
import type { ServedPlatform } from '../served/platform.js';
import { type Question, sendLoad } from './load.js';

/** Routes by model, and how many of five requests with all inputs go there. */
const WITH_INPUTS = [
  ['credit-risk-scorer', '/predict/credit-risk'],
  ['anomaly-detector', '/predict/anomaly'],
  ['intent-classifier', '/predict/intent'],
  ['financial-ner', '/predict/ner'],
  ['spending-predictor', '/predict/spending'],
] as const;

const CANDIDATES = Array.from({ length: 40 }, (_, i) => `u${String(i + 1).padStart(6, '0')}`);

/** The three models that read a customer, asked about one. */
function aboutCustomer(userId: string): Question[] {
  const payment = {
    bookedAt: new Date().toISOString(),
    amount: -2500,
    counterparty: 'corner shop',
    category: 'groceries',
  };
  const credit = { userId, kind: 'vehicle', requestedAmount: 420_000, termMonths: 48 };
  return [
    { route: '/predict/credit-risk', body: credit, byReference: true },
    { route: '/predict/anomaly', body: { userId, ...payment }, byReference: true },
    { route: '/predict/spending', body: { userId }, byReference: true },
  ];
}

async function withInputs({ blobs }: Services, records: readonly VersionRecord[]): Promise<Question[][]> {
  return Promise.all(
    WITH_INPUTS.map(async ([model, route]) => {
      const { artefactHash } = records.find(({ modelName }) => modelName === model)!;
      const { inputs } = readSample((await loadArtefact(blobs, artefactHash)).files);
      return inputs.map((body) => ({ route, body, byReference: false }));
    }),
  );
}

/** Questions about customers of whom everything is stored. @throws Error when there is none. */
async function byReference(platform: ServedPlatform): Promise<Question[]> {
  const customers: Question[][] = [];
  for (const userId of CANDIDATES) {
    const questions = aboutCustomer(userId);
    const outcomes = await sendLoad(platform, { questions, rate: 3000, milliseconds: 1 });
    if (outcomes.length === questions.length && outcomes.every(({ status }) => status === 200))
      customers.push(questions);
  }
  if (customers.length === 0) throw new Error('no customer is known whose features are all stored');
  return customers.flat();
}

/** Questions in turn, every other one by reference. */
export async function soakQuestions(
  platform: ServedPlatform,
  services: Services,
  records: readonly VersionRecord[],
): Promise<Question[]> {
  const [inputs, references] = [await withInputs(services, records), await byReference(platform)];
  return Array.from({ length: 600 }, (_, i) => {
    if (i % 2 === 0) return references[(i / 2) % references.length]!;
    const turn = (i - 1) / 2;
    const questions = inputs[turn % inputs.length]!;
    return questions[Math.floor(turn / inputs.length) % questions.length]!;
  });
}
