export { ConfigError, type ServerConfig, serverConfig } from './config.ts';
export { plainUri } from './registrations.ts';
export { type ProvisioningServer, type ServerHooks, startProvisioningServer } from './server.ts';
export type { Change } from './store/record.ts';
