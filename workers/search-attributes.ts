import { type Client, isGrpcServiceError } from '@temporalio/client';
import { PipelineError } from '../contracts/errors.js';
import { searchAttributes } from '../contracts/workflows.js';

/** Numbers of `temporal.api.enums.v1.IndexedValueType`. */
const indexedValueTypes = { KEYWORD: 2 } as const;

/** Codes of gRPC; the package with the names is not ours to import. */
const invalid: ReadonlySet<number> = new Set([3 /* INVALID_ARGUMENT */]);
/** These pass, and say nothing about what this program may do. */
const passing: ReadonlySet<number> = new Set([4 /* DEADLINE_EXCEEDED */, 8 /* RESOURCE_EXHAUSTED */, 14 /* UNAVAILABLE */]); // prettier-ignore

/**
 * Registers what workflows label themselves with. A server that does not know an attribute lets every workflow that
 * sets it hang, so this comes before the first task, on a foreign server too. Idempotent; two workers may start at once.
 * @returns The names that were registered now.
 * @throws PipelineError `INVALID_CONFIG` naming the attributes that are missing where this program may not register any.
 */
export async function ensureSearchAttributes(client: Client): Promise<readonly string[]> {
  const missing = await missingAttributes(client).catch((fault: unknown) => expectKnown(client, fault));
  if (missing.length === 0) return [];
  const { namespace } = client.options;
  const wanted = Object.fromEntries(missing.map((name) => [name, indexedValueTypes[searchAttributes[name]]]));
  try {
    await client.connection.operatorService.addSearchAttributes({ namespace, searchAttributes: wanted });
  } catch (fault) {
    // Another worker may have been faster; what counts is that they are there.
    if ((await missingAttributes(client)).length > 0) return expectKnown(client, fault);
  }
  return missing;
}

type AttributeName = keyof typeof searchAttributes;

const attributeNames = Object.keys(searchAttributes) as AttributeName[];

async function missingAttributes(client: Client): Promise<AttributeName[]> {
  const { namespace } = client.options;
  const { customAttributes } = await client.connection.operatorService.listSearchAttributes({ namespace });
  return attributeNames.filter((name) => !Object.hasOwn(customAttributes, name));
}

/**
 * Temporal Cloud, and servers with authorization, keep the operator service for administrators. Counting by an attribute
 * needs no more than reading, and fails for one that the server does not know.
 * @throws PipelineError `INVALID_CONFIG`; the fault of any other kind.
 */
async function expectKnown(client: Client, refusal: unknown): Promise<[]> {
  if (isGrpcServiceError(refusal) && passing.has(refusal.code)) throw refusal;
  const unknown: string[] = [];
  for (const name of attributeNames) if (!(await isKnown(client, name))) unknown.push(name);
  if (unknown.length === 0) return [];
  const { namespace } = client.options;
  const message =
    `the Temporal namespace "${namespace}" has no search attribute ${unknown.join(', ')} and lets nobody register one ` +
    'with this key; have its administrator add them, of type Keyword (docs/operations.md)';
  throw new PipelineError('INVALID_CONFIG', message, { namespace, unknown }, { cause: refusal });
}

async function isKnown(client: Client, name: AttributeName): Promise<boolean> {
  try {
    await client.workflowService.countWorkflowExecutions({
      namespace: client.options.namespace,
      query: `${name} = 'x'`,
    });
    return true;
  } catch (fault) {
    if (isGrpcServiceError(fault) && invalid.has(fault.code)) return false;
    throw fault;
  }
}
