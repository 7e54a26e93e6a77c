import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

export default defineConfig({
  plugins: [svelte()],
  base: '/',
  build: {
    outDir: '../src/remy/lab/page',
    emptyOutDir: true,
    target: 'es2022',
    // The page may load nothing inline: its Content-Security-Policy allows files of its own host only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // What scenes share lies in one file: many small ones compress worse.
    rolldownOptions: {
      output: {
        codeSplitting: { groups: [{ name: 'lib', test: /src\/lib|node_modules\/(svelte|d3)/ }] },
      },
    },
  },
});
