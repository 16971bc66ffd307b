// Puts cases (JSON lines, section 9 of our reference) to the public API of @cloud-copilot/iam-simulate.
// Usage: node simulate.mjs DIRECTORY_OF_NODE_MODULES < cases > answers. One answer a line, in order:
// {"id", "result"} or {"id", "error"}, and "known": the context keys that the package lists for the action.
// With --serve N it answers every case N times and reports the time: {"id", "result", "microseconds": [...]}.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { createInterface } from 'node:readline';
import path from 'node:path';

const require = createRequire(path.join(path.resolve(process.argv[2]), 'driver.cjs'));
const { runSimulation, allowedContextKeysForRequest } = await import(
  pathToFileURL(require.resolve('@cloud-copilot/iam-simulate'))
);
const rounds = process.argv[3] === '--serve' ? Number(process.argv[4]) : 0;

const named = (documents) => (documents ?? []).map((policy, index) => ({ name: `p${index}`, policy }));
const levels = (list) =>
  (list ?? []).map((level, index) => ({ orgIdentifier: level.level ?? `l${index}`, policies: named(level.policies) }));

const simulation = (one) => ({
  request: {
    principal: one.request.principal === 'anonymous' ? { type: 'Anonymous' } : one.request.principal,
    action: one.request.action,
    resource: { resource: one.request.resource.arn, accountId: one.request.resource.account },
    contextVariables: one.request.context ?? {},
  },
  sessionPolicy: one.session_policy ?? undefined,
  identityPolicies: named(one.identity_policies),
  serviceControlPolicies: levels(one.scps),
  resourceControlPolicies: levels(one.rcps),
  resourcePolicy: one.resource_policy ?? undefined,
  permissionBoundaryPolicies: one.boundary ? named(one.boundary) : undefined,
});

const keys = new Map();
const keysOf = async (action, resource) => {
  const [service, name] = action.split(':');
  const place = `${action} ${resource}`;
  if (!keys.has(place)) {
    keys.set(place, [...(await allowedContextKeysForRequest(service, name, resource, false))]);
  }
  return keys.get(place);
};

const answer = async (one) => {
  const input = simulation(one);
  try {
    const found = await runSimulation(input, {});
    if (found.resultType === 'error') return { id: one.id, error: found.errors.message ?? 'refused' };
    const out = { id: one.id, result: found.overallResult };
    if (!rounds) return { ...out, known: await keysOf(one.request.action, one.request.resource.arn) };
    const microseconds = [];
    for (let round = 0; round < rounds; round += 1) {
      const start = process.hrtime.bigint();
      await runSimulation(input, {});
      microseconds.push(Number(process.hrtime.bigint() - start) / 1000);
    }
    return { ...out, microseconds };
  } catch (error) {
    return { id: one.id, error: `exception: ${error.message}` };
  }
};

for await (const line of createInterface({ input: process.stdin })) {
  if (line.trim()) console.log(JSON.stringify(await answer(JSON.parse(line))));
}
