import { boundedText, countCharacters, hasAtMost } from '../../contracts/bounded-text.js';
import { PipelineError, pipelineError } from '../../contracts/errors.js';
import type { ModelDefinition } from '../../contracts/model-definition.js';
import type { Caller } from '../identity/verify-token.js';

/** A request with all inputs. */
interface WholeRequest {
  readonly kind: 'inputs';
  readonly input: unknown;
}
/** A request that names a customer, with what only the caller knows. */
export interface ReferenceRequest {
  readonly kind: 'reference';
  readonly userId: string;
  readonly known: unknown;
}
export type PredictionRequest = WholeRequest | ReferenceRequest;

/** Field that makes a request one by reference. */
export const USER_FIELD = 'userId';

const userId = boundedText(200).min(1);

const isObject = (body: unknown): body is Record<string, unknown> =>
  typeof body === 'object' && body !== null && !Array.isArray(body);

const refuse = (finding: string): PipelineError => new PipelineError('INVALID_INPUT', finding, { fields: [finding] });

/**
 * What a body asks for: an input of the model, or `userId` and the rest.
 * @throws PipelineError `INVALID_INPUT`; `FORBIDDEN` for another customer than the caller's own.
 */
export function readRequest(model: ModelDefinition, body: unknown, caller: Caller): PredictionRequest {
  if (!isObject(body)) throw refuse('input: wanted an object');
  const { defaults, longestText = Infinity } = model.serving ?? {};
  if (typeof body.text === 'string' && !hasAtMost(body.text, longestText))
    throw refuse(
      `text: found ${countCharacters(body.text)} characters, wanted at most ${longestText}, because a longer text holds up other requests; send it in parts`,
    );
  const whole = defaults === undefined ? body : { ...defaults, ...body };
  if (!Object.hasOwn(body, USER_FIELD)) return { kind: 'inputs', input: whole };
  if (model.requestFeatures === undefined)
    throw refuse(`${USER_FIELD}: ${model.name} reads nothing stored of a customer; send every input`);
  const { [USER_FIELD]: named, ...known } = whole;
  const parsed = userId.safeParse(named);
  if (!parsed.success) throw refuse(`${USER_FIELD}: wanted a text of 1 to 200 characters`);
  expectOwn(parsed.data, caller);
  return { kind: 'reference', userId: parsed.data, known };
}

/** @throws PipelineError `FORBIDDEN` when the token belongs to another customer. */
export function expectOwn(wanted: string, caller: Caller): void {
  if (caller.userId === null || caller.userId === wanted) return;
  throw pipelineError('FORBIDDEN', { finding: 'the token belongs to another customer' });
}
