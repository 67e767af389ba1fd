import { defineConfig } from "vite";

/** One HTML file with what the first paint needs; the rest in files named after their content. */
export default defineConfig({
  root: import.meta.dirname,
  // The page is served at `/`, or under a proxy's prefix: nothing in it names an absolute path.
  base: "./",
  // Only in checkouts and packages, never over the network: a source map would double what is shipped.
  build: { outDir: "dist", emptyOutDir: true, target: "es2022", sourcemap: false, reportCompressedSize: false },
  resolve: { alias: { react: "preact/compat", "react-dom": "preact/compat" } },
});
