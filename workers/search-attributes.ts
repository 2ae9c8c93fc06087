import { type Client, isGrpcServiceError } from '@temporalio/client';
import { PipelineError } from '../contracts/errors.js';
import { searchAttributes } from '../contracts/workflows.js';

/** Numbers of `temporal.api.enums.v1.IndexedValueType`, and the names that the CLI and the UI have for them. */
const indexedValueTypes = { KEYWORD: 2, DOUBLE: 4 } as const;
const typeNames = { KEYWORD: 'Keyword', DOUBLE: 'Double' } as const;

/** gRPC status codes; the package that exports their names is not a direct dependency. */
const invalid: ReadonlySet<number> = new Set([3 /* INVALID_ARGUMENT */]);
/** Temporary conditions, which say nothing about missing rights. */
const temporary: ReadonlySet<number> = new Set([
  4 /* DEADLINE_EXCEEDED */, 8 /* RESOURCE_EXHAUSTED */, 14 /* UNAVAILABLE */,
]);

/**
 * Registers the search attributes that workflows set. On a server without an attribute every workflow that sets it
 * hangs, so this runs before the first task, on every server. Idempotent; two workers may start at once.
 * @returns the names that were registered by this call.
 * @throws PipelineError `INVALID_CONFIG` naming the attributes that are missing where this program may not register any,
 *   or that are there with another type.
 */
export async function ensureSearchAttributes(client: Client): Promise<readonly string[]> {
  const missing = await missingAttributes(client).catch((fault: unknown) => requireKnown(client, fault));
  if (missing.length === 0) return [];
  const { namespace } = client.options;
  const wanted = Object.fromEntries(missing.map((name) => [name, indexedValueTypes[searchAttributes[name]]]));
  try {
    await client.connection.operatorService.addSearchAttributes({ namespace, searchAttributes: wanted });
  } catch (fault) {
    // Another worker may have registered them meanwhile.
    if ((await missingAttributes(client)).length > 0) return requireKnown(client, fault);
  }
  return missing;
}

type AttributeName = keyof typeof searchAttributes;

const attributeNames = Object.keys(searchAttributes) as AttributeName[];

/** Name and type, as the CLI and the UI write it: `Metric (Double)`. */
export const describeAttribute = (name: AttributeName): string => `${name} (${typeNames[searchAttributes[name]]})`;

/**
 * The attributes that a namespace lacks.
 * @throws PipelineError `INVALID_CONFIG` when it has one with another type; a gRPC error without access to the operator
 *   service.
 */
export async function missingAttributes(client: Client): Promise<AttributeName[]> {
  const { namespace } = client.options;
  const { customAttributes } = await client.connection.operatorService.listSearchAttributes({ namespace });
  const present = attributeNames.filter((name) => Object.hasOwn(customAttributes, name));
  const other = present.filter((name) => Number(customAttributes[name]) !== indexedValueTypes[searchAttributes[name]]);
  if (other.length > 0) throw otherType(namespace, other);
  return attributeNames.filter((name) => !present.includes(name));
}

function otherType(namespace: string, names: readonly AttributeName[]): PipelineError {
  const message =
    `the Temporal namespace "${namespace}" has search attributes of other types than wanted here: ` +
    `${names.map(describeAttribute).join(', ')}; have its administrator remove them, or use another namespace`;
  return new PipelineError('INVALID_CONFIG', message, { namespace, wanted: names.map(describeAttribute) });
}

/**
 * Checks the attributes without the operator service, which Temporal Cloud and servers with authorization reserve for
 * administrators: counting workflows by an attribute needs read access only and fails for an unknown one.
 * @throws PipelineError `INVALID_CONFIG`; `refusal` itself when it is temporary.
 */
async function requireKnown(client: Client, refusal: unknown): Promise<[]> {
  if (refusal instanceof PipelineError) throw refusal;
  if (isGrpcServiceError(refusal) && temporary.has(refusal.code)) throw refusal;
  const unknown: AttributeName[] = [];
  for (const name of attributeNames) if (!(await isKnown(client, name))) unknown.push(name);
  if (unknown.length === 0) return [];
  const { namespace } = client.options;
  const message =
    `the Temporal namespace "${namespace}" has no search attribute ${unknown.map(describeAttribute).join(', ')} and ` +
    'lets nobody register one with this key; have its administrator add them (docs/operations.md)';
  throw new PipelineError('INVALID_CONFIG', message, { namespace, unknown }, { cause: refusal });
}

async function isKnown(client: Client, name: AttributeName): Promise<boolean> {
  try {
    await client.workflowService.countWorkflowExecutions({
      namespace: client.options.namespace,
      query: `${name} IS NULL`,
    });
    return true;
  } catch (fault) {
    if (isGrpcServiceError(fault) && invalid.has(fault.code)) return false;
    throw fault;
  }
}
