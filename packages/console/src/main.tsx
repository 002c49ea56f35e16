/** Starts the console in the page. */
import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import './mantine-styles.ts';
import './styles.css';
import './frame/frame.css';
import './frame/table.css';
import './session/session.css';
import { ApiError } from './api/request.ts';
import { GateTo } from './frame/gate.tsx';
import { ZoneProvider } from './frame/zone.tsx';
import { router } from './routes.tsx';
import { theme } from './theme.ts';

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      // The stream says when something changed; the rest is a safety net.
      staleTime: 10_000,
      refetchOnWindowFocus: true,
      // What the server refused it will refuse again; what did not arrive may arrive.
      retry: (failures, error) =>
        failures < 2 && !(error instanceof ApiError && error.status >= 400 && error.status < 500),
    },
  },
});

const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <StrictMode>
      <MantineProvider theme={theme} defaultColorScheme="auto">
        <QueryClientProvider client={queries}>
          <ZoneProvider>
            <GateTo>
              <RouterProvider router={router} />
            </GateTo>
          </ZoneProvider>
        </QueryClientProvider>
      </MantineProvider>
    </StrictMode>,
  );
}
