import { defineConfig } from "vite";

/** One HTML file with what the first paint needs; the rest in files named after their content. */
export default defineConfig({
  root: import.meta.dirname,
  // The built files name each other by relative paths; what the page asks the API for begins at `/`.
  base: "./",
  // Only in checkouts and packages, never over the network: a source map would double what is shipped.
  build: { outDir: "dist", emptyOutDir: true, target: "es2022", sourcemap: false, reportCompressedSize: false },
  resolve: { alias: { react: "preact/compat", "react-dom": "preact/compat" } },
});
