import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import helmet from '@fastify/helmet';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

/** Files of Swagger UI that its own page is not: ours names our document and asks nobody else's server. */
const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>ml-services API</title>
<link rel="stylesheet" href="docs/files/swagger-ui.css">
<link rel="icon" href="docs/files/favicon-32x32.png">
</head>
<body>
<div id="swagger-ui"></div>
<script src="docs/files/swagger-ui-bundle.js"></script>
<script src="docs/start"></script>
</body>
</html>
`;

/** What the page may load: its own files, and the pictures and styles that Swagger UI writes itself. */
const PAGE_POLICY =
  "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; object-src 'none'; frame-ancestors 'none'";

const start = `SwaggerUIBundle({ url: 'openapi.json', dom_id: '#swagger-ui', deepLinking: true, validatorUrl: null });
`;

/** `/docs`: the API's description in a browser, without any other server; "Authorize" takes a token. */
export async function docsRoutes(app: FastifyInstance): Promise<void> {
  // Without TLS on this port browsers could not follow a request for it; a proxy before it may ask for it.
  await app.register(helmet, { contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } } });
  app.addHook('onSend', (_, reply, payload, done) => {
    void reply.header('content-security-policy', PAGE_POLICY); // that of answers lets nothing load
    done(null, payload);
  });
  const root = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
  await app.register(fastifyStatic, { root, prefix: '/docs/files/', index: false });
  app.get('/docs', (_, reply) => reply.type('text/html').send(page));
  app.get('/docs/start', (_, reply) => reply.type('text/javascript').send(start));
}
