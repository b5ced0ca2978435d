// Microsoft's JavaScript client, told the address of the rehearsal.
const assert = require('node:assert');
const { Client, PageIterator, BatchRequestContent, BatchResponseContent } = require('@microsoft/microsoft-graph-client');
const { ClientSecretCredential } = require('@azure/identity');
const { TokenCredentialAuthenticationProvider } = require('@microsoft/microsoft-graph-client/authProviders/azureTokenCredentials');

const address = process.env.TENANTSH_GRAPH;
const remove = (sku) => ({ addLicenses: [], removeLicenses: [sku] });

async function main() {
  const credential = new ClientSecretCredential('contoso.onmicrosoft.com', '11111111-2222-4333-8444-555555555555', 'any', {
    authorityHost: address,
    disableInstanceDiscovery: true,
  });
  const authProvider = new TokenCredentialAuthenticationProvider(credential, { scopes: ['https://graph.microsoft.com/.default'] });
  const graph = Client.initWithMiddleware({ baseUrl: `${address}/`, defaultVersion: 'v1.0', authProvider, customHosts: new Set(['localhost']) });

  const users = [];
  const first = await graph.api('/users').select(['id', 'userPrincipalName', 'licenseAssignmentStates']).top(10).get();
  await new PageIterator(graph, first, (user) => users.push(user) > 0).iterate();
  assert.strictEqual(users.length, 39);
  assert.strictEqual(new Set(users.map((user) => user.id)).size, 39);

  const direct = (user) => user.licenseAssignmentStates.find((own) => !own.assignedByGroup);
  const holders = users.filter(direct);
  const [victim] = holders;
  await graph.api(`/users/${victim.id}/assignLicense`).post(remove(direct(victim).skuId));
  await assert.rejects(graph.api(`/users/${victim.id}/assignLicense`).post(remove(direct(victim).skuId)), {
    statusCode: 400,
    code: 'Request_BadRequest',
    message: 'User does not have a corresponding license.',
  });
  const heir = users.find((user) => user.licenseAssignmentStates.length && !direct(user));
  await assert.rejects(graph.api(`/users/${heir.id}/assignLicense`).post(remove(heir.licenseAssignmentStates[0].skuId)), {
    message: /inherited from a group membership/,
  });

  const steps = holders.slice(1, 21).map((user, at) => ({
    id: String(at + 1),
    request: new Request(`${address}/users/${user.id}/assignLicense`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(remove(direct(user).skuId)),
    }),
  }));
  assert.strictEqual(steps.length, 20);
  const batch = await new BatchRequestContent(steps).getContent();
  const answers = new BatchResponseContent(await graph.api('/$batch').post(batch));
  for (const { id } of steps) assert.strictEqual(answers.getResponseById(id).status, 200);
  console.log('all as expected');
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
