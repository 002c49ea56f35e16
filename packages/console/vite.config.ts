/** Builds the console to `dist`, which the Provisioning Server's API serves under `/`. */
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  root: import.meta.dirname,
  base: '/',
  plugins: [react()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2023',
    // The page's policy is default-src 'self': nothing may become a data: address.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // Libraries change seldom: a file of their own stays in the browser's cache.
    rolldownOptions: {
      output: { codeSplitting: { groups: [{ name: 'libraries', test: /node_modules/ }] } },
    },
  },
  server: {
    proxy: { '/api': { target: process.env.UEPROV_URL ?? 'http://127.0.0.1:8080' } },
  },
});
