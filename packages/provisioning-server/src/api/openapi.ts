/** OpenAPI 3.1 of the API, made from the schemas of its routes. `GET /openapi.json` shows it. */
import swagger from '@fastify/swagger';
import fastify from 'fastify';
import {
  jsonSchemaTransform,
  serializerCompiler,
  validatorCompiler,
} from 'fastify-type-provider-zod';
import { COOKIE } from './guard.ts';
import type { Api } from './routes.ts';

/** `addRoutes` adds them to a server that never listens: they are described, and none is called. */
export async function openApi(prefix: string, addRoutes: (api: Api) => void): Promise<object> {
  const server = fastify();
  server.setValidatorCompiler(validatorCompiler);
  server.setSerializerCompiler(serializerCompiler);
  await server.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'ueprov Provisioning Server',
        description: 'Devices, DM sessions and events of a PacketCable 2.0 Provisioning Server.',
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
      const { url, schema } = jsonSchemaTransform(route);
      const isPublic = 'config' in route.route && route.route.config?.isPublic === true;
      return { url, schema: isPublic ? { ...schema, security: [] } : schema };
    },
  });
  await server.register(async (api: unknown) => addRoutes(api as Api), { prefix });
  await server.ready();
  return server.swagger();
}
