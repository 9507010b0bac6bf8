// The identity provider of the invented organization: HTTP on loopback behind the small internet, and a socket for
// the tests' orders.

import { rmSync } from 'node:fs';
import { createServer } from 'node:http';

import { obey } from './orders.mjs';
import { interact } from './pages.mjs';
import { Provider } from './provider.mjs';

const ADDRESS = { host: '127.0.0.1', port: 7001 };
const ORDERS = '/lab/provider.sock';

const provider = new Provider();

createServer((request, response) => {
  if (request.url.startsWith('/interaction/')) return interact(provider.current, request, response);
  const path = provider.pathOf(request.url);
  if (path === undefined) return response.writeHead(404, { 'Content-Type': 'text/plain' }).end('Nothing is here.');
  request.originalUrl = request.url;
  request.url = request.url.slice(path.length) || '/';
  return provider.current.callback()(request, response);
}).listen(ADDRESS, () => {
  rmSync(ORDERS, { force: true });
  createServer((request, response) => obey(provider, request, response)).listen(ORDERS);
});
