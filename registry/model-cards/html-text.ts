import { Marked } from 'marked';

/** Text as HTML, in an element or in a quoted attribute. */
export const escapeHtml = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');

/** HTML in authors' text is escaped; a picture is replaced by its description, because it would be fetched. */
const markdown = new Marked({
  renderer: {
    html: ({ text }) => escapeHtml(text),
    image: ({ text }) => escapeHtml(text),
    link({ href, tokens }) {
      const text = this.parser.parseInline(tokens);
      return /^https?:\/\//i.test(href) ? `<a href="${escapeHtml(href)}" rel="noreferrer">${text}</a>` : text;
    },
  },
});

/** Paragraphs, lists and emphasis in authors' Markdown, as HTML. */
export const proseHtml = (text: string): string => markdown.parse(text, { async: false }).trim();

/** The same without the paragraph around it, for one list item. */
export const inlineHtml = (text: string): string => markdown.parseInline(text, { async: false }).trim();
