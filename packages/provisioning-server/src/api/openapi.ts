/** `GET /openapi.json`: OpenAPI 3.1 of the routes as they are, made from their schemas when it is first asked for. */
import swagger from '@fastify/swagger';
import { jsonSchemaTransform } from 'fastify-type-provider-zod';
import { COOKIE } from './guard.ts';
import type { Api } from './routes.ts';

/** To be called before any route is added: it watches them being added. */
export async function addOpenApi(server: Api): Promise<void> {
  await server.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'ueprov Provisioning Server',
        description: 'Devices, DM sessions and events of a PacketCable 2.0 UE Provisioning Server.',
        version: '1',
      },
      components: {
        securitySchemes: {
          token: { type: 'http', scheme: 'bearer' },
          cookie: { type: 'apiKey', in: 'cookie', name: COOKIE },
        },
      },
      security: [{ token: [] }, { cookie: [] }],
    },
    transform: (route) => {
      const transformed = jsonSchemaTransform(route);
      const isPublic = 'config' in route.route && route.route.config?.isPublic === true;
      return isPublic
        ? { ...transformed, schema: { ...transformed.schema, security: [] } }
        : transformed;
    },
  });
}

export function addOpenApiRoute(server: Api, api: Api): void {
  let document: object | undefined;
  api.get('/openapi.json', { schema: { hide: true } }, (_, reply) => {
    document ??= server.swagger();
    return reply.type('application/json').serializer(JSON.stringify).send(document);
  });
}
