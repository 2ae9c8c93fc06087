import type { Plot } from '../../contracts/evaluation.js';
import type { Stage } from '../../contracts/ids.js';

/** Colour of a word or row; Markdown has no colours, so the text must say the same. */
export type Tone = 'good' | 'bad' | 'muted';

/** Plain text, escaped by both renderers. */
export interface Cell {
  readonly text: string;
  readonly tone?: Tone;
  /** Hashes, names and parameters in fixed width. */
  readonly code?: boolean;
  /** In HTML the text is a link. */
  readonly href?: string;
}

export interface TableColumn {
  readonly title: string;
  readonly numeric: boolean;
}

/** Parts of a card or report before rendering as Markdown or HTML. */
export type Block =
  /** Written by authors: Markdown without HTML. */
  | { readonly kind: 'prose'; readonly markdown: string }
  | { readonly kind: 'list'; readonly items: readonly string[] }
  /** Recorded by the program: plain text. */
  | { readonly kind: 'points'; readonly items: readonly string[] }
  | { readonly kind: 'subheading'; readonly text: string }
  | { readonly kind: 'facts'; readonly rows: readonly { readonly label: string; readonly value: Cell }[] }
  | { readonly kind: 'table'; readonly columns: readonly TableColumn[]; readonly rows: readonly (readonly Cell[])[] }
  /** A metric with its target and what it is compared with, as a drawing. */
  | { readonly kind: 'headline'; readonly headline: Headline }
  | { readonly kind: 'plots'; readonly plots: readonly Plot[] };

export interface Section {
  /** Anchor in the page. */
  readonly id: string;
  readonly title: string;
  readonly blocks: readonly Block[];
}

/** The primary metric, shown first. */
export interface Headline {
  readonly metric: string;
  readonly direction: 'higher' | 'lower';
  /** Null: not measurable. */
  readonly value: number | null;
  readonly n: number;
  readonly interval: { readonly low: number; readonly high: number; readonly level: number } | null;
  /** Why there is no value or no interval. */
  readonly remark: string | null;
  readonly marks: readonly { readonly name: 'target' | 'baseline' | 'champion'; readonly value: number }[];
}

/** What a page is about, as it stands above its title. */
export type PageKind = 'Model card' | 'Retraining report' | 'Comparison of runs' | 'Data report' | 'Drift';

export interface CardDocument {
  readonly kind: PageKind;
  readonly title: string;
  readonly subtitle: string;
  /** A warning above everything else. */
  readonly banner: string | null;
  readonly badges: readonly Cell[];
  /** Of the version when the card was written; null when nothing was registered. */
  readonly stage: Stage | null;
  readonly reasons: readonly string[];
  readonly headline: Headline | null;
  readonly sections: readonly Section[];
}
