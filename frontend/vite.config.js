// One build for both surfaces. File names are stable here; Django adds the content hash when it collects them.
import tailwindcss from "@tailwindcss/vite";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const source = (name) => fileURLToPath(new URL(`./src/${name}`, import.meta.url));

export default defineConfig({
  plugins: [tailwindcss()],
  base: "./",
  publicDir: false,
  build: {
    outDir: fileURLToPath(new URL("../src/jishi/surfaces/static/build", import.meta.url)),
    emptyOutDir: true,
    target: "es2022",
    cssCodeSplit: true,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1500,
    rolldownOptions: {
      input: {
        shop: source("shop.js"),
        console: source("console.js"),
        verify: source("verify.js"),
        "shop-style": source("shop.css"),
        "console-style": source("console.css"),
      },
      output: {
        entryFileNames: "[name].js",
        chunkFileNames: "chunk-[name]-[hash].js",
        assetFileNames: (asset) =>
          asset.names?.[0]?.endsWith(".css")
            ? `${asset.names[0].replace("-style", "")}`
            : "assets/[name][extname]",
      },
    },
  },
});
