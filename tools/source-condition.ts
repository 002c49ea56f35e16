/**
 * Imported first by the runners: from here on `@ueprov/...` means the sources, as under vitest, so that
 * a suite and what it imports by path are the same modules.
 */
import { registerHooks } from 'node:module';

registerHooks({
  resolve: (specifier, context, next) =>
    next(specifier, { ...context, conditions: ['source', ...(context.conditions ?? [])] }),
});
