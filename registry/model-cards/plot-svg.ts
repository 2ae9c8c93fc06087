import { type Config, compile, type TopLevelSpec } from 'vega-lite';
import { type Loader, type LoggerInterface, parse, View } from 'vega';
import { PipelineError } from '../../contracts/errors.js';
import type { Plot } from '../../contracts/evaluation.js';

const ink = 'currentColor';
const font = 'system-ui, sans-serif';

/** Text and axes take the page's colour, so that one drawing reads on light, dark and paper. */
const config: Config = {
  background: 'transparent',
  font,
  view: { stroke: 'transparent' },
  axis: {
    ...{ labelColor: ink, titleColor: ink, domainColor: ink, tickColor: ink, gridColor: ink },
    ...{ gridOpacity: 0.12, domainOpacity: 0.4, tickOpacity: 0.4, labelFontSize: 11, titleFontSize: 12 },
    titleFontWeight: 'normal',
  },
  legend: {
    ...{ labelColor: ink, titleColor: ink, labelFontSize: 11, titleFontSize: 12, titleFontWeight: 'normal' },
    // Above the drawing: beside it a legend would shrink one plot and not its neighbour.
    ...{ orient: 'top', titleOrient: 'left' },
  },
  title: { color: ink, fontWeight: 'normal' },
  header: { labelColor: ink, titleColor: ink },
  range: { category: ['#4c7fd9', '#e0803a', '#3f9d6d', '#b65fc0', '#c9a227', '#d0555b'] },
  mark: { color: '#4c7fd9' },
  line: { strokeWidth: 2 },
  point: { filled: true, opacity: 0.85 },
};

/**
 * What went wrong in one drawing. The library would write faults to the console and draw on, and would read what a
 * specification refers to: plots come from stored evaluations, so nothing is read or fetched for them.
 */
class ClosedWorld implements LoggerInterface {
  readonly faults: string[] = [];
  readonly loader: Loader;

  constructor() {
    const refuse = (uri: string): Promise<never> => {
      this.faults.push(`it holds its data inline, found a reference to ${uri}`);
      return Promise.reject(new Error(uri));
    };
    this.loader = { load: refuse, sanitize: refuse, http: refuse, file: refuse };
  }

  level(): number;
  level(level: number): this;
  level(level?: number): number | this {
    return level === undefined ? 0 : this;
  }

  error(...found: readonly unknown[]): this {
    this.faults.push(found.map((part) => (part instanceof Error ? part.message : String(part))).join(' '));
    return this;
  }

  warn = (): this => this;
  info = (): this => this;
  debug = (): this => this;
}

async function draw(spec: Plot['spec']): Promise<string> {
  const world = new ClosedWorld();
  // Plots travel as plain JSON; the compiler checks their form and throws.
  const compiled = compile(spec as unknown as TopLevelSpec, { config, logger: world });
  const view = new View(parse(compiled.spec), { renderer: 'none', loader: world.loader, logger: world });
  const svg = await view.toSVG();
  view.finalize();
  if (world.faults.length > 0) throw new PipelineError('INVALID_INPUT', world.faults.join('; '));
  return svg;
}

/**
 * Ids anew in order of appearance: the library counts through the whole process, and several drawings share a page.
 */
export function renameIds(svg: string, prefix: string): string {
  const ids = [...new Set([...svg.matchAll(/\bid="([^"]+)"/g)].map(([, id]) => id!))];
  return ids.reduce((text, id, index) => {
    const escaped = id.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
    return text.replaceAll(new RegExp(`(\\bid="|url\\(#|href="#)${escaped}(?=["')])`, 'g'), `$1${prefix}-${index}`);
  }, svg);
}

/** Colours of the drawing's text are the page's; a size of its own would not shrink with the window. */
const embedded = (svg: string, label: string): string =>
  svg.replace(/<svg /, () => `<svg role="img" aria-label="${label}" `).replace(/ xmlns(:xlink)?="[^"]*"/g, '');

/**
 * Draws a Vega-Lite specification without a browser.
 * @param escapedLabel - for readers who cannot see it.
 * @param prefix - makes the drawing's ids unique in the page.
 * @throws PipelineError `INTERNAL` naming the plot when the specification cannot be drawn.
 */
export async function plotSvg(plot: Plot, escapedLabel: string, prefix: string): Promise<string> {
  try {
    const svg = await draw(plot.spec);
    return embedded(renameIds(svg, prefix), escapedLabel);
  } catch (fault) {
    const found = fault instanceof Error ? fault.message : String(fault);
    throw new PipelineError('INTERNAL', `the plot "${plot.title}" cannot be drawn: ${found}`, {}, { cause: fault });
  }
}
