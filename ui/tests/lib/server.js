// The built window on loopback, under the same rules as in the application.

import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';

const ROOT = new URL('../../dist/', import.meta.url).pathname;

export const CSP = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  'connect-src ipc: http://ipc.localhost',
].join('; ');

const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' };

export async function serve() {
  const server = createServer((request, response) => void answer(new URL(request.url, 'http://x').pathname, response));
  await new Promise((listens) => server.listen(0, '127.0.0.1', listens));
  return { origin: `http://127.0.0.1:${server.address().port}`, close: () => server.close() };
}

async function answer(path, response) {
  const file = normalize(path).endsWith('/') ? 'index.html' : normalize(path);
  try {
    const bytes = await readFile(join(ROOT, file));
    response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'text/plain', 'content-security-policy': CSP });
    response.end(bytes);
  } catch {
    response.writeHead(404).end();
  }
}
