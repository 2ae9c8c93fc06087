import type { Client } from '@temporalio/client';
import { searchAttributes } from '../contracts/workflows.js';

/** Numbers of `temporal.api.enums.v1.IndexedValueType`. */
const indexedValueTypes = { KEYWORD: 2 } as const;

/**
 * Registers what workflows label themselves with. A server that does not know an attribute lets every workflow that
 * sets it hang, so this comes before the first task, on a foreign server too. Idempotent; two workers may start at once.
 */
export async function ensureSearchAttributes(client: Client): Promise<readonly string[]> {
  const missing = await missingAttributes(client);
  if (missing.length === 0) return [];
  const { namespace } = client.options;
  const wanted = Object.fromEntries(missing.map((name) => [name, indexedValueTypes[searchAttributes[name]]]));
  try {
    await client.connection.operatorService.addSearchAttributes({ namespace, searchAttributes: wanted });
  } catch (fault) {
    // Another worker may have been faster; what counts is that they are there.
    if ((await missingAttributes(client)).length > 0) throw fault;
  }
  return missing;
}

type AttributeName = keyof typeof searchAttributes;

async function missingAttributes(client: Client): Promise<AttributeName[]> {
  const { namespace } = client.options;
  const { customAttributes } = await client.connection.operatorService.listSearchAttributes({ namespace });
  return (Object.keys(searchAttributes) as AttributeName[]).filter((name) => !Object.hasOwn(customAttributes, name));
}
