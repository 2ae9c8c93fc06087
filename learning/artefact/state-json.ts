import { PipelineError } from '../../contracts/errors.js';
import { canonicalJson } from '../../contracts/canonical-json.js';

/** Typed arrays that learned state may hold beside plain JSON. */
const kinds = { Float32Array, Float64Array, Int32Array, Uint8Array } as const;
type Kind = keyof typeof kinds;
type StateArray = InstanceType<(typeof kinds)[Kind]>;

const TAG = '$array';

function toBase64(bytes: Uint8Array): string {
  let binary = '';
  // In pieces: spreading a large array overflows the stack.
  for (let i = 0; i < bytes.length; i += 8192) binary += String.fromCharCode(...bytes.subarray(i, i + 8192));
  return btoa(binary);
}

function fromBase64(text: string): Uint8Array {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  // A counted loop: an iterator over the string takes about ten times as long.
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

function tagArrays(value: unknown): unknown {
  if (ArrayBuffer.isView(value)) {
    const kind = value.constructor.name;
    if (!Object.hasOwn(kinds, kind)) throw new PipelineError('INVALID_INPUT', `state may not hold a ${kind}`);
    return { [TAG]: kind, base64: toBase64(new Uint8Array(value.buffer, value.byteOffset, value.byteLength)) };
  }
  if (Array.isArray(value)) return value.map(tagArrays);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, tagArrays(member)]));
}

function restoreArray(tagged: { [TAG]: string; base64: string }): StateArray {
  const kind = tagged[TAG];
  if (!Object.hasOwn(kinds, kind)) throw new PipelineError('ARTEFACT_INVALID', `unknown array kind ${kind} in state`);
  return new kinds[kind as Kind](fromBase64(tagged.base64).buffer as ArrayBuffer);
}

/**
 * Learned state as canonical JSON text: equal states have equal bytes. Float32Array, Float64Array, Int32Array and
 * Uint8Array become `{"$array": kind, "base64": little-endian bytes}`, so large weights stay exact and compact; the
 * supported platforms are all little-endian.
 * @throws RangeError on a plain number that is not finite; PipelineError `INVALID_INPUT` on another typed array.
 */
export function encodeState(state: unknown): string {
  return canonicalJson(tagArrays(state));
}

/**
 * Reads what `encodeState` wrote. The caller checks the `schemaVersion`.
 * @throws PipelineError `ARTEFACT_INVALID` when the text is no JSON or names an unknown array kind.
 */
export function decodeState(text: string): unknown {
  try {
    return JSON.parse(text, (_name, member: unknown) => {
      if (member === null || typeof member !== 'object' || !(TAG in member)) return member;
      return restoreArray(member as { [TAG]: string; base64: string });
    });
  } catch (cause) {
    if (cause instanceof PipelineError) throw cause;
    throw new PipelineError('ARTEFACT_INVALID', 'state is not JSON', {}, { cause });
  }
}
