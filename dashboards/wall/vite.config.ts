import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vite'

// During development the pages come from Vite and the data from a host on its default port.
export default defineConfig({
  plugins: [vue()],
  build: { outDir: 'dist', target: 'es2022', chunkSizeWarningLimit: 1200, reportCompressedSize: false },
  worker: { format: 'es' },
  server: { proxy: { '/api': 'http://localhost:8080', '/hubs': { target: 'http://localhost:8080', ws: true } } },
})
