import { linkOf } from './objectives.js';
import type { GradientBoostingState } from './state.js';
import type { RegressionTree } from './tree.js';

/** What XGBoost writes as the parent of a root. */
const NO_PARENT = 2_147_483_647;

function parentsOf({ left, right }: RegressionTree): number[] {
  const parents = new Array<number>(left.length).fill(NO_PARENT);
  left.forEach((child, node) => {
    if (child < 0) return;
    parents[child] = node;
    parents[right[node]!] = node;
  });
  return parents;
}

const FLOAT_FIELDS = ['base_weights', 'loss_changes', 'split_conditions', 'sum_hessian'];
const FLOATS_AS_TEXT = new RegExp(`"(${FLOAT_FIELDS.join('|')})":"([^"]*)"`, 'g');

/**
 * JSON in which the numbers of float fields have an exponent: XGBoost's reader takes `0` for an integer and refuses it
 * in an array of floats. They are written as text and unquoted afterwards.
 */
function stringifyTyped(value: unknown): string {
  const asText = (field: string, member: unknown): unknown =>
    FLOAT_FIELDS.includes(field) ? (member as number[]).map((number) => number.toExponential()).join() : member;
  return JSON.stringify(value, asText).replaceAll(FLOATS_AS_TEXT, '"$1":[$2]');
}

/** A tree in XGBoost's names; in a leaf the split condition is its value. */
function toXgboostTree(tree: RegressionTree, id: number, featureCount: number) {
  const nodes = tree.left.length;
  return {
    base_weights: tree.value,
    categories: [],
    categories_nodes: [],
    categories_segments: [],
    categories_sizes: [],
    default_left: tree.missingLeft,
    id,
    left_children: tree.left,
    loss_changes: tree.gain,
    parents: parentsOf(tree),
    right_children: tree.right,
    split_conditions: tree.left.map((child, node) => (child < 0 ? tree.value[node]! : tree.threshold[node]!)),
    split_indices: tree.feature,
    split_type: new Array<number>(nodes).fill(0),
    sum_hessian: tree.cover,
    tree_param: {
      num_deleted: '0',
      num_feature: String(featureCount),
      num_nodes: String(nodes),
      size_leaf_vector: '1',
    },
  };
}

const lossParams = { reg_loss_param: { scale_pos_weight: '1' } };

/** The objective in XGBoost's names. */
function toXgboostObjective({ objective, quantile = 0.5 }: GradientBoostingState) {
  if (objective === 'squared') return { name: 'reg:squarederror', ...lossParams };
  if (objective === 'logistic') return { name: 'binary:logistic', ...lossParams };
  return { name: 'reg:quantileerror', quantile_loss_param: { quantile_alpha: `[${quantile.toExponential()}]` } };
}

/**
 * The trees as an XGBoost 3 model file (JSON), which `xgboost.Booster.load_model` reads; it then predicts the same to
 * 1e-6. Format: https://xgboost.readthedocs.io/en/stable/tutorials/saving_model.html.
 * @param featureNames - (featureCount,) or empty.
 */
export function toXgboostJson(state: GradientBoostingState, featureNames: readonly string[] = []): string {
  const { trees, featureCount } = state;
  const model = {
    gbtree_model_param: { num_parallel_tree: '1', num_trees: String(trees.length) },
    iteration_indptr: Array.from({ length: trees.length + 1 }, (_, round) => round),
    tree_info: new Array<number>(trees.length).fill(0),
    trees: trees.map((tree, id) => toXgboostTree(tree, id, featureCount)),
  };
  const learner = {
    attributes: {},
    feature_names: featureNames,
    feature_types: featureNames.map(() => 'float'),
    gradient_booster: { model, name: 'gbtree' },
    learner_model_param: {
      // A prediction, not a margin: XGBoost applies the inverse link when it reads the file.
      base_score: `[${linkOf(state.objective)(state.baseMargin)}]`,
      boost_from_average: '1',
      num_class: '0',
      num_feature: String(featureCount),
      num_target: '1',
    },
    objective: toXgboostObjective(state),
  };
  return stringifyTyped({ learner, version: [3, 2, 0] });
}
