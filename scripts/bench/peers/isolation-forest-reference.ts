/**
 * Mean AUC of scikit-learn 1.9.1's isolation forest on the eleven ADBench sets (200 trees, seeds 0 to 2, rows as
 * `loadAdbench` thins and standardises them), for runs where python3 cannot import it; tests/parity checks it.
 */
export const SCIKIT_LEARN_MEAN_AUC = 0.8801;
