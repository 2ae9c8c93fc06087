import { escapeHtml } from './html-text.js';
import { styles } from './styles.js';

/** Content security policy that blocks all external resources. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'";

/** A self-contained page in the style of the cards. @param body - HTML. */
export const pageHtml = (title: string, body: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<style>${styles}</style>
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`;
