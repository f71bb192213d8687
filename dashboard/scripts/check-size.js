// Fails the build when the first page grows beyond its budget: everything the browser loads before it shows units.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const BUDGET_BYTES = 200_000;
const dist = new URL("../dist/", import.meta.url);
const read = (path) => readFileSync(new URL(path, dist));
const manifest = JSON.parse(read(".vite/manifest.json").toString());

const files = new Set(["index.html"]);
const visit = (key) => {
  const chunk = manifest[key];
  if (files.has(chunk.file)) return;
  files.add(chunk.file);
  for (const style of chunk.css ?? []) files.add(style);
  for (const imported of chunk.imports ?? []) visit(imported);
};
visit("index.html");

const total = [...files].reduce((sum, file) => sum + gzipSync(read(file)).length, 0);
console.log(`first page: ${(total / 1000).toFixed(1)} kB gzipped in ${files.size} files (budget ${BUDGET_BYTES / 1000} kB)`);
if (total > BUDGET_BYTES) process.exit(1);
