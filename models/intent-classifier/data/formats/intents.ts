import { errorAt } from '../../../../contracts/errors.js';
import type { FileFormat, SourceText } from '../../../../contracts/dataset.js';
import type { Table } from '../../../../contracts/table.js';
import { textColumn } from '../../../../learning/table.js';
import { normaliseLabel } from '../../../../learning/text/label-names.js';
import { parseJson } from '../../../../learning/text/parse-json.js';
import { exampleRows } from '../example-rows.js';
import { joinLabels, parseLabels } from '../label-set.js';
import { linesOf, messageFormat } from './message-format.js';
import { type LabelledMessage, type MessagePlace, messageTable, type Part, requireMessage } from './message-table.js';
import type { PlacedMessage } from './usable-messages.js';

const PARTS: readonly string[] = ['train', 'validation', 'test'];
/** Other names that the columns and members have in files. */
const ALIASES = {
  text: ['sentence', 'message', 'utterance', 'query', 'phrase'],
  intent: ['label', 'intentName', 'class', 'target', 'category'],
} as const;
const USED: ReadonlySet<string> = new Set([
  'text',
  'intent',
  'intents',
  'part',
  'group',
  ...ALIASES.text,
  ...ALIASES.intent,
]);
const someMember = (names: readonly string[]): RegExp => new RegExp(`"(?:${names.join('|')})"\\s*:`);
const OWN_MEMBER = someMember(['text', 'intents?']);
const BOTH_MEMBERS = Object.values(ALIASES).map(someMember);

/** Whether the first characters are a document of messages, or objects with members of messages. */
function isJson({ text }: SourceText): boolean {
  if (/^\s*\{\s*"messages"\s*:/.test(text)) return true;
  return /^\s*\[?\s*\{/.test(text) && (OWN_MEMBER.test(text) || BOTH_MEMBERS.every((member) => member.test(text)));
}

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

type Members = Readonly<Record<string, unknown>>;

/** The members under their own names. */
function canonicalMembers(members: Members): Members {
  const known = Object.entries(ALIASES).flatMap(([name, others]) => {
    const other = others.find((alias) => Object.hasOwn(members, alias));
    return Object.hasOwn(members, name) || other === undefined ? [] : [[name, members[other]] as const];
  });
  return known.length === 0 ? members : { ...members, ...Object.fromEntries(known) };
}

const isBlank = (value: unknown): boolean =>
  value === undefined || value === null || (typeof value === 'string' && normaliseLabel(value) === '');

const isUnlabelled = ({ intent, intents: list }: Members): boolean => isBlank(intent) && isBlank(list);

function requireText({ text }: Members, place: MessagePlace): string {
  if (typeof text === 'string') return text;
  throw errorAt('INVALID_VALUE', { ...place, column: 'text' }, 'wanted "text": a text');
}

function readEntry(members: Members, place: MessagePlace): LabelledMessage {
  const { group } = members;
  const text = requireText(members, place);
  if (!isBlank(group) && typeof group !== 'string' && typeof group !== 'number')
    throw errorAt('INVALID_VALUE', { ...place, column: 'group' }, 'wanted "group": a text');
  const message = {
    text,
    intent: requireIntent(members, place),
    part: requirePart(members.part, place),
    group: isBlank(group) ? undefined : String(group),
  };
  requireMessage(message, place);
  return message;
}

interface JsonEntry {
  readonly members: Members;
  readonly place: MessagePlace;
}

function requireMembers(entry: unknown, place: MessagePlace): JsonEntry {
  if (entry === null || typeof entry !== 'object' || Array.isArray(entry))
    throw errorAt('INVALID_VALUE', place, 'wanted an object with text and intent');
  return { members: canonicalMembers(entry as Members), place };
}

/** The entries of JSON Lines or of one JSON document. */
function entriesOf(file: SourceText): JsonEntry[] {
  const lines = linesOf(file.text);
  const perLine =
    lines.filter((line) => /^\s*\{.*\}\s*$/.test(line)).length === lines.filter((line) => line.trim()).length;
  if (perLine && !file.text.trimStart().startsWith('{"messages"'))
    return lines.map((text, i) => {
      const place = { file: file.name, line: i + 1 };
      return text.trim() === ''
        ? { members: {}, place }
        : requireMembers(parseJson({ name: file.name, text }, i + 1), place);
    });
  const document = parseJson(file);
  const messages = Array.isArray(document) ? document : (document as { readonly messages?: unknown }).messages;
  if (!Array.isArray(messages)) throw errorAt('MALFORMED_FILE', { file: file.name }, 'wanted a list of messages');
  return (messages as unknown[]).map((entry, i) => requireMembers(entry, { file: file.name, row: i + 1 }));
}

const isUsed = (name: string): boolean => USED.has(name);

/** Messages of a JSON file, blank ones and those without a label too. */
function readJson(file: SourceText, remark: (sentence: string) => void): PlacedMessage[] {
  const all = entriesOf(file);
  const ignored = new Set(all.flatMap(({ members }) => Object.keys(members).filter((name) => !isUsed(name))));
  if (ignored.size > 0) remark(`members that are not used: ${[...ignored].slice(0, 30).join(', ')}`);
  return all.map(({ members, place }) =>
    isUnlabelled(members)
      ? { text: isBlank(members.text) ? '' : requireText(members, place), intent: '', part: null, place }
      : { ...readEntry(members, place), place },
  );
}

/** Messages of a CSV file. */
function messagesOf(table: Table): Table {
  const [texts, labels] = [textColumn(table, 'text'), textColumn(table, 'intent')];
  const [parts, groups] = [textColumn(table, 'part'), textColumn(table, 'group')];
  const messages = texts.map((text, i) =>
    readEntry({ text, intent: labels[i], part: parts[i], group: groups[i] }, { row: i + 1 }),
  );
  return messageTable(messages);
}

/** This project's layout (docs/data-formats.md): messages with `text`, `intent` or `intents`, optional `part`, `group`. */
export const intents: FileFormat = {
  ...messageFormat({
    name: 'intents',
    description:
      'our own: JSON {"messages": [{"text", "intent"}]}, a list of them or one a line; CSV text,intent[,part,group]',
    matches: ([file, ...others]) => file !== undefined && others.length === 0 && isJson(file),
    read: ([file], remark) => (file === undefined ? [] : readJson(file, remark)),
  }),
  encodings: ['text', 'csv'],
  matches: ({ columns }) => columns !== null && ['text', 'intent'].every((name) => columns.includes(name)),
  aliases: ALIASES,
  derivedColumns: ['messageId', 'part'],
  extraColumns: [
    { name: 'part', type: 'text', nullable: true, optional: true, description: 'train, validation or test.' },
    { name: 'group', type: 'text', nullable: true, optional: true, description: 'Stays on one side of the holdout.' },
  ],
  exampleRows: (seed) => exampleRows(480, seed),
  transform: messagesOf,
};
