import { errorAt } from '../../../../contracts/errors.js';
import type { SourceText } from '../../../../contracts/dataset.js';
import { joinLabels, parseLabels } from '../label-set.js';
import { parseJson } from '../../../../learning/text/parse-json.js';
import { linesOf, messageFormat } from './message-format.js';
import { type LabelledMessage, type MessagePlace, type Part, requireMessage } from './message-table.js';
import { headerOf, readSeparated } from './separated.js';

const PARTS: readonly string[] = ['train', 'validation', 'test'];
const MEMBERS: ReadonlySet<string> = new Set(['text', 'intent', 'intents', 'part', 'group']);
const JSON_START = /^\s*(?:\{\s*"messages"\s*:|\[?\s*\{\s*"(?:text|intents?|part|group)"\s*:)/;

const isJson = ({ text }: SourceText): boolean => JSON_START.test(text);
const isCsv = ({ text }: SourceText): boolean => {
  const names = headerOf(text, ',');
  return names.includes('text') && names.includes('intent');
};

function requirePart(part: unknown, place: MessagePlace): Part | null {
  if (part === undefined || part === null || part === '') return null;
  if (typeof part === 'string' && PARTS.includes(part)) return part as Part;
  throw errorAt('INVALID_VALUE', { ...place, column: 'part' }, `found another part than ${PARTS.join(', ')}`);
}

/** The joined label of an entry: a name under `intent`, or a list of names under `intents`. */
function requireIntent({ intent, intents }: Readonly<Record<string, unknown>>, place: MessagePlace): string {
  if (typeof intent === 'string' && intents === undefined) return canonicalLabel(intent);
  const named = Array.isArray(intents) && intents.every((name) => typeof name === 'string' && name !== '');
  if (named && intent === undefined) return joinLabels(intents as string[]);
  throw errorAt(
    'INVALID_VALUE',
    { ...place, column: 'intent' },
    'wanted "intent": name, or "intents": [names], and not both',
  );
}

const canonicalLabel = (intent: string): string => (intent.includes('#') ? joinLabels(parseLabels(intent)) : intent);

function readEntry(entry: unknown, place: MessagePlace): LabelledMessage {
  if (entry === null || typeof entry !== 'object' || Array.isArray(entry))
    throw errorAt('INVALID_VALUE', place, 'wanted an object with text and intent');
  const members = entry as Readonly<Record<string, unknown>>;
  const unknown = Object.keys(members).find((name) => !MEMBERS.has(name));
  if (unknown !== undefined) throw errorAt('INVALID_VALUE', place, `found the unknown member "${unknown}"`);
  const { text, group } = members;
  if (typeof text !== 'string') throw errorAt('INVALID_VALUE', { ...place, column: 'text' }, 'wanted "text": a text');
  if (group !== undefined && typeof group !== 'string')
    throw errorAt('INVALID_VALUE', { ...place, column: 'group' }, 'wanted "group": a text');
  const message = { text, intent: requireIntent(members, place), part: requirePart(members.part, place), group };
  requireMessage(message, place);
  return message;
}

/** Reads JSON Lines or one JSON document. */
function readJson(file: SourceText): LabelledMessage[] {
  const lines = linesOf(file.text);
  const perLine =
    lines.filter((line) => /^\s*\{.*\}\s*$/.test(line)).length === lines.filter((line) => line.trim()).length;
  if (perLine && !file.text.trimStart().startsWith('{"messages"'))
    return lines.flatMap((text, i) =>
      text.trim() === ''
        ? []
        : [readEntry(parseJson({ name: file.name, text }, i + 1), { file: file.name, line: i + 1 })],
    );
  const document = parseJson(file);
  const messages = Array.isArray(document) ? document : (document as { readonly messages?: unknown }).messages;
  if (!Array.isArray(messages)) throw errorAt('MALFORMED_FILE', { file: file.name }, 'wanted a list of messages');
  return (messages as unknown[]).map((entry, i) => readEntry(entry, { file: file.name, row: i + 1 }));
}

const readCsv = (file: SourceText): LabelledMessage[] =>
  readSeparated(file, ',', ['text', 'intent']).map(({ line, values }) => {
    const entry = Object.fromEntries(Object.entries(values).filter(([name, value]) => value !== '' || name === 'text'));
    return readEntry(entry, { file: file.name, line });
  });

/** This project's layout (docs/data-formats.md): messages with `text`, `intent` or `intents`, optional `part`, `group`. */
export const intents = messageFormat({
  name: 'intents',
  description:
    'our own: JSON {"messages": [{"text", "intent"}]}, a list of them or one a line; CSV text,intent[,part,group]',
  matches: ([file, ...others]) => file !== undefined && others.length === 0 && (isJson(file) || isCsv(file)),
  read: ([file]) => (file === undefined ? [] : isJson(file) ? readJson(file) : readCsv(file)),
});
