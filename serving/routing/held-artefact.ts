import type { OpenArtefact } from '../../inference/answer.js';

/** An open artefact in use. */
export interface Borrowed {
  readonly open: OpenArtefact;
  /** Called once. */
  release(): void;
}

/** An artefact that is opened once, on first use or ahead, and closed when it was retired and nobody uses it. */
export interface HeldArtefact {
  /** Opens it unless it is open; a failed opening is tried again by the next call. */
  open(): Promise<OpenArtefact>;
  /** Whether it is open now, so that it answers at once. */
  isOpen(): boolean;
  /** It stays open until the caller releases it. */
  borrow(): Promise<Borrowed>;
  /** Closes it once its last user is done. */
  retire(): void;
}

/** @param load - opens the artefact. */
export function holdArtefact(load: () => Promise<OpenArtefact>): HeldArtefact {
  let opening: Promise<OpenArtefact> | null = null;
  let isOpen = false;
  let users = 0;
  let retired = false;

  function open(): Promise<OpenArtefact> {
    if (opening !== null) return opening;
    const started = load();
    opening = started;
    started.then(
      () => (isOpen = opening === started),
      () => {
        if (opening === started) opening = null;
      },
    );
    return started;
  }

  function closeWhenIdle(): void {
    if (!retired || users > 0 || opening === null) return;
    const closing = opening;
    opening = null;
    isOpen = false;
    void closing.then(
      ({ predictor }) => predictor.close(),
      () => undefined,
    );
  }

  return {
    open,
    isOpen: () => isOpen,
    async borrow() {
      users += 1;
      const release = (): void => {
        users -= 1;
        closeWhenIdle();
      };
      try {
        return { open: await open(), release };
      } catch (fault) {
        release();
        throw fault;
      }
    },
    retire() {
      retired = true;
      closeWhenIdle();
    },
  };
}
