import { nextTurn } from '../../artefact/index.js';
import type { ScoreEach } from './occlusion.js';

/**
 * Scores texts in calls of at most so many characters, and of one text at least, and leaves the thread to others in
 * between.
 */
export const inChunks =
  (score: ScoreEach, characters: number): ScoreEach =>
  async (texts) => {
    const scores: ArrayLike<number>[] = [];
    for (let from = 0; from < texts.length;) {
      if (from > 0) await nextTurn();
      let [to, size] = [from, 0];
      do size += texts[to++]!.length;
      while (to < texts.length && size + texts[to]!.length <= characters);
      scores.push(...(await score(texts.slice(from, to))));
      from = to;
    }
    return scores;
  };
