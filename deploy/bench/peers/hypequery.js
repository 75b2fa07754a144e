// The same endpoint with hypequery's server and query builder. CACHE_MILLIS turns on its cache in memory.
import { MemoryCacheProvider, createQueryBuilder } from '@hypequery/clickhouse';
import { createAPI, createApiKeyStrategy, startServer } from '@hypequery/serve';
import { z } from 'zod';

const organizations = new Map([[process.env.API_KEY, process.env.ORGANIZATION]]);
const ttlMs = Number(process.env.CACHE_MILLIS ?? 0);
const db = createQueryBuilder({
  url: process.env.CLICKHOUSE_URL,
  database: 'quarry',
  ...(ttlMs > 0 && { cache: { mode: 'cache-first', ttlMs, provider: new MemoryCacheProvider() } }),
});

const api = createAPI({
  basePath: '',
  auth: createApiKeyStrategy({
    header: 'x-api-key',
    validate: (key) => (organizations.has(key) ? { tenantId: organizations.get(key) } : null),
  }),
  queries: {
    dau: {
      inputSchema: z.object({ from: z.iso.date(), to: z.iso.date() }),
      query: async ({ ctx, input }) => {
        const organizationId = ctx.auth.tenantId;
        const data = await db
          .table('activity_counts')
          .final()
          .select(['day', 'active'])
          .where('organization_id', 'eq', organizationId)
          .where('day', 'gte', input.from)
          .where('day', 'lte', input.to)
          .orderBy('day', 'ASC')
          .execute();
        return { metric: 'dau', organizationId, ...input, data };
      },
    },
  },
});
api.route('/dau', api.queries.dau, { method: 'GET' });

await startServer(api, { port: Number(process.env.PORT), hostname: '127.0.0.1', quiet: true });
