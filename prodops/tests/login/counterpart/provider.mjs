// A provider on a port of this machine, made of the package `oidc-provider`. Its last two arguments are the folder of that
// package and the secret of the client `confidential`.
// It says its port in one line and ends when its input ends, so that it does not outlive the test that started it.
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [folder, secret] = process.argv.slice(-2);
const module = join(folder, 'node_modules/oidc-provider/lib/index.js');
const { default: Provider } = await import(pathToFileURL(module).href);

const kinds = [
  ['rsa', { modulusLength: 2048 }, 'RS256'],
  ['rsa', { modulusLength: 2048 }, 'PS256'],
  ['ec', { namedCurve: 'P-256' }, 'ES256'],
  ['ed25519', {}, 'EdDSA'],
];
const keys = kinds.map(([kind, options, alg]) => {
  const { privateKey } = generateKeyPairSync(kind, options);
  return { ...privateKey.export({ format: 'jwk' }), use: 'sig', alg, kid: `key-${alg}` };
});

const client = (id, alg, more = {}) => ({
  client_id: id,
  redirect_uris: ['https://prodops.test/callback', 'https://prodops.test/login/callback'],
  post_logout_redirect_uris: ['https://prodops.test/'],
  id_token_signed_response_alg: alg,
  token_endpoint_auth_method: 'none',
  ...more,
});
const clients = kinds.map(([, , alg]) => client(`prodops-${alg}`, alg));
clients.push(client('confidential', 'RS256', {
  client_secret: secret, token_endpoint_auth_method: 'client_secret_basic', require_auth_time: true,
}));
clients.push(client('other', 'ES256'));

const server = createServer();
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address();
  const provider = new Provider(`http://localhost:${port}`, {
    clients,
    jwks: { keys },
    cookies: { keys: [randomBytes(32).toString('hex')] },
    pkce: { required: () => true },
    enabledJWA: { idTokenSigningAlgValues: kinds.map(([, , alg]) => alg) },
  });
  // A provider that mixes its clients up: once it was told to, `prodops-ES256` gets the ID token of `other`.
  let given;
  let mixed = false;
  provider.use(async (ctx, next) => {
    if (ctx.path === '/mix-up') {
      mixed = true;
      ctx.body = 'mixed';
      return;
    }
    await next();
    if (ctx.path !== '/token' || !ctx.body?.id_token) return;
    if (ctx.oidc.client.clientId === 'other') given = ctx.body.id_token;
    else if (mixed) ctx.body = { ...ctx.body, id_token: given };
  });
  server.on('request', provider.callback());
  console.log(JSON.stringify({ port }));
});
process.stdin.on('end', () => process.exit(0));
process.stdin.resume();
