import { ask } from './ask.js';

type Values = Readonly<Record<string, unknown>>;

const loan = { kind: 'vehicle', requestedAmount: 420_000, termMonths: 48, employment: 'salaried' };
const PATH = '/predict/credit-risk';

interface Document {
  readonly paths: Readonly<Record<typeof PATH, { readonly post: Post }>>;
}
interface Post {
  readonly requestBody: {
    readonly content: {
      readonly 'application/json': { readonly schema: { readonly anyOf: readonly [{ properties: Values }] } };
    };
  };
}

/** Applications of a stored customer with all inputs of the version that answers; each asks for another amount. */
export async function creditInputs(count: number): Promise<object[]> {
  const { paths } = await ask<Document>('/openapi.json');
  const { properties } = paths[PATH].post.requestBody.content['application/json'].schema.anyOf[0];
  const stored = await Promise.all(
    ['user-financials', 'credit-risk'].map((view) => ask<{ values: Values }>(`/features/${view}/u000001`)),
  );
  const values = Object.entries(Object.assign({}, ...stored.map((found) => found.values), loan) as Values);
  const inputs = Object.fromEntries(values.filter(([name]) => Object.hasOwn(properties, name)));
  return Array.from({ length: count }, (_, i) => ({ ...inputs, requestedAmount: 100_000 + 200 * i }));
}
