import { maskNumbers, maskParts } from './mask.js';

/** Masks identifiers in values, in every text at any depth. */
export interface ValueMask {
  /** The value itself when nothing is masked, else a copy. */
  mask<Value>(value: Value): Value;
}

/**
 * A mask for what belongs together: what it has found in one value it hides in the later ones too, where the context is
 * missing that made it known, such as in an entity of an answer.
 */
export function createMask(): ValueMask {
  const parts: string[] = [];
  const maskText = (text: string): string => {
    const { text: masked, found } = maskNumbers(text);
    const all = maskParts(masked, parts);
    parts.push(...found);
    return all;
  };
  const visit = (value: unknown): unknown => {
    if (typeof value === 'string') return maskText(value);
    if (Array.isArray(value)) return changed(value, value.map(visit));
    return isPlain(value) ? visitObject(value, visit) : value;
  };
  return { mask: <Value>(value: Value) => visit(value) as Value };
}

type Plain = Record<string, unknown>;

/** Not a typed array, a date or another class: these hold no texts. */
function isPlain(value: unknown): value is Plain {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function changed(before: readonly unknown[], after: readonly unknown[]): readonly unknown[] {
  return after.every((value, i) => value === before[i]) ? before : after;
}

function visitObject(value: Plain, visit: (value: unknown) => unknown): Plain {
  let copy: Plain | null = null;
  for (const name in value) {
    const masked = visit(value[name]);
    if (masked === value[name]) continue;
    copy ??= { ...value };
    copy[name] = masked;
  }
  return copy ?? value;
}
