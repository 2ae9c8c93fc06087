/** A version of a view as it was published. */
export interface PublishedView {
  readonly name: string;
  readonly version: number;
  /** sha256 of what is declared, and of the values of the golden customers. */
  readonly definition: string;
  readonly golden: string;
  /** Of the program that published it. */
  readonly codeVersion: string;
  readonly publishedAt: Date;
}

/** What was written to the online store last of one view of one source. */
export interface MaterialisedView {
  readonly source: string;
  readonly view: string;
  readonly version: number;
  readonly snapshotHash: string;
  readonly featureSetHash: string;
  /** Milliseconds: everything known before is in the values. */
  readonly eventTime: number;
  /** The moment as of which every entity was computed last, milliseconds; no value is older. */
  readonly wholeEventTime: number;
  /** Entities that have a value. */
  readonly entities: number;
  /** Those that the last materialisation computed. */
  readonly computed: number;
  readonly workflowId: string;
  readonly recordedAt: Date;
}

/** A feature set of a past moment in the offline store. */
export type BackfilledView = Omit<MaterialisedView, 'wholeEventTime' | 'computed'>;

/** Published definitions and the materialisations of views. */
export interface FeatureLog {
  /**
   * Publishes versions that are not published yet. @returns the entries of all of these versions as they are published:
   * a version that was published before keeps its own.
   */
  publish(views: readonly Omit<PublishedView, 'publishedAt'>[]): Promise<PublishedView[]>;
  listPublished(): Promise<PublishedView[]>;
  /** Replaces the entry of the view, unless that has a later moment. */
  recordMaterialisation(view: Omit<MaterialisedView, 'recordedAt'>): Promise<void>;
  listMaterialisations(source?: string): Promise<MaterialisedView[]>;
  /** Replaces the entry of the same view and moment. */
  recordBackfill(view: Omit<BackfilledView, 'recordedAt'>): Promise<void>;
  listBackfills(source?: string): Promise<BackfilledView[]>;
}
