import type { Block, Cell, Section } from './document.js';
import { plain } from './cells.js';

interface GlossaryEntry {
  readonly term: string;
  /** How texts and names of metrics write it, as whole words. */
  readonly written: RegExp;
  readonly meaning: string;
}

const entry = (term: string, written: string, meaning: string): GlossaryEntry => ({
  term,
  written: new RegExp(`(?<![A-Za-z0-9])(?:${written})(?![A-Za-z0-9])`),
  meaning,
});

/** Terms that cards use, in alphabetical order. Names of metrics stand beside the usual term. */
export const glossary: readonly GlossaryEntry[] = [
  entry('accuracy', 'accuracy', 'Share of all rows whose most probable class is right.'),
  entry(
    'adverse impact ratio (adverseImpactRatio)',
    'adverseImpactRatio',
    'Approval rate of a protected group over that of the best-treated group. Below 0.8 (four fifths) and beyond chance, it counts as adverse.',
  ),
  entry(
    'alerts (alertsPer1000, alertPrecision, alertRecall)',
    'alertsPer1000|alertPrecision|alertRecall|Alerts? over time',
    'A score above the threshold of the version raises an alert. Per 1,000 rows; the share of alerts that are right; the share of misuse that an alert finds.',
  ),
  entry(
    'AUC-ROC (aucRoc)',
    'aucRoc|outOfScopeAuroc|ROC curve',
    'Probability that a random positive row scores above a random negative one: 0.5 is chance, 1 is perfect. The area under the ROC curve.',
  ),
  entry(
    'average precision (averagePrecision)',
    'averagePrecision',
    'Precision averaged over all recalls: the area under the precision-recall curve. Chance gives the share of positives.',
  ),
  entry('baseline', 'baseline|Baseline', 'A trivial model on the same rows, which a version must beat beyond noise.'),
  entry(
    'Brier score (brier)',
    'brier',
    'Mean squared difference between predicted probability and outcome (0 or 1): 0 is perfect; always saying the overall rate p gives p (1 − p).',
  ),
  entry(
    'champion',
    'champion|Champion',
    'The version of the line in production, else in staging; lines that stay in dev: the newest version.',
  ),
  entry(
    'coverage of answers (coverage, answeredAccuracy)',
    'coverage|answeredAccuracy',
    'Share of in-scope messages that get an answer instead of a rejection, and the share of those answers that are right.',
  ),
  entry(
    'coverage of bands (coverage80, coverage95)',
    'coverage(?:Week|Ahead)?(?:80|95)',
    'Share of actual values inside the band that is said to hold 80 % or 95 % of them; the nearer to 0.8 and 0.95 the better. Week: of weekly totals; Ahead: of months that are more than one ahead.',
  ),
  entry(
    'DeLong',
    'DeLong',
    'A method for intervals and paired comparisons of AUC (DeLong, DeLong and Clarke-Pearson 1988).',
  ),
  entry(
    'drift',
    'drift',
    'A difference between the newest window and the frozen part of the holdout that their intervals do not explain.',
  ),
  entry(
    'ECE (expectedCalibrationError)',
    'expectedCalibrationError|calibration error|ECE',
    'Expected calibration error: mean distance between stated probability and observed share, over bins of the probability; 0 is perfect.',
  ),
  entry(
    'F1 (f1, macroF1)',
    'f1|F1|macroF1|microF1',
    'Harmonic mean of precision and recall. macroF1: its mean over classes, each counted alike.',
  ),
  entry(
    'frozen part',
    'frozen part|frozen',
    'Held-out groups (customers, templates), chosen once by hash, that no version of the line ever learns from.',
  ),
  entry('Gini', 'gini|Gini', '2 × AUC − 1: 0 is chance, 1 is perfect.'),
  entry(
    'independent phrases (independentAccepted, independentAccuracy, independentRejected)',
    'independent(?:Accepted|Accuracy|Rejected)',
    'Phrases that no generator wrote, a fixed second test: share of in-scope phrases answered, share of answers that are right, share of out-of-scope phrases rejected.',
  ),
  entry(
    'interval',
    '\\d+ % interval|Intervals',
    'The range that holds the true value with the stated confidence, if the held-out rows are like those to come.',
  ),
  entry(
    'Kolmogorov-Smirnov (ks)',
    'ks|kolmogorovSmirnov',
    'Largest gap between the cumulative score distributions of the two classes: 0 is none, 1 is complete separation.',
  ),
  entry(
    'log loss (logLoss)',
    'logLoss',
    'Mean of −log of the probability given to what happened; confident mistakes cost most. 0 is perfect.',
  ),
  entry(
    'MAE, RMSE (mae, rmse)',
    'mae|rmse',
    'Mean absolute error, and root of the mean squared error, in the unit of the target.',
  ),
  entry(
    'MAPE (mape)',
    'MAPE|mape|mapeDiscretionary|mapeOverSeasonalNaive',
    'Mean absolute percentage error; 0.12 is 12 % of the actual value. mapeOverSeasonalNaive: lower end of the interval of its difference from repeating the same month of the year before; above 0 is worse beyond noise.',
  ),
  entry(
    'margin',
    'margin',
    'How much worse than the champion a version may be and still count as not worse; each model declares its own.',
  ),
  entry(
    'MASE (medianMase)',
    'MASE|medianMase',
    'Mean absolute scaled error: the error over that of a naive seasonal forecast on the history; below 1 is better than naive.',
  ),
  entry(
    'newest window',
    'newest window',
    'The newest held-out days, which move with the data; a version has seen no row of them.',
  ),
  entry(
    'out of scope (outOfScopeRecall, outOfScopeAuroc)',
    'outOfScopeRecall|outOfScopeAuroc',
    'A message of no known intent. Share of them rejected, and AUC of the rejection score between them and in-scope messages.',
  ),
  entry(
    'precision, recall',
    'precision|recall|precisionAt100|Precision|Recall',
    'Precision: share of what was found that is right (precisionAt100: of the 100 highest scores). Recall: share of what there is that was found.',
  ),
  entry(
    'PSI (bandStabilityIndex)',
    'PSI|bandStabilityIndex(?:ToChampion)?',
    'Population stability index between training and holdout, or between the scores of champion and version (ToChampion): below 0.1 stable, 0.1 to 0.25 moved, above 0.25 shifted.',
  ),
  entry(
    'R² (rSquared)',
    'rSquared',
    'Share of the variance of the target that is explained: 1 is perfect, 0 is the mean.',
  ),
  entry(
    'refresh, repetition, change',
    'refresh|repetition|change',
    'Refresh: the definition of the champion on other data; it must not be worse by more than the margin. Repetition: the artefact of a version once more; nothing is judged. Change: anything else; it must be better, or not worse with a stated reason.',
  ),
  entry(
    'SHAP',
    'SHAP|Shapley',
    'Shapley values: how far each feature moved one score from the average score; they add up to the score.',
  ),
  entry('sMAPE (smape)', 'sMAPE|smape', 'Mean of the absolute error over the mean of actual and forecast value.'),
  entry(
    'WAPE (wape)',
    'WAPE|wape',
    'Sum of absolute errors over the sum of actual values: percentage error weighted by size.',
  ),
  entry(
    'Wilson, Clopper-Pearson',
    'Wilson|Clopper-Pearson',
    'Intervals of proportions; Clopper-Pearson is exact and used for few rows.',
  ),
];

const cellTexts = (rows: readonly (readonly Cell[])[]): string[] => rows.flat().map(({ text }) => text);

/** What the program wrote; authors' own prose explains its terms itself. */
function textsOf(block: Block): readonly string[] {
  switch (block.kind) {
    case 'points':
      return block.items;
    case 'subheading':
      return [block.text];
    case 'table':
      return [...block.columns.map(({ title }) => title), ...cellTexts(block.rows)];
    case 'plots':
      return block.plots.flatMap(({ title, caption }) => [title, caption]);
    case 'prose':
    case 'list':
    case 'headline':
    case 'facts':
      return [];
  }
}

/** The terms that stand in these texts. */
export function usedTerms(texts: readonly string[]): readonly GlossaryEntry[] {
  const all = texts.join('\n');
  return glossary.filter(({ written }) => written.test(all));
}

/** The meaning of each term that a card uses; none without terms. */
export function glossarySection({
  sections,
  reasons,
}: {
  readonly sections: readonly Section[];
  readonly reasons: readonly string[];
}): Section[] {
  const texts = sections.flatMap(({ blocks }) => blocks.flatMap(textsOf));
  const rows = usedTerms([...texts, ...reasons]).map(({ term, meaning }) => ({ label: term, value: plain(meaning) }));
  return rows.length === 0 ? [] : [{ id: 'glossary', title: 'Glossary', blocks: [{ kind: 'facts', rows }] }];
}
