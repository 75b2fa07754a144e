// An endpoint as one would write it by hand: Fastify, ClickHouse's client, one statement.
import { createClient } from '@clickhouse/client';
import Fastify from 'fastify';

const organizations = new Map([[process.env.API_KEY, process.env.ORGANIZATION]]);
const clickhouse = createClient({ url: process.env.CLICKHOUSE_URL, database: 'quarry' });
const day = { type: 'string', format: 'date' };
const querystring = { type: 'object', required: ['from', 'to'], properties: { from: day, to: day } };

const app = Fastify();

app.get('/dau', { schema: { querystring } }, async (request, reply) => {
  const organizationId = organizations.get(request.headers['x-api-key']);
  if (!organizationId) {
    return reply.code(401).send({ error: 'Unauthorized' });
  }
  const { from, to } = request.query;
  const answer = await clickhouse.query({
    query: `
      SELECT day AS period, active AS value FROM activity_counts FINAL
      WHERE organization_id = {organizationId:String} AND day >= {from:Date} AND day <= {to:Date}
      ORDER BY day`,
    query_params: { organizationId, from, to },
    format: 'JSONEachRow',
  });
  return { metric: 'dau', organizationId, from, to, data: await answer.json() };
});

await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
