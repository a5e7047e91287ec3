import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import Components from 'unplugin-vue-components/vite'
import { ElementPlusResolver } from 'unplugin-vue-components/resolvers'
import { defineConfig } from 'vitest/config'
import { rareFont } from './build/rare-font.ts'
import { dropSlotSpace } from './build/slot-space.ts'

const server = process.env.ANLAN_SERVER ?? 'http://127.0.0.1:8000'

/** The browser floor, see README.md: the last Chrome and Firefox ESR of Windows 7. */
export const FLOOR = ['chrome109', 'edge109', 'firefox115', 'safari16.4']

/** Pages that share a piece before it comes with the pieces of all desks. */
const MANY = 36

export default defineConfig({
  plugins: [
    // A space between two elements on two lines is a space on screen.
    vue({
      template: { compilerOptions: { whitespace: 'preserve', nodeTransforms: [dropSlotSpace] } },
    }),
    Components({ dts: 'components.d.ts', dirs: [], resolvers: [ElementPlusResolver()] }),
    rareFont(),
  ],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  worker: { format: 'es' },
  build: {
    target: FLOOR,
    cssTarget: FLOOR,
    // Fonts and images stay files: the content security policy then needs no data: source for them.
    assetsInlineLimit: 0,
    // The heavy map chunk is loaded by the map page alone.
    chunkSizeWarningLimit: 1200,
    rolldownOptions: {
      output: {
        // What every page needs comes in one file, and what many need in one more, not in forty.
        codeSplitting: {
          groups: [
            { name: 'frame', tags: ['$initial'], priority: 1 },
            { name: 'desk', minShareCount: MANY },
          ],
        },
      },
    },
  },
  server: {
    proxy: {
      '/api': server,
      '/healthz': server,
      // A case's printed timeline is the server's; /journal itself is a page of ours.
      '^/journal/.+': server,
    },
  },
  test: {
    environment: 'happy-dom',
    include: ['tests/**/*.test.ts'],
  },
})
